//! What a proposed text must be to become a candidate.

use super::copied::{Windows, one_space, texts};
use super::cut_off;
use super::edit::Edit;
use super::rejection::Rejection;
use super::rules::{ProposalRules, tokens};
use super::schema;
use crate::engine::candidate::Candidate;
use crate::engine::component::Component;
use crate::evaluate::Example;
use crate::module::{Module, Predictor};
use crate::state::State;

/// What proposals for a run are held against.
pub(super) struct Hygiene<'d, E> {
    pub(super) rules: ProposalRules,
    pub(super) train: &'d [E],
}

impl<E> Hygiene<'_, E> {
    /// The edit of a program that these texts make, in the order of the components. Whether the run has had
    /// an equal program is not looked at here.
    pub(super) fn check<M>(
        &self,
        parent: &Candidate<M>,
        components: &[Component],
        texts: Vec<String>,
    ) -> Result<Edit, Rejection>
    where
        M: Module,
        E: Example<M::Input>,
    {
        let mut checked = Vec::with_capacity(texts.len());
        for (component, text) in components.iter().zip(texts) {
            let text = self.check_text(parent.program(), component, &text)?;
            checked.push((component.clone(), text));
        }
        let edit = Edit::new(parent, checked);
        self.check_length(parent.program(), edit.state())?;
        Ok(edit)
    }

    /// The text without what does not belong to it.
    fn check_text<M>(
        &self,
        program: &M,
        component: &Component,
        text: &str,
    ) -> Result<String, Rejection>
    where
        M: Module,
        E: Example<M::Input>,
    {
        let text = cut_off::unwrapped(text);
        if text.is_empty() {
            let component = component.clone();
            return Err(Rejection::Empty { component });
        }
        if let Some(sign) = cut_off::sign(text) {
            return Err(Rejection::CutOff { sign });
        }
        let predictors = program.predictors();
        let predictor = predictors
            .iter()
            .find(|p| p.path() == component.predictor());
        if let Some(predictor) = predictor
            && let Some(problem) = schema::contradiction(predictor, component, text)
        {
            return Err(Rejection::ContradictsSchema {
                component: component.clone(),
                problem,
            });
        }
        self.check_copies(&predictors, component, text)?;
        Ok(text.to_owned())
    }

    fn check_copies<I>(
        &self,
        predictors: &[&Predictor],
        component: &Component,
        text: &str,
    ) -> Result<(), Rejection>
    where
        E: Example<I>,
    {
        let chars = self.rules.copied_chars;
        let windows = Windows::of(text, chars);
        if windows.is_empty() {
            return Ok(());
        }
        let allowed = predictors.iter().map(|p| one_space(&p.opening()));
        let allowed: Vec<String> = allowed.collect();
        for (row, example) in self.train.iter().enumerate() {
            let fields = example.fields();
            let copied = texts(&fields)
                .into_iter()
                .find_map(|text| windows.shared_with(text, &allowed));
            if let Some(copied) = copied {
                return Err(Rejection::CopiesRow {
                    component: component.clone(),
                    row,
                    chars,
                    start: copied.chars().take(60).collect(),
                });
            }
        }
        Ok(())
    }

    fn check_length<M: Module>(&self, program: &M, state: &State) -> Result<(), Rejection> {
        let ceiling = self.rules.artifact_tokens;
        let now = prose(program, state);
        let before = prose(program, &State::default());
        if now <= ceiling || now < before {
            return Ok(());
        }
        Err(Rejection::TooLong {
            tokens: now,
            ceiling,
        })
    }
}

/// How many tokens the instructions, descriptions and prefixes of a program have, with those of a state in
/// place of its own.
fn prose<M: Module>(program: &M, state: &State) -> usize {
    let predictors = program.predictors();
    let texts = predictors.iter().flat_map(|predictor| {
        let state = state.predictors.get(predictor.path());
        texts_of(predictor, state.unwrap_or_else(|| predictor.state()))
    });
    texts.map(tokens).sum()
}

fn texts_of<'t>(
    predictor: &'t Predictor,
    state: &'t crate::state::PredictorState,
) -> impl Iterator<Item = &'t str> {
    let spec = predictor.spec();
    let instructions = state.instructions.as_deref().unwrap_or(&spec.instructions);
    let fields = spec.fields.iter().flat_map(|field| {
        let prose = state.fields.get(&*field.name);
        let desc = prose.and_then(|prose| prose.desc.as_deref());
        let prefix = prose.and_then(|prose| prose.prefix.as_deref());
        [desc.unwrap_or(&field.desc), prefix.unwrap_or(&field.prefix)]
    });
    std::iter::once(instructions).chain(fields)
}

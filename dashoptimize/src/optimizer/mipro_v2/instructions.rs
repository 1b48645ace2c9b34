//! Instructions that each predictor can have.

use std::fmt::Write;
use std::ops::Range;

use serde_json::Value;

use super::data_summary::data_summary;
use super::demo_sets::DemoSets;
use super::label::without_label;
use super::proposer::{GroundedProposerInput, NOT_STATED};
use super::settings::Grounding;
use crate::engine::{Component, Evidence, ProposalRequest, Stop, Study};
use crate::evaluate::Example;
use crate::lm::Lm;
use crate::module::{Module, Predictor};
use crate::optimizer::program_text::program_text;
use crate::optimizer::proposer::ReadyProposer;
use crate::signature::SignatureSpec;
use crate::state::Demo;

/// How many demos of a predictor its proposer is shown.
const SHOWN_DEMOS: usize = 3;

/// Tips for the style of an instruction; the first is none.
const TIPS: [&str; 6] = [
    "",
    "Be creative: the instruction may look different from the given one.",
    "Keep the instruction short and clear.",
    "Make the instruction detailed and precise.",
    "Let the instruction say what depends on a right answer, such as that a mistake is costly.",
    "Let the instruction give the model a role that fits the task, such as that of an expert in it.",
];

/// The instructions of one predictor; `None` is its own, and the first of them.
#[derive(Clone, Debug)]
pub(super) struct Instructions(Vec<Option<String>>);

impl Instructions {
    /// The predictor's own, and these.
    pub(super) fn own_and(others: impl IntoIterator<Item = String>) -> Self {
        let mut all = vec![None];
        for other in others {
            if !all.contains(&Some(other.clone())) {
                all.push(Some(other));
            }
        }
        Self(all)
    }

    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn get(&self, index: usize) -> Option<&str> {
        self.0.get(index)?.as_deref()
    }
}

/// Asks the proposer for so many instructions besides its own for each predictor, in the order of the
/// predictors.
pub(super) async fn propose<M: Module, E: Example<M::Input>>(
    mut grounds: Grounds<'_, '_, M, E>,
    proposer: &ReadyProposer<GroundedProposerInput, String>,
    count: usize,
) -> Result<Vec<Instructions>, Stop> {
    let numbers: Vec<usize> = (1..=count).collect();
    // With its history, a proposer sees what it proposed before, so that it is asked one time after the other.
    let waves = match grounds.settings.history_aware_proposer {
        true => numbers.chunks(1),
        false => numbers.chunks(count.max(1)),
    };
    for numbers in waves {
        grounds.wave(proposer, numbers).await?;
    }
    let found = grounds.found.into_iter();
    Ok(found.map(Instructions::own_and).collect())
}

/// What proposals are grounded on.
pub(super) struct Grounds<'a, 'd, M: Module, E> {
    study: &'a Study<'d, M, E>,
    settings: &'a Grounding,
    demos: &'a [DemoSets],
    dataset_description: String,
    program: String,
    /// What was proposed so far, for each predictor.
    found: Vec<Vec<String>>,
}

impl<'a, 'd, M: Module, E: Example<M::Input>> Grounds<'a, 'd, M, E> {
    /// Lets the model describe the data, and describes the program.
    pub(super) async fn new(
        study: &'a Study<'d, M, E>,
        settings: &'a Grounding,
        lm: &Lm,
        demos: &'a [DemoSets],
    ) -> Result<Self, Stop> {
        let dataset_description = match settings.data_aware_proposer {
            true => data_summary(study, lm, settings).await?,
            false => None,
        };
        let program = match settings.program_aware_proposer {
            true => program_text(study.student()),
            false => String::new(),
        };
        Ok(Self {
            study,
            settings,
            demos,
            dataset_description: dataset_description.unwrap_or_else(|| NOT_STATED.to_owned()),
            program,
            found: vec![Vec::new(); demos.len()],
        })
    }

    /// Asks for the proposals of these numbers, for all predictors at the same time.
    async fn wave(
        &mut self,
        proposer: &ReadyProposer<GroundedProposerInput, String>,
        numbers: &[usize],
    ) -> Result<(), Stop> {
        let predictors = self.study.student().predictors();
        let asked: Vec<(usize, usize)> = (0..predictors.len())
            .flat_map(|predictor| numbers.iter().map(move |number| (predictor, *number)))
            .collect();
        let requests = asked.iter().map(|(predictor, number)| {
            let input = self.input(predictors[*predictor], *predictor, *number);
            let component = Component::instructions(predictors[*predictor].path());
            ProposalRequest::new(self.study.base(), [component], move |_| input.clone())
                .sample(*number as u32)
                .temperature(self.settings.init_temperature)
                .evidence(Evidence::train(self.shown_rows()))
        });
        let requests: Vec<_> = requests.collect();
        let read = |proposed: String| vec![without_label(&proposed).to_owned()];
        let edits = self.study.propose(proposer, &requests, read).await?;
        for ((predictor, _), edit) in asked.iter().zip(edits) {
            if let Ok(edit) = edit {
                self.found[*predictor].push(edit.text().to_owned());
            }
        }
        Ok(())
    }

    /// The rows that the data summary is made of.
    fn shown_rows(&self) -> Range<usize> {
        match self.settings.data_aware_proposer {
            true => 0..self.study.train().len(),
            false => 0..0,
        }
    }

    fn input(&self, predictor: &Predictor, index: usize, number: usize) -> GroundedProposerInput {
        let or_not_stated = |words: String| match words.is_empty() {
            true => NOT_STATED.to_owned(),
            false => words,
        };
        let instruction = Component::instructions(predictor.path()).text(self.study.student());
        let instruction = instruction.unwrap_or_default();
        GroundedProposerInput {
            dataset_description: self.dataset_description.clone(),
            program: self.program.clone(),
            module: format!("`{}`: {}", predictor.path(), predictor.spec()),
            task_demos: or_not_stated(self.task_demos(predictor, index, number)),
            previous_instructions: or_not_stated(self.history(index, &instruction)),
            basic_instruction: instruction,
            tip: or_not_stated(self.tip(predictor, number).to_owned()),
        }
    }

    fn task_demos(&self, predictor: &Predictor, index: usize, number: usize) -> String {
        if !self.settings.fewshot_aware_proposer {
            return String::new();
        }
        let sets = &self.demos[index];
        let demos = sets.bootstrapped_from(number % sets.len().max(1), SHOWN_DEMOS);
        let shown = demos.iter().map(|demo| demo_text(demo, predictor.spec()));
        shown.collect::<Vec<_>>().join("\n\n")
    }

    fn tip(&self, predictor: &Predictor, number: usize) -> &'static str {
        if !self.settings.tip_aware_proposer {
            return "";
        }
        let name = format!("MIPROv2 tip {number} for {}", predictor.path());
        TIPS[self.study.rng(&name).below(TIPS.len())]
    }

    /// What was proposed for the predictor before.
    fn history(&self, index: usize, own: &str) -> String {
        if !self.settings.history_aware_proposer {
            return String::new();
        }
        let mut words = format!("- the given one: {own}");
        for earlier in &self.found[index] {
            // Writing to a `String` cannot fail.
            let _ = write!(words, "\n- {earlier}");
        }
        words
    }
}

/// A demo with the prefixes of its fields, one line for each.
fn demo_text(demo: &Demo, spec: &SignatureSpec) -> String {
    let lines = spec.fields.iter().filter_map(|field| {
        let name = &*field.name;
        let value = demo.inputs.get(name).or_else(|| demo.outputs.get(name))?;
        let value = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        Some(format!("{} {value}", field.prefix))
    });
    lines.collect::<Vec<_>>().join("\n")
}

//! A text of a program that an optimizer may rewrite.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::module::{Module, Predictor};
use crate::state::{FieldProse, PredictorState, State};

/// A text of a program that an optimizer may rewrite: the instructions of a predictor, or the description or
/// the prefix of one of its fields. Names, types and enum variants are no components, so no text that an
/// optimizer writes changes the schema.
///
/// ```
/// use dashoptimize::engine::Component;
///
/// let component = Component::prefix("answer", "label");
/// assert_eq!(component.predictor(), "answer");
/// assert_eq!(component.to_string(), "prefix of `answer.label`");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Component {
    predictor: String,
    text: TextOf,
}

/// Which text of a predictor.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum TextOf {
    Instructions,
    Desc(String),
    Prefix(String),
}

impl Component {
    /// What the predictor at this path does.
    pub fn instructions(predictor: impl Into<String>) -> Self {
        Self {
            predictor: predictor.into(),
            text: TextOf::Instructions,
        }
    }

    /// What a field of the predictor at this path means.
    pub fn desc(predictor: impl Into<String>, field: impl Into<String>) -> Self {
        Self {
            predictor: predictor.into(),
            text: TextOf::Desc(field.into()),
        }
    }

    /// The label of a field of the predictor at this path.
    pub fn prefix(predictor: impl Into<String>, field: impl Into<String>) -> Self {
        Self {
            predictor: predictor.into(),
            text: TextOf::Prefix(field.into()),
        }
    }

    /// The path of the predictor.
    #[must_use]
    pub fn predictor(&self) -> &str {
        &self.predictor
    }

    /// The field that the text is about; none of instructions.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        match &self.text {
            TextOf::Instructions => None,
            TextOf::Desc(field) | TextOf::Prefix(field) => Some(field),
        }
    }

    /// The text as it is in this program. `None` if the program has no such component.
    #[must_use]
    pub fn text<M: Module>(&self, program: &M) -> Option<String> {
        let predictors = program.predictors();
        let predictor = predictors.iter().find(|p| p.path() == self.predictor)?;
        let set = self.in_state(predictor.state());
        set.or_else(|| self.of_signature(predictor))
            .map(str::to_owned)
    }

    /// Sets the text in a state of this program. A text that is the signature's own is left to the signature,
    /// so that equal prompts are equal states.
    pub fn set<M: Module>(&self, program: &M, state: &mut State, text: &str) {
        let predictors = program.predictors();
        let predictor = predictors.iter().find(|p| p.path() == self.predictor);
        let own = predictor.and_then(|predictor| self.of_signature(predictor));
        let text = (own != Some(text)).then(|| text.to_owned());
        let predictor = state.predictors.entry(self.predictor.clone()).or_default();
        match &self.text {
            TextOf::Instructions => predictor.instructions = text,
            TextOf::Desc(field) => change(predictor, field, |prose| prose.desc = text),
            TextOf::Prefix(field) => change(predictor, field, |prose| prose.prefix = text),
        }
    }

    fn in_state<'s>(&self, state: &'s PredictorState) -> Option<&'s str> {
        match &self.text {
            TextOf::Instructions => state.instructions.as_deref(),
            TextOf::Desc(field) => state.fields.get(field)?.desc.as_deref(),
            TextOf::Prefix(field) => state.fields.get(field)?.prefix.as_deref(),
        }
    }

    fn of_signature<'p>(&self, predictor: &'p Predictor) -> Option<&'p str> {
        let spec = predictor.spec();
        match &self.text {
            TextOf::Instructions => Some(&spec.instructions),
            TextOf::Desc(field) => Some(&spec.field(field)?.desc),
            TextOf::Prefix(field) => Some(&spec.field(field)?.prefix),
        }
    }
}

/// Changes the prose of a field, and leaves no entry that says nothing.
fn change(predictor: &mut PredictorState, field: &str, change: impl FnOnce(&mut FieldProse)) {
    let prose = predictor.fields.entry(field.to_owned()).or_default();
    change(prose);
    if *prose == FieldProse::default() {
        predictor.fields.remove(field);
    }
}

/// ``instructions of `answer` ``, ``description of `answer.label` ``
impl fmt::Display for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let predictor = &self.predictor;
        match &self.text {
            TextOf::Instructions => write!(f, "instructions of `{predictor}`"),
            TextOf::Desc(field) => write!(f, "description of `{predictor}.{field}`"),
            TextOf::Prefix(field) => write!(f, "prefix of `{predictor}.{field}`"),
        }
    }
}

impl Serialize for Component {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

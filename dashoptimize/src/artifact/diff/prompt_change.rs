//! How the words of a prompt changed since a file was written.

use std::fmt;

use super::lines::{self, Edit};
use crate::module::Predictor;

/// How the constant prompt of a predictor differs from the one in a file; see
/// [`Artifact::changed_prompts`](crate::artifact::Artifact::changed_prompts).
#[derive(Clone, Debug, PartialEq)]
pub struct PromptChange {
    predictor: String,
    edits: Vec<Edit>,
}

impl PromptChange {
    /// The change from a text to what the predictor sends now. `None` if nothing changed.
    pub(in crate::artifact) fn between(predictor: &Predictor, before: &str) -> Option<Self> {
        let edits = lines::edits(before, &predictor.opening());
        (!edits.is_empty()).then(|| Self {
            predictor: predictor.path().to_owned(),
            edits,
        })
    }

    /// The path of the predictor.
    #[must_use]
    pub fn predictor(&self) -> &str {
        &self.predictor
    }

    /// The prompt line by line: kept, removed from the file's, or added by the program.
    #[must_use]
    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }
}

impl fmt::Display for PromptChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.predictor)?;
        lines::write(f, "  ", &self.edits)
    }
}

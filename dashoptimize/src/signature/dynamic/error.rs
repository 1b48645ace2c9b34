//! Why a text is not a signature.

use crate::error_text::debug_is_message;

/// The error for a text that is not a signature.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("signature `{spec}`, character {}: {problem}", .at + 1)]
#[non_exhaustive]
pub struct SpecError {
    /// The text.
    pub spec: String,
    /// The position in the text, in characters from 0.
    pub at: usize,
    /// What is wrong and how to correct it.
    pub problem: String,
}

debug_is_message!(SpecError);

impl SpecError {
    /// A problem at this byte of the text.
    pub(super) fn new(spec: &str, at: usize, problem: impl Into<String>) -> Self {
        let before = spec.char_indices().take_while(|(byte, _)| *byte < at);
        Self {
            spec: spec.to_owned(),
            at: before.count(),
            problem: problem.into(),
        }
    }
}

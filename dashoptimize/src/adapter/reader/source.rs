//! The part of a reply that holds an output, before it is read as the output's type.

use std::borrow::Cow;

use super::written_json::WrittenJson;
use crate::adapter::marker::unescape;

/// The text or the JSON of an output.
#[derive(Debug)]
pub(super) enum OutputSource<'a> {
    /// Trimmed text.
    Text(Cow<'a, str>),
    /// JSON of any shape.
    Json(WrittenJson<'a>),
    /// It cannot be said which part of the reply it is. The text says why.
    Unclear(String),
}

/// The sources of the outputs, in the order of the spec. `None` for an output that was not found.
pub(super) type OutputSources<'a> = Vec<Option<OutputSource<'a>>>;

impl<'a> OutputSource<'a> {
    pub(super) fn text(text: &'a str) -> Self {
        Self::Text(unescape(text.trim()))
    }
}

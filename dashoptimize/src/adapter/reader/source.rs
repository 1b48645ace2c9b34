//! The part of a reply that holds an output, before it is read as the output's type.

use std::borrow::Cow;

use serde_json::Value;

use crate::adapter::marker::unescape;

/// The text or the JSON of an output.
#[derive(Debug)]
pub(super) enum OutputSource<'a> {
    /// Trimmed text.
    Text(Cow<'a, str>),
    /// JSON of any shape.
    Json(Value),
}

/// The sources of the outputs, in the order of the spec. `None` for an output that was not found.
pub(super) type OutputSources<'a> = Vec<Option<OutputSource<'a>>>;

impl<'a> OutputSource<'a> {
    pub(super) fn text(text: &'a str) -> Self {
        Self::Text(unescape(text.trim()))
    }
}

//! What was found for an output, before it is read as the output's type.

use std::borrow::Cow;

use serde_json::Value;

use crate::adapter::marker::unescape;

/// The text or the JSON of an output.
#[derive(Debug)]
pub(super) enum Source<'a> {
    /// Text, without blanks around it.
    Text(Cow<'a, str>),
    /// JSON of any shape.
    Json(Value),
}

impl<'a> Source<'a> {
    pub(super) fn text(text: &'a str) -> Self {
        Self::Text(unescape(text.trim()))
    }
}

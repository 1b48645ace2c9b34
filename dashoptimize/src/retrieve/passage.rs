//! `Passage`: what a search finds.

use serde::{Deserialize, Serialize};

use crate::FieldType;

/// A text that a search found. It can be the type of a field of a signature, alone or in a list.
///
/// A model sees a `Vec<Passage>` as JSON, including ids and scores. If only the texts matter, use a
/// `Vec<String>`.
///
/// ```
/// use dashoptimize::retrieve::Passage;
///
/// let passage = Passage::new("7", "The kidneys filter the blood.", 0.83).with_source("anatomy, p. 12");
/// assert_eq!(passage.source.as_deref(), Some("anatomy, p. 12"));
/// ```
// The comments on the fields are shown to models.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FieldType)]
#[non_exhaustive]
pub struct Passage {
    /// which passage
    pub id: String,
    /// the passage itself
    pub text: String,
    /// where the passage comes from
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// how well the passage fits the query; higher is better
    pub score: f64,
}

impl Passage {
    /// A passage without a source. The higher the score, the better it fits the query.
    pub fn new(id: impl Into<String>, text: impl Into<String>, score: f64) -> Self {
        Self {
            id: id.into(),
            text: text.into(),
            source: None,
            score,
        }
    }

    /// Sets where the passage comes from, such as a title or an address.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<String>) -> Self {
        self.source = Some(source.into());
        self
    }
}

//! What a search finds.

use serde::{Deserialize, Serialize};

use crate::FieldType;

/// A text that a search found. It may stand in a field of a signature, alone or in a list.
///
/// A model that is given a `Vec<Passage>` sees it as JSON, ids and scores included; where the texts
/// alone matter, give it a `Vec<String>`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FieldType)]
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

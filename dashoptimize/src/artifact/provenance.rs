//! Where tuned prompts come from.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::lm::Spend;

/// Where tuned prompts come from and what they were measured to be worth. All of it is for people;
/// nothing is acted upon when a file is loaded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Provenance {
    /// Hashes of the data sets, as JSON.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub data: Value,
    /// Ids of the models that were asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<String>,
    /// Name of the optimizer.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub optimizer: String,
    /// Seed of all random choices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Settings of the optimizer, as JSON.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub settings: Value,
    /// What the run cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spent: Option<Spent>,
    /// The verdict of the hold-out, as JSON; null where there was no hold-out.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub verdict: Value,
}

/// What a run cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spent {
    /// Calls of models, failed ones included.
    pub calls: u64,
    /// Tokens of prompts and replies.
    pub tokens: u64,
    /// Dollars, to a millionth. `None` where the price of some call is unknown.
    pub usd: Option<f64>,
}

impl From<Spend> for Spent {
    fn from(spend: Spend) -> Self {
        Self {
            calls: spend.calls,
            tokens: spend.usage.total().saturating_add(spend.unmetered_tokens),
            usd: spend.cost.map(|cost| (cost.as_usd() * 1e6).round() / 1e6),
        }
    }
}

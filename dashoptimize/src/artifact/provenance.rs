//! Where tuned prompts come from.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::lm::Spend;

/// Where tuned prompts come from and what was measured of them. It is for people only; nothing depends
/// on it when a file is loaded.
///
/// ```
/// use dashoptimize::artifact::{Provenance, Spent};
///
/// let provenance = Provenance::new("RandomSearch")
///     .models(["openai/gpt-4o-mini"])
///     .seed(7)
///     .spent(Spent::new(612, 1_900_000, Some(1.84)));
/// assert_eq!(provenance.models, ["openai/gpt-4o-mini"]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Provenance {
    /// Hashes of the data sets, as JSON.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub data: Value,
    /// The ids of the models that were called.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<String>,
    /// The name of the optimizer.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub optimizer: String,
    /// The seed of all random choices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// The settings of the optimizer, as JSON.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub settings: Value,
    /// What the run cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spent: Option<Spent>,
    /// The verdict on the hold-out, as JSON; null without a hold-out.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub verdict: Value,
}

impl Provenance {
    /// Prompts that this optimizer, or a person, made.
    pub fn new(optimizer: impl Into<String>) -> Self {
        Self {
            optimizer: optimizer.into(),
            ..Self::default()
        }
    }

    /// Adds hashes of the data sets.
    #[must_use]
    pub fn data(mut self, data: Value) -> Self {
        self.data = data;
        self
    }

    /// Adds the ids of models that were called.
    #[must_use]
    pub fn models<S: Into<String>>(mut self, ids: impl IntoIterator<Item = S>) -> Self {
        self.models.extend(ids.into_iter().map(Into::into));
        self
    }

    /// Adds the seed of all random choices.
    #[must_use]
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Adds the settings of the optimizer.
    #[must_use]
    pub fn settings(mut self, settings: Value) -> Self {
        self.settings = settings;
        self
    }

    /// Adds what the run cost.
    #[must_use]
    pub fn spent(mut self, spent: impl Into<Spent>) -> Self {
        self.spent = Some(spent.into());
        self
    }

    /// Adds the verdict on the hold-out.
    #[must_use]
    pub fn verdict(mut self, verdict: Value) -> Self {
        self.verdict = verdict;
        self
    }
}

/// What a run cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Spent {
    /// Calls of models, including those that failed.
    pub calls: u64,
    /// Tokens of prompts and replies.
    pub tokens: u64,
    /// Dollars, to a millionth. `None` if the price of some call is unknown.
    pub usd: Option<f64>,
}

impl Spent {
    /// So many calls, tokens and dollars.
    #[must_use]
    pub const fn new(calls: u64, tokens: u64, usd: Option<f64>) -> Self {
        Self { calls, tokens, usd }
    }
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

//! Where tuned prompts come from.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where tuned prompts come from and what was measured of them. It is for people only; nothing depends
/// on it when a file is loaded.
///
/// What the run cost is not part of it: calls that failed and were made again would change the file. It
/// is in the `report.txt` of the run folder.
///
/// ```
/// use dashoptimize::artifact::Provenance;
///
/// let provenance = Provenance::new("RandomSearch")
///     .models(["openai/gpt-4o-mini"])
///     .metric("is_right, version 2")
///     .seed(7);
/// assert_eq!(provenance.models, ["openai/gpt-4o-mini"]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Provenance {
    /// The parts of the data as JSON: how many rows each has, from which files, and a hash of them.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub data: Value,
    /// The name of the metric, with its version if it has one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub metric: String,
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

    /// Adds what the data were, as JSON.
    #[must_use]
    pub fn data(mut self, data: Value) -> Self {
        self.data = data;
        self
    }

    /// Adds the name of the metric.
    #[must_use]
    pub fn metric(mut self, metric: impl Into<String>) -> Self {
        self.metric = metric.into();
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

    /// Adds the verdict on the hold-out.
    #[must_use]
    pub fn verdict(mut self, verdict: Value) -> Self {
        self.verdict = verdict;
        self
    }
}

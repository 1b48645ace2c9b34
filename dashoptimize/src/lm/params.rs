//! How a model is asked to answer.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How the model is to answer. What is `None` is not sent, so that the provider's default applies.
///
/// ```
/// use dashoptimize::lm::Params;
///
/// let params = Params::default().with_temperature(0.0).with_max_tokens(256);
/// assert_eq!(params.max_tokens, Some(256));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Params {
    /// Randomness of the reply: 0 always takes the most likely token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// The share of the probability mass, from 0 to 1, that tokens are drawn from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// Largest number of tokens of the reply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u32>,
    /// Seed of the provider's sampling, where the provider has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Texts at which the reply ends. They are not part of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stop: Vec<String>,
}

impl Params {
    /// Sets the randomness of the reply. Default: the provider's.
    #[must_use]
    pub const fn with_temperature(mut self, temperature: f64) -> Self {
        self.temperature = Some(temperature);
        self
    }

    /// Sets the share of the probability mass that tokens are drawn from. Default: the provider's.
    #[must_use]
    pub const fn with_top_p(mut self, top_p: f64) -> Self {
        self.top_p = Some(top_p);
        self
    }

    /// Sets the largest number of tokens of the reply. Default: the provider's.
    #[must_use]
    pub const fn with_max_tokens(mut self, tokens: u32) -> Self {
        self.max_tokens = Some(tokens);
        self
    }

    /// Sets the seed of the provider's sampling. Default none.
    #[must_use]
    pub const fn with_seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Sets the texts at which the reply ends. Default none.
    #[must_use]
    pub fn with_stop<T: Into<String>>(mut self, texts: impl IntoIterator<Item = T>) -> Self {
        self.stop = texts.into_iter().map(Into::into).collect();
        self
    }
}

/// The format of the reply that the provider is asked to enforce, where it can.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReplyFormat {
    /// Free text.
    #[default]
    Text,
    /// Any JSON object.
    JsonObject,
    /// JSON of this schema (draft 2020-12), under this name.
    JsonSchema {
        /// Name of the schema, in letters, digits, `_` and `-`.
        name: String,
        /// The schema.
        schema: Value,
    },
}

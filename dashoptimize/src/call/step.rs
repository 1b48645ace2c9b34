//! One call of a predictor, as a trace keeps it.

use std::time::Duration;

use serde_json::{Map, Value};

use super::CallError;
use crate::adapter::Receipt;
use crate::lm::Usage;

/// One call of a predictor, as a trace keeps it, whether it succeeded or failed.
///
/// Two steps are equal if they agree in everything but the [duration](Self::duration), so that traces of
/// two runs can be compared.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TraceStep {
    /// Path of the predictor.
    pub predictor: String,
    /// The inputs of the call.
    pub inputs: Map<String, Value>,
    /// The outputs, or why there are none. A step that failed never becomes a demo.
    pub outcome: Result<Map<String, Value>, CallError>,
    /// What the reader repaired to read the reply.
    pub receipt: Receipt,
    /// The last reply, as the model wrote it; empty if the model gave no reply.
    pub reply: String,
    /// Id of the model.
    pub model: String,
    /// Tokens of that reply, if the provider reports them.
    pub usage: Option<Usage>,
    /// How long the step took, with repairs and waiting. It differs from run to run: an optimizer must
    /// not decide by it.
    pub duration: Duration,
}

impl TraceStep {
    /// A step of the predictor at this path.
    pub fn new(
        predictor: impl Into<String>,
        inputs: Map<String, Value>,
        outcome: Result<Map<String, Value>, CallError>,
    ) -> Self {
        Self {
            predictor: predictor.into(),
            inputs,
            outcome,
            receipt: Receipt::default(),
            reply: String::new(),
            model: String::new(),
            usage: None,
            duration: Duration::ZERO,
        }
    }

    /// Sets what the reader repaired. Default: nothing.
    #[must_use]
    pub fn with_receipt(mut self, receipt: Receipt) -> Self {
        self.receipt = receipt;
        self
    }

    /// Sets the reply of the model. Default: empty.
    #[must_use]
    pub fn with_reply(mut self, reply: impl Into<String>) -> Self {
        self.reply = reply.into();
        self
    }

    /// Sets the id of the model. Default: empty.
    #[must_use]
    pub fn with_model(mut self, id: impl Into<String>) -> Self {
        self.model = id.into();
        self
    }

    /// Sets the tokens of the reply. Default: not reported.
    #[must_use]
    pub const fn with_usage(mut self, usage: Option<Usage>) -> Self {
        self.usage = usage;
        self
    }

    /// Sets how long the step took. Default: zero.
    #[must_use]
    pub const fn with_duration(mut self, duration: Duration) -> Self {
        self.duration = duration;
        self
    }

    /// The outputs; `None` if the step failed.
    #[must_use]
    pub fn outputs(&self) -> Option<&Map<String, Value>> {
        self.outcome.as_ref().ok()
    }

    /// Why the step failed; `None` if it has outputs.
    #[must_use]
    pub fn error(&self) -> Option<&CallError> {
        self.outcome.as_ref().err()
    }
}

impl PartialEq for TraceStep {
    fn eq(&self, other: &Self) -> bool {
        let same_outcome = match (&self.outcome, &other.outcome) {
            (Ok(one), Ok(other)) => one == other,
            (Err(one), Err(other)) => one.to_string() == other.to_string(),
            _ => false,
        };
        same_outcome
            && self.predictor == other.predictor
            && self.inputs == other.inputs
            && self.receipt == other.receipt
            && self.reply == other.reply
            && self.model == other.model
            && self.usage == other.usage
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_compared_without_their_duration() {
        let step = TraceStep::new("ask", Map::new(), Ok(Map::new())).with_reply("Rome");
        let slower = step.clone().with_duration(Duration::from_secs(1));
        assert_eq!(step, slower);
        assert_ne!(step, step.clone().with_reply("Paris"));
    }

    #[test]
    fn failed_steps_are_compared_by_their_error() {
        let failed = |error| TraceStep::new("ask", Map::new(), Err(CallError::program(error)));
        assert_eq!(failed("no"), failed("no"));
        assert_ne!(failed("no"), failed("never"));
        assert_ne!(
            failed("no"),
            TraceStep::new("ask", Map::new(), Ok(Map::new()))
        );
        assert_eq!(failed("no").outputs(), None);
    }
}

//! What `MultiChainComparison` does, below the types of a signature.

use std::fmt::Write;
use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::Value;

use super::fields::{ATTEMPT, PREDICTORS, RATIONALE};
use crate::call::{Bounds, CallError, CallPart, CallsPerRun, Context, PartKind, PartOutcome};
use crate::lm::{BoxFuture, Lm};
use crate::module::attempts::{ToleratedFailures, ended, started};
use crate::module::numbers::{self, at_least_one};
use crate::module::shape::derive;
use crate::module::{ModuleCore, Piece, Predictor};
use crate::signature::SignatureSpec;

/// What the comparison is shown in place of an attempt that failed.
const NO_ATTEMPT: &str = "(no further attempt)";

/// A comparison of attempts, below the types of a signature.
#[derive(Clone, Debug)]
pub struct Comparison {
    spec: Arc<SignatureSpec>,
    attempt: Predictor,
    compare: Predictor,
    m: u32,
}

impl Comparison {
    pub(super) fn over(signature: &SignatureSpec, lm: Lm) -> Self {
        let m = 3;
        let pieces = [Piece::Inputs, Piece::Added(RATIONALE), Piece::Outputs];
        let spec = Arc::new(derive(signature, &pieces, 0));
        let [(attempt, pieces), (compare, _)] = PREDICTORS;
        Self {
            attempt: Predictor::new(attempt, Arc::new(derive(signature, pieces, 0)), lm.clone()),
            compare: Predictor::new(compare, compared(&spec, m), lm),
            spec,
            m,
        }
    }

    #[track_caller]
    pub(super) fn set_m(&mut self, attempts: u32) {
        self.m = at_least_one("m", attempts);
        self.compare.set_spec(compared(&self.spec, self.m));
    }

    pub(super) fn set_attempt_temperature(&mut self, temperature: f64) {
        self.attempt
            .change_params(|params| params.temperature = Some(numbers::temperature(temperature)));
    }

    async fn answer(
        &self,
        context: &Context<'_>,
        mut inputs: Vec<Value>,
    ) -> Result<Vec<Value>, CallError> {
        let mut failures = ToleratedFailures::ALL_BUT_ONE;
        let mut attempts = Vec::new();
        for outcome in self.attempts(context, &inputs).await {
            if let Some(values) = failures.tolerate(outcome)? {
                attempts.push(self.in_words(&values).into());
            }
        }
        if attempts.is_empty() {
            return Err(failures.into_error());
        }
        attempts.resize(self.m as usize, NO_ATTEMPT.into());
        inputs.append(&mut attempts);
        let context = context.child(self.m);
        self.compare.call(&context, inputs).await
    }

    async fn attempts(
        &self,
        context: &Context<'_>,
        inputs: &[Value],
    ) -> Vec<Result<Vec<Value>, CallError>> {
        let attempts = (0..self.m).map(|index| {
            let (context, inputs) = (context.attempt(index, self.m), inputs.to_vec());
            async move {
                let part = CallPart::new(PartKind::Attempt, index, self.m);
                started(&context, part);
                let outcome = self.attempt.call(&context, inputs).await;
                ended(&context, part, &outcome, |_| PartOutcome::Answered);
                outcome
            }
        });
        join_all(attempts).await
    }

    /// An attempt as the comparison is shown it: the reasoning, then the outputs by name.
    fn in_words(&self, values: &[Value]) -> String {
        let mut words = String::new();
        for (field, value) in self.attempt.spec().outputs().zip(values) {
            if !words.is_empty() {
                // Writing to a `String` cannot fail, here and below.
                let _ = write!(words, "\n{}: ", field.name);
            }
            match value {
                Value::String(text) => words.push_str(text.trim()),
                value => {
                    let _ = write!(words, "{value}");
                }
            }
        }
        words
    }
}

impl ModuleCore for Comparison {
    fn spec(&self) -> &SignatureSpec {
        &self.spec
    }

    fn call_values<'a>(
        &'a self,
        context: &'a Context<'a>,
        inputs: Vec<Value>,
    ) -> BoxFuture<'a, Result<Vec<Value>, CallError>> {
        Box::pin(self.answer(context, inputs))
    }

    fn calls_per_run(&self) -> CallsPerRun {
        // If all attempts fail, nothing is compared.
        let m = u64::from(self.m);
        CallsPerRun::task(Bounds::new(m, m + 1))
    }

    fn predictors(&self) -> Vec<&Predictor> {
        vec![&self.attempt, &self.compare]
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        vec![&mut self.attempt, &mut self.compare]
    }
}

/// The signature of the comparison, made from the inputs and outputs of the module.
fn compared(spec: &SignatureSpec, attempts: u32) -> Arc<SignatureSpec> {
    let pieces = &[Piece::Inputs, Piece::Numbered(ATTEMPT), Piece::Outputs];
    Arc::new(derive(spec, pieces, attempts as usize))
}

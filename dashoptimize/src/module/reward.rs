//! How [`BestOfN`](super::BestOfN) and [`Refine`](super::Refine) judge outputs.

use std::fmt;
use std::sync::Arc;

use super::attempts::{Attempt, ToleratedFailures};
use crate::call::{CallError, Context, PartOutcome};
use crate::evaluate::{IntoScore, MetricError, Score};

/// Judges outputs without knowing the right answer.
pub(super) struct Reward<I, O>(Arc<Judge<I, O>>);

type Judge<I, O> = dyn Fn(&I, &O) -> Result<Score, MetricError> + Send + Sync;

impl<I: 'static, O: 'static> Reward<I, O> {
    pub(super) fn new<R: IntoScore>(reward: impl Fn(&I, &O) -> R + Send + Sync + 'static) -> Self {
        Self(Arc::new(move |input, output| {
            reward(input, output).into_score()
        }))
    }

    /// The attempt with its score. An attempt that cannot be scored has failed.
    pub(super) fn judge<'a>(&self, input: &I, attempt: Attempt<'a, O>) -> Attempt<'a, (O, Score)> {
        let outcome = attempt.outcome.and_then(|output| {
            let score = self.0(input, &output).map_err(|error| {
                CallError::program(format!(
                    "the reward of attempt {}: {error}",
                    attempt.index + 1
                ))
            })?;
            Ok((output, score))
        });
        Attempt {
            index: attempt.index,
            context: attempt.context,
            outcome,
        }
    }
}

impl<I, O> Clone for Reward<I, O> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<I, O> fmt::Debug for Reward<I, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reward")
    }
}

/// The best attempt so far; of equal ones the first.
pub(super) struct Best<'a, O> {
    attempts: u32,
    winner: Option<(Context<'a>, O, f64)>,
    failures: ToleratedFailures,
}

impl<'a, O> Best<'a, O> {
    pub(super) const fn new(attempts: u32, failures: ToleratedFailures) -> Self {
        Self {
            attempts,
            winner: None,
            failures,
        }
    }

    /// Takes an attempt into account.
    ///
    /// # Errors
    ///
    /// If too many attempts failed, or the run ends.
    pub(super) fn take(&mut self, attempt: Attempt<'a, (O, Score)>) -> Result<(), CallError> {
        attempt.tell(self.attempts, |(_, score)| {
            let feedback = score.feedback().map(str::to_owned);
            PartOutcome::scored(score.value(), feedback)
        });
        let Some((output, score)) = self.failures.tolerate(attempt.outcome)? else {
            return Ok(());
        };
        if self.score().is_none_or(|best| score.value() > best) {
            self.winner = Some((attempt.context, output, score.value()));
        }
        Ok(())
    }

    /// Whether the best attempt is good enough.
    pub(super) fn reaches(&self, threshold: f64) -> bool {
        self.score().is_some_and(|best| best >= threshold)
    }

    /// The output of the best attempt, whose steps enter the trace.
    ///
    /// # Errors
    ///
    /// The first failure, if all attempts failed.
    pub(super) fn into_output(self) -> Result<O, CallError> {
        let Some((context, output, _)) = self.winner else {
            return Err(self.failures.into_error());
        };
        context.keep();
        Ok(output)
    }

    fn score(&self) -> Option<f64> {
        self.winner.as_ref().map(|(_, _, score)| *score)
    }
}

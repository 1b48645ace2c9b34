//! Attempts of a module at one input: what [`BestOfN`](super::BestOfN), [`Refine`](super::Refine) and
//! [`Majority`](super::Majority) have in common.

use futures_util::future::join_all;

use super::Module;
use crate::call::{CallError, CallPart, Context, PartKind, PartOutcome, TraceEvent};

/// How many attempts are made, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attempts {
    pub(super) n: u32,
    pub(super) temperature: Option<f64>,
    /// `None`: all of them may fail.
    pub(super) fail_count: Option<u32>,
}

/// The setters of a module that has a field `attempts`.
macro_rules! attempts_setters {
    ($Module:ident, $n:literal, $temperature:literal) => {
        impl<M: $crate::module::Module> $Module<M> {
            /// Sets how many attempts are made at most.
            #[doc = concat!("Default ", $n, ".")]
            ///
            /// # Panics
            ///
            /// If it is 0.
            #[must_use]
            #[track_caller]
            pub fn n(mut self, n: u32) -> Self {
                self.attempts.n = $crate::module::numbers::at_least_one("n", n);
                self
            }

            /// Sets the temperature of every predictor in an attempt, in place of its own; `None`
            /// leaves each its own.
            #[doc = concat!("Default ", $temperature, ".")]
            ///
            /// # Panics
            ///
            /// If it is negative or not a finite number.
            #[must_use]
            #[track_caller]
            pub fn attempt_temperature(mut self, temperature: impl Into<Option<f64>>) -> Self {
                let temperature: Option<f64> = temperature.into();
                self.attempts.temperature = temperature.map($crate::module::numbers::temperature);
                self
            }

            /// Sets how many attempts of a call may fail. If one more fails, the call fails as well. By
            /// default all but one may fail.
            #[must_use]
            pub const fn fail_count(mut self, attempts: u32) -> Self {
                self.attempts.fail_count = Some(attempts);
                self
            }
        }
    };
}
pub(super) use attempts_setters;

/// An attempt that has ended.
pub(super) struct Attempt<'a, T> {
    /// From 0.
    pub(super) index: u32,
    /// Its steps enter the trace only if the attempt is chosen.
    pub(super) context: Context<'a>,
    pub(super) outcome: Result<T, CallError>,
}

impl Attempts {
    /// Makes one attempt.
    pub(super) async fn make<'a, M: Module>(
        &self,
        module: &M,
        context: &'a Context<'_>,
        index: u32,
        input: M::Input,
    ) -> Attempt<'a, M::Output> {
        let context = self.warmed(context.tentative(index, self.n));
        started(&context, CallPart::new(PartKind::Attempt, index, self.n));
        let outcome = module.forward(&context, input).await;
        Attempt {
            index,
            context,
            outcome,
        }
    }

    /// Makes all attempts concurrently. All of them end, even if one fails: calls that were started are
    /// paid for.
    pub(super) async fn make_all<'a, M: Module<Input: Clone>>(
        &self,
        module: &M,
        context: &'a Context<'_>,
        input: M::Input,
    ) -> Vec<Attempt<'a, M::Output>> {
        let attempt = |index| self.make(module, context, index, input.clone());
        let attempts = join_all((0..self.n).map(attempt));
        attempts.await
    }

    /// The context with the temperature of attempts, unless it already has a temperature.
    pub(super) fn warmed<'a>(&self, context: Context<'a>) -> Context<'a> {
        match (context.temperature(), self.temperature) {
            (None, Some(temperature)) => context.with_temperature(temperature),
            _ => context,
        }
    }

    pub(super) const fn failures(&self) -> ToleratedFailures {
        ToleratedFailures {
            left: match self.fail_count {
                Some(tolerated) => tolerated,
                None => self.n,
            },
            first: None,
        }
    }
}

impl<T> Attempt<'_, T> {
    /// Reports how the attempt ended; `judged` says what became of its output.
    pub(super) fn tell(&self, attempts: u32, judged: impl FnOnce(&T) -> PartOutcome) {
        let part = CallPart::new(PartKind::Attempt, self.index, attempts);
        ended(&self.context, part, &self.outcome, judged);
    }
}

/// Reports that a part starts.
pub(super) fn started(context: &Context<'_>, part: CallPart) {
    context.tell(|| TraceEvent::PartStarted(part));
}

/// Reports how a part ended; `judged` says what became of its output.
pub(super) fn ended<T>(
    context: &Context<'_>,
    part: CallPart,
    outcome: &Result<T, CallError>,
    judged: impl FnOnce(&T) -> PartOutcome,
) {
    context.tell(|| {
        let outcome = match outcome {
            Ok(output) => judged(output),
            Err(error) => PartOutcome::Failed(error.to_string()),
        };
        TraceEvent::PartEnded(part, outcome)
    });
}

/// The failures of one call that it tolerates.
#[derive(Debug)]
pub(super) struct ToleratedFailures {
    left: u32,
    first: Option<CallError>,
}

impl ToleratedFailures {
    /// For a call that succeeds if one part of it does.
    pub(super) const ALL_BUT_ONE: Self = Self {
        left: u32::MAX,
        first: None,
    };

    /// The output of a part, or `None` if it failed and the call continues without it.
    ///
    /// # Errors
    ///
    /// If too many parts failed, or no other call of the run could succeed either.
    pub(super) fn tolerate<T>(
        &mut self,
        outcome: Result<T, CallError>,
    ) -> Result<Option<T>, CallError> {
        match outcome {
            Ok(output) => Ok(Some(output)),
            Err(error) if error.ends_the_run() || self.left == 0 => Err(error),
            Err(error) => {
                self.left -= 1;
                self.first.get_or_insert(error);
                Ok(None)
            }
        }
    }

    /// Why the call failed, where every part failed: the first failure.
    pub(super) fn into_error(self) -> CallError {
        self.first
            .unwrap_or_else(|| CallError::program("nothing was attempted"))
    }
}

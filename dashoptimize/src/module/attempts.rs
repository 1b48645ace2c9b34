//! Attempts of a module on one input: what [`BestOfN`](super::BestOfN), [`Refine`](super::Refine) and
//! [`Majority`](super::Majority) share.

use futures_util::future::join_all;

use super::Module;
use crate::call::{CallError, Context, TraceEvent};

/// How attempts are made.
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
            /// Sets how many attempts are made at most; at least one.
            #[doc = concat!("Default ", $n, ".")]
            #[must_use]
            pub fn n(mut self, n: u32) -> Self {
                self.attempts.n = n.max(1);
                self
            }

            /// Sets the temperature of every predictor in an attempt, in place of its own; `None`
            /// leaves each its own.
            #[doc = concat!("Default ", $temperature, ".")]
            #[must_use]
            pub fn attempt_temperature(mut self, temperature: impl Into<Option<f64>>) -> Self {
                self.attempts.temperature = temperature.into();
                self
            }

            /// Sets how many attempts of a call may fail: with one more, the call fails, too. It is the
            /// same for every call. By default all may fail but one.
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
    pub(super) trial: Context<'a>,
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
        let trial = self.warmed(context.trial(index, self.n));
        let outcome = module.forward(&trial, input).await;
        Attempt {
            index,
            trial,
            outcome,
        }
    }

    /// Makes all attempts at once. They all end, even if one of them fails: what is under way is paid
    /// for.
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

    /// The context at the temperature of attempts, unless it has one already.
    pub(super) fn warmed<'a>(&self, context: Context<'a>) -> Context<'a> {
        match (context.temperature(), self.temperature) {
            (None, Some(temperature)) => context.with_temperature(temperature),
            _ => context,
        }
    }

    pub(super) const fn failures(&self) -> Failures {
        Failures {
            left: match self.fail_count {
                Some(tolerated) => tolerated,
                None => self.n,
            },
            first: None,
        }
    }
}

impl<T> Attempt<'_, T> {
    /// Tells how the attempt ended.
    pub(super) fn tell(&self, attempts: u32, what: &'static str, words: impl FnOnce(&T) -> String) {
        tell(
            &self.trial,
            self.index,
            attempts,
            what,
            &self.outcome,
            words,
        );
    }
}

/// Tells how part `index` of `parts` ended.
pub(super) fn tell<T>(
    context: &Context<'_>,
    index: u32,
    parts: u32,
    what: &'static str,
    outcome: &Result<T, CallError>,
    words: impl FnOnce(&T) -> String,
) {
    context.tell(|| TraceEvent::Step {
        what,
        name: format!("{} of {parts}", u64::from(index) + 1),
        text: match outcome {
            Ok(ended) => words(ended),
            Err(error) => format!("failed: {error}"),
        },
    });
}

/// The failed attempts of one call.
#[derive(Debug)]
pub(super) struct Failures {
    left: u32,
    first: Option<CallError>,
}

impl Failures {
    /// Failures of a call that succeeds if one part of it does.
    pub(super) const ALL_BUT_ONE: Self = Self {
        left: u32::MAX,
        first: None,
    };

    /// What an attempt gave, or `None` where it failed and the call goes on without it.
    ///
    /// # Errors
    ///
    /// Where too many failed, or no other call of the run could fare better.
    pub(super) fn tolerate<T>(
        &mut self,
        outcome: Result<T, CallError>,
    ) -> Result<Option<T>, CallError> {
        match outcome {
            Ok(given) => Ok(Some(given)),
            Err(error) if error.ends_the_run() || self.left == 0 => Err(error),
            Err(error) => {
                self.left -= 1;
                self.first.get_or_insert(error);
                Ok(None)
            }
        }
    }

    /// Why the call failed, where no attempt succeeded: the first failure.
    pub(super) fn into_error(self) -> CallError {
        self.first.unwrap_or_else(|| CallError::Program {
            message: "nothing was attempted".to_owned(),
        })
    }
}

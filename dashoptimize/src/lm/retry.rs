//! When a failed call is tried again, and after how long.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::LmError;

/// When a failed call is tried again, and after how long.
///
/// Only [transient](super::LmErrorKind::is_transient) failures are tried again. The wait doubles from
/// [`first_wait`](Self::first_wait) up to [`longest_wait`](Self::longest_wait). Where the provider asks
/// for a certain wait, that one is used instead; where it asks for more than
/// [`longest_asked_wait`](Self::longest_asked_wait), the call is not tried again.
///
/// ```
/// use std::time::Duration;
/// use dashoptimize::lm::{LmError, LmErrorKind, Retry};
///
/// let retry = Retry::default();
/// let busy = LmError::new(LmErrorKind::Server, "the server is busy");
/// assert_eq!(retry.wait(0, &busy), Some(Duration::from_millis(500)));
/// assert_eq!(retry.wait(1, &busy), Some(Duration::from_secs(1)));
/// assert_eq!(retry.wait(4, &busy), None);
///
/// let later = busy.with_retry_after(Duration::from_secs(7));
/// assert_eq!(retry.wait(0, &later), Some(Duration::from_secs(7)));
///
/// let wrong_key = LmError::new(LmErrorKind::Auth, "the key is refused");
/// assert_eq!(retry.wait(0, &wrong_key), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Retry {
    /// How many more attempts follow the first. Default 4.
    pub attempts: u32,
    /// The wait before the first of them. Default 0.5 s.
    pub first_wait: Duration,
    /// The longest wait that doubling leads to. Default 60 s.
    pub longest_wait: Duration,
    /// The longest wait that a provider can ask for. Default 5 minutes.
    pub longest_asked_wait: Duration,
    /// Where set, up to a quarter of the wait is added to it at random, drawn from this seed, so that
    /// calls that failed together are not tried again together. It changes only when a call is sent.
    /// Default none.
    pub jitter: Option<u64>,
}

impl Retry {
    /// The defaults of all fields.
    pub const DEFAULT: Self = Self {
        attempts: 4,
        first_wait: Duration::from_millis(500),
        longest_wait: Duration::from_secs(60),
        longest_asked_wait: Duration::from_secs(300),
        jitter: None,
    };

    /// A single attempt.
    ///
    /// ```
    /// use dashoptimize::lm::{LmError, LmErrorKind, Retry};
    ///
    /// let busy = LmError::new(LmErrorKind::Server, "the server is busy");
    /// assert_eq!(Retry::none().wait(0, &busy), None);
    /// ```
    #[must_use]
    pub const fn none() -> Self {
        Self {
            attempts: 0,
            ..Self::DEFAULT
        }
    }

    /// Sets how many more attempts follow the first. Default 4.
    #[must_use]
    pub const fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Sets the first wait, and the longest that doubling leads to. Default 0.5 s and 60 s.
    #[must_use]
    pub const fn with_waits(mut self, first: Duration, longest: Duration) -> Self {
        self.first_wait = first;
        self.longest_wait = longest;
        self
    }

    /// Sets the longest wait that a provider can ask for. Default 5 minutes.
    #[must_use]
    pub const fn with_longest_asked_wait(mut self, wait: Duration) -> Self {
        self.longest_asked_wait = wait;
        self
    }

    /// Sets the seed of the jitter. In a run, each call draws its own jitter from it, so that calls that
    /// failed together are not tried again together. Default none.
    #[must_use]
    pub const fn with_jitter(mut self, seed: u64) -> Self {
        self.jitter = Some(seed);
        self
    }

    /// The policy of one call of many: with jitter, each call draws its own waits.
    pub(crate) fn of_call(mut self, call: u64) -> Self {
        self.jitter = self.jitter.map(|seed| seed ^ call);
        self
    }

    /// How long to wait before the next attempt, or `None` if there should be no other. `attempt` is 0
    /// after the first failure, 1 after the second, and so on.
    #[must_use]
    pub fn wait(&self, attempt: u32, error: &LmError) -> Option<Duration> {
        if attempt >= self.attempts || !error.kind().is_transient() {
            return None;
        }
        let wait = match error.retry_after() {
            Some(asked) if asked > self.longest_asked_wait => return None,
            // A provider that asks for no wait has just failed all the same.
            Some(asked) => asked.max(self.first_wait),
            None => self.doubled(attempt),
        };
        Some(wait.saturating_add(self.extra(attempt, wait)))
    }

    fn doubled(&self, attempt: u32) -> Duration {
        let factor = 1_u32.checked_shl(attempt).unwrap_or(u32::MAX);
        self.first_wait
            .saturating_mul(factor)
            .min(self.longest_wait)
    }

    fn extra(&self, attempt: u32, wait: Duration) -> Duration {
        match self.jitter {
            Some(seed) => wait.mul_f64(0.25 * unit(seed.wrapping_add(u64::from(attempt)))),
            None => Duration::ZERO,
        }
    }
}

impl Default for Retry {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// A number in [0, 1) from a seed: one step of SplitMix64.
fn unit(seed: u64) -> f64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^= z >> 31;
    (z >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lm::LmErrorKind;

    fn error(asked: Option<Duration>) -> LmError {
        let error = LmError::new(LmErrorKind::RateLimited, "slow down");
        match asked {
            Some(wait) => error.with_retry_after(wait),
            None => error,
        }
    }

    #[test]
    fn waits_double_up_to_the_longest() {
        let retry = Retry::DEFAULT.with_attempts(u32::MAX);
        let seconds = |attempt| retry.wait(attempt, &error(None)).map(|w| w.as_secs_f64());
        assert_eq!(seconds(0), Some(0.5));
        assert_eq!(seconds(3), Some(4.0));
        assert_eq!(seconds(7), Some(60.0));
        assert_eq!(seconds(u32::MAX - 1), Some(60.0));
    }

    #[test]
    fn a_wait_that_is_too_long_ends_the_retries() {
        let ceiling = Retry::DEFAULT.longest_asked_wait;
        let at = error(Some(ceiling));
        assert_eq!(Retry::DEFAULT.wait(0, &at), Some(ceiling));
        let over = error(Some(ceiling + Duration::from_nanos(1)));
        assert_eq!(Retry::DEFAULT.wait(0, &over), None);
    }

    proptest! {
        #[test]
        fn jitter_adds_at_most_a_quarter_and_never_changes_whether(
            seed in any::<u64>(),
            attempt in any::<u32>(),
            asked in proptest::option::of(any::<Duration>()),
        ) {
            let calm = Retry::DEFAULT.with_attempts(8);
            let error = error(asked);
            let plain = calm.wait(attempt, &error);
            let shaken = calm.with_jitter(seed).wait(attempt, &error);
            prop_assert_eq!(plain.is_some(), shaken.is_some());
            if let (Some(plain), Some(shaken)) = (plain, shaken) {
                prop_assert!(plain <= shaken && shaken <= plain.mul_f64(1.26));
            }
        }
    }

    #[test]
    fn calls_of_a_run_that_failed_together_are_not_tried_again_together() {
        let retry = Retry::DEFAULT.with_jitter(7);
        let wait = |call| retry.of_call(call).wait(0, &error(None));
        assert_ne!(wait(1), wait(2));
        assert_eq!(wait(1), wait(1), "the same on every machine");
        assert_eq!(
            Retry::DEFAULT.of_call(1).wait(0, &error(None)),
            Some(Retry::DEFAULT.first_wait),
            "without jitter nothing is added"
        );
    }
}

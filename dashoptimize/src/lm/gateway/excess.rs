//! Usage beyond the worst case: what a provider reports although it cannot be.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::worst_case::WorstCase;
use crate::lm::reply::Usage;

/// A model whose provider reported more tokens for calls than they can have used, such as a server that
/// ignores `max_tokens`. What was reported counts as spent, and from the first such call on, the worst case
/// of the model's calls is raised. So a budget in tokens or dollars can be exceeded by the calls that were
/// in flight at that moment, and by no others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct UsageExcess {
    /// The [id](crate::lm::ModelInfo::id) of the model.
    pub model: String,
    /// For how many calls more was reported than they can have used.
    pub calls: u64,
    /// What was reported for the call that exceeded it the most.
    pub reported: Usage,
    /// The most that this call can have used.
    pub possible: Usage,
}

impl fmt::Display for UsageExcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` reported {} tokens for a call that can have used at most {} ({} of its calls exceed \
             their worst case); the worst case of its calls is raised, but a budget of tokens or dollars can be \
             exceeded by calls that were in flight; check that the server keeps to `max_tokens`",
            self.model,
            self.reported.total(),
            self.possible.total(),
            self.calls,
        )
    }
}

/// The excesses of all models.
#[derive(Debug, Default)]
pub(super) struct Excesses(Mutex<BTreeMap<String, ModelExcess>>);

/// How the worst cases of a model are raised.
#[derive(Clone, Debug)]
struct ModelExcess {
    seen: UsageExcess,
    input: Raise,
    output: Raise,
    is_told: bool,
}

/// How a bound is raised that was exceeded: by the largest difference, or in the largest proportion.
#[derive(Clone, Copy, Debug, Default)]
struct Raise {
    difference: u64,
    proportion: Option<(u64, u64)>,
}

impl Excesses {
    /// The worst case of a call, raised by what was seen of the model.
    pub(super) fn raised(&self, model: &str, worst: WorstCase) -> WorstCase {
        match self.lock().get(model) {
            Some(excess) => WorstCase {
                usage: Usage::new(
                    excess.input.of(worst.usage.input),
                    excess.output.of(worst.usage.output),
                ),
                ..worst
            },
            None => worst,
        }
    }

    /// Compares what was reported for a call with the most that it can have used, before that was raised.
    /// Returns an excess.
    pub(super) fn compare(
        &self,
        model: &str,
        possible: WorstCase,
        reported: Usage,
    ) -> Option<UsageExcess> {
        let most = possible.usage;
        if possible.is_open || (reported.input <= most.input && reported.output <= most.output) {
            return None;
        }
        let excess = UsageExcess {
            model: model.to_owned(),
            calls: 1,
            reported,
            possible: most,
        };
        self.learn(excess.clone());
        Some(excess)
    }

    /// Raises the worst cases of a model.
    pub(super) fn learn(&self, excess: UsageExcess) {
        let mut models = self.lock();
        let known = models
            .entry(excess.model.clone())
            .or_insert_with(|| ModelExcess {
                seen: UsageExcess {
                    calls: 0,
                    ..excess.clone()
                },
                input: Raise::default(),
                output: Raise::default(),
                is_told: false,
            });
        let (reported, possible) = (excess.reported, excess.possible);
        known.input.to_hold(reported.input, possible.input);
        known.output.to_hold(reported.output, possible.output);
        let calls = known.seen.calls.saturating_add(excess.calls);
        if beyond(&excess) > beyond(&known.seen) {
            known.seen = excess;
        }
        known.seen.calls = calls;
    }

    /// What was seen of each model.
    pub(super) fn all(&self) -> Vec<UsageExcess> {
        let models = self.lock();
        models.values().map(|known| known.seen.clone()).collect()
    }

    /// Models with an excess that was not asked for before.
    pub(super) fn take_new(&self) -> Vec<UsageExcess> {
        let mut models = self.lock();
        let new = models.values_mut().filter(|known| !known.is_told);
        new.map(|known| {
            known.is_told = true;
            known.seen.clone()
        })
        .collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, ModelExcess>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const fn beyond(excess: &UsageExcess) -> u64 {
    let possible = excess.possible.total();
    excess.reported.total().saturating_sub(possible)
}

impl Raise {
    fn to_hold(&mut self, reported: u64, possible: u64) {
        self.difference = self.difference.max(reported.saturating_sub(possible));
        let is_higher = |(numerator, denominator): (u64, u64)| {
            u128::from(reported) * u128::from(denominator)
                > u128::from(numerator) * u128::from(possible)
        };
        if possible > 0 && reported > possible && self.proportion.is_none_or(is_higher) {
            self.proportion = Some((reported, possible));
        }
    }

    fn of(self, bound: u64) -> u64 {
        let scaled = self.proportion.map_or(0, |(numerator, denominator)| {
            let scaled = u128::from(bound) * u128::from(numerator);
            u64::try_from(scaled.div_ceil(denominator.into())).unwrap_or(u64::MAX)
        });
        bound.saturating_add(self.difference).max(scaled)
    }
}

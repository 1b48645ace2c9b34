//! How much of the budget the hold-out needs.

use super::evaluation::Evaluation;
use crate::lm::{Amount, Spend};

/// What is added to the tokens and dollars that the program as given needs on the hold-out, since its rows
/// may be longer than those of the validation part: a tenth.
const LONGER_ROWS: (u64, u64) = (11, 10);

/// What is added to those of the most expensive candidate, since the next one may be more expensive: a half.
const MORE_EXPENSIVE: (u64, u64) = (3, 2);

/// The least that a candidate costs, as a share of what the program as given costs: a half.
const LEAST_OF_CANDIDATE: (u64, u64) = (1, 2);

/// What it takes to judge a candidate against the program as given, from what their evaluations cost.
pub(super) struct HoldoutCost {
    rows: u64,
    /// The most that one call can cost: it must be free while the last call is on its way.
    largest: Amount,
}

impl HoldoutCost {
    /// Of a hold-out with so many rows, where one call can cost so much.
    pub(super) const fn new(rows: usize, largest: Amount) -> Self {
        Self {
            rows: rows as u64,
            largest,
        }
    }

    /// What both programs are expected to cost on the hold-out.
    pub(super) fn expected(&self, base: &Evaluation, tuned: &Evaluation) -> Amount {
        self.of(base).plus(self.of(tuned)).plus(self.last_call())
    }

    /// The least with which a run can end in a verdict, after the program as given was measured: one
    /// candidate, which may cost half as much, on the validation part, and both programs on the hold-out.
    pub(super) fn least_in_all(&self, base: &Evaluation) -> Amount {
        let measured = base.spend.amount();
        let answered = Amount {
            calls: measured.calls.saturating_sub(base.spend.failed),
            ..measured
        };
        let candidate = scaled_cost(answered, LEAST_OF_CANDIDATE);
        measured.plus(candidate).plus(self.before_candidates(base))
    }

    /// What is reserved as long as there is no candidate to judge: the least that it can take, so that
    /// whatever fits into the budget is tried.
    pub(super) fn before_candidates(&self, base: &Evaluation) -> Amount {
        let calls = base.spend.calls.saturating_sub(base.spend.failed);
        let answered = Amount {
            calls,
            ..base.spend.amount()
        };
        let of_base = answered.scaled(self.rows, rows(base));
        of_base.plus(scaled_cost(of_base, LEAST_OF_CANDIDATE))
    }

    /// What is reserved once there are candidates: enough for any of them, with a margin.
    pub(super) fn after(&self, base: &Evaluation, candidates: &[Evaluation]) -> Amount {
        let cost = |evaluation: &Evaluation, margin| {
            let expected = scaled_cost(self.of(evaluation), margin);
            Amount {
                calls: expected
                    .calls
                    .saturating_add(self.margin_of_retries(evaluation)),
                ..expected
            }
        };
        let most = candidates
            .iter()
            .map(|candidate| cost(candidate, MORE_EXPENSIVE))
            .fold(Amount::default(), Amount::most);
        cost(base, LONGER_ROWS).plus(most).plus(self.last_call())
    }

    /// What a program is expected to cost, retries included.
    fn of(&self, evaluation: &Evaluation) -> Amount {
        needed(evaluation.spend, self.largest).scaled(self.rows, rows(evaluation))
    }

    /// How many more calls may fail than is expected: twice the standard deviation, of what is measured
    /// and of what is to come.
    fn margin_of_retries(&self, evaluation: &Evaluation) -> u64 {
        let times = self.rows as f64 / evaluation.measured.n().max(1) as f64;
        let failed = evaluation.spend.failed as f64 * times;
        (2.0 * (failed * (1.0 + times)).sqrt()).ceil() as u64
    }

    fn last_call(&self) -> Amount {
        Amount {
            calls: 0,
            ..self.largest
        }
    }
}

/// What these calls cost if none of them is in a cache.
fn needed(spend: Spend, largest: Amount) -> Amount {
    let cached = Amount {
        calls: 1,
        ..largest
    };
    spend.amount().plus(cached.scaled(spend.cache_hits, 1))
}

const fn rows(evaluation: &Evaluation) -> u64 {
    evaluation.measured.n() as u64
}

/// Tokens and dollars scaled; the number of calls that a row takes does not depend on their length.
fn scaled_cost(amount: Amount, (numerator, denominator): (u64, u64)) -> Amount {
    Amount {
        calls: amount.calls,
        ..amount.scaled(numerator, denominator)
    }
}

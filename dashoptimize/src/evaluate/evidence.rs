//! What paired scores show about the difference of two programs.

use super::paired_scores::{PairedScores, mean};
use super::statistics::{
    Alpha, Interval, PairedCounts, bounded_mean_interval, detectable_difference, rows_for_binary,
    rows_for_graded, rows_to_bound_unseen, sign_flip_test, t_interval, unseen_share,
};
use super::verdict::PairedTest;

/// If fewer rows differ, the interval also has to admit losses and gains that were not seen. With more,
/// Newcombe's interval covers at its level without help.
const FEW_DIFFER: usize = 20;

/// How random draws are made.
#[derive(Clone, Copy)]
pub(super) struct Draws {
    pub(super) resamples: u32,
    pub(super) seed: u64,
}

/// What paired scores show. Differences are shares of the metric's range.
pub(super) struct Evidence {
    pub(super) test: PairedTest,
    pub(super) difference: f64,
    pub(super) p: f64,
    /// It excludes 0 only if p is at most alpha. `None` without rows.
    pub(super) interval: Option<Interval>,
    pub(super) rows_needed: Option<u64>,
    pub(super) detectable: Option<f64>,
}

impl Evidence {
    pub(super) fn of(pairs: &PairedScores, alpha: Alpha, draws: Draws) -> Self {
        let differences = pairs.differences();
        let evidence = match pairs.counts() {
            Some(counts) => Self::of_counts(&counts, alpha),
            None => Self::of_differences(&differences, alpha, draws),
        };
        Self {
            interval: evidence.interval.map(|interval| {
                let shows_nothing = evidence.p > alpha.value();
                let zero = Interval {
                    lower: 0.0,
                    upper: 0.0,
                };
                let interval = interval.clamped_to(-1.0, 1.0);
                if shows_nothing {
                    interval.hull(zero)
                } else {
                    interval
                }
            }),
            ..evidence
        }
    }

    fn of_counts(counts: &PairedCounts, alpha: Alpha) -> Self {
        let (n, difference) = (counts.n().max(1) as f64, counts.difference());
        let discordant = counts.discordant() as f64 / n;
        let interval = counts.interval(alpha);
        let few = (counts.discordant() < FEW_DIFFER).then(|| counts.interval_of_few(alpha));
        let handful = is_handful(counts.n(), alpha).then(|| counts.interval_of_a_handful(alpha));
        let others = [few.flatten(), handful.flatten()].into_iter().flatten();
        let deviation = (discordant - difference * difference).max(0.0).sqrt();
        Self {
            test: PairedTest::McNemar,
            difference,
            p: counts.p_value(),
            interval: interval.map(|interval| others.fold(interval, Interval::hull)),
            rows_needed: gain(difference).and_then(|gain| rows_for_binary(discordant, gain, alpha)),
            detectable: detectable_difference(counts.n(), deviation, alpha),
        }
    }

    fn of_differences(differences: &[f64], alpha: Alpha, draws: Draws) -> Self {
        let Draws { resamples, seed } = draws;
        let (n, difference) = (differences.len(), mean(differences));
        let deviation = deviation(differences);
        let bounded = bounded_mean_interval(differences, -1.0..=1.0, alpha, resamples, seed);
        let spread = t_interval(n, difference, deviation, alpha);
        // The interval and the rows have to allow for losses that were not seen.
        let unseen = unseen_share(n, alpha);
        let rows = |gain: f64| {
            let spread = rows_for_graded(deviation, gain, alpha)?;
            Some(spread + rows_to_bound_unseen(gain / (1.0 + gain), alpha)?)
        };
        Self {
            test: PairedTest::SignFlip,
            difference,
            p: sign_flip_test(differences, resamples, seed),
            interval: bounded.map(|bounded| match spread {
                Some(spread) => bounded.hull(spread),
                None => bounded,
            }),
            rows_needed: gain(difference).and_then(rows),
            detectable: detectable_difference(n, deviation, alpha)
                .map(|gain| gain + unseen / (1.0 - unseen)),
        }
    }

    /// Whether a gain was shown: the interval excludes 0, and so p is at most alpha.
    pub(super) fn shows_a_gain(&self) -> bool {
        self.interval.is_some_and(|interval| interval.lower > 0.0)
    }

    /// Whether a loss was shown.
    pub(super) fn shows_a_loss(&self) -> bool {
        self.interval.is_some_and(|interval| interval.upper < 0.0)
    }

    /// Whether a loss larger than this is ruled out.
    pub(super) fn rules_out_a_loss_of(&self, margin: f64) -> bool {
        self.interval
            .is_some_and(|interval| interval.lower > -margin)
    }
}

/// Whether all rows may have been won by luck: so many heads in a row are likelier than alpha.
fn is_handful(rows: usize, alpha: Alpha) -> bool {
    0.5_f64.powf(rows as f64) > alpha.value()
}

fn gain(difference: f64) -> Option<f64> {
    (difference > 0.0).then_some(difference)
}

fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / values.len().saturating_sub(1).max(1) as f64).sqrt()
}

//! Whether a child is good enough to be evaluated on the validation part.

use serde::Serialize;

use super::fronts::ROUNDING;
use crate::evaluate::statistics::{Alpha, sign_flip_test};

/// When [`GEPA`](super::GEPA) takes a child into the population. Parent and child are compared on the same
/// training rows.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Acceptance {
    /// The sum of the child's scores on its minibatch is higher. This is the rule of the source.
    StrictImprovement,
    /// It is higher or equal.
    ImprovementOrEqual,
    /// It is higher, and a paired test on more rows shows that this is not luck.
    ///
    /// Both are run on all training rows that the parent was run on so far, and on further ones until there
    /// are `rows`, `repeats` times each on different samples. The child is accepted if the one-sided
    /// permutation test on the differences of the rows has a p of at most `level`. With two or more repeats
    /// the noise of the metric is known, and the mean gain must also be larger than noise explains at that
    /// level.
    Evidence {
        /// The probability, above 0 and below 0.5, with which a child that is no better is accepted for this
        /// comparison.
        level: f64,
        /// How many rows at least, if the training part has as many.
        rows: usize,
        /// How often each is run; at least once.
        repeats: u32,
    },
}

impl Acceptance {
    /// A test at the level 0.1 on at least 8 rows, each run once.
    pub const EVIDENCE: Self = Self::Evidence {
        level: 0.1,
        rows: 8,
        repeats: 1,
    };

    /// What is wrong with the settings of the rule, if anything.
    pub(super) fn problem(self) -> Option<String> {
        match self {
            Self::Evidence { level, .. } if !(level > 0.0 && level < 0.5) => Some(format!(
                "the level of `Acceptance::Evidence` is {level}; it must be above 0 and below 0.5"
            )),
            _ => None,
        }
    }

    /// The name of the rule in the log of the run.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::StrictImprovement => "strict improvement",
            Self::ImprovementOrEqual => "improvement or equal",
            Self::Evidence { .. } => "evidence",
        }
    }

    /// Whether a child with this sum of scores on its minibatch is accepted, or is worth more rows.
    pub(super) fn passes(self, before: f64, after: f64) -> bool {
        match self {
            Self::ImprovementOrEqual => after >= before - ROUNDING,
            Self::StrictImprovement | Self::Evidence { .. } => after > before + ROUNDING,
        }
    }
}

/// The scores of one row: those of the parent and those of the child, one for each sample.
pub(super) type PairedRow = (Vec<f64>, Vec<f64>);

/// Whether the child is better at this level, and how that was found.
pub(super) fn is_shown_better(rows: &[PairedRow], level: f64) -> (bool, String) {
    let gains: Vec<f64> = rows
        .iter()
        .map(|(before, after)| mean(after) - mean(before))
        .collect();
    let gain = mean(&gains);
    let p = match gain > 0.0 {
        // The two tails are equally probable.
        true => sign_flip_test(&gains, 9_999, 0) / 2.0,
        false => 1.0,
    };
    let noise = smallest_gain_beyond_noise(rows, level);
    let is_better = p <= level && noise.is_none_or(|least| gain > least);
    let mut reason = format!("mean gain {gain:+.3} on {} rows, p {p:.3}", rows.len());
    if let Some(least) = noise {
        reason.push_str(&format!(", of which noise explains {least:.3}"));
    }
    (is_better, reason)
}

/// The largest mean gain that the noise of the metric explains at this level. `None` if no row was repeated.
fn smallest_gain_beyond_noise(rows: &[PairedRow], level: f64) -> Option<f64> {
    let samples = rows.iter().flat_map(|(before, after)| [before, after]);
    let repeated: Vec<&Vec<f64>> = samples.filter(|scores| scores.len() > 1).collect();
    let freedom: usize = repeated.iter().map(|scores| scores.len() - 1).sum();
    if freedom == 0 {
        return None;
    }
    let squares: f64 = repeated.iter().map(|scores| squares(scores)).sum();
    let variance = squares / freedom as f64;
    // The variance of a mean over rows, of differences between means over samples.
    let of_rows = rows.iter().map(|(before, after)| {
        variance / before.len().max(1) as f64 + variance / after.len().max(1) as f64
    });
    let error = of_rows.sum::<f64>().sqrt() / rows.len().max(1) as f64;
    let two_sided = Alpha::new(2.0 * level).ok()?;
    Some(two_sided.z() * error)
}

fn mean(scores: &[f64]) -> f64 {
    scores.iter().sum::<f64>() / scores.len().max(1) as f64
}

/// The sum of the squared distances from the mean.
fn squares(scores: &[f64]) -> f64 {
    let mean = mean(scores);
    scores.iter().map(|score| (score - mean).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRng;

    fn rows(pairs: &[(f64, f64)]) -> Vec<PairedRow> {
        let rows = pairs.iter();
        rows.map(|(before, after)| (vec![*before], vec![*after]))
            .collect()
    }

    #[test]
    fn sums_are_compared_by_the_rule() {
        let cases = [
            (1.0, 2.0, true, true),
            (1.0, 1.0, false, true),
            (2.0, 1.0, false, false),
        ];
        for (before, after, strict, or_equal) in cases {
            assert_eq!(Acceptance::StrictImprovement.passes(before, after), strict);
            assert_eq!(Acceptance::EVIDENCE.passes(before, after), strict);
            assert_eq!(
                Acceptance::ImprovementOrEqual.passes(before, after),
                or_equal
            );
        }
        // 0.1 + 0.2 is not 0.3.
        assert!(!Acceptance::StrictImprovement.passes(0.3, 0.1 + 0.2));
        assert!(Acceptance::ImprovementOrEqual.passes(0.1 + 0.2, 0.3));
    }

    #[test]
    fn three_rows_show_nothing_and_four_that_agree_do() {
        let gain = (0.0, 1.0);
        assert!(!is_shown_better(&rows(&[gain; 3]), 0.1).0, "p is 1/8");
        assert!(is_shown_better(&rows(&[gain; 4]), 0.1).0, "p is 1/16");
        let mixed = [gain, gain, gain, gain, (1.0, 0.0)];
        assert!(!is_shown_better(&rows(&mixed), 0.1).0);
        assert!(
            !is_shown_better(&rows(&[(1.0, 0.0); 9]), 0.1).0,
            "it is worse"
        );
        assert!(!is_shown_better(&[], 0.1).0);
    }

    #[test]
    fn a_gain_that_noise_explains_is_not_shown() {
        // Every row gains a little, and the two samples of a row differ by much.
        let noisy: Vec<PairedRow> = vec![(vec![0.0, 1.0], vec![0.05, 1.05]); 8];
        assert!(!is_shown_better(&noisy, 0.1).0);
        let calm: Vec<PairedRow> = vec![(vec![0.5, 0.5], vec![0.55, 0.55]); 8];
        assert!(is_shown_better(&calm, 0.1).0);
    }

    /// A child that is no better is accepted no more often than the level says.
    #[test]
    fn the_level_is_kept_where_there_is_no_effect() {
        let mut rng = SeededRng::new(5, "acceptance");
        let mut coin = || if rng.below(2) == 0 { 0.0 } else { 1.0 };
        let accepted = (0..2_000).filter(|_| {
            let rows: Vec<PairedRow> = (0..10).map(|_| (vec![coin()], vec![coin()])).collect();
            is_shown_better(&rows, 0.1).0
        });
        let accepted = accepted.count();
        assert!(accepted <= 230, "{accepted} of 2,000 at the level 0.1");
    }
}

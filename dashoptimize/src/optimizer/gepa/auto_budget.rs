//! A limit on metric calls by the size of the task.

use serde::Serialize;

/// How much [`GEPA`](super::GEPA) may search, in proportion to the program and to the validation part; see
/// [`GEPA::auto`](super::GEPA::auto).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AutoBudget {
    /// As for 6 candidates.
    Light,
    /// As for 12 candidates.
    Medium,
    /// As for 18 candidates.
    Heavy,
}

impl AutoBudget {
    /// How many metric calls DSPy allows for a program of so many predictors and so many validation rows. It
    /// counts them as its MIPROv2 does: trials with minibatches of 35 rows, and a full evaluation after every
    /// five.
    pub(super) fn metric_calls(self, predictors: usize, rows: usize) -> usize {
        let candidates = match self {
            Self::Light => 6,
            Self::Medium => 12,
            Self::Heavy => 18,
        };
        let (predictors, n) = (predictors as f64, f64::from(candidates));
        let trials = (4.0 * predictors * n.log2()).max(1.5 * n) as usize;
        let full = (trials + 1) / 5 + 1 + usize::from(trials < 5);
        rows + 5 * candidates as usize + 35 * trials + full * rows
    }
}

#[cfg(test)]
mod tests {
    use super::AutoBudget::{Heavy, Light, Medium};

    /// The numbers are what DSPy 3.4.1 gives.
    #[test]
    fn auto_allows_as_many_metric_calls_as_dspy() {
        let cases = [
            (1, 100, [780, 1190, 1735]),
            (2, 100, [1330, 1740, 2045]),
            (4, 300, [4465, 5955, 6900]),
            (1, 50, [580, 940, 1385]),
            (1, 300, [1580, 2190, 3135]),
            (3, 100, [1915, 2565, 3040]),
            (5, 300, [5415, 7345, 8395]),
        ];
        for (predictors, rows, expected) in cases {
            let allowed = [Light, Medium, Heavy].map(|auto| auto.metric_calls(predictors, rows));
            assert_eq!(allowed, expected, "{predictors} predictors, {rows} rows");
        }
    }
}

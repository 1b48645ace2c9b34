//! How many rows broke which `check`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::adapter::BrokenCheck;

/// At most so many rules are named when counts are displayed.
const NAMED: usize = 3;

/// On how many rows an output broke a `check`. [`Measured::broken_checks`](super::Measured::broken_checks)
/// lists them.
///
/// It is displayed as ``\`confidence\` must be from 0 to 1: 3 rows``.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckCount {
    /// The path of the predictor.
    pub predictor: String,
    /// The output.
    pub field: String,
    /// The rule that was broken.
    pub rule: String,
    /// On how many rows it was broken.
    pub rows: usize,
}

impl fmt::Display for CheckCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = if self.rows == 1 { "row" } else { "rows" };
        write!(f, "`{}` {}: {} {rows}", self.field, self.rule, self.rows)
    }
}

/// Counts rows with broken checks as they come.
#[derive(Clone, Debug, Default)]
pub(super) struct CheckCounts(BTreeMap<(String, BrokenCheck), usize>);

impl CheckCounts {
    /// Counts the broken checks of the next row, each once.
    pub(super) fn push<'a>(&mut self, broken: impl Iterator<Item = (&'a str, &'a BrokenCheck)>) {
        for (predictor, broken) in broken.collect::<BTreeSet<_>>() {
            let key = (predictor.to_owned(), broken.clone());
            *self.0.entry(key).or_default() += 1;
        }
    }

    pub(super) fn finish(self) -> Vec<CheckCount> {
        let counts = self.0.into_iter();
        counts
            .map(|((predictor, broken), rows)| CheckCount {
                predictor,
                field: broken.field,
                rule: broken.rule,
                rows,
            })
            .collect()
    }
}

/// Writes the counts; nothing if there are none.
pub(super) fn fmt_all(counts: &[CheckCount], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, count) in counts.iter().take(NAMED).enumerate() {
        let before = if index == 0 {
            "; broken checks: "
        } else {
            ", "
        };
        write!(f, "{before}{count}")?;
    }
    match counts.len().saturating_sub(NAMED) {
        0 => Ok(()),
        more => write!(f, ", {more} more"),
    }
}

//! The rows that a decision is made by.

use serde::{Serialize, Serializer};

use super::evaluation::Part;

/// The rows of a part that a decision is made by, or that a proposer is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    #[serde(serialize_with = "in_file")]
    part: Part,
    /// Such as `0-9, 12`.
    #[serde(serialize_with = "as_ranges")]
    rows: Vec<usize>,
}

impl Evidence {
    /// These rows of the training part.
    pub fn train(rows: impl IntoIterator<Item = usize>) -> Self {
        Self::of(Part::Train, rows)
    }

    /// These rows of the validation part.
    pub fn val(rows: impl IntoIterator<Item = usize>) -> Self {
        Self::of(Part::Val, rows)
    }

    pub(super) fn of(part: Part, rows: impl IntoIterator<Item = usize>) -> Self {
        let mut rows: Vec<usize> = rows.into_iter().collect();
        rows.sort_unstable();
        rows.dedup();
        Self { part, rows }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn in_file<S: Serializer>(part: &Part, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(part.as_str())
}

fn as_ranges<S: Serializer>(rows: &[usize], serializer: S) -> Result<S::Ok, S::Error> {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for row in rows {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == *row => *last = *row,
            _ => ranges.push((*row, *row)),
        }
    }
    let words = ranges.iter().map(|(first, last)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    });
    serializer.serialize_str(&words.collect::<Vec<_>>().join(", "))
}

//! Texts compared line by line.

use std::fmt;

/// How many unchanged lines are shown around a change.
const AROUND: usize = 2;

/// The largest number of pairs of lines that are compared. Longer texts are shown as replaced as a
/// whole.
const MOST_PAIRS: usize = 1_000_000;

/// A line in a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Edit {
    /// In both texts.
    Kept(String),
    /// Only in the text before.
    Removed(String),
    /// Only in the text after.
    Added(String),
}

/// The fewest edits that turn one text into the other, removals before additions; empty if the texts are
/// equal.
pub(super) fn edits(before: &str, after: &str) -> Vec<Edit> {
    if before == after {
        return Vec::new();
    }
    let before: Vec<&str> = lines(before);
    let after: Vec<&str> = lines(after);
    let common = longest_common(&before, &after);
    let mut edits = Vec::new();
    let (mut b, mut a) = (0, 0);
    // The ends of both texts close the last stretch.
    for (kept_b, kept_a) in common.into_iter().chain([(before.len(), after.len())]) {
        edits.extend(
            before[b..kept_b]
                .iter()
                .map(|line| Edit::Removed((*line).to_owned())),
        );
        edits.extend(
            after[a..kept_a]
                .iter()
                .map(|line| Edit::Added((*line).to_owned())),
        );
        if let Some(line) = before.get(kept_b) {
            edits.push(Edit::Kept((*line).to_owned()));
        }
        (b, a) = (kept_b + 1, kept_a + 1);
    }
    edits
}

/// An empty text has no lines.
fn lines(text: &str) -> Vec<&str> {
    if text.is_empty() {
        Vec::new()
    } else {
        text.split('\n').collect()
    }
}

/// The positions of a longest common subsequence.
fn longest_common(before: &[&str], after: &[&str]) -> Vec<(usize, usize)> {
    if before.len().saturating_mul(after.len()) > MOST_PAIRS {
        return Vec::new();
    }
    let width = after.len() + 1;
    // lengths[b * width + a] is the length of the longest one of before[b..] and after[a..].
    let mut lengths = vec![0_u32; (before.len() + 1) * width];
    for b in (0..before.len()).rev() {
        for a in (0..after.len()).rev() {
            lengths[b * width + a] = if before[b] == after[a] {
                lengths[(b + 1) * width + a + 1] + 1
            } else {
                lengths[(b + 1) * width + a].max(lengths[b * width + a + 1])
            };
        }
    }
    let mut positions = Vec::new();
    let (mut b, mut a) = (0, 0);
    while b < before.len() && a < after.len() {
        if before[b] == after[a] {
            positions.push((b, a));
            (b, a) = (b + 1, a + 1);
        } else if lengths[(b + 1) * width + a] >= lengths[b * width + a + 1] {
            b += 1;
        } else {
            a += 1;
        }
    }
    positions
}

/// Writes the changed lines and a few around them, each on a new line after the indent.
pub(super) fn write(f: &mut fmt::Formatter<'_>, indent: &str, edits: &[Edit]) -> fmt::Result {
    let is_near = |index: usize| {
        let near = index.saturating_sub(AROUND)..(index + AROUND + 1).min(edits.len());
        edits[near]
            .iter()
            .any(|edit| !matches!(edit, Edit::Kept(_)))
    };
    let mut skipping = false;
    for (index, edit) in edits.iter().enumerate() {
        if is_near(index) {
            skipping = false;
            let (sign, line) = match edit {
                Edit::Kept(line) => (' ', line),
                Edit::Removed(line) => ('-', line),
                Edit::Added(line) => ('+', line),
            };
            // A line that a model wrote must not move the cursor.
            let line = plain(line);
            write!(f, "\n{}", format!("{indent}{sign} {line}").trim_end())?;
        } else if !skipping {
            skipping = true;
            write!(f, "\n{indent}  …")?;
        }
    }
    Ok(())
}

/// The text without control characters.
fn plain(line: &str) -> String {
    line.chars()
        .map(|c| {
            if c.is_control() && c != '\t' {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Edit, edits};

    fn side(edits: &[Edit], removed: bool) -> String {
        let lines: Vec<&str> = edits
            .iter()
            .filter_map(|edit| match edit {
                Edit::Kept(line) => Some(&**line),
                Edit::Removed(line) => removed.then_some(&**line),
                Edit::Added(line) => (!removed).then_some(&**line),
            })
            .collect();
        lines.join("\n")
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_back(before in "[ab\n]{0,12}", after in "[ab\n]{0,12}") {
            let edits = edits(&before, &after);
            prop_assert_eq!(edits.is_empty(), before == after);
            if before != after {
                prop_assert_eq!(side(&edits, true), before);
                prop_assert_eq!(side(&edits, false), after);
            }
        }
    }

    #[test]
    fn one_changed_line_is_one_removal_and_one_addition() {
        let edits = edits("a\nb\nc", "a\nx\nc");
        let expected = [
            Edit::Kept("a".into()),
            Edit::Removed("b".into()),
            Edit::Added("x".into()),
            Edit::Kept("c".into()),
        ];
        assert_eq!(edits, expected);
    }
}

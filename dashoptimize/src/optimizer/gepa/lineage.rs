//! What merges are made of: two members, their common ancestors, and the texts that each has changed.

use std::collections::BTreeSet;

use super::fronts::ROUNDING;
use crate::random::SeededRng;

/// How many validation rows a merge is first tried on.
const ROWS: usize = 5;

/// How many merges are due, and which were tried.
#[derive(Clone, Debug, Default)]
pub(super) struct Merging {
    pub(super) due: usize,
    /// Whether a candidate was found since the last attempt.
    pub(super) is_fresh: bool,
    pub(super) accepted: usize,
    pub(super) tried: BTreeSet<[usize; 3]>,
}

impl Merging {
    /// Notes that a proposal came into the population.
    pub(super) const fn candidate_found(&mut self, most: usize) {
        self.is_fresh = true;
        if self.accepted < most {
            self.due += 1;
        }
    }
}

/// What a merge is made of, without the programs.
pub(super) struct Lineage<'l> {
    /// The texts of each member, in the order of the components.
    pub(super) texts: &'l [Vec<String>],
    pub(super) means: &'l [f64],
    /// The lowest mean that a member can have.
    pub(super) worst: f64,
    /// The ancestors of each member.
    pub(super) ancestors: &'l [BTreeSet<usize>],
}

impl Lineage<'_> {
    /// Common ancestors of two members from which a merge can be made: neither is better on average than the
    /// two, and there is a text that only one of the two has changed.
    pub(super) fn common(&self, [a, b]: [usize; 2]) -> Vec<usize> {
        if self.ancestors[a].contains(&b) || self.ancestors[b].contains(&a) {
            return Vec::new();
        }
        let common = self.ancestors[a].intersection(&self.ancestors[b]);
        let is_good = |ancestor: &usize| {
            let least = self.means[a].min(self.means[b]);
            let texts = self.texts[a]
                .iter()
                .zip(&self.texts[b])
                .zip(&self.texts[*ancestor]);
            let mut changed = texts.map(|((a, b), old)| a != b && (a == old || b == old));
            self.means[*ancestor] <= least + ROUNDING && changed.any(|changed| changed)
        };
        common.copied().filter(is_good).collect()
    }

    /// One of these ancestors, the better on average the more often.
    pub(super) fn draw(&self, ancestors: &[usize], rng: &mut SeededRng) -> Option<usize> {
        let weight = |ancestor: &usize| (self.means[*ancestor] - self.worst).max(0.0);
        let total: f64 = ancestors.iter().map(weight).sum();
        // In the source, ancestors that are all worth nothing are an error.
        if total <= 0.0 {
            return ancestors.get(rng.below(ancestors.len())).copied();
        }
        let mut drawn = super::breeders::uniform(rng) * total;
        let passed = |ancestor: &&usize| {
            drawn -= weight(ancestor);
            drawn < 0.0
        };
        ancestors.iter().find(passed).or(ancestors.last()).copied()
    }

    /// The texts of a merge: what one of the two changed, and where both did, that of the better one.
    pub(super) fn merged(
        &self,
        [a, b]: [usize; 2],
        ancestor: usize,
        rng: &mut SeededRng,
    ) -> Vec<String> {
        let a_is_better = match self.means[a] - self.means[b] {
            difference if difference.abs() <= ROUNDING => None,
            difference => Some(difference > 0.0),
        };
        let texts = self.texts[a]
            .iter()
            .zip(&self.texts[b])
            .zip(&self.texts[ancestor]);
        let mut pick = |a, b, old| match (a == old, b == old) {
            (true, _) => b,
            (_, true) => a,
            (false, false) if a == b => a,
            (false, false) => match a_is_better.unwrap_or_else(|| rng.below(2) == 0) {
                true => a,
                false => b,
            },
        };
        texts.map(|((a, b), old)| pick(a, b, old).clone()).collect()
    }
}

/// Rows on which two candidates and their merge are compared: some on which the first wins, some on which the
/// second does, some ties, and others until there are enough.
pub(super) fn compared_rows(rows: &[(usize, f64, f64)], rng: &mut SeededRng) -> Vec<usize> {
    let each = ROWS.div_ceil(3);
    let mut chosen = Vec::new();
    let mut order: Vec<&(usize, f64, f64)> = rows.iter().collect();
    rng.shuffle(&mut order);
    for wins in [f64::gt, f64::lt, f64::eq] as [fn(&f64, &f64) -> bool; 3] {
        let kind = order.iter().filter(|(_, a, b)| wins(a, b));
        chosen.extend(kind.take(each).map(|(row, _, _)| *row));
    }
    let rest = order.iter().map(|(row, _, _)| *row);
    let rest: Vec<usize> = rest.filter(|row| !chosen.contains(row)).collect();
    chosen.extend(rest);
    chosen.truncate(ROWS);
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(all: &[[&str; 2]]) -> Vec<Vec<String>> {
        let members = all.iter();
        members
            .map(|texts| texts.map(str::to_owned).to_vec())
            .collect()
    }

    /// A root, and two members that changed one text each.
    fn siblings() -> (Vec<Vec<String>>, Vec<BTreeSet<usize>>) {
        let texts = texts(&[["A", "B"], ["A1", "B"], ["A", "B1"]]);
        (texts, vec![[].into(), [0].into(), [0].into()])
    }

    #[test]
    fn a_merge_has_what_each_of_two_candidates_changed() {
        let (texts, ancestors) = siblings();
        let lineage = Lineage {
            texts: &texts,
            means: &[0.2, 0.4, 0.4],
            worst: 0.0,
            ancestors: &ancestors,
        };
        assert_eq!(lineage.common([1, 2]), [0]);
        let mut rng = SeededRng::new(1, "merge");
        assert_eq!(lineage.merged([1, 2], 0, &mut rng), ["A1", "B1"]);
    }

    #[test]
    fn where_both_changed_a_text_that_of_the_better_one_is_taken() {
        let texts = texts(&[["A", "B"], ["A1", "B"], ["A2", "B1"]]);
        let ancestors = [[].into(), [0].into(), [0].into()];
        let mut rng = SeededRng::new(1, "merge");
        for (means, expected) in [([0.2, 0.6, 0.4], "A1"), ([0.2, 0.4, 0.6], "A2")] {
            let lineage = Lineage {
                texts: &texts,
                means: &means,
                worst: 0.0,
                ancestors: &ancestors,
            };
            assert_eq!(lineage.merged([1, 2], 0, &mut rng), [expected, "B1"]);
        }
        let lineage = Lineage {
            texts: &texts,
            means: &[0.2, 0.5, 0.5],
            worst: 0.0,
            ancestors: &ancestors,
        };
        let drawn: BTreeSet<String> = (0..40)
            .map(|_| lineage.merged([1, 2], 0, &mut rng)[0].clone())
            .collect();
        assert_eq!(drawn.len(), 2, "a tie is drawn");
    }

    #[test]
    fn what_cannot_be_merged_has_no_common_ancestor() {
        let (texts, ancestors) = siblings();
        let common = |means: &[f64], ancestors: &[BTreeSet<usize>], texts: &[Vec<String>]| {
            let lineage = Lineage {
                texts,
                means,
                worst: 0.0,
                ancestors,
            };
            lineage.common([1, 2])
        };
        let means = [0.2, 0.4, 0.4];
        assert_eq!(common(&means, &ancestors, &texts), [0]);
        let parent_and_child = [[].into(), [0].into(), [0, 1].into()];
        assert!(common(&means, &parent_and_child, &texts).is_empty());
        assert!(
            common(&[0.5, 0.4, 0.6], &ancestors, &texts).is_empty(),
            "the ancestor is better"
        );
        let both_changed = self::texts(&[["A", "B"], ["A1", "B1"], ["A2", "B2"]]);
        assert!(common(&means, &ancestors, &both_changed).is_empty());
    }

    /// In the source, this is a division by zero.
    #[test]
    fn ancestors_that_are_worth_nothing_are_drawn_all_the_same() {
        let (texts, ancestors) = siblings();
        let lineage = Lineage {
            texts: &texts,
            means: &[0.0; 3],
            worst: 0.0,
            ancestors: &ancestors,
        };
        let mut rng = SeededRng::new(1, "merge");
        let drawn: BTreeSet<_> = (0..40).map(|_| lineage.draw(&[0, 1], &mut rng)).collect();
        assert_eq!(drawn, [Some(0), Some(1)].into());
        assert_eq!(lineage.draw(&[], &mut rng), None);
    }

    #[test]
    fn merges_are_compared_on_rows_that_each_of_the_two_wins() {
        let mut rng = SeededRng::new(1, "merge");
        let rows: Vec<(usize, f64, f64)> = (0..30)
            .map(|row| match row % 3 {
                0 => (row, 1.0, 0.0),
                1 => (row, 0.0, 1.0),
                _ => (row, 1.0, 1.0),
            })
            .collect();
        let chosen = compared_rows(&rows, &mut rng);
        let kinds: Vec<usize> = chosen.iter().map(|row| row % 3).collect();
        assert_eq!(kinds, [0, 0, 1, 1, 2]);
        assert_eq!(compared_rows(&rows[..2], &mut rng).len(), 2);
        let same = compared_rows(&[(0, 1.0, 0.0); 1], &mut rng);
        assert_eq!(same, [0]);
    }
}

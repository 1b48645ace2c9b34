//! Pareto fronts: for each row or objective, the candidates that do best on it.

use std::collections::{BTreeMap, BTreeSet};

/// Scores that are equal in exact arithmetic differ by less.
pub(super) const ROUNDING: f64 = 1e-9;

/// What candidates are compared on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Row(usize),
    Objective(String),
    RowObjective(usize, String),
}

/// For each key the best score so far, and the members of the population that reach it, by index.
#[derive(Clone, Debug, Default)]
pub(super) struct Fronts(BTreeMap<Key, (f64, BTreeSet<usize>)>);

impl Fronts {
    /// Enters the score of a member: a better one replaces the front, an equal one joins it.
    pub(super) fn enter(&mut self, member: usize, key: Key, score: f64) {
        let (best, holders) = self
            .0
            .entry(key)
            .or_insert((f64::NEG_INFINITY, BTreeSet::new()));
        if score > *best + ROUNDING {
            *best = score;
            holders.clear();
        }
        if score >= *best - ROUNDING {
            holders.insert(member);
        }
    }

    /// The members that each front consists of.
    pub(super) fn holders(&self) -> Vec<BTreeSet<usize>> {
        self.0
            .values()
            .map(|(_, holders)| holders.clone())
            .collect()
    }
}

/// The fronts without the members that are not needed to cover them. A member is dropped if each of its fronts
/// has another member that is not dropped; those with the lowest mean are dropped first.
pub(super) fn without_dominated(
    mut fronts: Vec<BTreeSet<usize>>,
    means: &[f64],
) -> Vec<BTreeSet<usize>> {
    let holders: BTreeSet<usize> = fronts.iter().flatten().copied().collect();
    let mut by_mean: Vec<usize> = holders.into_iter().collect();
    by_mean.sort_by(|a, b| means[*a].total_cmp(&means[*b]));
    // What cannot be dropped now cannot be dropped later either, so that one pass is enough.
    for member in by_mean {
        let mut own = fronts.iter().filter(|front| front.contains(&member));
        if own.all(|front| front.len() > 1) {
            for front in &mut fronts {
                front.remove(&member);
            }
        }
    }
    fronts
}

/// The members of these fronts, each with the number of fronts that it is in.
pub(super) fn counts(fronts: &[BTreeSet<usize>]) -> BTreeMap<usize, usize> {
    let mut counts = BTreeMap::new();
    for member in fronts.iter().flatten() {
        *counts.entry(*member).or_insert(0) += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pruned<const N: usize>(fronts: [&[usize]; N], means: &[f64]) -> Vec<Vec<usize>> {
        let fronts = fronts.map(|front| front.iter().copied().collect());
        let pruned = without_dominated(fronts.to_vec(), means);
        let listed = pruned.into_iter().map(|front| front.into_iter().collect());
        listed.collect()
    }

    /// The vectors are what version 0.1.4 of the package `gepa` gives.
    #[test]
    fn dominated_members_are_dropped_as_in_the_source() {
        let fronts: [&[usize]; 5] = [&[0, 1], &[1, 2], &[2], &[0, 3], &[3, 1]];
        let left = pruned(fronts, &[0.2, 0.6, 0.5, 0.4]);
        assert_eq!(left, [vec![1], vec![1, 2], vec![2], vec![3], vec![1, 3]]);

        let left = pruned([&[0, 4], &[1, 4], &[2, 4]], &[0.1, 0.1, 0.1, 0.0, 0.9]);
        assert_eq!(left, [vec![4], vec![4], vec![4]]);

        let fronts: [&[usize]; 5] = [&[0], &[1], &[0, 1, 5], &[0, 5], &[1, 5]];
        let left = pruned(fronts, &[0.6, 0.6, 0.0, 0.0, 0.0, 0.8]);
        assert!(
            !left.iter().flatten().any(|member| *member == 5),
            "{left:?}"
        );
    }

    #[test]
    fn every_front_keeps_a_member_and_every_member_left_is_needed() {
        let mut rng = crate::random::SeededRng::new(3, "fronts");
        for _ in 0..200 {
            let fronts: Vec<BTreeSet<usize>> = (0..6)
                .map(|_| (0..=rng.below(4)).map(|_| rng.below(7)).collect())
                .collect();
            let means: Vec<f64> = (0..7).map(|_| rng.below(10) as f64).collect();
            let left = without_dominated(fronts.clone(), &means);
            assert!(left.iter().all(|front| !front.is_empty()));
            for member in counts(&left).into_keys() {
                let alone = |front: &BTreeSet<usize>| front.len() == 1 && front.contains(&member);
                assert!(
                    left.iter().any(alone),
                    "{member} could be dropped: {left:?}"
                );
            }
        }
    }

    #[test]
    fn a_better_score_replaces_a_front_and_an_equal_one_joins_it() {
        let mut fronts = Fronts::default();
        for (member, score) in [(0, 0.5), (1, 0.4), (2, 0.5 + 1e-12), (3, 0.7), (4, 0.7)] {
            fronts.enter(member, Key::Row(0), score);
            let expected: &[usize] = [&[0][..], &[0], &[0, 2], &[3], &[3, 4]][member];
            let holders = fronts.holders();
            assert!(holders[0].iter().eq(expected), "{member}: {holders:?}");
        }
    }
}

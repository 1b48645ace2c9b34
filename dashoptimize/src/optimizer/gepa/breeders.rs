//! Which candidates breed.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::fronts::{counts, without_dominated};
use super::population::best;
use crate::random::SeededRng;

/// How [`GEPA`](super::GEPA) chooses the parent of a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ParentSelection {
    /// Always the candidate with the highest mean on the validation part.
    CurrentBest,
    /// A candidate of the Pareto fronts, with a probability in proportion to the number of fronts that it is
    /// in. Candidates that no front needs are left out.
    Pareto,
    /// As `Pareto`, among the `k` candidates with the highest mean. The source's default is 5.
    TopKPareto {
        /// How many candidates are looked at.
        k: usize,
    },
    /// With this probability any candidate, otherwise the current best. The source's default is 0.1.
    EpsilonGreedy {
        /// The probability, from 0 to 1.
        epsilon: f64,
    },
}

/// What parents are chosen by.
pub(super) struct Breeding<'a> {
    pub(super) selection: ParentSelection,
    /// The members that each front consists of.
    pub(super) fronts: Vec<BTreeSet<usize>>,
    /// The mean of each member.
    pub(super) means: &'a [f64],
    /// At most so many members breed.
    pub(super) at_most: Option<usize>,
    /// Whether the best member breeds also if no front needs it.
    pub(super) best_breeds: bool,
}

impl Breeding<'_> {
    /// Draws a parent.
    pub(super) fn draw(&self, rng: &mut SeededRng) -> usize {
        match self.selection {
            ParentSelection::CurrentBest => best(self.means),
            ParentSelection::EpsilonGreedy { epsilon } => match uniform(rng) < epsilon {
                true => rng.below(self.means.len()),
                false => best(self.means),
            },
            ParentSelection::Pareto | ParentSelection::TopKPareto { .. } => {
                let weights = self.weights();
                weighted(&weights, rng).unwrap_or_else(|| best(self.means))
            }
        }
    }

    /// The members that can be drawn from the fronts, each with the number of fronts that it is in.
    pub(super) fn weights(&self) -> BTreeMap<usize, usize> {
        let fronts = match self.selection {
            ParentSelection::TopKPareto { k } => self.among_the_best(k),
            _ => self.fronts.clone(),
        };
        let mut weights = counts(&without_dominated(fronts, self.means));
        let best = best(self.means);
        if self.best_breeds {
            let own = counts(&self.fronts).get(&best).copied();
            weights.entry(best).or_insert(own.unwrap_or(1));
        }
        if let Some(at_most) = self.at_most {
            let kept = highest(weights.keys().copied(), self.means, at_most);
            weights.retain(|member, _| kept.contains(member));
        }
        weights
    }

    /// The fronts without all but the `k` best members.
    fn among_the_best(&self, k: usize) -> Vec<BTreeSet<usize>> {
        let kept = highest(0..self.means.len(), self.means, k);
        let fronts = self.fronts.iter();
        let fronts = fronts.map(|front| front.intersection(&kept).copied().collect());
        fronts
            .filter(|front: &BTreeSet<usize>| !front.is_empty())
            .collect()
    }
}

/// The members with the highest means; of equal ones the first. At least one.
fn highest(members: impl Iterator<Item = usize>, means: &[f64], count: usize) -> BTreeSet<usize> {
    let mut members: Vec<usize> = members.collect();
    members.sort_by(|a, b| means[*b].total_cmp(&means[*a]).then(a.cmp(b)));
    members.truncate(count.max(1));
    members.into_iter().collect()
}

/// A member, with a probability in proportion to its weight.
fn weighted(weights: &BTreeMap<usize, usize>, rng: &mut SeededRng) -> Option<usize> {
    let mut drawn = rng.below(weights.values().sum());
    weights
        .iter()
        .find_map(|(member, weight)| match drawn < *weight {
            true => Some(*member),
            false => {
                drawn -= weight;
                None
            }
        })
}

/// A number from 0 up to, but not including, 1.
pub(super) fn uniform(rng: &mut SeededRng) -> f64 {
    const BITS: u32 = 53;
    (rng.bits() >> (64 - BITS)) as f64 / (1_u64 << BITS) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breeding<'a>(
        selection: ParentSelection,
        fronts: &[&[usize]],
        means: &'a [f64],
    ) -> Breeding<'a> {
        let fronts = fronts.iter().map(|front| front.iter().copied().collect());
        Breeding {
            selection,
            fronts: fronts.collect(),
            means,
            at_most: None,
            best_breeds: false,
        }
    }

    const FRONTS: [&[usize]; 5] = [&[0, 1], &[1, 2], &[2], &[0, 3], &[3, 1]];
    const MEANS: [f64; 4] = [0.2, 0.6, 0.5, 0.4];

    /// In the package `gepa`, 10,000 draws from these fronts gave 4,299, 2,814 and 2,887.
    #[test]
    fn parents_are_drawn_in_proportion_to_their_fronts() {
        let breeding = breeding(ParentSelection::Pareto, &FRONTS, &MEANS);
        let mut rng = SeededRng::new(1, "parents");
        let mut drawn = [0_u32; 4];
        for _ in 0..14_000 {
            drawn[breeding.draw(&mut rng)] += 1;
        }
        assert_eq!(drawn[0], 0, "no front needs it");
        for (member, expected) in [(1, 6_000), (2, 4_000), (3, 4_000)] {
            assert!(drawn[member].abs_diff(expected) < 250, "{drawn:?}");
        }
    }

    #[test]
    fn the_candidate_that_is_best_on_average_breeds_although_no_front_needs_it() {
        let fronts: [&[usize]; 5] = [&[0], &[1], &[0, 1, 5], &[0, 5], &[1, 5]];
        let means = [0.6, 0.6, 0.0, 0.0, 0.0, 0.8];
        let as_in_source = breeding(ParentSelection::Pareto, &fronts, &means);
        assert_eq!(as_in_source.weights().get(&5), None);
        let ours = Breeding {
            best_breeds: true,
            ..as_in_source
        };
        assert_eq!(ours.weights(), BTreeMap::from([(0, 3), (1, 3), (5, 3)]));
    }

    #[test]
    fn only_so_many_candidates_breed_and_the_best_is_among_them() {
        let mut breeding = breeding(ParentSelection::Pareto, &FRONTS, &MEANS);
        for (at_most, expected) in [(0, 1), (1, 1), (2, 2), (3, 3), (9, 3)] {
            breeding.at_most = Some(at_most);
            let weights = breeding.weights();
            assert_eq!(weights.len(), expected);
            assert!(weights.contains_key(&1), "{weights:?}");
        }
    }

    #[test]
    fn each_selection_draws_from_its_own_candidates() {
        let selections = [
            (ParentSelection::CurrentBest, vec![1]),
            (ParentSelection::TopKPareto { k: 2 }, vec![1, 2]),
            (ParentSelection::EpsilonGreedy { epsilon: 0.0 }, vec![1]),
            (
                ParentSelection::EpsilonGreedy { epsilon: 1.0 },
                vec![0, 1, 2, 3],
            ),
        ];
        for (selection, expected) in selections {
            let breeding = breeding(selection, &FRONTS, &MEANS);
            let mut rng = SeededRng::new(1, "parents");
            let drawn: BTreeSet<usize> = (0..300).map(|_| breeding.draw(&mut rng)).collect();
            assert!(drawn.into_iter().eq(expected), "{selection:?}");
        }
    }

    #[test]
    fn without_fronts_the_best_is_the_parent() {
        let breeding = breeding(ParentSelection::Pareto, &[], &MEANS);
        assert_eq!(breeding.draw(&mut SeededRng::new(1, "parents")), 1);
    }
}

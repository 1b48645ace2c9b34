//! Merges: a child of two candidates with a common ancestor, with the texts that each of them changed.

use std::collections::BTreeSet;

use super::evolution::Evolution;
use super::fronts::{ROUNDING, without_dominated};
use crate::engine::{Component, Decision, Evidence, Stop, Trial};
use crate::evaluate::Example;
use crate::module::Module;
use crate::random::SeededRng;
use crate::state::State;

/// How many validation rows a merge is first tried on.
const ROWS: usize = 5;

/// How many merges are due, and which were tried.
#[derive(Clone, Debug, Default)]
pub(super) struct Merging {
    due: usize,
    /// Whether a candidate was found since the last attempt.
    is_fresh: bool,
    accepted: usize,
    tried: BTreeSet<[usize; 3]>,
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

/// Two members, a common ancestor of them, and what their merge would be.
struct Merge {
    parents: [usize; 2],
    ancestor: usize,
    state: State,
}

/// What a merge is made of, without the programs.
struct Lineage<'l> {
    /// The texts of each member, in the order of the components.
    texts: &'l [Vec<String>],
    means: &'l [f64],
    /// The lowest mean that a member can have.
    worst: f64,
    /// The ancestors of each member.
    ancestors: &'l [BTreeSet<usize>],
}

impl Lineage<'_> {
    /// Common ancestors of two members from which a merge can be made: neither is better on average than the
    /// two, and there is a text that only one of the two has changed.
    fn common(&self, [a, b]: [usize; 2]) -> Vec<usize> {
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
    fn draw(&self, ancestors: &[usize], rng: &mut SeededRng) -> Option<usize> {
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
    fn merged(&self, [a, b]: [usize; 2], ancestor: usize, rng: &mut SeededRng) -> Vec<String> {
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
fn compared_rows(rows: &[(usize, f64, f64)], rng: &mut SeededRng) -> Vec<usize> {
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

impl<M: Module, E: Example<M::Input>> Evolution<'_, '_, M, E> {
    /// Tries a merge, if one is due. Returns whether a child was tried; otherwise the generation reflects.
    pub(super) async fn merge(&mut self) -> Result<bool, Stop> {
        let is_due = self.settings.use_merge && self.merging.due > 0 && self.merging.is_fresh;
        self.merging.is_fresh = false;
        if !is_due || !self.can_evaluate() {
            return Ok(false);
        }
        let Some(merge) = self.find_merge() else {
            return Ok(false);
        };
        let [a, b] = merge
            .parents
            .map(|parent| self.population.member(parent).clone());
        let rows = self.rows_of_both(merge.parents);
        let rows = compared_rows(&rows, &mut self.rng);
        let ids = (a.candidate.id(), b.candidate.id());
        let origin = format!(
            "generation {}: candidates {} and {} merged",
            self.progress.generations, ids.0, ids.1
        );
        let child = self.study.candidate(origin, &merge.state)?;
        let child = child.with_sources(a.candidate.sources().clone());
        let child = child.with_parents([&a.candidate, &b.candidate]);
        if !self.runs.allows(rows.len() + self.study.val().len()) {
            return Ok(false);
        }
        self.merging
            .tried
            .insert([merge.parents[0], merge.parents[1], merge.ancestor]);
        self.runs.count_evaluation(rows.len());
        let trials: Vec<_> = rows.iter().map(|row| Trial::on_val(&child, *row)).collect();
        let outcomes = self.study.outcomes(&trials).await?;
        let scored = outcomes
            .iter()
            .filter_map(|outcome| Some((outcome.row(), outcome.score()?)));
        let scored: Vec<(usize, f64)> = scored.collect();
        let of = |scores: &[Option<f64>]| -> f64 {
            scored.iter().filter_map(|(row, _)| scores[*row]).sum()
        };
        let better = of(&a.scores).max(of(&b.scores));
        let own: f64 = scored.iter().map(|(_, score)| score).sum();
        let reason = format!(
            "sum of scores {own} on {} validation rows, {better} of the better parent",
            scored.len()
        );
        let is_accepted = !scored.is_empty() && own >= better - ROUNDING;
        let decide = match is_accepted {
            true => Decision::admitted,
            false => Decision::rejected,
        };
        let decision = decide(&child, "merge", reason).evidence(Evidence::val(rows));
        self.study.decide(decision)?;
        if is_accepted {
            self.merging.due -= 1;
            self.merging.accepted += 1;
            self.evaluate(child, merge.parents.to_vec()).await?;
        }
        Ok(true)
    }

    /// A merge that has not been tried and whose state is new.
    fn find_merge(&mut self) -> Option<Merge> {
        let members = 0..self.population.len();
        let texts: Vec<Vec<String>> = members.clone().map(|member| self.texts(member)).collect();
        let ancestors: Vec<_> = members
            .map(|member| self.population.ancestors(member))
            .collect();
        let means = self.population.means();
        let lineage = Lineage {
            texts: &texts,
            means: &means,
            worst: self.range.worst(),
            ancestors: &ancestors,
        };
        let survivors = without_dominated(self.fronts.holders(), &means);
        let survivors: BTreeSet<usize> = survivors.into_iter().flatten().collect();
        let mut pairs: Vec<[usize; 2]> = survivors
            .iter()
            .flat_map(|a| survivors.range(a + 1..).map(|b| [*a, *b]))
            .collect();
        self.rng.shuffle(&mut pairs);
        for parents in pairs {
            if self.rows_of_both(parents).len() < self.settings.merge_val_overlap_floor {
                continue;
            }
            let mut common = lineage.common(parents);
            common.retain(|a| !self.merging.tried.contains(&[parents[0], parents[1], *a]));
            let Some(ancestor) = lineage.draw(&common, &mut self.rng) else {
                continue;
            };
            let texts = lineage.merged(parents, ancestor, &mut self.rng);
            let state = self.with_texts(parents[0], &texts);
            // In the source, a merge may be equal to one of its parents.
            if !self.has_state(&state) {
                return Some(Merge {
                    parents,
                    ancestor,
                    state,
                });
            }
        }
        None
    }

    /// The validation rows that both have a score on.
    fn rows_of_both(&self, [a, b]: [usize; 2]) -> Vec<(usize, f64, f64)> {
        let [a, b] = [a, b].map(|member| &self.population.member(member).scores);
        let rows = a.iter().zip(b).enumerate();
        rows.filter_map(|(row, (a, b))| Some((row, (*a)?, (*b)?)))
            .collect()
    }

    fn texts(&self, member: usize) -> Vec<String> {
        let program = self.population.member(member).candidate.program();
        let text = |component: &Component| component.text(program).unwrap_or_default();
        self.components.iter().map(text).collect()
    }

    fn with_texts(&self, member: usize, texts: &[String]) -> State {
        let candidate = &self.population.member(member).candidate;
        let mut state = candidate.state();
        for (component, text) in self.components.iter().zip(texts) {
            component.set(candidate.program(), &mut state, text);
        }
        state
    }

    fn has_state(&self, state: &State) -> bool {
        let mut members = 0..self.population.len();
        members.any(|member| self.population.member(member).candidate.state() == *state)
    }
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

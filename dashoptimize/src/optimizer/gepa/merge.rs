//! Merges: a child of two candidates with a common ancestor, with the texts that each of them changed.

use std::collections::BTreeSet;

use super::evolution::Evolution;
use super::fronts::{ROUNDING, without_dominated};
use super::lineage::{Lineage, compared_rows};
use crate::engine::{Component, Decision, Evidence, Stop, Trial};
use crate::evaluate::Example;
use crate::module::Module;
use crate::state::State;

/// Two members, a common ancestor of them, and what their merge would be.
struct Merge {
    parents: [usize; 2],
    ancestor: usize,
    state: State,
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

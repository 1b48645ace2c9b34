//! What can be learned from the runs of parents on training rows.

use std::collections::BTreeSet;

use super::evolution::Evolution;
use super::fronts::ROUNDING;
use super::lesson::{Lesson, Task};
use super::news::GepaNews;
use super::runs_counted::row_runs;
use crate::engine::{Rollout, Stop, Trial};
use crate::evaluate::Example;
use crate::module::Module;

impl<M: Module, E: Example<M::Input>> Evolution<'_, '_, M, E> {
    /// Runs parents on their minibatches. Where a parent has nothing left to gain, it is given hard rows
    /// instead, until something is left to learn or all rows are perfect.
    pub(super) async fn learn(&mut self, mut tasks: Vec<Task>) -> Result<Vec<Lesson>, Stop> {
        let mut lessons = Vec::new();
        while !tasks.is_empty() {
            let mut again = Vec::new();
            for lesson in self.run_parents(tasks).await? {
                match self.is_saturated(&lesson) {
                    false => lessons.push(lesson),
                    true => again.extend(self.harder(&lesson.task)),
                }
            }
            tasks = again;
        }
        Ok(lessons)
    }

    async fn run_parents(&mut self, tasks: Vec<Task>) -> Result<Vec<Lesson>, Stop> {
        let rows = tasks
            .iter()
            .flat_map(|task| task.rows.iter().map(|row| (task.parent, *row)));
        let rows: BTreeSet<(usize, usize)> = rows.collect();
        self.run_members(&rows).await?;
        for task in tasks.iter().filter(|_| self.settings.counts_every_run) {
            let candidate = &self.population.member(task.parent).candidate;
            self.runs
                .count(row_runs(candidate, task.rows.iter().copied(), 0));
        }
        let lessons = tasks.into_iter().map(|task| {
            let seen = &self.population.member(task.parent).seen;
            let rollouts = task.rows.iter().filter_map(|row| seen.get(row).cloned());
            let rollouts = rollouts.collect();
            Lesson { task, rollouts }
        });
        Ok(lessons.collect())
    }

    /// Runs members, by index, on training rows on which they have not been run.
    pub(super) async fn run_members(
        &mut self,
        rows: &BTreeSet<(usize, usize)>,
    ) -> Result<(), Stop> {
        let is_new = |(member, row): &&(usize, usize)| {
            !self.population.member(*member).seen.contains_key(row)
        };
        let new: Vec<(usize, usize)> = rows.iter().filter(is_new).copied().collect();
        let mut trials = Vec::with_capacity(new.len());
        for (member, row) in &new {
            let candidate = &self.population.member(*member).candidate;
            trials.push(Trial::on_train(candidate, *row));
            if !self.settings.counts_every_run {
                self.runs.count(row_runs(candidate, [*row], 0));
            }
        }
        let rollouts = self.study.rollouts(&trials).await?;
        for ((member, row), rollout) in new.into_iter().zip(rollouts) {
            self.population.member_mut(member).seen.insert(row, rollout);
        }
        Ok(())
    }

    /// The score of a row that leaves nothing to gain.
    fn perfect(&self) -> f64 {
        self.settings.perfect_score.unwrap_or(self.range.best())
    }

    /// Whether all rows that have a score are perfect.
    fn is_saturated(&self, lesson: &Lesson) -> bool {
        let mut known = lesson.rollouts.iter().filter_map(Rollout::score);
        let perfect = self.perfect() - ROUNDING;
        self.settings.skip_perfect_score && known.all(|score| score >= perfect)
    }

    /// The task on rows that are harder for its parent, if there are some and the limit allows them.
    fn harder(&mut self, task: &Task) -> Option<Task> {
        if !self.settings.hard_rows {
            return None;
        }
        let perfect = self.perfect();
        let member = self.population.member(task.parent);
        let (seen, candidate) = (&member.seen, member.candidate.id());
        // Nothing can be learned from a row that was run and has no score.
        let score = |row: usize| Some(seen.get(&row)?.score().unwrap_or(perfect));
        let Some(rows) = self
            .minibatches
            .hard(score, |score| score >= perfect - ROUNDING)
        else {
            self.study.tell(GepaNews::Saturated { candidate });
            return None;
        };
        let takes = 2 * rows.len() + self.study.val().len();
        self.runs.allows(takes).then_some(Task { rows, ..*task })
    }
}

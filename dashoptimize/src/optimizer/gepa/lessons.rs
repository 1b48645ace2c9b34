//! What can be learned from the runs of parents on training rows.

use std::collections::BTreeSet;

use super::evolution::Evolution;
use super::fronts::ROUNDING;
use super::news::GepaNews;
use super::runs_counted::row_runs;
use crate::engine::{Part, Rollout, Stop, Trial};
use crate::evaluate::Example;
use crate::module::Module;

/// One proposal to make: a parent, and the training rows to reflect on.
#[derive(Clone, Debug)]
pub(super) struct Task {
    pub(super) parent: usize,
    pub(super) rows: Vec<usize>,
    /// Which component is rewritten, if components take turns.
    pub(super) turn: usize,
    /// All rows that the task was given so far.
    given: BTreeSet<usize>,
}

impl Task {
    pub(super) fn new(parent: usize, rows: Vec<usize>, turn: usize) -> Self {
        Self {
            parent,
            given: rows.iter().copied().collect(),
            rows,
            turn,
        }
    }

    fn on(self, rows: Vec<usize>) -> Self {
        let mut given = self.given;
        given.extend(&rows);
        Self { rows, given, ..self }
    }
}

/// A parent's runs on the rows of a task.
pub(super) struct Lesson {
    pub(super) task: Task,
    pub(super) rollouts: Vec<Rollout>,
}

impl Lesson {
    /// The score of each row, if it has one.
    pub(super) fn scores(&self) -> Vec<Option<f64>> {
        self.rollouts.iter().map(Rollout::score).collect()
    }
}

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
                    true => again.extend(self.harder(lesson.task)),
                }
            }
            tasks = again;
        }
        Ok(lessons)
    }

    async fn run_parents(&mut self, tasks: Vec<Task>) -> Result<Vec<Lesson>, Stop> {
        let mut trials = Vec::new();
        for task in &tasks {
            let parent = &self.population.member(task.parent).candidate;
            trials.extend(task.rows.iter().map(|row| Trial::on_train(parent, *row)));
            let rows = task.rows.iter().copied();
            self.runs.count(row_runs(parent, Part::Train, rows, 0));
        }
        let mut rollouts = self.study.rollouts(&trials).await?.into_iter();
        let mut lessons = Vec::with_capacity(tasks.len());
        for task in tasks {
            let rollouts: Vec<Rollout> = rollouts.by_ref().take(task.rows.len()).collect();
            let seen = &mut self.population.member_mut(task.parent).seen;
            for (row, rollout) in task.rows.iter().zip(&rollouts) {
                seen.extend(rollout.score().map(|score| (*row, score)));
            }
            lessons.push(Lesson { task, rollouts });
        }
        Ok(lessons)
    }

    /// Whether a row with this score leaves nothing to gain.
    fn is_perfect(&self, score: f64) -> bool {
        let perfect = self.settings.perfect_score.unwrap_or(self.range.best());
        score >= perfect - ROUNDING
    }

    /// Whether all rows that have a score are perfect.
    fn is_saturated(&self, lesson: &Lesson) -> bool {
        let mut known = lesson.rollouts.iter().filter_map(Rollout::score);
        self.settings.skip_perfect_score && known.all(|score| self.is_perfect(score))
    }

    /// The task on rows that are harder for its parent, if there are some and the limit allows them.
    fn harder(&mut self, task: Task) -> Option<Task> {
        let member = self.population.member(task.parent);
        let candidate = member.candidate.id();
        let (seen, given) = (&member.seen, &task.given);
        let perfect = self.settings.perfect_score.unwrap_or(self.range.best());
        // A row that was given and has no score is not given again.
        let score = |row: usize| seen.get(&row).copied().or_else(|| given.contains(&row).then_some(perfect));
        let is_perfect = |score: f64| score >= perfect - ROUNDING;
        let rows = match self.settings.hard_rows {
            true => self.minibatches.hard(score, is_perfect),
            false => return None,
        };
        let Some(rows) = rows else {
            self.study.tell(GepaNews::Saturated { candidate });
            return None;
        };
        self.runs.allows(self.study.val().len() + 2 * rows.len()).then(|| task.on(rows))
    }
}

//! Proposals for parents, and which of the children that they make are accepted.

use std::collections::BTreeMap;

use super::acceptance::{Acceptance, PairedRow, is_shown_better};
use super::child::Child;
use super::components::ComponentChoice;
use super::evolution::Evolution;
use super::lesson::Lesson;
use super::proposer::{ReviseTextInput, ReviseTextOutput};
use super::runs_counted::row_runs;
use super::runs_shown::{runs_shown, step_shown};
use crate::engine::{
    Component, Edit, Evidence, ProposalRequest, Rejection, Room, RowOutcome, Stop, Trial,
};
use crate::evaluate::Example;
use crate::module::Module;

/// One text that is asked for.
struct Question {
    /// The index of the lesson.
    lesson: usize,
    component: Component,
    step: String,
    text: String,
    runs: Vec<String>,
    rejected: Vec<String>,
}

impl Question {
    fn input(&self, room: Room) -> ReviseTextInput {
        ReviseTextInput {
            step: self.step.clone(),
            component: self.component.to_string(),
            text: self.text.clone(),
            runs: room.one_of(2).fit(&self.runs),
            rejected: room.one_of(4).fit_last(&self.rejected),
        }
    }
}

impl<M: Module, E: Example<M::Input>> Evolution<'_, '_, M, E> {
    /// Asks the proposer for texts, and makes children of them.
    pub(super) async fn propose(&mut self, lessons: &[Lesson]) -> Result<Vec<Child<M>>, Stop> {
        let mut questions = Vec::new();
        for (index, lesson) in lessons.iter().enumerate() {
            let of_lesson = self.questions(index, lesson);
            self.progress.proposals += usize::from(!of_lesson.is_empty());
            questions.extend(of_lesson);
        }
        let edits = self.ask(lessons, &questions).await?;
        self.remember_rejections(&questions, &edits);
        let mut children = Vec::new();
        for (index, lesson) in lessons.iter().enumerate() {
            let own = questions
                .iter()
                .zip(&edits)
                .filter(|(question, _)| question.lesson == index);
            let edits: Vec<&Edit> = own.filter_map(|(_, edit)| edit.as_ref().ok()).collect();
            if !edits.is_empty() {
                children.extend(self.child(index, lesson, &edits, &children)?);
            }
        }
        Ok(children)
    }

    /// What is asked after a lesson: nothing if no predictor with a component to rewrite was called.
    fn questions(&mut self, index: usize, lesson: &Lesson) -> Vec<Question> {
        let program = self
            .population
            .member(lesson.task.parent)
            .candidate
            .program();
        let mut steps = BTreeMap::new();
        for predictor in program.predictors() {
            let runs = runs_shown(
                predictor.path(),
                &lesson.rollouts,
                self.range,
                self.settings.add_format_failure_as_feedback,
                &mut self.rng,
            );
            if !runs.is_empty() {
                steps.insert(predictor.path(), (step_shown(predictor), runs));
            }
        }
        let called = |component: &&Component| steps.contains_key(component.predictor());
        let called: Vec<Component> = self.components.iter().filter(called).cloned().collect();
        let scores = lesson.scores();
        let choice = ComponentChoice::new(&called, lesson.task.turn, &scores);
        let chosen = self.settings.component_selector.choose(&choice).into_iter();
        let questions = chosen.filter_map(|component| {
            let (step, runs) = steps.get(component.predictor())?;
            Some(Question {
                lesson: index,
                step: step.clone(),
                text: component.text(program).unwrap_or_default(),
                runs: runs.clone(),
                rejected: self.rejected.shown(&component),
                component,
            })
        });
        questions.collect()
    }

    async fn ask(
        &mut self,
        lessons: &[Lesson],
        questions: &[Question],
    ) -> Result<Vec<Result<Edit, Rejection>>, Stop> {
        let first = self.asked;
        self.asked += questions.len() as u32;
        let requests: Vec<_> = questions
            .iter()
            .zip(first..)
            .map(|(question, sample)| {
                let task = &lessons[question.lesson].task;
                let parent = &self.population.member(task.parent).candidate;
                let components = [question.component.clone()];
                let request = ProposalRequest::new(parent, components, |room| question.input(room))
                    .reflects()
                    .sample(sample)
                    .evidence(Evidence::train(task.rows.iter().copied()));
                match self.settings.tries_texts_again {
                    true => request.tries_again(),
                    false => request,
                }
            })
            .collect();
        let read = |output: ReviseTextOutput| vec![output.revised];
        self.study.propose(&self.proposer, &requests, read).await
    }

    /// Remembers what the proposer did wrong. Other reasons, such as no answer, teach it nothing.
    fn remember_rejections(&mut self, questions: &[Question], edits: &[Result<Edit, Rejection>]) {
        for (question, edit) in questions.iter().zip(edits) {
            if let Err(
                rejection @ (Rejection::TooLong { .. }
                | Rejection::ContradictsSchema { .. }
                | Rejection::CopiesRow { .. }),
            ) = edit
            {
                let reason = rejection.to_string();
                self.rejected.remember(&question.component, "", &reason);
            }
        }
    }

    /// The child that these edits make of the parent, unless it is equal to a candidate that is known.
    fn child(
        &self,
        index: usize,
        lesson: &Lesson,
        edits: &[&Edit],
        others: &[Child<M>],
    ) -> Result<Option<Child<M>>, Stop> {
        let parent = &self.population.member(lesson.task.parent).candidate;
        let mut state = parent.state();
        for edit in edits {
            edit.apply(parent.program(), &mut state);
        }
        let texts: Vec<(Component, String)> = edits
            .iter()
            .flat_map(|edit| edit.texts().to_vec())
            .collect();
        let names: Vec<String> = texts
            .iter()
            .map(|(component, _)| component.to_string())
            .collect();
        let generation = self.progress.generations;
        let origin = format!(
            "generation {generation}: candidate {} with revised {}",
            parent.id(),
            names.join(", ")
        );
        let candidate = self.study.candidate(origin, &state)?;
        let candidate = candidate
            .with_sources(parent.sources().clone())
            .with_parents([parent]);
        let is_known = others.iter().any(|other| other.candidate == candidate);
        Ok(
            (!is_known && !self.population.has(&candidate)).then(|| Child {
                candidate,
                parent: lesson.task.parent,
                lesson: index,
                texts,
                sums: (0.0, 0.0),
                seen: BTreeMap::new(),
                reason: String::new(),
            }),
        )
    }

    /// Runs children on the rows of their lessons. Those that are accepted are returned; the others are
    /// remembered as rejected.
    pub(super) async fn judge(
        &mut self,
        lessons: &[Lesson],
        mut children: Vec<Child<M>>,
    ) -> Result<Vec<Child<M>>, Stop> {
        self.run_children(lessons, &mut children).await?;
        let mut accepted = Vec::new();
        for mut child in children {
            let lesson = &lessons[child.lesson];
            match self.is_accepted(lesson, &mut child).await? {
                true => accepted.push(child),
                false => self.reject(&child)?,
            }
        }
        Ok(accepted)
    }

    async fn run_children(
        &mut self,
        lessons: &[Lesson],
        children: &mut [Child<M>],
    ) -> Result<(), Stop> {
        let mut trials = Vec::new();
        for child in &*children {
            let rows = &lessons[child.lesson].task.rows;
            trials.extend(
                rows.iter()
                    .map(|row| Trial::on_train(&child.candidate, *row)),
            );
            self.runs
                .count(row_runs(&child.candidate, rows.iter().copied(), 0));
        }
        let mut rollouts = self.study.rollouts(&trials).await?.into_iter();
        for child in children {
            let rows = lessons[child.lesson].task.rows.iter().copied();
            child.seen = rows.zip(&mut rollouts).collect();
        }
        Ok(())
    }

    async fn is_accepted(&mut self, lesson: &Lesson, child: &mut Child<M>) -> Result<bool, Stop> {
        let rows = lesson.task.rows.iter().zip(lesson.scores());
        let pairs: Vec<(f64, f64)> = rows
            .filter_map(|(row, before)| Some((before?, child.seen.get(row)?.score()?)))
            .collect();
        let (before, after) = pairs
            .iter()
            .fold((0.0, 0.0), |sums, pair| (sums.0 + pair.0, sums.1 + pair.1));
        child.sums = (before, after);
        child.reason = format!(
            "sum of scores {before} → {after} on {} training rows",
            pairs.len()
        );
        if pairs.is_empty() || !self.settings.acceptance.passes(before, after) {
            return Ok(false);
        }
        match self.settings.acceptance {
            Acceptance::Evidence {
                level,
                rows,
                repeats,
            } => {
                let evidence = self.evidence(child, rows, repeats.max(1)).await?;
                let Some(evidence) = evidence else {
                    child
                        .reason
                        .push_str("; no metric calls are left for the test");
                    return Ok(false);
                };
                let (is_better, reason) = is_shown_better(&evidence, level);
                child.reason = format!("{}; {reason}", child.reason);
                Ok(is_better)
            }
            Acceptance::StrictImprovement | Acceptance::ImprovementOrEqual => Ok(true),
        }
    }

    /// The scores of parent and child on all rows that the parent was run on, and on further ones until there
    /// are so many. `None` if the limit does not allow the runs.
    async fn evidence(
        &mut self,
        child: &mut Child<M>,
        at_least: usize,
        repeats: u32,
    ) -> Result<Option<Vec<PairedRow>>, Stop> {
        let rows = self.rows_of_evidence(child.parent, at_least);
        let parent = self.population.member(child.parent).candidate.clone();
        let both = [&parent, &child.candidate];
        let mut runs = Vec::new();
        for sample in 0..repeats {
            for candidate in both {
                runs.extend(row_runs(candidate, rows.iter().copied(), sample));
            }
        }
        if !self
            .runs
            .allows(self.runs.cost(runs.iter().copied()) + self.study.val().len())
        {
            return Ok(None);
        }
        // The runs of the first sample are kept with their traces.
        self.run_members(&rows.iter().map(|row| (child.parent, *row)).collect())
            .await?;
        let new: Vec<usize> = rows
            .iter()
            .filter(|row| !child.seen.contains_key(row))
            .copied()
            .collect();
        let trials: Vec<_> = new
            .iter()
            .map(|row| Trial::on_train(&child.candidate, *row))
            .collect();
        let rollouts = self.study.rollouts(&trials).await?;
        child.seen.extend(new.into_iter().zip(rollouts));
        self.runs.count(runs);
        let both = [&parent, &child.candidate];
        let mut trials = Vec::new();
        for row in &rows {
            for candidate in both {
                let trial = Trial::on_train(candidate, *row);
                trials.extend((0..repeats).map(|sample| trial.clone().sample(sample)));
            }
        }
        let outcomes = self.study.outcomes(&trials).await?;
        let scores = outcomes.chunks(repeats as usize).map(|samples| {
            let scores = samples.iter().filter_map(RowOutcome::score);
            scores.collect::<Vec<f64>>()
        });
        let scores: Vec<Vec<f64>> = scores.collect();
        let pairs = scores
            .chunks(2)
            .map(|pair| (pair[0].clone(), pair[1].clone()));
        let has_both = |pair: &PairedRow| !pair.0.is_empty() && !pair.1.is_empty();
        Ok(Some(pairs.filter(has_both).collect()))
    }

    /// The training rows that a parent was run on, and others until there are so many.
    fn rows_of_evidence(&mut self, parent: usize, at_least: usize) -> Vec<usize> {
        let seen = &self.population.member(parent).seen;
        let mut rows: Vec<usize> = seen.keys().copied().collect();
        let others = (0..self.study.train().len()).filter(|row| !seen.contains_key(row));
        let mut others: Vec<usize> = others.collect();
        self.rng.shuffle(&mut others);
        others.truncate(at_least.saturating_sub(rows.len()));
        rows.extend(others);
        rows
    }

    fn reject(&mut self, child: &Child<M>) -> Result<(), Stop> {
        for (component, text) in &child.texts {
            self.rejected.remember(component, text, &child.reason);
        }
        let rule = self.settings.acceptance.name();
        self.study
            .decide(child.rejected(rule, child.reason.clone()))
    }
}

//! The state of a run, and the lines that describe it.

use std::time::{Duration, Instant};

use super::budget_meter::{BudgetMeter, limits};
use super::spend_line::{spend_line, spend_line_within};
use super::words;
use crate::engine::{Event, Part, PartSizes};
use crate::lm::{Budget, Spend};

/// What the events so far say about a run.
#[derive(Debug)]
pub(super) struct RunStatus {
    started: Instant,
    budget: Budget,
    spend: Spend,
    best: Option<String>,
    /// The current evaluation, in words.
    doing: String,
    done: usize,
    of: usize,
}

impl RunStatus {
    pub(super) fn new() -> Self {
        Self {
            started: Instant::now(),
            budget: Budget::unlimited(),
            spend: Spend::default(),
            best: None,
            doing: "starting".to_owned(),
            done: 0,
            of: 0,
        }
    }

    /// Takes an event into account. Returns a line if the event deserves one.
    pub(super) fn on_event(&mut self, event: &Event) -> Option<String> {
        match event {
            Event::RunStarted {
                optimizer,
                rows,
                replayed,
                budget,
            } => {
                *self = Self::new();
                self.budget = *budget;
                Some(run_started(optimizer, *rows, *replayed, budget))
            }
            Event::StageStarted {
                stage,
                optimizer,
                origin,
                ..
            } => Some(note(&format!(
                "{stage}, {optimizer}, starts from: {origin}"
            ))),
            Event::EvaluationStarted {
                candidate,
                origin,
                part,
                rows,
            } => Some(self.evaluation_started(*part, *candidate, *rows, origin)),
            Event::RolloutEnded { done, of, spend } => {
                (self.done, self.of, self.spend) = (*done, *of, *spend);
                None
            }
            Event::EvaluationEnded {
                candidate,
                part,
                measured,
                is_best,
                spend,
                ..
            } => {
                self.spend = *spend;
                let measured = measured.to_string();
                Some(self.evaluation_ended(*part, *candidate, &measured, *is_best))
            }
            Event::FromSearch(event) => Some(note(&event.to_string())),
            Event::UsageBeyondWorstCase { excess } => {
                Some(note(&words::plain(&excess.to_string())))
            }
            Event::BudgetUsedUp { refusal } => {
                Some(note(&format!("{refusal}; the best so far is kept")))
            }
            Event::RunEnded { spend, elapsed } => {
                self.spend = *spend;
                let time = words::time(*elapsed);
                Some(format!("finished after {time}: {}", spend_line(spend)))
            }
        }
    }

    fn evaluation_started(
        &mut self,
        part: Part,
        candidate: u32,
        rows: usize,
        origin: &str,
    ) -> String {
        self.doing = format!("{part} #{candidate}");
        (self.done, self.of) = (0, rows);
        let rows = words::counted(rows as u64, "row");
        format!("{} on {rows}: {}", self.doing, words::plain(origin))
    }

    fn evaluation_ended(
        &mut self,
        part: Part,
        candidate: u32,
        measured: &str,
        is_best: bool,
    ) -> String {
        if is_best {
            self.best = Some(format!("best #{candidate} {measured}"));
        }
        let best = if is_best { ", the best so far" } else { "" };
        let spent = self.spent();
        format!("{part} #{candidate}: {measured}{best}; {spent}")
    }

    /// The current evaluation and what was spent, on one line.
    pub(super) fn line(&self) -> String {
        format!("{} {}/{}; {}", self.doing, self.done, self.of, self.spent())
    }

    /// The best candidate so far, in words.
    pub(super) fn best(&self) -> Option<&str> {
        self.best.as_deref()
    }

    /// How much of the budget is used, in its own unit.
    pub(super) fn meter(&self) -> Option<BudgetMeter> {
        BudgetMeter::of(&self.budget, &self.spend, self.elapsed())
    }

    /// The rollouts of the current evaluation: how many have ended, and how many there are.
    pub(super) const fn rollouts(&self) -> (u64, u64) {
        (self.done as u64, self.of as u64)
    }

    fn spent(&self) -> String {
        spend_line_within(&self.spend, self.meter().as_ref())
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

fn note(text: &str) -> String {
    format!("note: {}", words::plain(text))
}

fn run_started(optimizer: &str, rows: PartSizes, replayed: u64, budget: &Budget) -> String {
    let PartSizes {
        train,
        val,
        holdout,
    } = rows;
    let known = match replayed {
        0 => String::new(),
        calls => format!("; {} come from the journal", words::counted(calls, "call")),
    };
    let budget = limits(budget);
    format!(
        "{optimizer}: {train} train, {val} val, {holdout} hold-out rows; budget: {budget}{known}"
    )
}

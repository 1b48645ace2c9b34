//! What is known of a run, and how it is said.

use std::time::{Duration, Instant};

use super::meter::{self, Meter};
use super::words;
use crate::engine::Event;
use crate::lm::{Budget, Spend};

/// What the events so far say of a run.
#[derive(Debug)]
pub(super) struct Status {
    begun: Instant,
    budget: Budget,
    spend: Spend,
    best: Option<String>,
    /// The evaluation under way, in words.
    doing: String,
    done: usize,
    of: usize,
}

impl Status {
    pub(super) fn new() -> Self {
        Self {
            begun: Instant::now(),
            budget: Budget::unlimited(),
            spend: Spend::default(),
            best: None,
            doing: "starting".to_owned(),
            done: 0,
            of: 0,
        }
    }

    /// Takes note of an event and says what is worth a line of its own.
    pub(super) fn notice(&mut self, event: &Event) -> Option<String> {
        match event {
            Event::Started {
                optimizer,
                rows,
                replayed,
                budget,
            } => {
                *self = Self::new();
                self.budget = *budget;
                Some(started(optimizer, *rows, *replayed, budget))
            }
            Event::Evaluating {
                candidate,
                origin,
                part,
                rows,
            } => {
                self.doing = format!("{} #{candidate}", words::part(part));
                (self.done, self.of) = (0, *rows);
                let rows = words::counted(*rows as u64, "row");
                Some(format!(
                    "{} on {rows}: {}",
                    self.doing,
                    words::plain(origin)
                ))
            }
            Event::Rollout { done, of, spend } => {
                (self.done, self.of, self.spend) = (*done, *of, *spend);
                None
            }
            Event::Evaluated {
                candidate,
                part,
                measured,
                is_best,
                spend,
                ..
            } => {
                self.spend = *spend;
                let measured = words::plain(measured);
                if *is_best {
                    self.best = Some(format!("best #{candidate} {measured}"));
                }
                let best = if *is_best { ", the best so far" } else { "" };
                let (part, spent) = (words::part(part), self.spent());
                Some(format!("{part} #{candidate}: {measured}{best}; {spent}"))
            }
            Event::Note(note) => Some(format!("note: {}", words::plain(note))),
            Event::Finished { spend, elapsed } => {
                self.spend = *spend;
                let time = words::time(*elapsed);
                Some(format!("finished after {time}: {}", words::spend(spend)))
            }
        }
    }

    /// Where the run stands, on one line.
    pub(super) fn line(&self) -> String {
        format!("{} {}/{}; {}", self.doing, self.done, self.of, self.spent())
    }

    /// The best candidate so far, in words.
    pub(super) fn best(&self) -> Option<&str> {
        self.best.as_deref()
    }

    /// How much of the budget is used, in its own unit.
    pub(super) fn meter(&self) -> Option<Meter> {
        Meter::of(&self.budget, &self.spend, self.elapsed())
    }

    /// Rollouts of the evaluation under way: ended, and in all.
    pub(super) const fn rollouts(&self) -> (u64, u64) {
        (self.done as u64, self.of as u64)
    }

    fn spent(&self) -> String {
        words::spend_within(&self.spend, self.meter().as_ref())
    }

    fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }
}

fn started(optimizer: &str, rows: [usize; 3], replayed: u64, budget: &Budget) -> String {
    let [train, val, holdout] = rows;
    let known = match replayed {
        0 => String::new(),
        calls => format!("; {} come from the journal", words::counted(calls, "call")),
    };
    let budget = meter::limits(budget);
    format!(
        "{optimizer}: {train} train, {val} val, {holdout} hold-out rows; budget: {budget}{known}"
    )
}

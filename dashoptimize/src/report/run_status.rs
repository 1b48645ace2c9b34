//! The state of a run, and the lines that describe it.

use std::collections::BTreeSet;
use std::time::Duration;

use super::budget_meter::{BudgetMeter, limits};
use super::spend_line::{spend_line, spend_line_within};
use super::words;
use crate::engine::{Event, Part, PartSizes};
use crate::lm::{Budget, Spend};

/// What the events so far say about a run. All times are since the run started.
#[derive(Debug)]
pub(super) struct RunStatus {
    now: Duration,
    budget: Budget,
    spend: Spend,
    best: Option<String>,
    /// The current evaluation or trials, in words.
    doing: String,
    is_whole_run: bool,
    done: usize,
    of: usize,
    batch_started: Duration,
    /// When the first rollout ended, and what was used of the budget then.
    first_use: Option<(Duration, u64)>,
    /// The candidates that a line has named.
    named: BTreeSet<u32>,
    is_used_up: bool,
    /// The line of an evaluation that the used-up budget may not allow.
    held_back: Option<String>,
}

impl RunStatus {
    pub(super) fn new() -> Self {
        Self {
            now: Duration::ZERO,
            budget: Budget::unlimited(),
            spend: Spend::default(),
            best: None,
            doing: "starting".to_owned(),
            is_whole_run: false,
            done: 0,
            of: 0,
            batch_started: Duration::ZERO,
            first_use: None,
            named: BTreeSet::new(),
            is_used_up: false,
            held_back: None,
        }
    }

    /// Takes an event into account that happened at this time. Returns lines if the event deserves any.
    pub(super) fn on_event(&mut self, event: &Event, now: Duration) -> Option<String> {
        self.now = now;
        match event {
            Event::RunStarted {
                optimizer,
                rows,
                replayed,
                budget,
            } => {
                *self = Self::new();
                self.budget = *budget;
                Some(run_started(optimizer.as_deref(), *rows, *replayed, budget))
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
            } => {
                let line = self.evaluation_started(*part, *candidate, *rows, origin);
                if !self.is_used_up {
                    return Some(line);
                }
                self.held_back = Some(line);
                None
            }
            Event::TrialsStarted {
                candidate,
                origin,
                part,
                trials,
            } => self.trials_started(*part, *candidate, *trials, origin),
            Event::RolloutEnded { done, of, spend } => {
                let is_new = spend.calls > self.spend.calls;
                (self.done, self.of, self.spend) = (*done, *of, *spend);
                self.note_first_use();
                self.held_back.take_if(|_| is_new)
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
                let line = self.evaluation_ended(*part, *candidate, &measured, *is_best);
                let before = self.held_back.take();
                Some(
                    before
                        .into_iter()
                        .chain([line])
                        .collect::<Vec<_>>()
                        .join("\n"),
                )
            }
            Event::CandidateStopped {
                candidate,
                stopped,
                spend,
                ..
            } => {
                self.spend = *spend;
                Some(format!("val #{candidate}: {stopped}; {}", self.spent()))
            }
            Event::HeadroomKnown { headroom } => Some(note(&headroom.to_string())),
            Event::ProposalRejected { rejection, .. } => {
                Some(note(&words::plain(&format!("rejected: {rejection}"))))
            }
            Event::FromSearch(event) => Some(note(&event.to_string())),
            Event::UsageBeyondWorstCase { excess } => {
                Some(note(&words::plain(&excess.to_string())))
            }
            Event::BudgetUsedUp { refusal } => self.used_up(&refusal.to_string()),
            Event::RunEnded { spend, elapsed } => {
                self.spend = *spend;
                let time = words::time(*elapsed);
                Some(format!("finished after {time}: {}", spend_line(spend)))
            }
        }
    }

    /// The budget can end twice: in the search, and on the hold-out.
    fn used_up(&mut self, refusal: &str) -> Option<String> {
        let is_known = std::mem::replace(&mut self.is_used_up, true);
        self.held_back = None;
        (!is_known).then(|| note(&format!("{refusal}; the best so far is kept")))
    }

    /// Names a candidate that is run before it is evaluated, or that is never evaluated.
    fn trials_started(
        &mut self,
        part: Part,
        candidate: u32,
        trials: usize,
        origin: &str,
    ) -> Option<String> {
        self.start_batch(format!("{part} #{candidate}"), trials);
        let is_new = self.named.insert(candidate);
        let origin = words::plain(origin);
        is_new.then(|| format!("{part} #{candidate} on chosen rows: {origin}"))
    }

    fn start_batch(&mut self, doing: String, of: usize) {
        self.doing = doing;
        (self.done, self.of, self.batch_started) = (0, of, self.now);
    }

    fn note_first_use(&mut self) {
        if let (None, Some(meter)) = (self.first_use, self.meter()) {
            self.first_use = Some((self.now, meter.used));
        }
    }

    fn evaluation_started(
        &mut self,
        part: Part,
        candidate: u32,
        rows: usize,
        origin: &str,
    ) -> String {
        self.is_whole_run = part == Part::Whole;
        self.named.insert(candidate);
        let counted = words::counted(rows as u64, "row");
        if self.is_whole_run {
            self.start_batch("evaluation".to_owned(), rows);
            return format!("evaluation of {counted}");
        }
        self.start_batch(format!("{part} #{candidate}"), rows);
        format!("{} on {counted}: {}", self.doing, words::plain(origin))
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
        match part {
            Part::Whole => format!("{measured}; {spent}"),
            _ => format!("{part} #{candidate}: {measured}{best}; {spent}"),
        }
    }

    /// The current evaluation, its time, and what was spent, on one line.
    pub(super) fn line(&self) -> String {
        let Self {
            doing, done, of, ..
        } = self;
        let elapsed = words::time(self.now);
        let left = self.left().map(|left| format!(", {left}"));
        let left = left.unwrap_or_default();
        format!("{doing} {done}/{of}; {elapsed}{left}; {}", self.spent())
    }

    /// How long the run, or at least the current evaluation, will still take. A budget is the only limit
    /// that is known for the whole of an optimization, and it need not be used up.
    fn left(&self) -> Option<String> {
        match self.meter() {
            Some(meter) if !self.is_whole_run => {
                let left = self.until_used_up(&meter)?;
                Some(format!("at most {} left", words::time(left)))
            }
            _ => {
                let left = self.until_batch_ends()?;
                let of = if self.is_whole_run { "" } else { " here" };
                Some(format!("about {} left{of}", words::time(left)))
            }
        }
    }

    fn until_used_up(&self, meter: &BudgetMeter) -> Option<Duration> {
        let (since, before) = self.first_use?;
        let used = meter.used.checked_sub(before).filter(|used| *used > 0)?;
        let left = meter.limit.saturating_sub(meter.used) as f64 / used as f64;
        scaled(self.now.checked_sub(since)?, left)
    }

    fn until_batch_ends(&self) -> Option<Duration> {
        let (done, left) = (self.done, self.of.checked_sub(self.done)?);
        let time = self.now.checked_sub(self.batch_started)?;
        scaled(time, left as f64 / (done > 0).then_some(done)? as f64)
    }

    /// The best candidate so far, in words.
    pub(super) fn best(&self) -> Option<&str> {
        self.best.as_deref()
    }

    /// How much of the budget is used, in its own unit.
    pub(super) fn meter(&self) -> Option<BudgetMeter> {
        BudgetMeter::of(&self.budget, &self.spend, self.now)
    }

    /// The rollouts of the current evaluation: how many have ended, and how many there are.
    pub(super) const fn rollouts(&self) -> (u64, u64) {
        (self.done as u64, self.of as u64)
    }

    fn spent(&self) -> String {
        spend_line_within(&self.spend, self.meter().as_ref())
    }
}

fn note(text: &str) -> String {
    format!("note: {}", words::plain(text))
}

fn scaled(time: Duration, times: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(time.as_secs_f64() * times).ok()
}

fn run_started(optimizer: Option<&str>, rows: PartSizes, replayed: u64, budget: &Budget) -> String {
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
    match optimizer {
        Some(optimizer) => format!(
            "{optimizer}: {train} train, {val} val, {holdout} hold-out rows; budget: \
             {budget}{known}"
        ),
        None => format!("budget: {budget}{known}"),
    }
}

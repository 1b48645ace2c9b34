//! The lines that `Progress` prints.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::Progress;
use super::run_status::RunStatus;
use crate::engine::{Event, Observer, Part, PartSizes};
use crate::evaluate::measured::Tally;
use crate::evaluate::{Measured, Outcome, Score, ScoreRange};
use crate::lm::{Budget, Refusal, Spend, Usage, Usd};
use crate::optimizer::TrainingRunsPassed;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn text(&self) -> String {
        let bytes = self.0.lock().expect("no test panics here").clone();
        String::from_utf8(bytes).expect("lines are UTF-8")
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no test panics here").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn spend(calls: u64, cost: Option<f64>) -> Spend {
    Spend {
        calls,
        usage: Usage::new(calls * 1_000, calls * 50),
        cost: cost.map(Usd::from_usd),
        ..Spend::default()
    }
}

/// So many right of 40 rows.
fn measured(right: usize) -> Measured {
    let mut tally = Tally::new(ScoreRange::default());
    for row in 0..40 {
        let score = Score::new(if row < right { 1.0 } else { 0.0 });
        let outcome = Outcome::Scored(score.expect("a finite number"));
        tally.push(&outcome, std::iter::empty());
    }
    tally.finish()
}

fn started(budget: Budget, replayed: u64) -> Event {
    Event::RunStarted {
        optimizer: Some("bootstrap".to_owned()),
        rows: PartSizes {
            train: 30,
            val: 40,
            holdout: 60,
        },
        replayed,
        budget,
    }
}

fn evaluating(candidate: u32, origin: &str) -> Event {
    Event::EvaluationStarted {
        candidate,
        origin: origin.to_owned(),
        part: Part::Val,
        rows: 40,
    }
}

fn rollout(done: usize, spend: Spend) -> Event {
    Event::RolloutEnded {
        done,
        of: 40,
        spend,
    }
}

fn evaluated(candidate: u32, right: usize, part: Part, is_best: bool, spend: Spend) -> Event {
    Event::EvaluationEnded {
        candidate,
        origin: "demos".to_owned(),
        part,
        measured: Box::new(measured(right)),
        is_best,
        spend,
    }
}

#[test]
fn a_log_tells_the_story_in_plain_lines() {
    let log = Lines::default();
    let progress = Progress::lines(log.clone()).every(Duration::from_secs(3600));
    progress.on_event(&started(Budget::usd(5.0).and(Budget::calls(1_700)), 120));
    assert_eq!(
        log.text().lines().count(),
        1,
        "the first line comes immediately"
    );
    progress.on_event(&evaluating(0, "the program as given"));
    for done in 1..=40 {
        progress.on_event(&rollout(done, spend(120 + done as u64, Some(0.5))));
    }
    let mut after = spend(160, Some(0.51));
    (after.failed, after.cache_hits) = (4, 33);
    progress.on_event(&evaluated(0, 28, Part::Val, true, after));
    progress.on_event(&Event::StageStarted {
        stage: "stage 1".to_owned(),
        optimizer: "Own\x1b[2J".to_owned(),
        candidate: 0,
        origin: "the program as given".to_owned(),
    });
    progress.on_event(&Event::FromSearch(Arc::new(TrainingRunsPassed {
        passed: 12,
        of: 30,
    })));
    progress.on_event(&Event::BudgetUsedUp {
        refusal: Refusal::UsedUp {
            limit: "1,700 calls".to_owned(),
        },
    });
    progress.on_event(&evaluated(
        0,
        20,
        Part::Holdout,
        false,
        spend(200, Some(1.0)),
    ));
    progress.on_event(&Event::RunEnded {
        spend: spend(1_700, Some(4.12)),
        elapsed: Duration::from_secs(1_100),
    });
    let expected = "\
bootstrap: 30 train, 40 val, 60 hold-out rows; budget: 1,700 calls, $5.00; 120 calls come from the journal
val #0 on 40 rows: the program as given
val #0: 70.0 % of 40 rows (95 % 54.6–81.9), the best so far; 160 calls (4 failed), 168,000 tokens, $0.51 of $5.00, 33 from the cache
note: stage 1, Own [2J, starts from: the program as given
note: 12 of 30 training examples pass
note: the budget of 1,700 calls is used up; the best so far is kept
hold-out #0: 50.0 % of 40 rows (95 % 35.2–64.8); 200 calls, 210,000 tokens, $1.00 of $5.00
finished after 18 min: 1,700 calls, 1.8M tokens, $4.12
";
    assert_eq!(log.text(), expected);
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn trials(candidate: u32, origin: &str) -> Event {
    Event::TrialsStarted {
        candidate,
        origin: origin.to_owned(),
        part: Part::Train,
        trials: 4,
    }
}

fn whole(rows: usize) -> Event {
    Event::EvaluationStarted {
        candidate: 0,
        origin: "the program as given".to_owned(),
        part: Part::Whole,
        rows,
    }
}

#[test]
fn rollouts_are_told_now_and_then() {
    let log = Lines::default();
    let progress = Progress::lines(log.clone()).every(Duration::ZERO);
    progress.on_event(&started(Budget::calls(100), 0));
    progress.on_event(&evaluating(3, "seed 3"));
    progress.on_event(&rollout(7, spend(47, None)));
    let text = log.text();
    assert!(text.contains("\n  val #3 7/40; "), "{text}");
    assert!(!text.contains("$0"), "an unknown price is never 0: {text}");
}

#[test]
fn a_line_tells_the_time_and_what_is_left() {
    let mut status = RunStatus::new();
    status.on_event(&started(Budget::calls(100), 0), seconds(0));
    status.on_event(&evaluating(0, "as given"), seconds(0));
    status.on_event(
        &evaluated(0, 28, Part::Val, true, spend(40, None)),
        seconds(9),
    );
    status.on_event(&evaluating(3, "seed 3"), seconds(10));
    status.on_event(&rollout(1, spend(41, None)), seconds(11));
    status.on_event(&rollout(7, spend(47, None)), seconds(14));
    // 6 calls in 3 seconds, and 53 are left.
    assert_eq!(
        status.line(),
        "val #3 7/40; 14 s, at most 26 s left; 47 of 100 calls, 49,350 tokens, unpriced"
    );
    status.on_event(&started(Budget::unlimited(), 0), seconds(0));
    status.on_event(&evaluating(0, "as given"), seconds(100));
    status.on_event(&rollout(10, spend(10, None)), seconds(150));
    assert!(
        status.line().contains("; 2 min, about 2 min left here; "),
        "{}",
        status.line()
    );
}

#[test]
fn an_evaluation_without_an_optimizer_has_no_words_of_one() {
    let mut status = RunStatus::new();
    let run = Event::RunStarted {
        optimizer: None,
        rows: PartSizes::default(),
        replayed: 0,
        budget: Budget::calls(500),
    };
    let events = [
        run,
        whole(40),
        rollout(10, spend(10, None)),
        evaluated(0, 28, Part::Whole, false, spend(40, None)),
    ];
    let mut lines = Vec::new();
    for (second, event) in events.iter().enumerate() {
        lines.extend(status.on_event(event, seconds(second as u64)));
        if matches!(event, Event::RolloutEnded { .. }) {
            lines.push(status.line());
        }
    }
    let expected = [
        "budget: 500 calls",
        "evaluation of 40 rows",
        "evaluation 10/40; 2.0 s, about 3.0 s left; 10 of 500 calls, 10,500 tokens, unpriced",
        "70.0 % of 40 rows (95 % 54.6–81.9); 40 of 500 calls, 42,000 tokens, unpriced",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn trials_have_a_label_of_their_own_and_name_their_candidate_once() {
    let mut status = RunStatus::new();
    status.on_event(&started(Budget::calls(100), 0), seconds(0));
    status.on_event(&evaluating(0, "as given"), seconds(0));
    let line = status.on_event(&trials(1, "the teacher"), seconds(1));
    assert_eq!(
        line.as_deref(),
        Some("train #1 on chosen rows: the teacher")
    );
    let ended = Event::RolloutEnded {
        done: 3,
        of: 4,
        spend: spend(43, None),
    };
    status.on_event(&ended, seconds(2));
    assert!(
        status.line().starts_with("train #1 3/4; "),
        "{}",
        status.line()
    );
    assert_eq!(status.on_event(&trials(1, "the teacher"), seconds(3)), None);
    let known = status.on_event(&trials(0, "as given"), seconds(3));
    assert_eq!(known, None, "its evaluation named it");
}

#[test]
fn a_used_up_budget_is_told_once_and_announces_nothing_more() {
    let used_up = || Event::BudgetUsedUp {
        refusal: Refusal::UsedUp {
            limit: "40 calls".to_owned(),
        },
    };
    let holdout = Event::EvaluationStarted {
        candidate: 0,
        origin: "as given".to_owned(),
        part: Part::Holdout,
        rows: 60,
    };
    let mut status = RunStatus::new();
    let mut told = |event: &Event| status.on_event(event, seconds(1));
    told(&started(Budget::calls(40), 0));
    told(&rollout(40, spend(40, None)));
    assert!(told(&used_up()).is_some());
    assert_eq!(told(&holdout), None);
    assert_eq!(told(&rollout(1, spend(40, None))), None, "it was refused");
    assert_eq!(told(&used_up()), None);

    // Enough was reserved for the hold-out.
    assert_eq!(told(&holdout), None);
    let line = told(&rollout(1, spend(41, None)));
    assert_eq!(line.as_deref(), Some("hold-out #0 on 60 rows: as given"));
    let line = told(&evaluated(0, 28, Part::Holdout, false, spend(80, None)));
    assert!(line.is_some_and(|line| line.starts_with("hold-out #0: 70.0 %")));
}

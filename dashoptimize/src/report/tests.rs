//! The lines that `Progress` prints.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::Progress;
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
        optimizer: "bootstrap".to_owned(),
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
        measured: measured(right),
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

#[test]
fn rollouts_are_told_now_and_then() {
    let log = Lines::default();
    let progress = Progress::lines(log.clone()).every(Duration::ZERO);
    progress.on_event(&started(Budget::calls(100), 0));
    progress.on_event(&evaluating(0, "as given"));
    progress.on_event(&evaluated(0, 28, Part::Val, true, spend(40, None)));
    progress.on_event(&evaluating(3, "seed 3"));
    progress.on_event(&rollout(7, spend(47, None)));
    let text = log.text();
    assert_eq!(
        text.lines().last(),
        Some(
            "  val #3 7/40; 47 of 100 calls, 49,350 tokens, unpriced; best #0 70.0 % of 40 rows \
             (95 % 54.6–81.9)"
        )
    );
    assert!(!text.contains("$0"), "an unknown price is never 0: {text}");
}

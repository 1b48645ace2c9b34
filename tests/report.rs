//! What a person looks at.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dashoptimize::engine::{Event, Observer};
use dashoptimize::lm::{Budget, Spend, Usage, Usd};
use dashoptimize::report::{EndCard, Progress};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn spend(calls: u64, cost: Option<f64>) -> Spend {
    let mut spend = Spend::default();
    spend.calls = calls;
    spend.usage = Usage::new(calls * 1_000, calls * 50);
    spend.cost = cost.map(Usd::from_usd);
    spend
}

fn started(budget: Budget, replayed: u64) -> Event {
    Event::Started {
        optimizer: "bootstrap".to_owned(),
        rows: [30, 40, 60],
        replayed,
        budget,
    }
}

fn evaluating(candidate: u32, origin: &str) -> Event {
    Event::Evaluating {
        candidate,
        origin: origin.to_owned(),
        part: "val",
        rows: 40,
    }
}

fn rollout(done: usize, spend: Spend) -> Event {
    Event::Rollout {
        done,
        of: 40,
        spend,
    }
}

fn evaluated(candidate: u32, measured: &str, is_best: bool, spend: Spend) -> Event {
    Event::Evaluated {
        candidate,
        origin: "demos".to_owned(),
        part: "val",
        measured: measured.to_owned(),
        is_best,
        spend,
    }
}

fn finished(spend: Spend) -> Event {
    Event::Finished {
        spend,
        elapsed: Duration::from_secs(1_100),
    }
}

#[test]
fn a_log_tells_the_story_in_plain_lines() {
    let log = Log::default();
    let progress = Progress::lines(log.clone()).every(Duration::from_secs(3600));
    progress.notice(&started(Budget::usd(5.0).and(Budget::calls(1_700)), 120));
    assert_eq!(
        log.text().lines().count(),
        1,
        "the first line comes at once"
    );
    progress.notice(&evaluating(0, "the program as given"));
    for done in 1..=40 {
        progress.notice(&rollout(done, spend(120 + done as u64, Some(0.5))));
    }
    let mut after = spend(160, Some(0.51));
    (after.failed, after.cache_hits) = (4, 33);
    progress.notice(&evaluated(0, "70.2 % [66.0, 74.2] on 40 rows", true, after));
    progress.notice(&Event::Note(
        "the budget is used up;\x1b[2J the best is kept".to_owned(),
    ));
    progress.notice(&finished(spend(1_700, Some(4.12))));
    let expected = "\
bootstrap: 30 train, 40 val, 60 hold-out rows; budget: 1,700 calls, $5.00; 120 calls come from the journal
val #0 on 40 rows: the program as given
val #0: 70.2 % [66.0, 74.2] on 40 rows, the best so far; 160 calls (4 failed), 168,000 tokens, $0.51 of $5.00, 33 from the cache
note: the budget is used up; [2J the best is kept
finished after 18 min: 1,700 calls, 1.8M tokens, $4.12
";
    assert_eq!(log.text(), expected);
}

#[test]
fn rollouts_are_told_now_and_then() {
    let log = Log::default();
    let progress = Progress::lines(log.clone()).every(Duration::ZERO);
    progress.notice(&started(Budget::calls(100), 0));
    progress.notice(&evaluating(0, "as given"));
    progress.notice(&evaluated(0, "0.702 [0.660, 0.742]", true, spend(40, None)));
    progress.notice(&evaluating(3, "seed 3"));
    progress.notice(&rollout(7, spend(47, None)));
    let text = log.text();
    let line = text.lines().last().unwrap();
    assert_eq!(
        line,
        "  val #3 7/40; 47 of 100 calls, 49,350 tokens, unpriced; best #0 0.702 [0.660, 0.742]"
    );
    assert!(!text.contains("$0"), "an unknown price is never 0: {text}");
}

#[test]
fn an_end_card_is_readable() {
    let card = EndCard {
        verdict: "Better".to_owned(),
        holdout:
            "70.1 % → 76.8 % on 240 held-out rows (+6.7 points, 95 % +2.1 to +11.3, p = 0.004, \
                  exact McNemar)"
                .to_owned(),
        spend: "612 calls, 1.9M tokens, $1.84".to_owned(),
        changed: "1 of 2 predictors: +4 demos of `answer`; +792 bytes of constant prompt"
            .to_owned(),
        next: vec![
            "tuned.save(\"prompts/triage.json\") keeps it".to_owned(),
            "tuned.diff() shows every change".to_owned(),
        ],
    };
    let expected = "\
VERDICT   Better
HOLD-OUT  70.1 % → 76.8 % on 240 held-out rows (+6.7 points, 95 % +2.1 to +11.3, p = 0.004,
          exact McNemar)
SPEND     612 calls, 1.9M tokens, $1.84
CHANGED   1 of 2 predictors: +4 demos of `answer`; +792 bytes of constant prompt
NEXT      tuned.save(\"prompts/triage.json\") keeps it
          tuned.diff() shows every change";
    assert_eq!(card.to_string(), expected);
    assert_eq!(EndCard::default().to_string(), "");
}

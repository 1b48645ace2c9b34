//! Races: what they promise, and how often they are wrong on a small part of the calibration.
//! `cargo run --release -p tests --bin race-calibration` runs all of it.

mod calibration;
mod landscape;
mod racer;
mod search;

use std::fs;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use calibration::{RACES, Races, Tuner, better};
use dashoptimize::engine::{Event, Observer, Racing};
use dashoptimize::evaluate::statistics::Alpha;
use dashoptimize::lm::Retry;
use dashoptimize::optimizer::{Optimized, Optimizer};
use dashoptimize::prelude::*;
use landscape::{Effect, Landscape, Node, is_right, splits};
use search::RaceInstructions;
use tempfile::tempdir;
use tokio::time::timeout;

use crate::support::journal::answers;
use crate::support::run_folder::files;

fn style() -> Landscape {
    Landscape::new(Effect::Style)
}

/// One that is much better than the others, and two that are much worse.
fn clear() -> RaceInstructions {
    RaceInstructions::new(["style 90 alike.", "style 10 alike.", "style 0 alike."])
}

fn stopped(optimized: &Optimized<Node>) -> Vec<u32> {
    let stopped = optimized.report.stopped.iter();
    stopped.map(|stopped| stopped.candidate).collect()
}

fn tried(optimized: &Optimized<Node>) -> Vec<u32> {
    let tried = optimized.report.tried.iter();
    tried.map(|tried| tried.candidate).collect()
}

#[tokio::test]
async fn what_is_clearly_worse_stops_early_and_what_that_saves_is_said() {
    let lm = style();
    let data = splits(1, 5, 60, 0);
    let tuned = clear()
        .run(&lm.clone().program(), &data, &Run::in_memory())
        .await;
    assert_eq!((tried(&tuned), stopped(&tuned)), (vec![0, 1], vec![2, 3]));
    for candidate in &tuned.report.stopped {
        let stopped = &candidate.stopped;
        assert!(stopped.rows < 30 && stopped.of == 60 && stopped.so_far.n() == stopped.rows);
        assert!(stopped.e_value.rejects(Alpha::default()));
    }
    let saved = tuned.report.saved;
    // 60 rows of the program as given and of three candidates, without what was saved.
    assert_eq!(lm.calls() + saved.rows, 240);
    assert!(saved.calls.round() == saved.rows as f64 && saved.rows > 60);
    // 100 tokens at 1 and 10 at 2 dollars for a million.
    let usd = saved.usd.expect("the price is known");
    assert!((usd - saved.rows as f64 * 120e-6).abs() < 1e-9);
    let report = format!("{tuned:#}");
    assert!(
        report.contains(&format!("races saved about {} calls", saved.rows)),
        "{report}"
    );
    assert!(
        report.contains("   2  style 10 alike.: stopped after "),
        "{report}"
    );
    assert!(report.contains("chosen: style 90 alike."), "{report}");
}

#[tokio::test]
async fn i10_a_stopped_candidate_is_never_the_best_and_has_no_score() {
    for seed in 0..20 {
        // On few rows, the ones that are stopped may well have been lucky so far.
        let data = splits(100 + seed, 5, 30, 0);
        let search = RaceInstructions::new(["style 60.", "style 50.", "style 40.", "style 20."]);
        let run = Run::in_memory().seed(seed);
        let tuned = search.run(&style().program(), &data, &run).await;
        let partly = tuned.report.stopped.iter().map(|one| &one.stopped);
        assert!(partly.into_iter().all(|stopped| stopped.rows < stopped.of));
        let stopped = stopped(&tuned);
        assert!(
            tuned
                .report
                .tried
                .iter()
                .all(|tried| tried.measured.n() == 30)
        );
        assert!(
            tried(&tuned)
                .iter()
                .all(|candidate| !stopped.contains(candidate))
        );
        let best = tuned
            .report
            .tried
            .iter()
            .filter_map(|tried| tried.measured.score());
        assert_eq!(tuned.final_score(), best.reduce(f64::max));
    }
}

/// All rows of so small a part are run at once, so there is nothing left to save.
#[tokio::test]
async fn who_was_run_on_all_rows_is_evaluated() {
    let data = splits(1, 5, 6, 0);
    let tuned = clear()
        .run(&style().program(), &data, &Run::in_memory())
        .await;
    assert_eq!((tried(&tuned), stopped(&tuned)), (vec![0, 1, 2, 3], vec![]));
}

#[tokio::test]
async fn what_a_race_ran_is_not_paid_again_by_an_evaluation() {
    let (lm, data) = (style(), splits(2, 5, 60, 0));
    let folder = tempdir().unwrap();
    let mut search = clear();
    search.then = Some(2);
    let run = Run::folder(folder.path());
    let tuned = search.run(&lm.clone().program(), &data, &run).await;
    assert_eq!((tried(&tuned), stopped(&tuned)), (vec![0, 1, 3], vec![2]));
    // All rows of three programs, and some of the fourth.
    let partly = tuned.report.stopped[0].stopped.rows as u64;
    assert_eq!(lm.calls(), 180 + partly);
    // The files say which rows there are.
    let names: Vec<String> = files(folder.path())
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    for name in [
        "results/0003-val.jsonl",
        "results/0002-val-stopped.jsonl",
        "results/0002-val-stopped-wrong.txt",
    ] {
        assert!(
            names.iter().any(|other| other == name),
            "{name} of {names:?}"
        );
    }
    assert!(!names.iter().any(|name| name == "results/0002-val.jsonl"));
    let lines = fs::read_to_string(folder.path().join("results/0002-val-stopped.jsonl")).unwrap();
    assert_eq!(lines.lines().count() as u64, partly);
    let log = fs::read_to_string(folder.path().join("events.jsonl")).unwrap();
    assert!(
        log.contains(r#""decision":"stopped""#) && log.contains(r#""rule":"race""#),
        "{log}"
    );
}

#[tokio::test]
async fn one_switch_turns_races_off_and_is_part_of_the_run() {
    let (lm, data) = (style(), splits(3, 5, 60, 0));
    let folder = tempdir().unwrap();
    let off = Run::folder(folder.path()).racing(Racing::off());
    let tuned = clear().run(&lm.clone().program(), &data, &off).await;
    assert_eq!((tried(&tuned), lm.calls()), (vec![0, 1, 2, 3], 240));
    assert!(stopped(&tuned).is_empty() && tuned.report.saved.rows == 0);
    let on = Run::folder(folder.path());
    let refused = clear()
        .optimize(&lm.program(), &data, &on)
        .await
        .unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("the racing of candidates differs"),
        "{refused}"
    );
    let random = Racing::default().rows_at_random();
    for other in [random, Racing::default().alpha(Alpha::new(0.01).unwrap())] {
        let run = Run::folder(folder.path()).racing(other);
        assert!(
            clear()
                .optimize(&style().program(), &data, &run)
                .await
                .is_err()
        );
    }
}

#[tokio::test]
async fn i4_concurrency_changes_nothing_in_a_race() {
    let data = splits(4, 5, 50, 20);
    let folder = tempdir().unwrap();
    let mut found = Vec::new();
    for concurrency in [1, 8, 64] {
        let path = folder.path().join(concurrency.to_string());
        let run = Run::folder(&path).seed(3).concurrency(concurrency);
        let search = RaceInstructions::new(["style 60.", "style 55.", "style 30.", "style 50."]);
        search.run(&style().program(), &data, &run).await;
        let files = files(&path).into_iter();
        found.push(
            files
                .filter(|(name, _)| name != "manifest.json")
                .collect::<Vec<_>>(),
        );
    }
    assert_eq!(found[0], found[1]);
    assert_eq!(found[0], found[2]);
}

#[tokio::test]
async fn i5_a_race_that_was_killed_goes_on_and_ends_byte_equal() {
    let data = splits(5, 5, 40, 10);
    let folder = tempdir().unwrap();
    let search = || RaceInstructions::new(["style 70.", "style 20.", "style 60."]).one_by_one();
    let whole = folder.path().join("whole");
    let lm = style();
    search()
        .run(&lm.clone().program(), &data, &Run::folder(&whole).seed(5))
        .await;
    let all = lm.calls();
    for (number, call) in (0..all).step_by(11).enumerate() {
        let path = folder.path().join(number.to_string());
        let killed = path.with_extension("killed");
        let run = Run::folder(&killed)
            .seed(5)
            .concurrency([1, 8, 64][number % 3]);
        let mut dying = style();
        dying.dies_at = Some(call);
        let data = splits(5, 5, 40, 10);
        let mut attempt = Box::pin(async move {
            let program = dying.program();
            search().optimize(&program, &data, &run).await.is_ok()
        });
        let ended = timeout(Duration::from_millis(150), &mut attempt).await;
        assert!(
            ended.is_err(),
            "the run cannot end once the model is silent"
        );
        std::mem::forget(attempt);
        fs::create_dir(&path).unwrap();
        for name in ["manifest.json", "journal.jsonl"] {
            fs::copy(killed.join(name), path.join(name)).unwrap();
        }
        let recorded = answers(&path);
        let lm = style();
        let run = Run::folder(&path).seed(5);
        let data = splits(5, 5, 40, 10);
        search().run(&lm.clone().program(), &data, &run).await;
        assert_eq!(lm.calls(), all - recorded, "no recorded call is paid twice");
        assert_eq!(
            files(&path),
            files(&whole),
            "killed at call {call} of {all}"
        );
    }
}

/// What cannot be beaten needs no rows.
#[tokio::test]
async fn nothing_runs_against_a_perfect_candidate() {
    let (lm, data) = (style(), splits(6, 5, 40, 0));
    let search =
        RaceInstructions::new(["style 100 alike.", "style 90.", "style 100."]).one_by_one();
    let tuned = search
        .run(&lm.clone().program(), &data, &Run::in_memory())
        .await;
    assert_eq!(
        (tried(&tuned), stopped(&tuned), lm.calls()),
        (vec![0, 1], vec![2, 3], 80)
    );
    let words = tuned.report.stopped[0].stopped.to_string();
    assert_eq!(
        words,
        "stopped after 0 of 40 rows, it cannot do better than #1 any more"
    );
    assert_eq!(
        (tuned.report.saved.rows, tuned.report.saved.calls),
        (80, 80.0)
    );
}

/// Without a known opponent, and whatever happens, one of them finishes.
#[tokio::test]
async fn equal_states_are_one_and_of_equal_scores_the_first_wins() {
    let data = splits(7, 5, 40, 0);
    let search = RaceInstructions::new([
        "style 80 alike.",
        "style 80 alike.",
        "style 80 alike. Again.",
    ]);
    let tuned = search
        .run(&style().program(), &data, &Run::in_memory())
        .await;
    assert_eq!(tuned.report.chosen, "style 80 alike.");
    assert_eq!(tried(&tuned)[..2], [0, 1]);
    assert!(
        tuned
            .report
            .tried
            .iter()
            .all(|tried| tried.measured.n() == 40)
    );
}

/// A budget that ends in a race leaves what was complete before it.
#[tokio::test]
async fn a_budget_that_ends_in_a_race_keeps_the_best_so_far() {
    let data = splits(8, 5, 40, 0);
    for budget in [45, 60, 79, 85, 100] {
        let search = RaceInstructions::new(["style 90 alike.", "style 100 alike."]).one_by_one();
        let lm = style();
        let run = Run::in_memory()
            .budget(Budget::calls(budget))
            .concurrency(16);
        let tuned = search.run(&lm.clone().program(), &data, &run).await;
        assert!(lm.calls() <= budget);
        let complete = if budget < 80 { vec![0] } else { vec![0, 1] };
        assert_eq!(tried(&tuned), complete, "{budget}");
        assert!(stopped(&tuned).is_empty());
    }
}

/// A row on which the provider fails counts as the worst, as in a full evaluation.
#[tokio::test]
async fn i15_rows_that_a_candidate_lacks_count_against_it_in_a_race() {
    let data = splits(9, 5, 60, 0);
    for racing in [Racing::off(), Racing::default()] {
        let mut lm = style();
        lm.fails = Some((3, "flaky"));
        let search =
            RaceInstructions::new(["style 85 alike.", "style 88 alike flaky."]).one_by_one();
        let run = Run::in_memory()
            .racing(racing)
            .max_errors(100)
            .retry(Retry::none());
        let tuned = search.run(&lm.program(), &data, &run).await;
        assert_eq!(tuned.report.chosen, "style 85 alike.");
    }
}

#[derive(Clone, Debug, Default)]
struct Heard(Arc<Mutex<Vec<Event>>>);

impl Observer for Heard {
    fn on_event(&self, event: &Event) {
        self.0.lock().unwrap().push(event.clone());
    }
}

#[tokio::test]
async fn observers_and_the_report_are_told_what_there_is_to_gain() {
    let heard = Heard::default();
    let run = Run::in_memory().observer(heard.clone());
    let data = splits(10, 5, 50, 0);
    let search = RaceInstructions::new(["style 90 alike.", "style 10 alike."]);
    let tuned = search.run(&style().program(), &data, &run).await;
    let heard = heard.0.lock().unwrap();
    let before = heard.iter().find_map(|event| match event {
        Event::HeadroomKnown { headroom, .. } => Some(*headroom),
        _ => None,
    });
    let before = before.expect("it is known before the search");
    assert_eq!((before.candidates, before.rows, before.telling), (1, 50, 0));
    assert_eq!(before.solved + before.open, 50);
    assert!((before.share - before.open as f64 / 50.0).abs() < 1e-12);
    let solved = before.solved;
    assert_eq!(
        before.to_string(),
        format!(
            "the program as given has the best score on {solved} of 50 validation rows; {} leave room",
            50 - solved
        )
    );
    let after = tuned.report.headroom.expect("something was measured");
    // Both find the same rows easy, so what the first solved the second did as well.
    assert_eq!((after.candidates, after.solved), (2, solved));
    assert!(after.telling > 10 && after.telling + after.open == before.open);
    assert!(format!("{tuned:#}").contains(&format!("headroom: {after}")));
    let stopped = heard.iter().filter_map(|event| match event {
        Event::CandidateStopped { candidate, .. } => Some(*candidate),
        _ => None,
    });
    assert_eq!(stopped.collect::<Vec<_>>(), [2]);
}

/// Rows that tell more come earlier: of rows that all candidates solve, few are run.
#[tokio::test]
async fn rows_that_tell_candidates_apart_are_drawn_first() {
    let mut shares = Vec::new();
    for racing in [Racing::default(), Racing::default().rows_at_random()] {
        let (mut easy, mut all) = (0, 0);
        for seed in 0..20 {
            let data = splits(200 + seed, 5, 100, 0);
            let folder = tempdir().unwrap();
            let run = Run::folder(folder.path()).seed(seed).racing(racing);
            // The program as given solves the easier half, and the first candidate 70 %.
            let search = RaceInstructions::new(["style 70 alike.", "style 55 alike."]).one_by_one();
            search.run(&style().program(), &data, &run).await;
            let stopped = fs::read_to_string(folder.path().join("results/0002-val-stopped.jsonl"));
            let base = fs::read_to_string(folder.path().join("results/0000-val.jsonl")).unwrap();
            let solved: Vec<bool> = base
                .lines()
                .map(|line| line.contains(r#""score":1"#))
                .collect();
            for line in stopped.unwrap_or_default().lines() {
                let line: serde_json::Value = serde_json::from_str(line).unwrap();
                let row = usize::try_from(line["row"].as_u64().unwrap()).unwrap();
                easy += usize::from(solved[row]);
                all += 1;
            }
        }
        shares.push((easy as f64 / all as f64, all));
    }
    let [(first, rows), (random, rows_at_random)] = shares[..] else {
        unreachable!("two settings");
    };
    println!("solved rows: {first:.2} of {rows} against {random:.2} of {rows_at_random}");
    assert!(first < random - 0.1 && rows < rows_at_random);
}

/// With races, a random search finds what it finds without them, at fewer calls.
#[tokio::test]
async fn random_search_finds_the_same_at_fewer_calls() {
    let (mut same, mut calls) = (0, [0, 0]);
    for seed in 0..20 {
        let data = splits(300 + seed, 20, 50, 0);
        let mut chosen = Vec::new();
        for (which, racing) in [Racing::off(), Racing::default()].into_iter().enumerate() {
            let lm = Landscape::new(Effect::Demos(8));
            let run = Run::in_memory().seed(seed).racing(racing);
            let search = RandomSearch::new(is_right)
                .max_demos(4)
                .num_candidate_programs(8);
            let tuned = search
                .optimize(&lm.clone().program(), &data, &run)
                .await
                .unwrap();
            calls[which] += lm.calls();
            chosen.push(tuned.report.chosen.clone());
            // The three kinds that are compared with each other are always evaluated in full.
            for kind in ["seed -3", "seed -2", "seed -1"] {
                assert!(
                    tuned
                        .report
                        .tried
                        .iter()
                        .any(|tried| tried.origin.starts_with(kind))
                );
            }
        }
        same += u32::from(chosen[0] == chosen[1]);
    }
    println!("{same} of 20 the same, {calls:?} calls");
    assert!(same >= 18 && calls[1] < calls[0]);
}

#[tokio::test]
async fn the_best_candidate_is_stopped_no_more_often_than_the_level() {
    for shape in &RACES {
        let found = Races::simulate(shape, 40).await;
        println!("{found}");
        // Five of a hundred, and what luck may add to that in 40.
        assert!(found.wrong <= 5, "{found}");
    }
}

#[tokio::test]
async fn optimizers_that_race_find_no_effect_where_there_is_none() {
    for tuner in [Tuner::RandomSearch, Tuner::Racer] {
        let (found, _) = better(tuner, Effect::Nothing, 20).await;
        assert!(found <= 3, "{tuner:?}: {found} of 20");
        let effect = match tuner {
            Tuner::RandomSearch => Effect::Demos(15),
            Tuner::Racer => Effect::Phrase(40, 90),
        };
        let (found, saved) = better(tuner, effect, 10).await;
        assert!(
            found >= 8 && saved > 0.0,
            "{tuner:?}: {found} of 10, {saved} %"
        );
    }
}

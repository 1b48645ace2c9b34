//! What `Racer` promises.

use std::fs;

use dashoptimize::module::ModuleExt;
use dashoptimize::optimizer::Optimized;
use dashoptimize::prelude::*;
use tempfile::tempdir;

use super::landscape::{Effect, Landscape, Node, is_right, splits};
use crate::support::run_folder::files;

async fn tune(effect: Effect, seed: u64, run: &Run) -> (Optimized<Node>, u64) {
    let lm = Landscape::new(effect);
    let data = splits(400 + seed, 30, 40, 40);
    let tuned = Racer::new(is_right)
        .max_demos(3)
        .optimize(&lm.clone().program(), &data, run)
        .await;
    (tuned.unwrap(), lm.calls())
}

fn instructions(tuned: &Optimized<Node>) -> String {
    let mut predictors = tuned.tuned.predictors.values();
    predictors
        .find_map(|one| one.instructions.clone())
        .unwrap_or_default()
}

fn demos(tuned: &Optimized<Node>) -> usize {
    tuned
        .tuned
        .predictors
        .values()
        .map(|one| one.demos.len())
        .sum()
}

#[tokio::test]
async fn it_finds_the_instruction_that_helps_and_drops_demos_that_do_not() {
    let mut found = 0;
    for seed in 0..10 {
        let (tuned, _) = tune(Effect::Phrase(40, 90), seed, &Run::in_memory().seed(seed)).await;
        found += u32::from(instructions(&tuned).contains("step by step"));
        assert_eq!(demos(&tuned), 0, "demos do not help here");
    }
    // The proposer has the idea once in three times, and three rounds of three proposals may pass without.
    assert!(found >= 9, "{found} of 10");
}

#[tokio::test]
async fn it_finds_demos_that_help() {
    let mut better = 0;
    for seed in 0..10 {
        let (tuned, _) = tune(Effect::Demos(15), seed, &Run::in_memory().seed(seed)).await;
        better += u32::from(tuned.verdict.is_some_and(|verdict| verdict.is_better()));
    }
    assert!(better >= 8, "{better} of 10");
}

/// A perfect program costs its evaluation, and no more.
#[tokio::test]
async fn where_nothing_is_left_to_gain_it_ends() {
    let run = Run::in_memory();
    let (tuned, calls) = tune(Effect::Phrase(100, 100), 0, &run).await;
    assert_eq!((tuned.report.tried.len(), calls), (1, 40));
    assert_eq!(tuned.tuned, tuned.original);
}

/// The longest that a run can be, by the formula of its page.
#[tokio::test]
async fn it_makes_no_more_calls_than_its_page_says() {
    for (effect, seed) in [
        (Effect::Nothing, 1),
        (Effect::Phrase(30, 40), 2),
        (Effect::Demos(3), 3),
    ] {
        let (tuned, calls) = tune(effect, seed, &Run::in_memory().seed(seed)).await;
        let (rounds, proposals, sets, rows) = (6, 3, 3, 40);
        // Each bootstrapped set tries at most all training rows.
        let bootstrap = (sets - 1) * 30;
        let most = 2 * rows
            + rows
            + bootstrap
            + rounds * (12 + proposals)
            + (sets + rounds * proposals + 2) * rows;
        assert!(calls <= most, "{calls} of {most}");
        assert!(tuned.report.saved.rows > 0);
    }
}

#[tokio::test]
async fn i4_i5_concurrency_and_a_second_attempt_change_nothing() {
    let folder = tempdir().unwrap();
    let mut found = Vec::new();
    for concurrency in [1, 64] {
        let path = folder.path().join(concurrency.to_string());
        let run = Run::folder(&path).seed(2).concurrency(concurrency);
        let (_, calls) = tune(Effect::Phrase(40, 80), 5, &run).await;
        let before = files(&path);
        let (_, again) = tune(Effect::Phrase(40, 80), 5, &run).await;
        assert!(calls > 0 && again == 0);
        assert_eq!(files(&path), before);
        found.push(before);
    }
    assert_eq!(found[0], found[1]);
    let log = fs::read_to_string(folder.path().join("1/events.jsonl")).unwrap();
    for decision in ["admitted", "stopped", "measured"] {
        assert!(
            log.contains(&format!(r#""decision":"{decision}""#)),
            "{decision}: {log}"
        );
    }
}

#[tokio::test]
async fn demos_and_rounds_can_be_left_out() {
    let data = splits(500, 30, 40, 0);
    let program = Landscape::new(Effect::Demos(15)).program();
    let run = Run::in_memory();
    let without_demos = Racer::new(is_right)
        .demo_sets(0)
        .optimize(&program, &data, &run)
        .await
        .unwrap();
    assert_eq!(demos(&without_demos), 0);
    let only_demos = Racer::new(is_right)
        .rounds(0)
        .max_demos(3)
        .optimize(&program, &data, &run)
        .await
        .unwrap();
    assert!(demos(&only_demos) > 0 && instructions(&only_demos).is_empty());
    let nothing = Racer::new(is_right)
        .rounds(0)
        .demo_sets(0)
        .optimize(&program, &data, &run)
        .await
        .unwrap();
    assert_eq!(
        (nothing.tuned, nothing.report.tried.len()),
        (nothing.original, 1)
    );
    let no_demos = Racer::new(is_right)
        .max_demos(0)
        .optimize(&program, &data, &run)
        .await
        .unwrap();
    assert_eq!(demos(&no_demos), 0);
    let state = program.state();
    assert_eq!(
        state,
        Landscape::new(Effect::Demos(15)).program().state(),
        "the student is unchanged"
    );
}

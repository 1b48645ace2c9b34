//! The same result at any concurrency, and after every interruption.

use std::fs;
use std::path::Path;
use std::time::Duration;

use dashoptimize::engine::{Ended, Run};
use dashoptimize::lm::Budget;
use tempfile::tempdir;

use super::{mipro, optimize};
use crate::support::coach::Coach;
use crate::support::journal::answers;
use crate::support::quiz::splits;
use crate::support::run_folder::files;

fn run(folder: &Path, concurrency: usize) -> Run {
    Run::folder(folder).seed(5).concurrency(concurrency)
}

async fn whole(folder: &Path, concurrency: usize) -> u64 {
    let lm = Coach::default();
    let data = splits(20, 60, 30);
    optimize(&mipro(), &lm, &data, &run(folder, concurrency))
        .await
        .unwrap();
    lm.calls()
}

#[tokio::test]
async fn i4_concurrency_1_8_and_64_leave_the_same_files() {
    let folder = tempdir().unwrap();
    let mut left = Vec::new();
    for concurrency in [1, 8, 64] {
        let path = folder.path().join(concurrency.to_string());
        whole(&path, concurrency).await;
        left.push(files(&path));
    }
    assert!(left[0].iter().any(|(name, _)| name == "events.jsonl"));
    assert_eq!(left[0], left[1]);
    assert_eq!(left[0], left[2]);
}

/// Runs next to `path` until the model is silent, and leaves in `path` what is on disk at that moment.
async fn run_and_die(path: &Path, call: u64, concurrency: usize) {
    let first = path.with_extension("killed");
    let run = run(&first, concurrency);
    let mut dying = Box::pin(async move {
        let lm = Coach::dying_at(call);
        optimize(&mipro(), &lm, &splits(20, 60, 30), &run)
            .await
            .is_ok()
    });
    let ended = tokio::time::timeout(Duration::from_millis(400), &mut dying).await;
    assert!(
        ended.is_err(),
        "the run cannot end once the model is silent"
    );
    std::mem::forget(dying);
    fs::create_dir(path).unwrap();
    for name in ["manifest.json", "journal.jsonl"] {
        fs::copy(first.join(name), path.join(name)).unwrap();
    }
}

#[tokio::test]
async fn i5_a_killed_run_goes_on_and_ends_byte_equal() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("whole");
    let all = whole(&path, 8).await;
    let expected = files(&path);
    for number in 0..20 {
        // Positions that are spread over the whole run, and the first ones, in which demos are made and
        // instructions are proposed.
        let call = if number < 8 {
            60 + 6 * number
        } else {
            all * number / 20
        };
        let path = folder.path().join(number.to_string());
        run_and_die(&path, call.min(all - 1), [1, 8, 64][number as usize % 3]).await;
        let recorded = answers(&path);
        let lm = Coach::default();
        optimize(&mipro(), &lm, &splits(20, 60, 30), &run(&path, 8))
            .await
            .unwrap();
        assert_eq!(lm.calls(), all - recorded, "no recorded call is paid twice");
        assert_eq!(files(&path), expected, "killed at call {call} of {all}");
    }
}

#[tokio::test]
async fn i3_a_budget_of_calls_is_never_passed_and_keeps_the_best_so_far() {
    let data = splits(20, 60, 0);
    for calls in [61, 70, 90, 130, 200, 300] {
        let mut best = Vec::new();
        for concurrency in [1, 64] {
            let lm = Coach::default();
            let run = Run::in_memory().seed(5).concurrency(concurrency);
            let run = run.budget(Budget::calls(calls)).without_verdict();
            let tuned = optimize(&mipro(), &lm, &data, &run).await.unwrap();
            assert!(lm.calls() <= calls, "{} of {calls}", lm.calls());
            assert!(
                matches!(tuned.report.ended, Ended::Budget(_)),
                "{calls}: {tuned}"
            );
            assert!(tuned.final_score() >= tuned.initial_score());
            best.push(tuned.tuned);
        }
        assert_eq!(best[0], best[1], "{calls} calls");
    }
}

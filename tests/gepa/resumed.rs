//! Runs that are interrupted, and runs at another concurrency.

use std::fs;
use std::path::Path;

use dashoptimize::lm::Budget;
use tempfile::tempdir;

use super::*;
use crate::support::journal::{answers, interrupted_between_calls};
use crate::support::run_folder::files;

/// A search that uses all of its parts, with a hold-out.
async fn whole_search(folder: &Path, concurrency: usize) -> (Optimized<Node>, u64) {
    let (pupil, teacher) = (pupil(4), teacher());
    let optimizer = GEPA::new(judge(4))
        .proposer(teacher.clone())
        .use_merge(true)
        .optimize_descriptions()
        .max_metric_calls(300)
        .num_generations(4);
    let run = Run::folder(folder).seed(5).concurrency(concurrency);
    let tuned = optimizer
        .optimize(&node_of(pupil.clone()), &splits(12, 8, 12), &run)
        .await
        .unwrap();
    (tuned, pupil.calls() + teacher.calls())
}

#[tokio::test]
async fn i4_concurrency_1_8_and_64_leave_the_same_files() {
    let folder = tempdir().unwrap();
    let of = async |concurrency: usize| {
        let path = folder.path().join(concurrency.to_string());
        whole_search(&path, concurrency).await;
        files(&path)
    };
    let one = of(1).await;
    assert!(one.iter().any(|(name, _)| name == "events.jsonl"));
    assert_eq!(one, of(8).await);
    assert_eq!(one, of(64).await);
}

#[tokio::test]
async fn i5_an_interrupted_search_goes_on_and_leaves_the_same_files() {
    let folder = tempdir().unwrap();
    let whole = folder.path().join("whole");
    let (_, all) = whole_search(&whole, 1).await;
    let expected = files(&whole);
    for calls in (1..all).step_by(all as usize / 20) {
        let path = folder.path().join(calls.to_string());
        interrupted_between_calls(&whole, &path, calls);
        let recorded = answers(&path);
        let (_, paid) = whole_search(&path, 8).await;
        assert_eq!(paid, all - recorded, "no recorded call is paid twice");
        assert_eq!(files(&path), expected, "after {calls} of {all} calls");
    }
}

#[tokio::test]
async fn i4_a_budget_of_calls_cuts_the_search_at_the_same_place() {
    let folder = tempdir().unwrap();
    for calls in [60, 90] {
        let mut artifacts = Vec::new();
        for concurrency in [1, 64] {
            let path = folder.path().join(format!("{calls}-{concurrency}"));
            let run = Run::folder(&path).concurrency(concurrency);
            let run = run.budget(Budget::calls(calls)).without_verdict();
            search(|gepa| gepa.num_generations(None), run)
                .await
                .unwrap();
            artifacts.push(fs::read(path.join("artifact.json")).unwrap());
        }
        assert_eq!(artifacts[0], artifacts[1], "{calls} calls");
    }
}

#[tokio::test]
async fn another_proposer_is_another_run() {
    let folder = tempdir().unwrap();
    search(|gepa| gepa, Run::folder(folder.path()))
        .await
        .unwrap();
    let set: Set = |gepa| gepa.num_generations(2);
    let error = search(set, Run::folder(folder.path())).await.unwrap_err();
    assert!(error.to_string().contains("`num_generations`"), "{error}");
}

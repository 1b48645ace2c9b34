//! The optimizers of this crate beside the originals in Python, on one scripted model and the same rows.
//!
//! `originals.py` has recorded what the originals do; the tests run ours and hold them against it. The table is printed
//! by `cargo test -p tests --test integration -- fidelity --nocapture`.

mod model;
mod originals;
mod ours;

use dashoptimize::optimizer::{BootstrapFewShot, LabeledFewShot, RandomSearch};
use originals::Original;
use ours::{is_right, means};

/// Ours is worse than the original by no more than this, as a mean over ten seeds. All runs of one prompt score the
/// same, so only the choice of prompts differs.
const WORSE_BY_AT_MOST: f64 = 0.02;

/// How many rows a bootstrap runs until it has its demos depends on their order.
const CALLS_BY_CHANCE: f64 = 5.0;

/// Compares the means over all seeds, and prints them.
fn compare(name: &str, ours: &Original, task_calls: f64, why: &str) {
    let theirs = Original::recorded(name);
    println!(
        "{name:30} original {theirs}\n{:30} ours     {ours}\n{:30} {why}",
        "", ""
    );
    for (part, ours, theirs) in [
        ("val", ours.val, theirs.val),
        ("test", ours.test, theirs.test),
    ] {
        let least = theirs - WORSE_BY_AT_MOST;
        assert!(
            ours >= least,
            "{name}: {ours} of {part}, and the original {theirs}"
        );
    }
    let more = ours.task - theirs.task;
    assert!(
        (more - task_calls).abs() <= CALLS_BY_CHANCE,
        "{name}: {more} more calls than the original, and not {task_calls}: {why}"
    );
}

#[tokio::test]
async fn labeled_few_shot() {
    let ours = means(|_| LabeledFewShot::new(is_right).max_demos(4)).await;
    let why =
        "ours evaluates the program as given and the candidate; the original evaluates nothing";
    compare("LabeledFewShot", &ours, 80.0, why);
}

#[tokio::test]
async fn bootstrap_few_shot() {
    let optimizer = |_| {
        let optimizer = BootstrapFewShot::new(is_right).max_iterations(1);
        optimizer.max_bootstrapped_demos(4).max_labeled_demos(4)
    };
    let ours = means(optimizer).await;
    let why =
        "ours evaluates the program as given and the candidate; the original evaluates nothing";
    compare("BootstrapFewShot", &ours, 80.0, why);
}

#[tokio::test]
async fn random_search() {
    let optimizer = |_| {
        let optimizer = RandomSearch::new(is_right).num_candidate_programs(4);
        optimizer.max_bootstrapped_demos(4).max_labeled_demos(4)
    };
    let ours = means(optimizer).await;
    let why = "ours takes the program as given and the candidate without demos for one, and repeats no call";
    compare("RandomSearch", &ours, 0.0, why);
}

//! The optimizers of this crate beside the originals in Python, on one scripted model and the same rows.
//!
//! `originals.py` has recorded what the originals do; the tests run ours and hold them against it. The table is printed
//! by `cargo test -p tests --test integration -- fidelity --nocapture`.

mod model;
mod originals;
mod ours;

use dashoptimize::optimizer::{
    BootstrapFewShot, COPRO, GEPA, InferRules, LabeledFewShot, MIPROv2, MIPROv2Mode, RandomSearch,
    SIMBA,
};
use originals::{Runs, mean, standard_error};
use ours::{is_right, is_right_in_words, runs};

/// How many rows a bootstrap runs until it has its demos depends on their order.
const CALLS_BY_CHANCE: f64 = 5.0;

/// Compares what was done with all seeds, and prints the means: ours finds prompts that are as good, up to two standard
/// errors, and makes no more calls for the task than the original and those that `why` explains.
fn compare(name: &str, ours: &Runs, more_calls: f64, why: &str) {
    let theirs = Runs::recorded(name);
    println!(
        "{name:30} original {theirs}\n{:30} ours     {ours}\n{:30} {why}",
        "", ""
    );
    for (part, ours, theirs) in [
        ("val", &ours.val, &theirs.val),
        ("test", &ours.test, &theirs.test),
    ] {
        let least = mean(theirs) - 2.0 * standard_error(ours, theirs) - 1e-9;
        let (ours, theirs) = (mean(ours), mean(theirs));
        assert!(
            ours >= least,
            "{name}: {ours} of {part}, and the original {theirs}"
        );
    }
    let more = mean(&ours.task) - mean(&theirs.task);
    assert!(
        more <= more_calls + CALLS_BY_CHANCE,
        "{name}: {more} more calls than the original: {why}"
    );
}

#[tokio::test]
async fn labeled_few_shot() {
    let ours = runs(|_| LabeledFewShot::new(is_right).max_demos(4)).await;
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
    let ours = runs(optimizer).await;
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
    let ours = runs(optimizer).await;
    let why = "ours takes the program as given and the candidate without demos for one, and repeats no call";
    compare("RandomSearch", &ours, 0.0, why);
}

#[tokio::test]
async fn copro() {
    let optimizer = |lm| COPRO::new(is_right).breadth(4).depth(2).proposer(lm);
    let ours = runs(optimizer).await;
    let why = "ours chooses by the validation rows and evaluates no text twice; the original by the training rows";
    compare("COPRO", &ours, 0.0, why);
}

#[tokio::test]
async fn gepa() {
    let optimizer = |lm| {
        let gepa = GEPA::new(is_right_in_words).original();
        let gepa = gepa.max_metric_calls(400).max_idle_generations(100);
        gepa.use_merge(false).proposer(lm)
    };
    let ours = runs(optimizer).await;
    let why = "ours runs no row of a state twice, which costs no call but counts as one";
    compare("GEPA", &ours, 0.0, why);
}

#[tokio::test]
async fn infer_rules() {
    let optimizer = |lm| {
        let optimizer = InferRules::new(is_right).num_candidates(4).num_rules(5);
        let optimizer = optimizer.max_bootstrapped_demos(4).max_labeled_demos(4);
        optimizer.proposer(lm)
    };
    let ours = runs(optimizer).await;
    let why = "ours evaluates the program as given and that with demos as well; in the original all candidates share the \
               last one's rules";
    compare("InferRules", &ours, 80.0, why);
}

/// The original without and with minibatches.
#[tokio::test]
async fn mipro_v2() {
    let optimizer = |lm| {
        let candidates = MIPROv2Mode::Auto {
            num_instruction_candidates: 5,
            max_bootstrapped_demos: 4,
            max_labeled_demos: 4,
        };
        MIPROv2::new(is_right)
            .mode(candidates)
            .num_trials(10)
            .proposer(lm)
    };
    let ours = runs(|lm| optimizer(lm).minibatch(false)).await;
    let why =
        "ours tries no combination twice, and asks for no instruction in place of the given one";
    compare("MIPROv2 without minibatches", &ours, 0.0, why);
    let ours = runs(|lm| optimizer(lm).minibatch(true).minibatch_size(20)).await;
    compare("MIPROv2", &ours, 0.0, why);
}

#[tokio::test]
async fn simba() {
    let optimizer = |lm| {
        let simba = SIMBA::new(is_right).original();
        let simba = simba.bsize(16).num_candidates(4).max_steps(4);
        simba.max_demos(4).proposer(lm)
    };
    let ours = runs(optimizer).await;
    let why =
        "the original knows no average of the program as given, so that every child outranks it";
    compare("SIMBA", &ours, 0.0, why);
}

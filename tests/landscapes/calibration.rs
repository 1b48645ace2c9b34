//! How often an optimization in which nothing can be gained ends `Better`, and how often a gain is found:
//! `cargo test --release -p tests --test integration -- --ignored --nocapture calibration_of`

use dashoptimize::evaluate::MetricFn;
use dashoptimize::lm::Lm;
use dashoptimize::optimizer::{GEPA, MIPROv2, Optimizer, Racer, RandomSearch};

use super::*;

/// The phrases help and there is a hold-out.
static PHRASES_WITH_HOLDOUT: World = World {
    rows: [30, 40, 60],
    ..BY_PHRASES
};

/// Demos help and there is a hold-out.
static DEMOS_WITH_HOLDOUT: World = World {
    rows: [30, 40, 60],
    ..BY_DEMOS
};

/// So many optimizations have no more than 5 % false alarms by the point estimate.
const RUNS: u64 = 500;

async fn calibrated<O: Optimizer<Program, Item>>(
    name: &str,
    gain: &'static World,
    optimizer: impl Fn(MetricFn<Item, String>, Lm) -> O,
) {
    let null = landscape(&NULL, 0..RUNS, &optimizer).await;
    let found = landscape(gain, 0..RUNS / 5, &optimizer).await;
    println!(
        "{name}: {} of {RUNS} falsely Better where nothing helps; {} of {} Better where {} help",
        null.better,
        found.better,
        RUNS / 5,
        gain.name
    );
    assert!(null.better as u64 * 20 <= RUNS, "{name}: more than 5 %");
    assert!(
        found.better as u64 > RUNS / 10,
        "{name}: a large gain is found"
    );
}

#[tokio::test]
#[ignore = "600 optimizations"]
async fn calibration_of_random_search() {
    calibrated("RandomSearch", &DEMOS_WITH_HOLDOUT, |metric, _: Lm| {
        RandomSearch::new(metric).num_candidate_programs(8)
    })
    .await;
}

#[tokio::test]
#[ignore = "600 optimizations"]
async fn calibration_of_mipro() {
    calibrated("MIPROv2", &PHRASES_WITH_HOLDOUT, |metric, lm: Lm| {
        MIPROv2::new(metric).proposer(lm)
    })
    .await;
}

#[tokio::test]
#[ignore = "600 optimizations"]
async fn calibration_of_gepa() {
    calibrated("GEPA", &PHRASES_WITH_HOLDOUT, |metric, lm: Lm| {
        GEPA::new(metric).proposer(lm).max_metric_calls(600)
    })
    .await;
}

#[tokio::test]
#[ignore = "600 optimizations"]
async fn calibration_of_racer() {
    calibrated("Racer", &PHRASES_WITH_HOLDOUT, |metric, lm: Lm| {
        Racer::new(metric).proposer(lm)
    })
    .await;
}

//! The optimizers that choose demos.

use dashoptimize::lm::Lm;
use dashoptimize::optimizer::{BootstrapFewShot, KNNFewShot, LabeledFewShot, RandomSearch};

use super::*;

const NO_PROPOSALS: Calls = Calls {
    task: 0,
    propose: 0,
    reflect: 0,
};

fn task(calls: u64) -> Calls {
    Calls {
        task: calls,
        ..NO_PROPOSALS
    }
}

#[tokio::test]
async fn labelled_demos_reach_the_optimum_of_demos() {
    let optimizer = |metric, _: Lm| LabeledFewShot::new(metric).max_demos(8);
    let reached = landscape(&BY_DEMOS, 0..20, optimizer).await;
    reached.check(1.0, task(2 * 60)).unwrap();
}

#[tokio::test]
async fn bootstrapped_demos_reach_the_optimum_of_demos() {
    let optimizer = |metric, _: Lm| BootstrapFewShot::new(metric);
    let reached = landscape(&BY_DEMOS, 0..20, optimizer).await;
    reached.check(1.0, task(4 * 60 + 3 * 30)).unwrap();
}

#[tokio::test]
async fn a_random_search_reaches_the_optimum_of_demos() {
    let optimizer = |metric, _: Lm| RandomSearch::new(metric).num_candidate_programs(3);
    let reached = landscape(&BY_DEMOS, 0..20, optimizer).await;
    reached.check(1.0, task(7 * 60 + 5 * 30)).unwrap();
}

#[tokio::test]
async fn near_demos_reach_the_optimum_of_demos() {
    let optimizer = |metric, _: Lm| KNNFewShot::new(metric).k(5);
    let reached = landscape(&BY_DEMOS, 0..20, optimizer).await;
    reached.check(1.0, task(3 * 60 + 30)).unwrap();
}

/// None of them writes instructions.
#[tokio::test]
async fn demos_do_not_reach_what_a_phrase_gives() {
    let optimizer = |metric, _: Lm| RandomSearch::new(metric).num_candidate_programs(2);
    for world in [&BY_PHRASES, &DECEPTIVE, &BY_FORM] {
        let reached = landscape(world, 0..3, optimizer).await;
        assert!(reached.share() < 0.05, "{reached}");
    }
    let reached = landscape(&JOINT, 0..3, optimizer).await;
    assert!(reached.share() < 0.4, "{reached}");
}

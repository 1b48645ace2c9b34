//! `SIMBA` where the best prompt is known.

use dashoptimize::lm::Lm;
use dashoptimize::optimizer::SIMBA;

use super::*;

/// The calls of the original by its page, and those that measure the program as given.
fn calls(world: &World, steps: u64, candidates: u64) -> Calls {
    let [train, val, _] = world.rows.map(|n| n as u64);
    let predictors = world.steps.len() as u64;
    let batch = train.min(32);
    let sampled = steps * batch * candidates;
    let measured = (steps * (candidates + 1) + 1) * batch;
    let chosen = (steps.min(candidates) + 1) * val;
    Calls {
        task: (sampled + measured + chosen) * predictors,
        propose: 0,
        reflect: steps * (candidates + 1),
    }
}

async fn simba(world: &'static World, share: f64) {
    let optimizer = |metric, lm: Lm| SIMBA::new(metric).original().proposer(lm);
    let reached = landscape(world, 0..20, optimizer).await;
    reached.check(share, calls(world, 8, 6)).unwrap();
}

#[tokio::test]
async fn simba_learns_rules_and_demos() {
    simba(&BY_PHRASES, 0.7).await;
    simba(&JOINT, 0.5).await;
    simba(&BY_DEMOS, 0.5).await;
}

#[tokio::test]
async fn simba_learns_from_two_steps() {
    simba(&TWO_STEPS, 0.5).await;
}

#[tokio::test]
async fn simba_keeps_what_is_perfect() {
    simba(&SATURATED, 1.0).await;
}

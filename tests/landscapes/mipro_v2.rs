//! `MIPROv2` where the best prompt is known.

use dashoptimize::lm::Lm;
use dashoptimize::optimizer::{MIPROv2, MIPROv2Mode};

use super::*;

/// How many instructions, and sets of demos, each predictor can have.
const CANDIDATES: usize = 10;

const MODE: MIPROv2Mode = MIPROv2Mode::Auto {
    num_instruction_candidates: CANDIDATES,
    max_bootstrapped_demos: 4,
    max_labeled_demos: 4,
};

/// The calls by its page, and those that measure the program as given.
fn calls(world: &World) -> Calls {
    let [train, val, _] = world.rows.map(|n| n as u64);
    let predictors = world.steps.len() as u64;
    let trials = match predictors {
        1 => 15,
        _ => 26,
    };
    let runs = val + train + trials * 35 + trials.div_ceil(5) * val;
    let batches = train.div_ceil(10);
    Calls {
        task: runs * predictors,
        propose: 2 + 9.min(batches - 1) + 3 * predictors * (CANDIDATES as u64 - 1),
        reflect: 0,
    }
}

async fn mipro(world: &'static World, share: f64) {
    let optimizer = |metric, lm: Lm| MIPROv2::new(metric).mode(MODE).proposer(lm);
    let reached = landscape(world, 0..20, optimizer).await;
    reached.check(share, calls(world)).unwrap();
}

#[tokio::test]
async fn mipro_finds_instructions_and_demos_together() {
    mipro(&JOINT, 0.8).await;
    mipro(&BY_DEMOS, 0.9).await;
    mipro(&BY_FORM, 0.85).await;
}

#[tokio::test]
async fn mipro_finds_phrases() {
    mipro(&BY_PHRASES, 0.6).await;
}

#[tokio::test]
async fn mipro_finds_phrases_in_noise() {
    mipro(&NOISY, 0.5).await;
}

#[tokio::test]
async fn mipro_improves_two_steps_that_interact() {
    mipro(&TWO_STEPS, 0.7).await;
}

#[tokio::test]
async fn mipro_keeps_what_is_perfect() {
    mipro(&SATURATED, 1.0).await;
}

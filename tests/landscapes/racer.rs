//! `Racer` where the best prompt is known, alone and beside `MIPROv2` and `GEPA`.

use std::fmt::Write as _;

use dashoptimize::evaluate::{MetricFn, OptimizerMetric};
use dashoptimize::lm::Lm;
use dashoptimize::optimizer::{GEPA, MIPROv2, Racer};

use super::*;

type OfItems = OptimizerMetric<'static, Item, String>;

const ROUNDS: u64 = 6;
const PROPOSALS: u64 = 3;
const DEMO_SETS: u64 = 3;
const FAILURES_FROM: u64 = 12;

fn racer(metric: MetricFn<Item, String>, lm: Lm) -> Racer<OfItems> {
    Racer::new(metric).proposer(lm)
}

/// The most calls by its page, and those that measure the program as given and run the bootstrap.
fn calls(world: &World) -> Calls {
    let [train, val, _] = world.rows.map(|n| n as u64);
    let predictors = world.steps.len() as u64;
    let bootstraps = (DEMO_SETS - 1) * train;
    let runs = (1 + DEMO_SETS + ROUNDS * PROPOSALS + 2) * val + ROUNDS * FAILURES_FROM + bootstraps;
    Calls {
        task: runs * predictors,
        propose: ROUNDS * PROPOSALS,
        reflect: 0,
    }
}

async fn reaches(world: &'static World, share: f64) {
    let reached = landscape(world, 0..20, racer).await;
    reached.check(share, calls(world)).unwrap();
}

#[tokio::test]
async fn racer_finds_phrases_and_demos() {
    reaches(&BY_PHRASES, 0.8).await;
    reaches(&BY_DEMOS, 0.9).await;
    reaches(&BY_FORM, 0.75).await;
    reaches(&JOINT, 0.8).await;
}

#[tokio::test]
async fn racer_finds_phrases_in_noise() {
    reaches(&NOISY, 0.6).await;
}

#[tokio::test]
async fn racer_improves_two_steps_that_interact() {
    reaches(&TWO_STEPS, 0.6).await;
}

#[tokio::test]
async fn racer_leaves_a_local_optimum() {
    reaches(&DECEPTIVE, 0.6).await;
}

#[tokio::test]
async fn racer_leaves_what_is_right_as_it_is_and_calls_nobody() {
    let reached = landscape(&SATURATED, 0..5, racer).await;
    let nothing = Calls {
        task: SATURATED.rows[1] as u64,
        propose: 0,
        reflect: 0,
    };
    reached.check(1.0, nothing).unwrap();
}

#[tokio::test]
async fn racer_bears_everything() {
    bears_everything(&SMALL, |metric, lm: Lm| {
        racer(metric, lm)
            .rounds(2)
            .proposals(2)
            .demo_sets(2)
            .failures_from(3)
    })
    .await;
}

/// One optimizer in one world.
struct Line {
    share: f64,
    calls: u64,
}

impl Line {
    fn of(reached: &Reached) -> Self {
        let calls = reached
            .calls
            .iter()
            .map(|calls| calls.task + calls.propose + calls.reflect);
        Self {
            share: reached.share(),
            calls: calls.sum::<u64>() / reached.calls.len() as u64,
        }
    }
}

/// Shares of the optimum and calls of `Racer` beside `MIPROv2` and `GEPA` with their defaults, 20 seeds each.
/// `cargo test --release -p tests --test integration -- --ignored --nocapture racer_beside`
#[tokio::test]
#[ignore = "prints a table; takes a minute"]
async fn racer_beside_mipro_and_gepa() {
    let worlds = [
        &BY_PHRASES,
        &BY_DEMOS,
        &BY_FORM,
        &JOINT,
        &TWO_STEPS,
        &DECEPTIVE,
        &NOISY,
    ];
    let mut table = String::from(
        "world        Racer          MIPROv2                 GEPA\n             share  calls   share  calls   x calls  share  calls   x calls\n",
    );
    let mut sums = [0.0; 3];
    let mut calls = [0; 3];
    for world in worlds {
        let own = Line::of(&landscape(world, 0..20, racer).await);
        let mipro = |metric, lm: Lm| MIPROv2::new(metric).proposer(lm);
        let mipro = Line::of(&landscape(world, 0..20, mipro).await);
        let gepa = |metric, lm: Lm| GEPA::new(metric).proposer(lm);
        let gepa = Line::of(&landscape(world, 0..20, gepa).await);
        let ratio = |other: &Line| own.calls as f64 / other.calls as f64;
        writeln!(
            table,
            "{:<12} {:.2} {:>7}   {:.2} {:>7} {:>8.2}    {:.2} {:>7} {:>8.2}",
            world.name,
            own.share,
            own.calls,
            mipro.share,
            mipro.calls,
            ratio(&mipro),
            gepa.share,
            gepa.calls,
            ratio(&gepa)
        )
        .expect("a text");
        for (index, line) in [&own, &mipro, &gepa].into_iter().enumerate() {
            sums[index] += line.share / worlds.len() as f64;
            calls[index] += line.calls;
        }
    }
    println!("{table}mean share of Racer, MIPROv2, GEPA: {sums:.2?}; calls in all: {calls:?}");
}

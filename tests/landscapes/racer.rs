//! `Racer` where the best prompt is known, and beside the optimizers that cost more.

use std::fmt::Write;

use dashoptimize::lm::Lm;
use dashoptimize::optimizer::{GEPA, MIPROv2, Racer};

use super::reached::Reached;
use super::*;

/// The calls by its page with the defaults, and those that measure the program as given.
fn calls(world: &World) -> Calls {
    let [train, val, _] = world.rows.map(|n| n as u64);
    let predictors = world.steps.len() as u64;
    let (rounds, proposals, sets) = (6, 3, 3);
    let bootstrap = (sets - 1) * train;
    let runs = val + bootstrap + rounds * 12 + (sets + rounds * proposals + 2) * val;
    Calls {
        task: runs * predictors,
        propose: rounds * proposals,
        reflect: 0,
    }
}

async fn racer(world: &'static World, share: f64) {
    let reached = landscape(world, 0..20, |metric, lm: Lm| {
        Racer::new(metric).proposer(lm)
    })
    .await;
    reached.check(share, calls(world)).unwrap();
}

#[tokio::test]
async fn racer_finds_phrases_and_demos() {
    racer(&BY_PHRASES, 0.8).await;
    racer(&BY_DEMOS, 0.9).await;
    racer(&JOINT, 0.8).await;
    // It ends after three rounds in vain, and nothing says what replies lack that cannot be read.
    racer(&BY_FORM, 0.75).await;
}

#[tokio::test]
async fn racer_finds_phrases_in_noise() {
    racer(&NOISY, 0.6).await;
}

#[tokio::test]
async fn racer_improves_two_steps_that_interact() {
    racer(&TWO_STEPS, 0.6).await;
}

/// It sees no further than one proposal, as a change that is worse is not kept.
#[tokio::test]
async fn racer_may_stay_in_a_local_optimum() {
    racer(&DECEPTIVE, 0.5).await;
}

#[tokio::test]
async fn racer_leaves_what_is_right_as_it_is_and_calls_nobody() {
    let optimizer = |metric, lm: Lm| Racer::new(metric).proposer(lm);
    let reached = landscape(&SATURATED, 0..5, optimizer).await;
    let nothing = Calls {
        task: SATURATED.rows[1] as u64,
        propose: 0,
        reflect: 0,
    };
    reached.check(1.0, nothing).unwrap();
}

#[tokio::test]
async fn in_the_null_world_racer_is_seldom_called_better() {
    let optimizer = |metric, lm: Lm| Racer::new(metric).proposer(lm);
    let reached = landscape(&NULL, 0..20, optimizer).await;
    assert!(reached.better <= 3, "{} of 20", reached.better);
}

/// The share of their calls that `Racer` may make to find as much as they do.
const SHARE_OF_CALLS: f64 = 0.6;

/// Scores on new rows are equal if they differ by less.
const EQUAL: f64 = 0.01;

fn mean_calls(reached: &Reached) -> f64 {
    let calls = reached.calls.iter();
    let all = calls.map(|calls| calls.task + calls.propose + calls.reflect);
    all.sum::<u64>() as f64 / reached.calls.len() as f64
}

/// The share of new rows that the result has right, on average over the seeds.
fn score(world: &World, reached: &Reached) -> f64 {
    let given = reached.given;
    given + (world.optimum - given) * reached.share()
}

/// Prints what each finds with its defaults and what it costs:
/// `cargo test --release -p tests --test integration -- racer_beside --include-ignored --nocapture`.
#[tokio::test]
#[ignore = "a minute in a release build: it prints a table"]
async fn racer_beside_those_that_cost_more() {
    let mut table = format!(
        "{:12} {:>8} {:>6} {:>6} {:>8} {:>6} {:>6} {:>6} {:>8} {:>6} {:>6}\n",
        "world",
        "optimum",
        "Racer",
        "calls",
        "MIPROv2",
        "calls",
        "share",
        "",
        "GEPA",
        "calls",
        "share"
    );
    let worlds = [
        &BY_PHRASES,
        &BY_DEMOS,
        &BY_FORM,
        &JOINT,
        &TWO_STEPS,
        &DECEPTIVE,
        &NOISY,
    ];
    for world in worlds {
        let ours = landscape(world, 0..20, |metric, lm: Lm| {
            Racer::new(metric).proposer(lm)
        })
        .await;
        let mipro = landscape(world, 0..20, |metric, lm: Lm| {
            MIPROv2::new(metric).proposer(lm)
        })
        .await;
        let gepa = landscape(world, 0..20, |metric, lm: Lm| {
            GEPA::new(metric).proposer(lm)
        })
        .await;
        let (own, calls) = (score(world, &ours), mean_calls(&ours));
        let _ = write!(
            table,
            "{:12} {:8.3} {own:6.3} {calls:6.0}",
            world.name, world.optimum
        );
        for other in [&mipro, &gepa] {
            let (theirs, their_calls) = (score(world, other), mean_calls(other));
            let share = calls / their_calls;
            let verdict = match (own >= theirs - EQUAL, share <= SHARE_OF_CALLS) {
                (true, true) => "PASS",
                (true, false) => "CALLS",
                (false, _) => "SCORE",
            };
            let _ = write!(
                table,
                " {theirs:8.3} {their_calls:6.0} {share:6.2} {verdict:>6}"
            );
        }
        table.push('\n');
    }
    println!("{table}");
}

//! `GEPA`.

use dashoptimize::evaluate::OptimizerMetric;
use dashoptimize::lm::Lm;
use dashoptimize::optimizer::{Acceptance, GEPA, ParentSelection};

use super::*;

type Gepa = GEPA<OptimizerMetric<'static, Item, String>>;

/// How many runs of the program a search may make.
const METRIC_CALLS: usize = 1_200;

/// The calls of a search of so many generations of `children`, by its page.
fn calls_of_gepa(world: &World, generations: u64, children: u64) -> Calls {
    let predictors = world.steps.len() as u64;
    Calls {
        task: (METRIC_CALLS as u64 + world.rows[1] as u64) * predictors,
        propose: 0,
        reflect: generations * children,
    }
}

async fn gepa(world: &'static World, share: f64, set: fn(Gepa) -> Gepa) {
    let optimizer = |metric, lm: Lm| {
        let gepa = GEPA::new(metric).proposer(lm).num_generations(20);
        set(gepa.max_metric_calls(METRIC_CALLS).max_full_evals(None))
    };
    let reached = landscape(world, 0..20, optimizer).await;
    reached.check(share, calls_of_gepa(world, 20, 4)).unwrap();
}

#[tokio::test]
async fn gepa_finds_phrases() {
    gepa(&BY_PHRASES, 0.9, |gepa| gepa).await;
    gepa(&BY_FORM, 0.9, |gepa| gepa).await;
}

#[tokio::test]
async fn gepa_finds_phrases_in_every_way_to_choose_parents() {
    gepa(&BY_PHRASES, 0.8, |gepa| {
        gepa.parent_selection(ParentSelection::CurrentBest)
    })
    .await;
    gepa(&BY_PHRASES, 0.85, |gepa| gepa.use_merge(true)).await;
    gepa(&BY_PHRASES, 0.6, |gepa| gepa.original().num_generations(80)).await;
}

#[tokio::test]
async fn gepa_finds_phrases_in_noise() {
    gepa(&NOISY, 0.75, |gepa| gepa).await;
    gepa(&NOISY, 0.6, |gepa| gepa.acceptance(Acceptance::EVIDENCE)).await;
}

#[tokio::test]
async fn gepa_improves_two_steps_that_interact() {
    gepa(&TWO_STEPS, 0.8, |gepa| gepa).await;
}

#[tokio::test]
async fn gepa_leaves_a_local_optimum() {
    gepa(&DECEPTIVE, 0.9, |gepa| gepa).await;
}

/// Half of what can be gained takes demos, which this optimizer leaves as they are.
#[tokio::test]
async fn gepa_chooses_no_demos() {
    let optimizer = |metric, lm: Lm| GEPA::new(metric).proposer(lm).max_metric_calls(300);
    let reached = landscape(&BY_DEMOS, 0..3, optimizer).await;
    assert!(reached.share() < 0.05, "{reached}");
}

#[tokio::test]
async fn gepa_leaves_what_is_right_as_it_is_and_calls_nobody() {
    let optimizer = |metric, lm: Lm| GEPA::new(metric).proposer(lm);
    let reached = landscape(&SATURATED, 0..5, optimizer).await;
    let nothing = Calls {
        task: SATURATED.rows[1] as u64,
        propose: 0,
        reflect: 0,
    };
    reached.check(1.0, nothing).unwrap();
}

/// What nothing can improve is called better no more often than the level of the verdict allows.
#[tokio::test]
async fn in_the_null_world_gepa_is_seldom_called_better() {
    let optimizer = |metric, lm: Lm| GEPA::new(metric).proposer(lm).max_metric_calls(600);
    let reached = landscape(&NULL, 0..20, optimizer).await;
    assert!(reached.better <= 3, "{} of 20", reached.better);
}

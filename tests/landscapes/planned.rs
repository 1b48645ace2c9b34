//! What is planned holds what is spent, for every optimizer.

use dashoptimize::engine::{Install, Run};
use dashoptimize::evaluate::MetricFn;
use dashoptimize::lm::{Lm, Price, Purpose, Scripted};
use dashoptimize::module::ModuleExt;
use dashoptimize::optimizer::{
    BetterTogether, BootstrapFewShot, COPRO, GEPA, InferRules, KNNFewShot, LabeledFewShot, MIPROv2,
    Optimizer, Racer, RandomSearch, SIMBA, Stage,
};

use super::model::model;
use super::program::{Item, Program};
use super::reached::{metric, splits};
use super::*;

/// Plans, runs, and compares. That nothing is called for the plan is seen by the model, which keeps its requests.
async fn holds<O: Optimizer<Program, Item>>(
    world: &'static World,
    optimizer: impl Fn(MetricFn<Item, String>, Lm) -> O,
) {
    let seed = 1;
    let scripted = priced(model(world, seed)).keeping_requests();
    let program = Program::new(world.steps.len(), Lm::new(scripted.clone())).max_tokens(60);
    let optimizer = optimizer(metric(world), priced_proposer(world, seed));
    let run = Run::in_memory().seed(seed).install(Install::Always);
    let data = splits(world, seed);
    let plan = optimizer.plan(&program, &data, &run);
    assert_eq!(scripted.requests().len(), 0, "a plan calls no model");

    let spent = optimizer.optimize(&program, &data, &run).await.unwrap();
    let ledger = &spent.report.ledger;
    let calls = &plan.calls;
    for (purpose, planned) in [
        (Purpose::Task, calls.task),
        (Purpose::Propose, calls.propose),
        (Purpose::Reflect, calls.reflect),
        (Purpose::Judge, calls.judge),
        (Purpose::Repair, calls.repair),
    ] {
        let made = ledger.for_purpose(purpose).calls;
        let (name, of) = (world.name, &plan.optimizer);
        assert!(
            planned.contains(made) && planned.most.is_some(),
            "{name}, {of}, seed {seed}: {made} calls to {purpose:?}, planned {planned}"
        );
    }
    let total = ledger.total();
    let tokens = total.usage.total();
    assert!(plan.tokens.contains(tokens), "{tokens} tokens\n{plan}");
    assert!(plan.tokens.most.is_some(), "{plan}");
    let cost = total.cost.unwrap();
    assert!(plan.cost.least.unwrap() <= cost, "{cost}\n{plan}");
    assert!(cost <= plan.cost.most.unwrap(), "{cost}\n{plan}");
}

const PRICE: Price = Price::per_1m(1.0, 4.0);

fn priced(model: Scripted) -> Scripted {
    model.with_price(PRICE)
}

fn priced_proposer(world: &'static World, seed: u64) -> Lm {
    Lm::new(priced(super::proposer::proposing(world, seed)))
}

#[tokio::test]
async fn plans_of_demos_hold_what_is_spent() {
    for world in [&BY_DEMOS, &TWO_STEPS, &SMALL] {
        holds(world, |metric, _| LabeledFewShot::new(metric)).await;
        holds(world, |metric, _| {
            BootstrapFewShot::new(metric).max_rounds(2)
        })
        .await;
        holds(world, |metric, _| {
            RandomSearch::new(metric).num_candidate_programs(2)
        })
        .await;
        holds(world, |metric, _| KNNFewShot::new(metric)).await;
    }
}

#[tokio::test]
async fn plans_of_instructions_hold_what_is_spent() {
    for world in [&BY_PHRASES, &TWO_STEPS, &SMALL] {
        holds(world, |metric, lm| {
            COPRO::new(metric).breadth(3).depth(2).proposer(lm)
        })
        .await;
        holds(world, |metric, lm| {
            InferRules::new(metric).num_candidates(3).proposer(lm)
        })
        .await;
        holds(world, |metric, lm| {
            Racer::new(metric).rounds(2).proposer(lm)
        })
        .await;
        holds(world, |metric, lm| GEPA::new(metric).proposer(lm)).await;
        holds(world, |metric, lm| {
            let gepa = GEPA::new(metric).proposer(lm).original();
            gepa.max_metric_calls(200)
        })
        .await;
    }
}

#[tokio::test]
async fn plans_of_joint_searches_hold_what_is_spent() {
    for world in [&JOINT, &TWO_STEPS, &SMALL] {
        holds(world, |metric, lm| {
            MIPROv2::new(metric).num_trials(5).proposer(lm)
        })
        .await;
        holds(world, |metric, lm| {
            SIMBA::new(metric)
                .max_steps(2)
                .num_candidates(3)
                .proposer(lm)
        })
        .await;
        holds(world, |metric, lm| {
            let simba = SIMBA::new(metric).original().max_steps(2);
            simba.num_candidates(3).proposer(lm)
        })
        .await;
        holds(world, |metric, lm| {
            let copro = COPRO::stage().breadth(3).depth(1).proposer(lm);
            let together = BetterTogether::stage().then(BootstrapFewShot::stage());
            together.then(copro).metric(metric)
        })
        .await;
    }
}

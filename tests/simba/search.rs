//! What is learned, and what it takes.

use std::collections::{BTreeMap, BTreeSet};

use dashoptimize::engine::Run;
use dashoptimize::lm::{ChatRequest, Purpose, Scripted};
use dashoptimize::module::ModuleExt;
use dashoptimize::optimizer::{SIMBAStrategy, Search};
use dashoptimize::prelude::*;
use serde_json::json;

use super::{Node, Simba, Steps, demos, instructions, optimize, short, simba, tuned};
use crate::support::chain::Chain;
use crate::support::coach::{Coach, GOOD};
use crate::support::quiz::{Quiz, is_right, node, splits};

#[tokio::test]
async fn rules_and_demos_are_learned_from_rows_on_which_runs_differ() {
    for optimizer in [simba().max_steps(2), short()] {
        let tuned = tuned(&optimizer, &Coach::default()).await;
        assert!(instructions(&tuned).contains(GOOD), "{tuned}");
        assert!(tuned.final_score() > tuned.initial_score(), "{tuned}");
    }
}

#[tokio::test]
async fn each_strategy_does_its_part_alone() {
    let only = |strategy| short().strategies([strategy]);
    let with_demos = tuned(&only(SIMBAStrategy::AppendADemo), &Coach::default()).await;
    assert!(demos(&with_demos) > 0, "{with_demos}");
    assert_eq!(instructions(&with_demos), "");
    let ledger = &with_demos.report.ledger;
    assert_eq!(ledger.for_purpose(Purpose::Task), ledger.total());
    let with_rules = tuned(&only(SIMBAStrategy::AppendARule), &Coach::default()).await;
    assert_eq!(demos(&with_rules), 0);
    assert!(instructions(&with_rules).starts_with("Answer with the word.\n\nPlease"));
    assert!(with_rules.report.ledger.for_purpose(Purpose::Reflect).calls > 0);
}

#[test]
fn both_roads_have_the_defaults_that_are_documented() {
    let settings = |optimizer: &Simba| Search::<Node, Quiz>::settings(optimizer);
    let shared = json!({
        "strategies": ["append_a_demo", "append_a_rule"],
        "bsize": 32,
        "max_steps": 8,
        "max_demos": 4,
        "demo_input_field_maxlen": 100_000,
    });
    let with = |road: serde_json::Value| {
        let mut all = shared.clone();
        for (key, value) in road.as_object().unwrap() {
            all[key] = value.clone();
        }
        all
    };
    let guide = with(json!({
        "road": "guide", "num_candidates": 10, "k": 3, "lambda": 3.0,
        "temperature_for_sampling": 1.4, "temperature_for_candidates": 1.4,
    }));
    assert_eq!(settings(&simba()), guide);
    let original = with(json!({
        "road": "original", "num_candidates": 6, "k": 6, "lambda": null,
        "temperature_for_sampling": 0.2, "temperature_for_candidates": 0.2,
    }));
    assert_eq!(settings(&simba().original()), original);
    assert_eq!(
        settings(&simba().temperature(0.3)),
        settings(&{
            simba()
                .temperature_for_sampling(0.3)
                .temperature_for_candidates(0.3)
        })
    );
}

/// The sampled runs of a search: row of the quiz and sample.
fn sampled(lm: &Coach) -> Vec<(String, u32)> {
    let tasks = lm.asked_for("answer").into_iter();
    let sampled = tasks.filter(|request| request.params.temperature == Some(1.0));
    sampled
        .map(|request| (request.turns[0].text().to_owned(), request.sample))
        .collect()
}

#[tokio::test]
async fn the_original_runs_each_row_as_often_as_it_has_candidates() {
    let lm = Coach::default();
    let steps = Steps::default();
    let run = Run::in_memory().observer(steps.clone());
    let tuned = optimize(&short(), &lm, &splits(30, 40, 0), &run)
        .await
        .unwrap();
    // 3 steps of 10 rows: the whole training part, each row 3 times, and no sample twice.
    let sampled = sampled(&lm);
    assert_eq!(sampled.len(), 3 * 10 * 3);
    let distinct: BTreeSet<_> = sampled.iter().collect();
    assert_eq!(distinct.len(), sampled.len());
    let steps = steps.0.lock().unwrap().clone();
    assert_eq!(steps.len(), 3);
    let candidates: usize = steps.iter().map(|step| step.candidates).sum();
    assert!(steps.iter().all(|step| step.candidates <= 4), "{steps:?}");
    assert!(candidates > 3, "{steps:?}");
    let ledger = &tuned.report.ledger;
    let most = 3 * 10 * 3 + (candidates + 1) * 10 + 4 * 40;
    assert!(ledger.for_purpose(Purpose::Task).calls <= most as u64);
    assert!(ledger.for_purpose(Purpose::Reflect).calls <= 3 * 4);
    assert_eq!(ledger.for_purpose(Purpose::Propose).calls, 0);
}

#[tokio::test]
async fn the_guide_s_road_draws_how_often_a_row_is_run() {
    let lm = Coach::default();
    let optimizer = simba().max_steps(1).bsize(30).num_candidates(2).lambda(2.0);
    let steps = Steps::default();
    let run = Run::in_memory().observer(steps.clone()).seed(3);
    optimize(&optimizer, &lm, &splits(30, 10, 0), &run)
        .await
        .unwrap();
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for (row, _) in sampled(&lm) {
        *times.entry(row).or_default() += 1;
    }
    let different: BTreeSet<usize> = times.values().copied().collect();
    assert!(different.len() > 2, "{times:?}");
    assert!(times.len() < 30, "some rows are left out");
    let runs: usize = times.values().sum();
    assert!((35..=85).contains(&runs), "about 60 runs: {runs}");
    // Up to two candidates of each strategy.
    assert!(steps.0.lock().unwrap()[0].candidates <= 4);
}

#[tokio::test]
async fn where_all_runs_are_equal_nothing_is_learned() {
    let wrong = Scripted::new(|_: &ChatRequest| "[[ ## answer ## ]]\nno idea");
    let student = node(wrong);
    let (data, run) = (splits(20, 20, 0), Run::in_memory());
    let tuned = short().optimize(&student, &data, &run).await.unwrap();
    assert_eq!(tuned.tuned, tuned.original);
    assert_eq!(
        tuned.report.tried.len(),
        1,
        "only the program as given was evaluated"
    );
}

/// A candidate that learned from a row is measured on that row without the demo of it.
#[tokio::test]
async fn i1_no_row_is_shown_a_demo_of_itself() {
    let lm = Coach::default();
    tuned(&short().strategies([SIMBAStrategy::AppendADemo]), &lm).await;
    let mut with_demos = 0;
    for request in lm.asked_for("answer") {
        let query = request.turns[0].text();
        let shown = request.prefix.messages();
        with_demos += usize::from(shown.len() > 1);
        assert!(
            shown.iter().all(|message| message.text() != query),
            "{query}"
        );
    }
    assert!(with_demos > 20);
}

#[tokio::test]
async fn demos_are_dropped_where_there_are_many_and_inputs_are_cut() {
    let optimizer = short().strategies([SIMBAStrategy::AppendADemo]);
    let optimizer = optimizer
        .max_demos(2)
        .max_steps(8)
        .demo_input_field_maxlen(10);
    let tuned = tuned(&optimizer, &Coach::default()).await;
    // At most as many as there is room for, and one.
    assert!((1..=3).contains(&demos(&tuned)), "{tuned}");
    for demo in &tuned.tuned.predictors["quiz"].demos {
        assert_eq!(demo.inputs["question"], "what is th");
    }
}

#[tokio::test]
async fn all_predictors_that_a_run_called_learn_from_it() {
    let lm = Coach::default();
    let student = Chain::new(lm.clone());
    let before = student.state();
    let (data, run) = (splits(30, 40, 0), Run::in_memory().seed(1));
    let optimizer = short().max_steps(4);
    let tuned = optimizer.optimize(&student, &data, &run).await.unwrap();
    assert!(tuned.final_score() > tuned.initial_score(), "{tuned}");
    for path in ["hint", "answer"] {
        let state = &tuned.tuned.predictors[path];
        assert!(
            state.instructions.is_some() || !state.demos.is_empty(),
            "{path}: {tuned}"
        );
    }
    assert_eq!(student.state(), before, "the student is never changed");
}

#[tokio::test]
async fn it_is_a_stage_and_builds_upon_what_was_found() {
    let tune = pipeline!(
        LabeledFewShot { max_demos: 2 }
            >> SIMBA {
                original,
                num_candidates: 3,
                bsize: 10,
                max_steps: 3
            }
    );
    let (data, run) = (splits(30, 40, 0), Run::in_memory().seed(1));
    let student = node(Coach::default());
    let tuned = tune
        .metric(is_right)
        .optimize(&student, &data, &run)
        .await
        .unwrap();
    let [first, second] = &tuned.report.stages[..] else {
        panic!("two stages: {tuned}");
    };
    assert_eq!(
        (&*first.optimizer, &*second.optimizer),
        ("LabeledFewShot", "SIMBA")
    );
    assert!(second.improvement() > Some(0.0), "{tuned}");
}

//! What each optimizer promises.

use std::collections::BTreeSet;
use std::sync::Arc;

use dashoptimize::engine::Run;
use dashoptimize::evaluate::{Example, OptimizerMetric, Splits};
use dashoptimize::lm::{ChatRequest, Scripted};
use dashoptimize::module::{LLMNode, Module, ModuleExt};
use dashoptimize::optimizer::{
    BootstrapFewShot, LabeledFewShot, Optimized, Optimizer, RandomSearch, SamplingStrategy,
};
use dashoptimize::state::{Demo, State};

use crate::support::quiz::{self, Learner, Quiz, is_right, node, splits};

type Metric = fn(&Quiz, &Quiz) -> bool;
const METRIC: Metric = is_right;

async fn optimize(
    optimizer: impl Optimizer<LLMNode<Quiz>, Quiz>,
    data: &Splits<Quiz>,
) -> Optimized<LLMNode<Quiz>> {
    let run = Run::in_memory().seed(1);
    optimizer
        .optimize(&node(Learner::default()), data, &run)
        .await
        .unwrap()
}

fn demos(state: &State) -> &[Demo] {
    &state.predictors["quiz"].demos
}

fn questions(state: &State) -> Vec<String> {
    let questions = demos(state)
        .iter()
        .map(|demo| demo.inputs["question"].as_str().unwrap().to_owned());
    questions.collect()
}

fn labeled(strategy: SamplingStrategy) -> LabeledFewShot<OptimizerMetric<'static, Quiz, Quiz>> {
    LabeledFewShot::new(METRIC).max_demos(4).strategy(strategy)
}

#[tokio::test]
async fn labeled_few_shot_takes_the_first_rows_or_a_sample_by_seed() {
    let data = splits(20, 5, 0);
    let first = optimize(labeled(SamplingStrategy::Sequential), &data).await;
    let rows: Vec<String> = quiz::rows(0..4)
        .into_iter()
        .map(|row| row.question)
        .collect();
    assert_eq!(questions(&first.tuned), rows);
    assert_eq!(
        demos(&first.tuned)[0].outputs["answer"],
        quiz::row(0).answer
    );

    let random = |seed| labeled(SamplingStrategy::Random { seed: Some(seed) });
    let one = questions(&optimize(random(42), &data).await.tuned);
    assert_eq!(one, questions(&optimize(random(42), &data).await.tuned));
    assert_ne!(one, questions(&optimize(random(43), &data).await.tuned));
    assert_eq!(one.iter().collect::<BTreeSet<_>>().len(), 4, "no row twice");
}

#[tokio::test]
async fn labeled_few_shot_shows_all_rows_where_there_are_fewer() {
    let tuned = optimize(LabeledFewShot::new(METRIC), &splits(3, 5, 0)).await;
    assert_eq!(demos(&tuned.tuned).len(), 3);
}

#[tokio::test]
async fn bootstrap_shows_what_passed_and_fills_up_with_labelled_rows() {
    let optimizer = BootstrapFewShot::new(METRIC)
        .max_bootstrapped_demos(2)
        .max_labeled_demos(5)
        .max_iterations(1);
    let tuned = optimize(optimizer, &splits(30, 20, 0)).await;
    let demos = demos(&tuned.tuned);
    assert_eq!(demos.len(), 5);
    // The runs that passed are right, and so are the labelled rows.
    for demo in demos {
        let question = demo.inputs["question"].as_str().unwrap();
        let row = quiz::rows(0..30)
            .into_iter()
            .find(|row| row.question == question);
        assert_eq!(demo.outputs["answer"], row.unwrap().answer);
    }
    let distinct: BTreeSet<String> = questions(&tuned.tuned).into_iter().collect();
    assert_eq!(distinct.len(), 5, "no row is shown twice");
}

#[tokio::test]
async fn bootstrap_without_labelled_demos_shows_only_what_passed() {
    let optimizer = BootstrapFewShot::new(METRIC)
        .max_bootstrapped_demos(3)
        .max_labeled_demos(0)
        .max_iterations(1);
    let tuned = optimize(optimizer, &splits(30, 20, 0)).await;
    // Without demos the model knows about a fifth of 30 answers, so three are found.
    assert_eq!(demos(&tuned.tuned).len(), 3);
}

#[tokio::test]
async fn an_example_never_sees_its_own_answer_while_demos_are_made() {
    let lm = Scripted::new(|request: &ChatRequest| {
        let query = request.turns[0].text();
        let shown = request
            .prefix
            .messages()
            .iter()
            .any(|message| message.text() == query);
        assert!(!shown, "the teacher was shown the example itself: {query}");
        "[[ ## answer ## ]]\nx"
    });
    let optimizer = BootstrapFewShot::new(|_: &Quiz, _: &Quiz| true)
        .max_bootstrapped_demos(10)
        .max_labeled_demos(30)
        .max_iterations(1);
    // The teacher is shown all 30 rows except the one that it is asked.
    let run = Run::in_memory();
    optimizer
        .optimize(&node(lm), &splits(30, 1, 0), &run)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_threshold_says_which_runs_pass_and_zero_is_a_threshold() {
    let graded = |_: &Quiz, _: &Quiz| 0.4;
    let bootstrap = |threshold| {
        BootstrapFewShot::new(graded)
            .max_bootstrapped_demos(2)
            .max_labeled_demos(0)
            .max_iterations(1)
            .metric_threshold(threshold)
    };
    let data = splits(10, 5, 0);
    for (threshold, found) in [(0.0, 2), (0.4, 2), (0.5, 0), (1.0, 0)] {
        let tuned = optimize(bootstrap(threshold), &data).await;
        assert_eq!(demos(&tuned.tuned).len(), found, "threshold {threshold}");
    }
}

#[tokio::test]
async fn later_rounds_draw_another_sample_at_another_temperature() {
    let lm = Arc::new(Scripted::new(|_: &ChatRequest| "[[ ## answer ## ]]\nx").keeping_requests());
    let signature =
        dashoptimize::signature::make_signature("question -> answer", "Answer.").unwrap();
    let student = LLMNode::<Quiz>::new(signature, Arc::clone(&lm), "quiz").temperature(0.0);
    let optimizer = BootstrapFewShot::new(METRIC)
        .max_bootstrapped_demos(1)
        .max_labeled_demos(0)
        .max_rounds(3)
        .max_iterations(1);
    optimizer
        .optimize(&student, &splits(2, 1, 0), &Run::in_memory())
        .await
        .unwrap();
    let rounds: Vec<(u32, Option<f64>)> = lm
        .requests()
        .iter()
        .filter(|request| request.turns[0].text().contains("number 0?"))
        .map(|request| (request.sample, request.params.temperature))
        .collect();
    assert_eq!(rounds, [(0, Some(0.0)), (1, Some(1.0)), (2, Some(1.0))]);
}

#[tokio::test]
async fn random_search_tries_all_four_kinds_and_reports_each() {
    let optimizer = RandomSearch::new(METRIC)
        .seeds([-3, -2, -1, 0, 1, 2])
        .max_bootstrapped_demos(3)
        .max_labeled_demos(5);
    let tuned = optimize(optimizer, &splits(30, 40, 0)).await;
    let tried = tuned.report.tried.iter().map(|tried| &*tried.origin);
    let stopped = tuned.report.stopped.iter().map(|one| &*one.origin);
    let mut origins: Vec<&str> = tried.chain(stopped).collect();
    origins[1..].sort_by_key(|origin| origin.starts_with("seed ") && !origin.starts_with("seed -"));
    assert_eq!(
        origins.len(),
        7,
        "the program as given and six candidates: {origins:?}"
    );
    for (origin, words) in origins[1..].iter().zip([
        "seed -3: no demos",
        "seed -2: labelled",
        "seed -1: bootstrapped",
        "seed 0",
        "seed 1",
        "seed 2",
    ]) {
        assert!(origin.starts_with(words), "{origin}");
    }
    let best = tuned
        .report
        .tried
        .iter()
        .map(|tried| tried.measured.score().unwrap())
        .fold(0.0, f64::max);
    assert_eq!(
        tuned.final_score(),
        Some(best),
        "the best of all is the result"
    );
}

#[tokio::test]
async fn random_search_ends_at_its_target() {
    let optimizer = RandomSearch::new(METRIC)
        .seeds(-3..10)
        .max_labeled_demos(5)
        .target_score(0.5);
    let tuned = optimize(optimizer, &splits(30, 40, 0)).await;
    let scores: Vec<f64> = tuned
        .report
        .tried
        .iter()
        .map(|tried| tried.measured.score().unwrap())
        .collect();
    let (last, before) = scores.split_last().unwrap();
    assert!(*last >= 0.5, "{scores:?}");
    assert!(before.iter().all(|score| *score < 0.5), "{scores:?}");
}

#[tokio::test]
async fn random_search_without_seeds_says_so() {
    let optimizer = RandomSearch::new(METRIC).seeds([]);
    let run = Run::in_memory();
    let error = optimizer
        .optimize(&node(Learner::default()), &splits(3, 3, 0), &run)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("seeds"), "{error}");
}

#[tokio::test]
async fn existing_demos_stay_with_the_teacher_and_zero_shot_drops_them() {
    let given = Demo::from_fields(
        &Example::<Quiz>::fields(&quiz::row(900)),
        node(Learner::default()).predictors()[0].spec(),
    )
    .unwrap();
    let mut state = node(Learner::default()).state();
    state.predictors.get_mut("quiz").unwrap().demos = vec![given];
    let student = node(Learner::default()).with_state(&state).unwrap();
    let optimizer = RandomSearch::new(METRIC).seeds([-3]);
    let tuned = optimizer
        .optimize(&student, &splits(5, 5, 0), &Run::in_memory())
        .await
        .unwrap();
    assert_eq!(demos(&tuned.original).len(), 1);
    assert_eq!(demos(&tuned.tuned).len(), 0);
}

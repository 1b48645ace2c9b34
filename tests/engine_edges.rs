//! The engine when users, files and runtimes misbehave.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use dashoptimize::call::{CallError, Context};
use dashoptimize::engine::{Candidate, Ended, Install, NoVerdict, Run, Stop, Study};
use dashoptimize::evaluate::{MetricError, OptimizerMetric, Outcome};
use dashoptimize::lm::{
    Budget, ChatReply, ChatRequest, LmError, LmErrorKind, Price, Retry, Scripted, Usage,
};
use dashoptimize::module::{LLMNode, Module, ModuleExt, Predictor};
use dashoptimize::optimizer::{
    BootstrapFewShot, LabeledFewShot, OptimizeError, Optimized, Optimizer, RandomSearch,
    SamplingStrategy, Search,
};
use proptest::prelude::*;
use tempfile::tempdir;

use crate::support::journal::interrupted_between_calls;
use crate::support::quiz::{Learner, Quiz, is_right, node, row, rows, splits};

type Metric = fn(&Quiz, &Quiz) -> bool;

fn search() -> RandomSearch<OptimizerMetric<'static, Quiz, Quiz>> {
    RandomSearch::new(is_right as Metric)
        .seeds(-3..3)
        .max_bootstrapped_demos(3)
        .max_labeled_demos(5)
}

fn artifact(folder: &Path) -> Vec<u8> {
    fs::read(folder.join("artifact.json")).expect("the run wrote its artifact")
}

fn says(answer: &'static str) -> Scripted {
    Scripted::new(move |_: &ChatRequest| format!("[[ ## answer ## ]]\n{answer}"))
}

fn failing(kind: LmErrorKind) -> Scripted {
    Scripted::new(move |_: &ChatRequest| Err::<ChatReply, _>(LmError::new(kind, "not today")))
}

// --- resume with budgets

/// A run that is interrupted between two calls and resumed must have the same result as an undisturbed
/// run, wherever the budget ends. (A call that is on its way at that moment is spent and lost, so that the
/// budget ends earlier.)
async fn assert_interrupted_runs_end_alike(budget: Budget) {
    let folder = tempdir().unwrap();
    let data = splits(12, 20, 30);
    let optimize = async |name: &str, lm: &Learner| {
        let run = Run::folder(folder.path().join(name))
            .budget(budget)
            .concurrency(1);
        search()
            .optimize(&node(lm.clone()), &data, &run.seed(5))
            .await
    };
    let lm = Learner::default();
    let whole = optimize("whole", &lm).await.unwrap();
    assert!(
        matches!(whole.report.ended, Ended::Budget(_)),
        "{:?}",
        whole.report
    );
    assert!(
        whole.report.tried.len() > 1,
        "the budget let some candidates through"
    );
    for call in (3..lm.calls()).step_by(17) {
        let name = format!("interrupted after {call}");
        let [from, to] = ["whole", &name].map(|name| folder.path().join(name));
        interrupted_between_calls(&from, &to, call);
        let rest = Learner::default();
        optimize(&name, &rest).await.unwrap();
        assert_eq!(rest.calls(), lm.calls() - call, "{name}");
        let written = artifact(&folder.path().join(&name));
        assert_eq!(written, artifact(&folder.path().join("whole")), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn i5_a_run_that_a_budget_of_calls_ends_is_resumed_byte_equal() {
    assert_interrupted_runs_end_alike(Budget::calls(130)).await;
}

#[tokio::test(start_paused = true)]
async fn i5_a_run_that_a_budget_of_tokens_ends_is_resumed_byte_equal() {
    for tokens in [8_000, 10_000] {
        assert_interrupted_runs_end_alike(Budget::tokens(tokens)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn i5_a_run_that_a_budget_of_dollars_ends_is_resumed_byte_equal() {
    for dollars in [0.008, 0.01, 0.013, 0.016] {
        assert_interrupted_runs_end_alike(Budget::usd(dollars)).await;
    }
}

// --- failures

/// The second attempt starts with what failed, and is cut off as well. The third must not meet the
/// failures of the first again.
#[tokio::test(start_paused = true)]
async fn failures_that_ended_an_attempt_are_retried_in_all_later_attempts() {
    let folder = tempdir().unwrap();
    let data = splits(5, 9, 0);
    let optimizer = LabeledFewShot::new(is_right as Metric).max_demos(2);
    let optimize = async |lm: Scripted| {
        let run = Run::folder(folder.path())
            .max_errors(3)
            .retry(Retry::none());
        optimizer
            .optimize(&node(lm.with_id("model")), &data, &run.concurrency(9))
            .await
    };
    let error = optimize(failing(LmErrorKind::Server)).await.unwrap_err();
    assert!(matches!(*error.stop, Stop::CannotWork { .. }), "{error:?}");
    assert!(folder.path().join("failed.txt").exists());

    let never = says("x").with_delay(Duration::from_secs(60));
    let cut_off = tokio::time::timeout(Duration::from_secs(1), optimize(never)).await;
    assert!(cut_off.is_err());
    let repaired = says("x");
    let tuned = optimize(repaired.clone()).await.unwrap();
    let initial = tuned.report.initial.unwrap();
    assert_eq!((initial.scored(), initial.failures().total()), (9, 0));
    assert_eq!(repaired.calls(), 18);
    // Calls that have succeeded are not made again.
    assert_eq!(
        optimize(says("x"))
            .await
            .unwrap()
            .report
            .ledger
            .total()
            .calls,
        // The second attempt was cut off with three calls on their way.
        3 + 3 + 18
    );
}

#[tokio::test]
async fn an_evaluation_that_too_many_errors_ended_is_retried_too() {
    let folder = tempdir().unwrap();
    let run = || {
        Run::folder(folder.path())
            .max_errors(2)
            .retry(Retry::none())
    };
    let broken = node(failing(LmErrorKind::Server).with_id("model"));
    let data = rows(0..6);
    let stop = run().evaluate(&broken, &data, &is_right).await.unwrap_err();
    assert!(matches!(stop, Stop::CannotWork { .. }), "{stop}");
    let repaired = node(says("x").with_id("model"));
    let (evaluation, _) = run().evaluate(&repaired, &data, &is_right).await.unwrap();
    assert_eq!(evaluation.measured.scored(), 6);
}

#[tokio::test]
async fn i3_an_evaluation_in_dollars_without_a_price_is_refused_before_the_first_call() {
    let lm = says("x").without_price();
    let run = Run::in_memory().budget(Budget::usd(1.0));
    let stop = run
        .evaluate(&node(lm.clone()), &rows(0..3), &is_right)
        .await
        .unwrap_err();
    assert!(
        stop.to_string()
            .contains("the price of `scripted` is unknown"),
        "{stop}"
    );
    assert_eq!(lm.calls(), 0);
}

/// A program written by hand that does what the function says.
#[derive(Clone)]
struct ByHand<F> {
    node: LLMNode<Quiz>,
    forward: F,
}

impl<F> Module for ByHand<F>
where
    F: AsyncForward,
{
    type Input = Quiz;
    type Output = Quiz;

    fn forward(
        &self,
        context: &Context<'_>,
        input: Quiz,
    ) -> impl Future<Output = Result<Quiz, CallError>> + Send {
        self.forward.run(&self.node, context, input)
    }

    fn predictors(&self) -> Vec<&Predictor> {
        self.node.predictors()
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        self.node.predictors_mut()
    }
}

trait AsyncForward: Clone + Send + Sync + 'static {
    fn run(
        &self,
        node: &LLMNode<Quiz>,
        context: &Context<'_>,
        input: Quiz,
    ) -> impl Future<Output = Result<Quiz, CallError>> + Send;
}

/// Makes up an answer if the call fails.
#[derive(Clone)]
struct Excuse;

impl AsyncForward for Excuse {
    async fn run(
        &self,
        node: &LLMNode<Quiz>,
        context: &Context<'_>,
        input: Quiz,
    ) -> Result<Quiz, CallError> {
        let answer = node.forward(context, input.clone()).await;
        Ok(answer.unwrap_or(Quiz {
            answer: "sorry".to_owned(),
            ..input
        }))
    }
}

/// Panics before it returns a future.
#[derive(Clone)]
struct Hasty;

impl AsyncForward for Hasty {
    fn run(
        &self,
        _: &LLMNode<Quiz>,
        _: &Context<'_>,
        input: Quiz,
    ) -> impl Future<Output = Result<Quiz, CallError>> + Send {
        assert!(!input.question.contains("number 1?"), "not this one");
        std::future::ready(Ok(input))
    }
}

/// What a program answers after the budget refused its call says nothing about the program.
#[tokio::test]
async fn i6_an_answer_after_a_refused_call_is_not_scored() {
    let program = ByHand {
        node: node(says("x")),
        forward: Excuse,
    };
    let run = Run::in_memory().budget(Budget::calls(2)).concurrency(1);
    let (evaluation, evaluated) = run
        .evaluate(&program, &rows(0..4), &is_right)
        .await
        .unwrap();
    assert_eq!(evaluation.measured.scored(), 2);
    assert!(
        evaluated[2..]
            .iter()
            .all(|row| matches!(row.outcome(), Outcome::Refused { .. }))
    );

    let refused = ByHand {
        node: node(failing(LmErrorKind::Auth)),
        forward: Excuse,
    };
    let stop = Run::in_memory()
        .evaluate(&refused, &rows(0..4), &is_right)
        .await
        .unwrap_err();
    assert!(matches!(stop, Stop::Provider(_)), "{stop}");
}

#[tokio::test]
async fn i12_panics_of_programs_metrics_and_models_are_outcomes() {
    let program = ByHand {
        node: node(says("x")),
        forward: Hasty,
    };
    let metric = |gold: &Quiz, _: &Quiz| {
        assert!(!gold.question.contains("number 2?"), "a bug");
        true
    };
    let run = Run::in_memory();
    let (_, evaluated) = run.evaluate(&program, &rows(0..4), &metric).await.unwrap();
    let shown = evaluated
        .iter()
        .map(|row| row.outcome().error().unwrap_or("fine"));
    let expected = [
        "fine",
        "the program panicked: not this one",
        "the metric panicked: a bug",
        "fine",
    ];
    assert_eq!(shown.collect::<Vec<_>>(), expected);

    // A panic in the code of a provider is a failure of the provider, and not of the program.
    let buggy = Scripted::new(|request: &ChatRequest| {
        assert!(!request.turns[0].text().contains("number 2?"), "a bug");
        "[[ ## answer ## ]]\nx"
    });
    let (_, evaluated) = run
        .retry(Retry::none())
        .evaluate(&node(buggy), &rows(0..4), &is_right)
        .await
        .unwrap();
    assert!(
        matches!(evaluated[2].outcome(), Outcome::ProviderFailed { error, .. }
            if error.contains("the code of the model `scripted` panicked: a bug")),
        "{evaluated:?}"
    );
    let scored = evaluated
        .iter()
        .filter(|row| row.outcome().error().is_none());
    assert_eq!(scored.count(), 3);
}

#[tokio::test]
async fn a_metric_that_always_fails_ends_the_run_and_says_why() {
    let metric = |_: &Quiz, _: &Quiz| Err::<bool, _>(MetricError::new("no judge today"));
    let optimized = LabeledFewShot::new(metric)
        .optimize(&node(says("x")), &splits(3, 20, 0), &Run::in_memory())
        .await;
    let error = optimized.unwrap_err().to_string();
    assert!(
        error.contains("10 rollouts failed and none was judged")
            && error.contains("no judge today (10 times)"),
        "{error}"
    );
}

// --- settings and data at the edge

async fn optimize(
    optimizer: impl Optimizer<LLMNode<Quiz>, Quiz>,
    parts: [usize; 3],
) -> Result<Optimized<LLMNode<Quiz>>, OptimizeError> {
    let data = splits(parts[0], parts[1], parts[2]);
    optimizer
        .optimize(&node(Learner::default()), &data, &Run::in_memory())
        .await
}

#[tokio::test]
async fn settings_of_zero_try_nothing_and_end() {
    let bootstrap = || BootstrapFewShot::new(is_right as Metric);
    let none = bootstrap()
        .max_bootstrapped_demos(0)
        .max_labeled_demos(0)
        .max_iterations(0);
    let tuned = optimize(none, [5, 5, 5]).await.unwrap();
    assert!(tuned.tuned.predictors["quiz"].demos.is_empty());

    let tuned = optimize(bootstrap().max_rounds(0), [5, 5, 5])
        .await
        .unwrap();
    assert_eq!(
        tuned.tuned.predictors["quiz"].demos.len(),
        5,
        "labelled rows only"
    );

    let none = search()
        .max_bootstrapped_demos(0)
        .max_labeled_demos(0)
        .max_rounds(0);
    let tuned = optimize(none, [5, 5, 5]).await.unwrap();
    assert!(tuned.tuned.predictors["quiz"].demos.is_empty());

    let none = LabeledFewShot::new(is_right as Metric).max_demos(0);
    let tuned = optimize(none, [5, 5, 5]).await.unwrap();
    assert!(tuned.tuned.predictors["quiz"].demos.is_empty());
}

#[tokio::test]
async fn parts_of_one_row_are_enough_to_run_and_too_few_to_tell() {
    let tuned = optimize(search(), [1, 1, 1]).await.unwrap();
    assert!(!tuned.verdict.unwrap().is_better());
    assert!(!tuned.installed);
}

#[tokio::test]
async fn parts_without_rows_are_a_clear_error_and_an_empty_hold_out_is_ignored() {
    let data = splits(5, 5, 5);
    for (train, val, words) in [
        (0, 5, "the train part has no rows"),
        (5, 0, "the validation part has no rows"),
    ] {
        let part = data.take(train, val, 5);
        let optimized = search()
            .optimize(&node(says("x")), &part, &Run::in_memory())
            .await;
        assert_eq!(optimized.unwrap_err().to_string(), words);
    }
    let part = data.take(5, 5, 0);
    let optimized = search()
        .optimize(&node(says("x")), &part, &Run::in_memory())
        .await;
    assert!(optimized.unwrap().verdict.is_none());
}

#[tokio::test]
async fn a_threshold_that_is_not_a_number_is_an_error() {
    let errors = [
        optimize(search().metric_threshold(f64::NAN), [3, 3, 0]).await,
        optimize(
            BootstrapFewShot::new(is_right as Metric).metric_threshold(f64::NAN),
            [3, 3, 0],
        )
        .await,
    ];
    for error in errors {
        let words = error.unwrap_err().to_string();
        assert_eq!(words, "`metric_threshold` is not a number");
    }
    let never = search().target_score(f64::NAN);
    let report = optimize(never, [3, 3, 0]).await.unwrap().report;
    assert_eq!(report.tried.len() + report.stopped.len(), 7);
}

#[tokio::test]
async fn the_seed_of_a_sample_replaces_that_of_the_run() {
    let sample = async |run_seed, seed| {
        let strategy = SamplingStrategy::Random { seed };
        let optimizer = LabeledFewShot::new(is_right as Metric)
            .max_demos(4)
            .strategy(strategy);
        let run = Run::in_memory().seed(run_seed);
        let student = node(Learner::default());
        optimizer
            .optimize(&student, &splits(30, 1, 0), &run)
            .await
            .unwrap()
            .tuned
    };
    assert_eq!(sample(1, Some(7)).await, sample(2, Some(7)).await);
    assert_ne!(sample(1, None).await, sample(2, None).await);
}

/// A row that JSON cannot represent: an input that is NaN becomes null.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
struct Odd {
    number: Option<f64>,
    answer: String,
}

#[tokio::test]
async fn a_run_that_makes_no_demo_is_not_a_bug_of_the_optimizer() {
    let signature = dashoptimize::signature::make_signature("number: float -> answer", "Answer.");
    let student = LLMNode::<Odd>::new(signature.unwrap(), says("x"), "odd");
    let odd = |i: usize| Odd {
        number: i.is_multiple_of(2).then_some(i as f64),
        answer: "x".to_owned(),
    };
    let data = |range: std::ops::Range<usize>| {
        dashoptimize::evaluate::Dataset::from_vec_serde(range.map(odd).collect()).unwrap()
    };
    let splits = dashoptimize::evaluate::Splits::builder();
    let data = splits.train(data(2..10)).val(data(10..11)).build();
    let tuned = BootstrapFewShot::new(|_: &Odd, _: &Odd| true)
        .optimize(&student, &data.unwrap(), &Run::in_memory())
        .await
        .unwrap();
    let demos = &tuned.tuned.predictors["odd"].demos;
    assert!(demos.len() >= 2 && demos.iter().all(|demo| demo.inputs["number"].is_number()));
}

// --- what is installed

/// A model that demos make worse.
fn confused_by_demos() -> Scripted {
    Scripted::new(|request: &ChatRequest| {
        let number: String = request.turns[0]
            .text()
            .chars()
            .filter(char::is_ascii_digit)
            .collect();
        let right = row(number.parse().unwrap_or(0)).answer;
        let answer = if request.prefix.messages().len() > 1 {
            "no idea"
        } else {
            &right
        };
        ChatReply::new(format!("[[ ## answer ## ]]\n{answer}")).with_usage(Usage::new(100, 10))
    })
    .with_price(Price::per_1m(1.0, 1.0))
}

#[tokio::test]
async fn what_is_worse_on_the_validation_part_is_not_installed_without_a_hold_out() {
    let optimizer = LabeledFewShot::new(is_right as Metric);
    let student = node(confused_by_demos());
    let (data, run) = (splits(5, 9, 0), Run::in_memory());
    let tuned = optimizer.optimize(&student, &data, &run).await.unwrap();
    // The best program is the one that was given.
    assert_eq!(
        (tuned.initial_score(), tuned.final_score()),
        (Some(1.0), Some(1.0))
    );
    assert_eq!(tuned.report.tried[1].measured.score(), Some(0.0));
    assert!(!tuned.installed);
    let always = Run::in_memory().install(Install::Always);
    let forced = optimizer.optimize(&student, &data, &always).await.unwrap();
    assert!(forced.installed);
}

#[tokio::test]
async fn without_a_verdict_on_the_hold_out_the_program_as_given_stays_installed() {
    let run = Run::in_memory().budget(Budget::calls(60)).without_verdict();
    let student = node(Learner::default());
    let optimizer = LabeledFewShot::new(is_right as Metric);
    let tuned = optimizer
        .optimize(&student, &splits(30, 10, 60), &run)
        .await
        .unwrap();
    assert_eq!(tuned.report.no_verdict, Some(NoVerdict::NotWanted));
    assert!(tuned.final_score() > tuned.initial_score());
    assert!(tuned.verdict.is_none() && !tuned.installed);
}

// --- folders

#[tokio::test]
async fn a_folder_that_cannot_be_used_is_a_clear_error_before_the_first_call() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("a file");
    fs::write(&file, "not a folder").unwrap();
    let manifest = folder.path().join("manifest is a folder");
    fs::create_dir_all(manifest.join("manifest.json")).unwrap();
    let journal = folder.path().join("journal is a folder");
    fs::create_dir_all(journal.join("journal.jsonl")).unwrap();
    let torn = folder.path().join("torn manifest");
    fs::create_dir_all(&torn).unwrap();
    fs::write(torn.join("manifest.json"), "{\"optim").unwrap();
    for path in [file, manifest, journal, torn] {
        let lm = says("x");
        let run = Run::folder(&path);
        let optimized = search()
            .optimize(&node(lm.clone()), &splits(3, 3, 3), &run)
            .await;
        let error = optimized.unwrap_err();
        let name = path.file_name().unwrap().to_string_lossy();
        assert!(error.to_string().contains(&*name), "{error}");
        assert_eq!((lm.calls(), error.spend.calls), (0, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn a_folder_is_used_by_one_run_at_a_time() {
    let folder = tempdir().unwrap();
    let data = splits(3, 3, 3);
    let slow = node(
        says("x")
            .with_delay(Duration::from_secs(1))
            .with_id("model"),
    );
    let first = node(says("x").with_id("model"));
    let (run, optimizer) = (Run::folder(folder.path()), search());
    let (first_end, second_end) = tokio::join!(
        optimizer.optimize(&slow, &data, &run),
        optimizer.optimize(&first, &data, &run)
    );
    assert!(first_end.is_ok());
    let error = second_end.unwrap_err().to_string();
    assert!(
        error.contains("is in use by another run or process"),
        "{error}"
    );
    assert!(!folder.path().join("failed.txt").exists());
}

// --- runtimes

/// Compiles only if the future can be sent to another thread.
#[test]
fn an_optimization_can_be_spawned_on_several_threads() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(3)
        .build()
        .unwrap();
    let one_thread = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let optimization = || async {
        let (student, data) = (node(Learner::default()), splits(30, 40, 60));
        let optimizer = search();
        let run = Run::in_memory().seed(3).concurrency(16);
        optimizer
            .optimize(&student, &data, &run)
            .await
            .unwrap()
            .artifact
            .to_text()
    };
    let several = runtime.block_on(async { tokio::spawn(optimization()).await.unwrap() });
    // I4: decisions do not depend on threads either.
    assert_eq!(several, one_thread.block_on(optimization()));

    let evaluation = async {
        let student = node(Learner::default());
        let run = Run::in_memory();
        let evaluated = run.evaluate(&student, &rows(0..9), &is_right).await;
        evaluated.map(|(evaluation, _)| evaluation.measured.n())
    };
    assert_eq!(
        runtime
            .block_on(runtime.spawn(evaluation))
            .unwrap()
            .unwrap(),
        9
    );
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_dropped_leaves_nothing_behind() {
    let lm = says("x").with_delay(Duration::from_secs(1));
    let (student, data, run) = (
        node(lm.clone()),
        splits(9, 50, 9),
        Run::in_memory().concurrency(4),
    );
    let optimizer = search();
    let given_up = tokio::time::timeout(
        Duration::from_millis(1_500),
        optimizer.optimize(&student, &data, &run),
    );
    assert!(given_up.await.is_err());
    let calls = lm.calls();
    assert_eq!(calls, 3 + 4);
    tokio::time::sleep(Duration::from_secs(100)).await;
    assert_eq!(lm.calls(), calls);
    let metrics = tokio::runtime::Handle::current().metrics();
    assert_eq!(metrics.num_alive_tasks(), 0, "no task was spawned");
}

/// Results wait for their turn behind a slow first one, but not all of them.
#[tokio::test(start_paused = true)]
async fn i14_a_slow_rollout_does_not_pile_up_the_results_of_all_others() {
    let alive = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let (ended, started) = (Arc::clone(&alive), Arc::clone(&alive));
    let peak = Arc::clone(&most);
    let slow = ByHand {
        node: node(says("x")),
        forward: FirstIsSlow,
    };
    let metric = move |_: &Quiz, _: &Quiz| {
        let now = started.fetch_add(1, Ordering::Relaxed) + 1;
        peak.fetch_max(now, Ordering::Relaxed);
        true
    };
    let run = Run::in_memory().concurrency(4);
    let evaluation = run
        .evaluate_each(&slow, &rows(0..3_000), &metric, |_| {
            ended.fetch_sub(1, Ordering::Relaxed);
        })
        .await
        .unwrap();
    assert_eq!(evaluation.measured.scored(), 3_000);
    assert!(
        most.load(Ordering::Relaxed) <= 64 * 4,
        "{most:?} results waited"
    );
}

#[derive(Clone)]
struct FirstIsSlow;

impl AsyncForward for FirstIsSlow {
    async fn run(
        &self,
        _: &LLMNode<Quiz>,
        _: &Context<'_>,
        input: Quiz,
    ) -> Result<Quiz, CallError> {
        if input.question.contains("number 0?") {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        Ok(input)
    }
}

// --- what comes from outside

/// I8: whatever an optimizer does, the schema is that of the given program.
#[tokio::test]
async fn i8_an_optimized_program_has_the_schema_of_the_one_given() {
    let student = node(Learner::default());
    let run = Run::in_memory().install(Install::Always);
    let tuned = search()
        .optimize(&student, &splits(30, 40, 0), &run)
        .await
        .unwrap();
    assert_ne!(tuned.program.state(), student.state());
    let specs = |program: &LLMNode<Quiz>| {
        let predictors = program.predictors().into_iter();
        predictors
            .map(|p| (p.path().to_owned(), p.spec().clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(specs(&tuned.program), specs(&student));
    assert_eq!(
        tuned.artifact.install(&student).unwrap().state(),
        tuned.tuned
    );
}

/// I11: two runs in one process have nothing in common.
#[tokio::test]
async fn i11_two_runs_side_by_side_end_as_they_do_alone() {
    let (one, two) = (Learner::default(), confused_by_demos());
    let (first, second) = (node(one.clone()), node(two.clone()));
    let data = splits(30, 40, 60);
    let (cheap, expensive) = (
        Run::in_memory().seed(1).budget(Budget::calls(310)),
        Run::in_memory().seed(2).concurrency(3),
    );
    let optimizer = search();
    let (one_of_two, other_of_two) = tokio::join!(
        optimizer.optimize(&first, &data, &cheap),
        optimizer.optimize(&second, &data, &expensive)
    );
    let (one_of_two, other_of_two) = (one_of_two.unwrap(), other_of_two.unwrap());
    assert_eq!(one_of_two.report.ledger.total().calls, one.calls());
    assert_eq!(other_of_two.report.ledger.total().calls, two.calls());
    let alone = optimizer.optimize(&first, &data, &cheap).await.unwrap();
    assert_eq!(one_of_two.artifact.to_text(), alone.artifact.to_text());
    let alone = optimizer
        .optimize(&second, &data, &expensive)
        .await
        .unwrap();
    assert_eq!(other_of_two.artifact.to_text(), alone.artifact.to_text());
}

fn wait_for<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime").block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn i12_no_reply_makes_a_run_panic(replies in prop::collection::vec(any::<String>(), 1..9)) {
        let next = AtomicUsize::new(0);
        let lm = Scripted::new(move |_: &ChatRequest| {
            replies[next.fetch_add(1, Ordering::Relaxed) % replies.len()].clone()
        });
        let folder = tempdir().unwrap();
        let run = Run::folder(folder.path());
        let student = node(lm);
        let (data, optimizer) = (splits(3, 3, 3), search());
        let tuned = wait_for(optimizer.optimize(&student, &data, &run)).unwrap();
        let initial = tuned.report.initial.unwrap();
        prop_assert_eq!(initial.scored() + initial.failures().parse, 3);
    }

    #[test]
    fn i12_no_bytes_in_a_run_folder_make_a_run_panic(
        name in prop::sample::select(vec!["manifest.json", "journal.jsonl", "failed.txt"]),
        at in any::<prop::sample::Index>(),
        bytes in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let folder = tempdir().unwrap();
        let run = Run::folder(folder.path());
        let student = node(says("x"));
        let (data, optimizer) = (splits(3, 3, 3), search().seeds(-2..0));
        wait_for(optimizer.optimize(&student, &data, &run)).unwrap();
        let path = folder.path().join(name);
        let mut text = fs::read(&path).unwrap_or_default();
        let at = at.index(text.len() + 1);
        text.splice(at..(at + bytes.len()).min(text.len()), bytes);
        fs::write(&path, text).unwrap();
        // The result is an optimized program or an error that names the file.
        if let Err(error) = wait_for(optimizer.optimize(&student, &data, &run)) {
            let words = error.to_string();
            let folder = folder.path().display().to_string();
            prop_assert!(words.contains(&folder), "{}", words);
        }
    }
}

/// Tries two candidates concurrently, the later one first, until the budget ends.
struct AllAtOnce;

impl Optimizer<LLMNode<Quiz>, Quiz> for AllAtOnce {
    fn metric(&self) -> &dyn dashoptimize::evaluate::Metric<Quiz, Quiz> {
        &|_: &Quiz, prediction: &Quiz| prediction.answer == "right"
    }
}

impl Search<LLMNode<Quiz>, Quiz> for AllAtOnce {
    fn name(&self) -> &'static str {
        "AllAtOnce"
    }

    fn settings(&self) -> serde_json::Value {
        serde_json::Value::Null
    }

    async fn search(
        &self,
        study: &Study<'_, LLMNode<Quiz>, Quiz>,
    ) -> Result<Candidate<LLMNode<Quiz>>, Stop> {
        let candidate = |words: &str| {
            let mut state = study.student().state();
            for predictor in state.predictors.values_mut() {
                predictor.instructions = Some(words.to_owned());
            }
            study.candidate(words, &state)
        };
        let (first, second) = (candidate("first, right")?, candidate("second, right")?);
        let (two, one) = tokio::join!(study.evaluate(&second), study.evaluate(&first));
        assert_eq!(two?.measured.score(), one?.measured.score());
        study.evaluate(&candidate("third, right")?).await?;
        Ok(second)
    }
}

#[tokio::test]
async fn i4_of_equal_candidates_the_first_wins_whichever_is_evaluated_first() {
    let lm = Scripted::new(|request: &ChatRequest| {
        let right = request.prefix.messages()[0].text().contains("right");
        format!(
            "[[ ## answer ## ]]\n{}",
            if right { "right" } else { "wrong" }
        )
    });
    let run = Run::in_memory().budget(Budget::calls(35));
    let student = node(lm);
    let tuned = AllAtOnce
        .optimize(&student, &splits(1, 10, 0), &run)
        .await
        .unwrap();
    assert!(matches!(tuned.report.ended, Ended::Budget(_)));
    assert_eq!(tuned.report.chosen, "first, right");
}

//! What the engine offers to optimizers: candidates, trials, models of their own, and optimizers as
//! trait objects.

use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use dashoptimize::call::Context;
use dashoptimize::engine::{
    Candidate, DynOptimizer, DynSearch, Ended, Event, Observer, Part, Rollout, Run, SearchEvent,
    Stop, Study, Trial,
};
use dashoptimize::evaluate::{Metric, MetricFn, ScoreRange, async_metric};
use dashoptimize::lm::{
    BoxFuture, Budget, ChatRequest, Lm, LmError, LmErrorKind, Price, Purpose, Scripted,
};
use dashoptimize::module::{LLMNode, Module, ModuleExt};
use dashoptimize::optimizer::{
    BetterTogether, KNNFewShot, LabeledFewShot, Lexical, NoMetric, OptimizeError, Optimized,
    Optimizer, RandomSearch, SamplingStrategy, Search, Stage, TrainingRunsPassed,
};
use dashoptimize::state::{Demo, Nearest, State};
use serde_json::{Map, Value, json};
use tempfile::tempdir;

use crate::support::chain::{self, Chain};
use crate::support::quiz::{Learner, Quiz, is_right, node, row, splits};

type Node = LLMNode<Quiz>;

/// An optimizer that a test writes as a function.
struct Searching<M: Module<Input = Quiz, Output = Quiz>, F> {
    search: F,
    metric: MetricFn<Quiz, Quiz>,
    models: Vec<Lm>,
    program: std::marker::PhantomData<fn() -> M>,
}

/// What a test found out in its search.
type Found<'a, M> = BoxFuture<'a, Result<Candidate<M>, Stop>>;

fn searching<M, F>(search: F) -> Searching<M, F>
where
    M: Module<Input = Quiz, Output = Quiz>,
    F: for<'a, 'b> Fn(&'a Study<'b, M, Quiz>) -> Found<'a, M> + Send + Sync,
{
    Searching {
        search,
        metric: MetricFn::new(is_right),
        models: Vec::new(),
        program: std::marker::PhantomData,
    }
}

impl<M: Module<Input = Quiz, Output = Quiz>, F> Searching<M, F> {
    fn metric(mut self, metric: impl Metric<Quiz, Quiz> + 'static) -> Self {
        self.metric = MetricFn::new(metric);
        self
    }

    fn model(mut self, lm: impl Into<Lm>) -> Self {
        self.models.push(lm.into());
        self
    }
}

impl<M, F> Search<M, Quiz> for Searching<M, F>
where
    M: Module<Input = Quiz, Output = Quiz>,
    F: for<'a, 'b> Fn(&'a Study<'b, M, Quiz>) -> Found<'a, M> + Send + Sync,
{
    fn name(&self) -> &'static str {
        "Searching"
    }

    fn settings(&self) -> Value {
        json!({})
    }

    fn models(&self) -> Vec<Lm> {
        self.models.clone()
    }

    async fn search(&self, study: &Study<'_, M, Quiz>) -> Result<Candidate<M>, Stop> {
        (self.search)(study).await
    }
}

impl<M, F> Optimizer<M, Quiz> for Searching<M, F>
where
    M: Module<Input = Quiz, Output = Quiz>,
    F: for<'a, 'b> Fn(&'a Study<'b, M, Quiz>) -> Found<'a, M> + Send + Sync,
{
    fn metric(&self) -> &dyn Metric<Quiz, Quiz> {
        &self.metric
    }
}

/// A search that tries nothing.
fn idle()
-> Searching<Node, impl for<'a, 'b> Fn(&'a Study<'b, Node, Quiz>) -> Found<'a, Node> + Send + Sync>
{
    searching(|study: &Study<'_, Node, Quiz>| {
        let base = study.base().clone();
        Box::pin(async move { Ok(base) })
    })
}

async fn optimize(
    optimizer: &impl Optimizer<Node, Quiz>,
    lm: impl dashoptimize::lm::ChatModel,
    parts: [usize; 3],
    run: Run,
) -> Result<Optimized<Node>, OptimizeError> {
    let data = splits(parts[0], parts[1], parts[2]);
    optimizer.optimize(&node(lm), &data, &run).await
}

fn instructed<M: Module>(program: &M, instructions: &str) -> State {
    let mut state = program.state();
    for predictor in state.predictors.values_mut() {
        predictor.instructions = Some(instructions.to_owned());
    }
    state
}

// --- models of optimizers and metrics

/// Asks a judge whether the answer is right.
fn judged_by(lm: impl Into<Lm>) -> impl Metric<Quiz, Quiz> + 'static {
    let lm = lm.into();
    let judge = node_on(lm.clone());
    let metric = async_metric(move |gold: &Quiz, said: &Quiz, context: &Context<'_>| {
        let (judge, gold, said) = (judge.clone(), gold.clone(), said.clone());
        Box::pin(async move {
            let verdict = judge.forward(context, said).await?;
            Ok::<_, dashoptimize::call::CallError>(verdict.answer == gold.answer)
        })
    });
    metric.with_models([lm])
}

fn node_on(lm: Lm) -> Node {
    node(Scripted::replies(["never asked"])).lm(lm)
}

fn priced(id: &str) -> Scripted {
    Scripted::new(|_: &ChatRequest| "[[ ## answer ## ]]\nx")
        .with_id(id)
        .with_price(Price::per_1m(1.0, 1.0))
}

fn unpriced(id: &str) -> Scripted {
    Scripted::new(|_: &ChatRequest| "[[ ## answer ## ]]\nx")
        .with_id(id)
        .without_price()
}

#[tokio::test]
async fn i3_an_unpriced_judge_is_refused_before_anything_is_paid() {
    let (program, judge) = (priced("program"), unpriced("judge"));
    let run = || Run::in_memory().budget(Budget::usd(1.0));
    let optimizer = idle().metric(judged_by(judge.clone()));
    let error = optimize(&optimizer, program.clone(), [3, 3, 3], run());
    let error = error.await.unwrap_err();
    assert!(error.to_string().contains("price of `judge`"), "{error}");

    let metric = judged_by(judge.clone());
    let stop = run()
        .evaluate(&node(program.clone()), &[row(1)], &metric)
        .await
        .unwrap_err();
    assert!(stop.to_string().contains("price of `judge`"), "{stop}");
    assert_eq!((program.calls(), judge.calls()), (0, 0));

    // A budget of calls needs no price.
    let calls = Run::in_memory().budget(Budget::calls(100));
    let optimizer = idle().metric(judged_by(judge.clone()));
    optimize(&optimizer, program, [3, 3, 3], calls)
        .await
        .unwrap();
    assert!(judge.calls() > 0);
}

#[tokio::test]
async fn i3_an_unpriced_model_of_an_optimizer_is_refused_before_anything_is_paid() {
    let (program, proposer) = (priced("program"), unpriced("proposer"));
    let run = || Run::in_memory().budget(Budget::usd(1.0));
    let optimizer = idle().model(proposer.clone());
    let error = optimize(&optimizer, program.clone(), [3, 3, 3], run());
    let error = error.await.unwrap_err();
    assert!(error.to_string().contains("price of `proposer`"), "{error}");

    // The models of a stage are those of its pipeline.
    let stages = BetterTogether::new(is_right)
        .then(LabeledFewShot::stage())
        .then(BetterTogether::stage().then(idle().model(proposer.clone())));
    let error = optimize(&stages, program.clone(), [3, 3, 3], run());
    let error = error.await.unwrap_err();
    assert!(error.to_string().contains("price of `proposer`"), "{error}");
    assert_eq!((program.calls(), proposer.calls()), (0, 0));
}

/// Runs in a folder that another run was made in. Returns what differs.
async fn differs(
    folder: &Path,
    one: &impl Optimizer<Node, Quiz>,
    other: &impl Optimizer<Node, Quiz>,
) -> String {
    let lm = priced("program");
    let run = || Run::folder(folder);
    optimize(one, lm.clone(), [3, 3, 3], run()).await.unwrap();
    optimize(one, lm.clone(), [3, 3, 3], run())
        .await
        .expect("the same run is resumed");
    let calls = lm.calls();
    let error = optimize(other, lm.clone(), [3, 3, 3], run()).await;
    assert_eq!(lm.calls(), calls, "refused before the first call");
    let error = error.unwrap_err().to_string();
    let differs = error.split("differs from this one in ").nth(1);
    let differs = differs.and_then(|words| words.split(';').next());
    differs.expect("the error says what differs").to_owned()
}

#[tokio::test]
async fn i5_a_run_is_resumed_only_with_the_same_metric_and_models() {
    let folder = tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let judged = |id: &str| idle().metric(judged_by(priced(id)));
    let changed = differs(&path("judge"), &judged("judge"), &judged("other judge")).await;
    assert_eq!(changed, "metric.models");

    let named = |name: &'static str, version| {
        idle().metric(Metric::<Quiz, Quiz>::named(is_right, name, version))
    };
    let changed = differs(&path("version"), &named("right", 1), &named("right", 2)).await;
    assert_eq!(changed, "metric.version");
    let changed = differs(&path("name"), &named("right", 1), &named("same", 1)).await;
    assert_eq!(changed, "metric.name");

    let ranged = |worst| {
        let range = ScoreRange::new(worst, 1.0).unwrap();
        idle().metric(Metric::<Quiz, Quiz>::with_range(is_right, range))
    };
    let changed = differs(&path("range"), &ranged(0.0), &ranged(-1.0)).await;
    assert_eq!(changed, "metric.range");

    let proposing = |id: &str| idle().model(priced(id));
    let changed = differs(&path("model"), &proposing("teacher"), &proposing("other")).await;
    assert_eq!(changed, "models");
}

#[tokio::test]
async fn the_artifact_names_all_models_that_were_called() {
    let optimizer = idle()
        .metric(judged_by(priced("judge")))
        .model(priced("proposer"));
    let tuned = optimize(&optimizer, priced("program"), [3, 3, 3], Run::in_memory());
    let tuned = tuned.await.unwrap();
    let models = &tuned.artifact.provenance().unwrap().models;
    assert_eq!(*models, ["judge", "program", "proposer"]);
}

/// A search that runs one trial on another model.
fn taught_by(
    lm: Scripted,
) -> Searching<Node, impl for<'a, 'b> Fn(&'a Study<'b, Node, Quiz>) -> Found<'a, Node> + Send + Sync>
{
    searching(move |study: &Study<'_, Node, Quiz>| {
        let base = study.base().clone();
        let trial = Trial::on_train(&base, 0).lm(lm.clone());
        Box::pin(async move {
            study.rollouts(&[trial]).await?;
            Ok(base)
        })
    })
}

#[tokio::test]
async fn a_teacher_is_another_model_that_the_optimizer_declares() {
    let (program, teacher) = (priced("program"), priced("teacher"));
    let run = Run::in_memory;
    let undeclared = taught_by(teacher.clone());
    let error = optimize(&undeclared, program.clone(), [3, 3, 0], run());
    let error = error.await.unwrap_err();
    assert!(
        matches!(&*error.stop, Stop::UndeclaredModel(model) if model == "teacher"),
        "{error}"
    );
    assert_eq!(teacher.calls(), 0);

    let declared = taught_by(teacher.clone()).model(teacher.clone());
    let calls = program.calls();
    optimize(&declared, program.clone(), [3, 3, 0], run())
        .await
        .unwrap();
    assert_eq!(teacher.calls(), 1);
    assert_eq!(program.calls(), calls + 3, "only the validation rows");
}

/// A search that asks a model for instructions, several times.
fn proposing(
    lm: Scripted,
    samples: u32,
) -> Searching<Node, impl for<'a, 'b> Fn(&'a Study<'b, Node, Quiz>) -> Found<'a, Node> + Send + Sync>
{
    let proposer = node(lm.clone());
    searching(move |study: &Study<'_, Node, Quiz>| {
        let proposer = proposer.clone();
        Box::pin(async move {
            let mut states = Vec::new();
            for sample in 0..samples {
                let input = Quiz {
                    question: "which instructions?".to_owned(),
                    answer: String::new(),
                };
                let said = study
                    .ask(Purpose::Propose, &proposer, input, sample)
                    .await?;
                if let Ok(said) = said {
                    let origin = format!("proposal {sample}");
                    states.push((origin, instructed(study.student(), &said.answer)));
                }
            }
            let candidates = study.candidates(&states)?;
            study.evaluate_all(&candidates).await?;
            Ok(study.best().unwrap_or_else(|| study.base().clone()))
        })
    })
    .model(lm)
}

#[tokio::test]
async fn an_optimizer_asks_models_of_its_own_within_the_run() {
    let folder = tempdir().unwrap();
    let said = |request: &ChatRequest| match request.sample {
        // A failed proposal does not end the search.
        1 => Err(LmError::new(LmErrorKind::InvalidRequest, "not this one")),
        sample => Ok(format!(
            "[[ ## answer ## ]]\nAnswer with the word, {sample}."
        )),
    };
    let proposer = Scripted::new(said).with_id("proposer");
    let run = || Run::folder(folder.path());
    let optimizer = proposing(proposer.clone(), 3);
    let tuned = optimize(&optimizer, Learner::default(), [3, 5, 0], run());
    let tuned = tuned.await.unwrap();
    let origins = tuned.report.tried.iter().map(|tried| &*tried.origin);
    assert_eq!(
        origins.collect::<Vec<_>>(),
        ["the program as given", "proposal 0", "proposal 2"]
    );
    let ledger = &tuned.report.ledger;
    assert_eq!(ledger.for_purpose(Purpose::Propose).calls, 3);
    assert_eq!(ledger.total().calls, 3 + 3 * 5);

    let again = optimize(&optimizer, Learner::default(), [3, 5, 0], run());
    assert_eq!(again.await.unwrap().tuned, tuned.tuned);
    assert_eq!(proposer.calls(), 3, "a resumed run pays nothing twice");

    let limited = Run::in_memory().budget(Budget::calls(7));
    let cut = optimize(&optimizer, Learner::default(), [3, 5, 0], limited);
    assert!(matches!(cut.await.unwrap().report.ended, Ended::Budget(_)));
}

// --- no example sees its own answer

fn demo_of(row: &Quiz) -> Demo {
    let map = |name: &str, value: &str| Map::from_iter([(name.to_owned(), value.into())]);
    Demo::new(map("question", &row.question), map("answer", &row.answer))
}

/// Shows all training rows as demos, says nothing about their sources, and runs on all training rows.
fn forgetful(
    nearest: Option<Nearest>,
) -> Searching<Node, impl for<'a, 'b> Fn(&'a Study<'b, Node, Quiz>) -> Found<'a, Node> + Send + Sync>
{
    searching(move |study: &Study<'_, Node, Quiz>| {
        let demos = study.train().iter().map(demo_of).collect();
        let mut state = study.student().state();
        state.set_demos("quiz", demos, nearest.clone());
        Box::pin(async move {
            let candidate = study.candidate("all rows", &state)?;
            let rows = 0..study.train().len();
            let trials: Vec<_> = rows.map(|row| Trial::on_train(&candidate, row)).collect();
            study.rollouts(&trials).await?;
            Ok(candidate)
        })
    })
}

#[tokio::test]
async fn i1_an_optimizer_that_forgets_shows_no_example_its_own_answer() {
    for nearest in [None, Some(Nearest::lexical(4))] {
        let lm = Scripted::new(|_: &ChatRequest| "[[ ## answer ## ]]\nx").keeping_requests();
        optimize(
            &forgetful(nearest.clone()),
            lm.clone(),
            [6, 2, 0],
            Run::in_memory(),
        )
        .await
        .unwrap();
        let mut trained = 0;
        for request in lm.requests() {
            let messages: Vec<_> = request.messages().map(|m| m.text().to_owned()).collect();
            let (query, before) = messages.split_last().unwrap();
            assert!(!before.contains(query), "shown its own answer: {query}");
            let is_train = (0..6).any(|i| query.contains(&format!("number {i}?")));
            if is_train {
                trained += 1;
                let demos = (before.len() - 1) / 2;
                assert_eq!(demos, nearest.as_ref().map_or(5, |nearest| nearest.k));
            }
        }
        assert_eq!(trained, 6, "all training rows were asked");
    }
}

/// The demos of an inner predictor have no input that a row has. With their sources, the engine knows
/// them on its own.
#[tokio::test]
async fn i1_the_sources_of_a_candidate_say_what_its_demos_were_made_of() {
    let lm = chain::all_knowing();
    let optimizer = searching(|study: &Study<'_, Chain, Quiz>| {
        Box::pin(async move {
            let mut state = study.student().state();
            let hint = |i: usize| {
                let map = |name: &str, value: String| {
                    Map::from_iter([(name.to_owned(), Value::String(value))])
                };
                Demo::new(
                    map("hint", format!("hint {i}")),
                    map("answer", row(i).answer),
                )
            };
            state.set_demos("answer", (0..3).map(hint).collect(), None);
            let sources = [("answer".to_owned(), vec![0, 1, 2])].into();
            let candidate = study.candidate("hints", &state)?.with_sources(sources);
            let trials: Vec<_> = (0..3).map(|row| Trial::on_train(&candidate, row)).collect();
            let rollouts = study.rollouts(&trials).await?;
            assert!(rollouts.iter().all(|rollout| rollout.score() == Some(1.0)));
            Ok(candidate)
        })
    });
    let program = Chain::new(lm.clone());
    optimizer
        .optimize(&program, &splits(3, 3, 0), &Run::in_memory())
        .await
        .unwrap();
    let mut with_demos = 0;
    for request in lm.requests() {
        let query = request.turns[0].text();
        let shown = &request.prefix.messages()[1..];
        assert!(
            shown.iter().all(|message| message.text() != query),
            "{query}"
        );
        with_demos += usize::from(shown.len() == 4);
    }
    assert_eq!(
        with_demos, 3,
        "each training row sees the demos of the others"
    );
}

#[tokio::test]
async fn a_row_without_a_demo_of_its_own_is_asked_as_it_is_deployed() {
    let lm = Scripted::new(|_: &ChatRequest| "[[ ## answer ## ]]\nx").keeping_requests();
    let optimizer = searching(|study: &Study<'_, Node, Quiz>| {
        Box::pin(async move {
            let mut state = study.student().state();
            state.set_demos("quiz", vec![demo_of(&row(0)), demo_of(&row(1))], None);
            let candidate = study.candidate("two rows", &state)?;
            study.rollouts(&[Trial::on_train(&candidate, 2)]).await?;
            Ok(candidate)
        })
    });
    let tuned = optimize(&optimizer, lm.clone(), [3, 1, 0], Run::in_memory());
    let tuned = tuned.await.unwrap();
    let deployed = node(lm.clone()).with_state(&tuned.tuned).unwrap();
    let asked = lm.requests();
    let trial = asked
        .iter()
        .find(|request| request.turns[0].text().contains("number 2?"));
    let sent: Vec<_> = trial.unwrap().messages().cloned().collect();
    assert_eq!(sent, deployed.render(&row(2)).unwrap());
}

// --- candidates and trials

#[tokio::test]
async fn equal_states_are_one_candidate_that_is_measured_once() {
    let judged = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&judged);
    let metric = move |gold: &Quiz, said: &Quiz| {
        count.fetch_add(1, Ordering::SeqCst);
        gold.answer == said.answer
    };
    let optimizer = searching(|study: &Study<'_, Node, Quiz>| {
        Box::pin(async move {
            let state = instructed(study.student(), "Say it.");
            let states = [
                ("one".to_owned(), state.clone()),
                ("as given".to_owned(), study.student().state()),
                ("another".to_owned(), state),
            ];
            let candidates = study.candidates(&states)?;
            assert_eq!(candidates[0], candidates[2]);
            assert_eq!(candidates[1], *study.base());
            assert_ne!(candidates[0], candidates[1]);
            let measured = study.evaluate_all(&candidates).await?;
            let one = study.evaluate(&candidates[0]).await?;
            let score = |i: usize| measured[i].measured.score();
            assert_eq!([score(0), score(2)], [one.measured.score(); 2]);
            Ok(candidates[2].clone())
        })
    });
    let lm = Learner::default();
    let optimizer = optimizer.metric(metric);
    let tuned = optimize(&optimizer, lm.clone(), [3, 10, 0], Run::in_memory())
        .await
        .unwrap();
    assert_eq!(lm.calls(), 20, "two states on ten rows");
    assert_eq!(judged.load(Ordering::SeqCst), 20, "judged as often");
    let tried = tuned.report.tried.iter();
    let tried: Vec<_> = tried
        .map(|tried| (tried.candidate, &*tried.origin))
        .collect();
    let expected = [
        (0, "the program as given"),
        (1, "one"),
        (2, "as given"),
        (3, "another"),
    ];
    assert_eq!(tried, expected);
}

/// Makes candidates, and evaluates all of them concurrently.
fn all_at_once()
-> Searching<Node, impl for<'a, 'b> Fn(&'a Study<'b, Node, Quiz>) -> Found<'a, Node> + Send + Sync>
{
    searching(|study: &Study<'_, Node, Quiz>| {
        Box::pin(async move {
            let with_demos = |demos: usize| {
                let mut state = study.student().state();
                let demos = study.train()[..demos].iter().map(demo_of).collect();
                state.set_demos("quiz", demos, None);
                (
                    format!(
                        "{demos} demos",
                        demos = state.predictors["quiz"].demos.len()
                    ),
                    state,
                )
            };
            let states = [5, 1, 3].map(with_demos);
            let candidates = study.candidates(&states)?;
            let ids: Vec<_> = candidates.iter().map(Candidate::id).collect();
            assert_eq!(ids, [1, 2, 3], "numbers are in the order of the states");
            study.evaluate_all(&candidates).await?;
            Ok(study.best().unwrap_or_else(|| study.base().clone()))
        })
    })
}

#[tokio::test]
async fn i4_candidates_that_are_evaluated_concurrently_are_in_their_order() {
    let folder = tempdir().unwrap();
    let mut written = Vec::new();
    for concurrency in [1, 5, 64] {
        let path = folder.path().join(concurrency.to_string());
        let run = Run::folder(&path).concurrency(concurrency);
        let lm = Learner::default();
        let tuned = optimize(&all_at_once(), lm.clone(), [6, 20, 10], run)
            .await
            .unwrap();
        assert_eq!(tuned.report.chosen, "5 demos");
        assert_eq!(lm.calls(), 4 * 20 + 2 * 10);
        let read = |name: &str| fs::read_to_string(path.join(name)).unwrap();
        written.push([
            read("artifact.json"),
            read("results/0001-val.jsonl"),
            read("results/0003-val.jsonl"),
        ]);
    }
    assert_eq!(written[0], written[1]);
    assert_eq!(written[0], written[2]);
}

#[tokio::test]
async fn i4_where_the_budget_ends_in_a_batch_none_of_it_counts() {
    for concurrency in [1, 64] {
        // 20 rows as given, and two and a half of the three candidates.
        let run = Run::in_memory()
            .budget(Budget::calls(70))
            .concurrency(concurrency);
        let tuned = optimize(&all_at_once(), Learner::default(), [6, 20, 0], run)
            .await
            .unwrap();
        assert!(matches!(tuned.report.ended, Ended::Budget(_)));
        assert_eq!(tuned.report.tried.len(), 1);
        assert_eq!(tuned.report.chosen, "the program as given");
    }
}

#[tokio::test]
async fn a_minibatch_has_scores_feedback_and_traces_of_several_candidates() {
    let metric = |gold: &Quiz, said: &Quiz| match gold.answer == said.answer {
        true => (1.0, String::new()),
        false => (0.0, format!("not {}, but {}", said.answer, gold.answer)),
    };
    let lm = Scripted::new(|request: &ChatRequest| {
        let told = request.prefix.messages()[0].text().contains("Say 1.");
        let answer = if told { row(1).answer } else { "x".to_owned() };
        format!("[[ ## answer ## ]]\n{answer}")
    });
    let optimizer = searching(|study: &Study<'_, Node, Quiz>| {
        Box::pin(async move {
            let base = study.base();
            let told = study.candidate("told", &instructed(study.student(), "Say 1."))?;
            let mut trials: Vec<_> = [0, 1].map(|row| Trial::on_train(base, row)).into();
            trials.extend([0, 1].map(|row| Trial::on_train(&told, row)));
            trials.push(Trial::on_val(&told, 0).sample(1).temperature(0.5));
            let rollouts = study.rollouts(&trials).await?;
            let scores: Vec<_> = rollouts.iter().map(Rollout::score).collect();
            assert_eq!(scores, [0.0, 0.0, 0.0, 1.0, 0.0].map(Some));
            let feedback = format!("not x, but {}", row(1).answer);
            assert_eq!(rollouts[1].feedback(), Some(&*feedback));
            let answered = rollouts[3].trace()[0].outputs();
            assert_eq!(answered.expect("outputs")["answer"], row(1).answer);
            assert!(rollouts.iter().all(|rollout| rollout.spend().calls == 1));
            let of = |range: std::ops::Range<usize>| Rollout::measure(&rollouts[range]).score();
            assert_eq!((of(0..2), of(2..4)), (Some(0.0), Some(0.5)));
            Ok(told)
        })
    });
    optimize(&optimizer.metric(metric), lm, [3, 3, 0], Run::in_memory())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_row_that_does_not_exist_is_a_clear_error() {
    let optimizer = searching(|study: &Study<'_, Node, Quiz>| {
        let trial = Trial::on_val(study.base(), 3);
        Box::pin(async move {
            study.rollouts(&[trial]).await?;
            Ok(study.base().clone())
        })
    });
    let error = optimize(&optimizer, Learner::default(), [5, 3, 0], Run::in_memory());
    let error = error.await.unwrap_err().to_string();
    assert_eq!(
        error,
        "bug in the optimizer: it asks for row 3 of the 3 rows of the val part"
    );
}

// --- optimizers as trait objects

#[tokio::test]
async fn different_optimizers_are_kept_in_one_list() {
    let optimizers: Vec<Box<dyn DynOptimizer<Node, Quiz>>> = vec![
        Box::new(LabeledFewShot::new(is_right).max_demos(5)),
        Box::new(RandomSearch::new(is_right).seeds(-3..2)),
    ];
    let mut program = node(Learner::default());
    let mut names = Vec::new();
    let mut scores = Vec::new();
    for optimizer in &optimizers {
        let run = Run::in_memory();
        let tuned = optimizer
            .optimize(&program, &splits(20, 30, 0), &run)
            .await
            .unwrap();
        names.push(tuned.report.optimizer.clone());
        scores.extend([tuned.initial_score(), tuned.final_score()]);
        program = tuned.program;
    }
    assert_eq!(names, ["LabeledFewShot", "RandomSearch"]);
    assert!(scores[0] < scores[1]);
    assert_eq!(scores[1], scores[2], "the second starts from the first");
    let settings = optimizers[0].settings();
    assert_eq!(settings["max_demos"], 5);
}

fn first_rows() -> LabeledFewShot {
    LabeledFewShot::stage()
        .max_demos(2)
        .strategy(SamplingStrategy::Sequential)
}

fn random() -> RandomSearch {
    RandomSearch::stage().seeds(-3..2).max_labeled_demos(4)
}

#[tokio::test]
async fn a_boxed_stage_finds_what_the_stage_finds() {
    let typed = BetterTogether::new(is_right)
        .then(first_rows())
        .then(random());
    let boxed: Box<dyn DynSearch<Node, Quiz>> = Box::new(random());
    let with_box = BetterTogether::new(is_right).then(first_rows()).then(boxed);
    let stages: Vec<Box<dyn DynSearch<Node, Quiz>>> =
        vec![Box::new(first_rows()), Box::new(random())];
    let list = BetterTogether::list(stages).metric(is_right);

    let run = |optimizer: Box<dyn DynOptimizer<Node, Quiz>>| async move {
        let tuned = optimize(
            &optimizer,
            Learner::default(),
            [20, 30, 10],
            Run::in_memory(),
        );
        let tuned = tuned.await.unwrap();
        let stages = tuned.report.stages.iter().map(ToString::to_string);
        (tuned.artifact, stages.collect::<Vec<_>>())
    };
    let expected = run(Box::new(typed)).await;
    assert_eq!(expected.1.len(), 2);
    assert_eq!(run(Box::new(with_box)).await, expected);
    assert_eq!(run(Box::new(list)).await, expected);
}

// --- events

#[derive(Clone, Debug, Default)]
struct Heard(Arc<Mutex<Vec<Event>>>);

impl Observer for Heard {
    fn on_event(&self, event: &Event) {
        self.0.lock().unwrap().push(event.clone());
    }
}

#[derive(Debug)]
struct Guessed(u32);

impl fmt::Display for Guessed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "guessed {}", self.0)
    }
}

impl SearchEvent for Guessed {}

#[tokio::test]
async fn observers_are_told_what_happens_in_types() {
    let heard = Heard::default();
    let guessing = searching(|study: &Study<'_, Node, Quiz>| {
        study.tell(Guessed(7));
        let base = study.base().clone();
        Box::pin(async move { Ok(base) })
    });
    let stages = BetterTogether::new(is_right)
        .then(guessing)
        .then(KNNFewShot::<NoMetric, Lexical>::stage())
        .then(LabeledFewShot::stage());
    // Enough for the program as given and the second stage, and for the hold-out.
    let run = Run::in_memory()
        .budget(Budget::calls(50))
        .observer(heard.clone());
    optimize(&stages, Learner::default(), [10, 10, 10], run)
        .await
        .unwrap();
    let mut kinds = Vec::new();
    for event in heard.0.lock().unwrap().iter() {
        kinds.push(match event {
            Event::RunStarted { rows, .. } => {
                assert_eq!((rows.train, rows.val, rows.holdout), (10, 10, 10));
                "run started"
            }
            Event::StageStarted { candidate: 0, .. } => "stage started",
            Event::EvaluationStarted {
                part: Part::Val,
                rows: 10,
                ..
            } => "val started",
            Event::EvaluationStarted {
                part: Part::Holdout,
                ..
            } => "hold-out started",
            Event::EvaluationEnded { measured, .. } => {
                assert_eq!(measured.n(), 10);
                "evaluated"
            }
            Event::FromSearch(event) => {
                if let Some(Guessed(7)) = event.downcast_ref() {
                    "guessed"
                } else {
                    assert!(event.downcast_ref::<TrainingRunsPassed>().is_some());
                    "runs passed"
                }
            }
            Event::BudgetUsedUp { .. } => "budget used up",
            Event::RunEnded { spend, .. } => {
                assert_eq!(spend.calls, 40);
                "run ended"
            }
            Event::RolloutEnded { .. } => continue,
            other => panic!("not expected: {other:?}"),
        });
    }
    let expected = [
        "run started",
        "val started",
        "evaluated",
        "stage started",
        "guessed",
        "stage started",
        "val started",
        "evaluated",
        "runs passed",
        "val started",
        "evaluated",
        "stage started",
        "val started",
        "budget used up",
        "hold-out started",
        "evaluated",
        "hold-out started",
        "evaluated",
        "run ended",
    ];
    assert_eq!(kinds, expected);
}

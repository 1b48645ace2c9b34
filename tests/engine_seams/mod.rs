//! What the engine offers to optimizers: candidates, trials, models of their own, and optimizers as
//! trait objects.

mod candidates;
mod events;
mod lineage;
mod lists;
mod models;
mod own_answer;
mod proposals;

use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use dashoptimize::call::Context;
use dashoptimize::engine::{
    Candidate, DemoSource, DynOptimizer, DynSearch, Ended, Event, Observer, Part, Rollout, Run,
    SearchEvent, Stop, Study, Trial,
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

fn demo_of(row: &Quiz) -> Demo {
    let map = |name: &str, value: &str| Map::from_iter([(name.to_owned(), value.into())]);
    Demo::new(map("question", &row.question), map("answer", &row.answer))
}

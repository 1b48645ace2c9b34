//! Modules that make several attempts, or run several programs: what they call, what they choose, and what
//! they leave in the trace. One file per module.

mod best_of_n;
mod dyn_module;
mod ensemble;
mod majority;
mod multi_chain_comparison;
mod optimized;
mod parallel;
mod refine;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use dashoptimize::call::{
    CallError, CallPart, Context, PartKind, PartOutcome, TraceEvent, TraceStep, Traced,
};
use dashoptimize::engine::{Evaluation, Run};
use dashoptimize::evaluate::Outcome;
use dashoptimize::lm::{ChatRequest, Gateway, LmError, LmErrorKind, Retry, Scripted};
use dashoptimize::module::{Module, ModuleExt, Predict};
use dashoptimize::prelude::signature;

/// Answer the question.
#[signature]
#[derive(Clone)]
pub(crate) struct Qa {
    #[input]
    pub(crate) question: String,
    #[output]
    pub(crate) answer: String,
}

fn input(question: &str) -> QaInput {
    QaInput {
        question: question.to_owned(),
    }
}

fn qa(lm: &Scripted) -> Predict<Qa> {
    Predict::new(lm.clone())
}

/// A reply with this answer; `!` makes one that cannot be read.
fn reply(answer: &str) -> String {
    match answer {
        "!" => String::new(),
        answer => format!("[[ ## answer ## ]]\n{answer}\n\n[[ ## completed ## ]]"),
    }
}

/// A model whose sample number `n` of any reply is answer number `n`.
fn by_sample(answers: &'static [&'static str]) -> Scripted {
    Scripted::new(|request: &ChatRequest| reply(answers[request.sample as usize]))
        .keeping_requests()
}

/// A model that takes a second for a reply.
fn slow(answer: &'static str) -> Scripted {
    Scripted::new(move |_: &ChatRequest| reply(answer)).with_delay(Duration::from_secs(1))
}

/// A model whose key is refused.
fn locked_out() -> Scripted {
    Scripted::new(|_: &ChatRequest| -> Result<String, LmError> {
        Err(LmError::new(LmErrorKind::Auth, "no such key"))
    })
}

fn length(_: &QaInput, output: &QaOutput) -> f64 {
    output.answer.len() as f64
}

fn is_right(gold: &Qa, said: &QaOutput) -> bool {
    gold.answer == said.answer
}

fn row(number: usize) -> Qa {
    Qa {
        question: format!("question {number}"),
        answer: format!("answer {number}"),
    }
}

/// The outcome and the trace of a call, and what listeners heard.
struct Watched<O> {
    outcome: Result<O, CallError>,
    trace: Vec<TraceStep>,
    told: Vec<TraceEvent>,
    calls: u64,
}

async fn watched<M: Module>(module: &M, input: M::Input) -> Watched<M::Output> {
    let told = Arc::new(Mutex::new(Vec::new()));
    let listener = {
        let told = Arc::clone(&told);
        move |traced: &Traced| told.lock().unwrap().push(traced.event.clone())
    };
    let gateway = Gateway::direct();
    let context = Context::new(&gateway).with_trace().with_listener(&listener);
    let outcome = module.forward(&context, input).await;
    Watched {
        outcome,
        calls: context.spend().calls,
        trace: context.take_trace(),
        told: told.lock().unwrap().clone(),
    }
}

/// The parts that ended, in the order in which listeners heard of them. Each of them started before.
fn ended(told: &[TraceEvent]) -> Vec<(CallPart, PartOutcome)> {
    let mut started = Vec::new();
    let mut ended = Vec::new();
    for event in told {
        match event {
            TraceEvent::PartStarted(part) => started.push(*part),
            TraceEvent::PartEnded(part, outcome) => {
                assert!(started.contains(part), "{told:?}");
                ended.push((*part, outcome.clone()));
            }
            _ => {}
        }
    }
    assert_eq!(started.len(), ended.len(), "{told:?}");
    ended
}

/// Attempts that ended with these scores, in order.
fn scored(scores: &[f64]) -> Vec<(CallPart, PartOutcome)> {
    let of = scores.len() as u32;
    let attempts = (0..).zip(scores).map(|(index, score)| {
        let attempt = CallPart::new(PartKind::Attempt, index, of);
        (attempt, PartOutcome::scored(*score, None))
    });
    attempts.collect()
}

fn has_failed_with(outcome: &PartOutcome, start: &str) -> bool {
    matches!(outcome, PartOutcome::Failed(error) if error.starts_with(start))
}

/// The predictors whose steps failed, as listeners heard.
fn failed_steps(told: &[TraceEvent]) -> Vec<&str> {
    let failed = told.iter().filter_map(|event| match event {
        TraceEvent::PredictorEnded(step) => step.error().map(|_| &*step.predictor),
        _ => None,
    });
    failed.collect()
}

/// The predictors of a trace.
fn paths(trace: &[TraceStep]) -> Vec<&str> {
    trace.iter().map(|step| &*step.predictor).collect()
}

/// The answers of the steps that did not fail.
fn answers(trace: &[TraceStep]) -> Vec<&str> {
    let outputs = trace.iter().filter_map(TraceStep::outputs);
    let answers = outputs.map(|outputs| outputs["answer"].as_str());
    answers.map(Option::unwrap_or_default).collect()
}

/// The numbers of the samples that were asked for, in order.
fn samples(lm: &Scripted) -> Vec<u32> {
    let mut samples: Vec<u32> = lm.requests().iter().map(|request| request.sample).collect();
    samples.sort_unstable();
    samples
}

fn temperatures(lm: &Scripted) -> Vec<Option<f64>> {
    let requests = lm.requests();
    let temperatures = requests.iter().map(|request| request.params.temperature);
    temperatures.collect()
}

/// Runs a call for half a second and drops it. Gives the number of calls that were started by then, and
/// after much more time.
async fn dropped<M: Module>(module: &M, input: M::Input, lm: &Scripted) -> (u64, u64) {
    let call = module.call(input);
    let ended = tokio::time::timeout(Duration::from_millis(500), call).await;
    assert!(ended.is_err(), "a reply takes a second");
    let started = lm.calls();
    tokio::time::sleep(Duration::from_secs(60)).await;
    (started, lm.calls())
}

/// Evaluates a program on rows, none of which is tried again.
async fn evaluated<M: Module<Input = QaInput, Output = QaOutput>>(
    module: &M,
    rows: usize,
    run: Run,
) -> (Evaluation, Vec<Outcome>) {
    let rows: Vec<Qa> = (0..rows).map(row).collect();
    let run = run.retry(Retry::none());
    let (evaluation, evaluated) = run.evaluate(module, &rows, &is_right).await.unwrap();
    let outcomes = evaluated.iter().map(|row| row.outcome().clone());
    (evaluation, outcomes.collect())
}

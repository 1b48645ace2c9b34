//! One run of a program on one example.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;

use super::stop::Stop;
use crate::call::{CallError, Context, TraceStep};
use crate::evaluate::{Example, Metric, Outcome};
use crate::lm::{Gateway, Purpose, Refusal, Spend};
use crate::module::Module;

/// What to run.
#[derive(Clone, Debug)]
pub struct Job<M> {
    /// The program, in the state to try.
    pub program: M,
    /// The candidate that the calls are entered under.
    pub candidate: u32,
    /// Index of the example in the training part.
    pub example: usize,
    /// Which sample of the replies is drawn.
    pub sample: u32,
    /// Overrides the temperature of every predictor.
    pub temperature: Option<f64>,
}

/// How it ended.
#[derive(Clone, Debug)]
pub struct Rollout {
    /// How the rollout ended.
    pub outcome: Outcome,
    /// The calls of the program's predictors, where the rollout was traced.
    pub trace: Vec<TraceStep>,
    /// Why the budget refused, where the outcome is [`Outcome::Refused`].
    pub refusal: Option<Refusal>,
    /// What its calls cost; replies from the journal count as when they were paid for.
    pub spend: Spend,
}

/// What all rollouts of a batch share.
pub(super) struct Stage<'a, M: Module, E> {
    pub(super) gateway: &'a Gateway,
    pub(super) metric: &'a dyn Metric<E, M::Output>,
    pub(super) traced: bool,
}

/// What one rollout tries.
pub(super) struct Trial<'a, M, E> {
    pub(super) program: &'a M,
    pub(super) candidate: u32,
    pub(super) example: &'a E,
    pub(super) sample: u32,
    pub(super) temperature: Option<f64>,
}

impl<M: Module, E: Example<M::Input>> Stage<'_, M, E> {
    /// Runs the program on the example and the metric on its prediction. A panic in either is an
    /// outcome like any other error.
    ///
    /// # Errors
    ///
    /// Where no other rollout could fare better.
    pub(super) async fn rollout(&self, trial: Trial<'_, M, E>) -> Result<Rollout, Stop> {
        let mut context = Context::new(self.gateway)
            .with_candidate(trial.candidate)
            .with_sample(trial.sample);
        if let Some(temperature) = trial.temperature {
            context = context.with_temperature(temperature);
        }
        if self.traced {
            context = context.with_trace();
        }
        // Both are code of the user, and `forward` may panic before it gives a future.
        let called = AssertUnwindSafe(async {
            let input = trial.example.input();
            trial.program.forward(&context, input).await
        })
        .catch_unwind()
        .await;
        // A program may go on where the budget refused a call; then its answer is one that the
        // budget made, and not the program's.
        let called = context.take_end().map_or(called, |end| Ok(Err(end)));
        let mut spend = context.spend();
        let ended = match called {
            Ok(Ok(prediction)) => self.judge(&trial, &prediction, &mut spend).await,
            Ok(Err(error)) => Err(error),
            Err(panic) => Ok(Outcome::ProgramFailed {
                error: format!("the program panicked: {}", words_of(&*panic)),
            }),
        };
        let mut refusal = None;
        let outcome = match ended {
            Ok(outcome) => outcome,
            Err(error) => outcome_of(error, &mut refusal)?,
        };
        Ok(Rollout {
            outcome,
            trace: context.take_trace(),
            refusal,
            spend,
        })
    }

    /// Runs the metric. Calls of a metric that asks a model are judgements of the run, in the same
    /// budget and journal as all others.
    async fn judge(
        &self,
        trial: &Trial<'_, M, E>,
        prediction: &M::Output,
        spend: &mut Spend,
    ) -> Result<Outcome, CallError> {
        let context = Context::new(self.gateway)
            .with_purpose(Purpose::Judge)
            .with_candidate(trial.candidate)
            .with_sample(trial.sample);
        // A plain function judges at once, inside `score`, and may panic there.
        let scoring = async { self.metric.score(trial.example, prediction, &context).await };
        let judged = AssertUnwindSafe(scoring).catch_unwind().await;
        *spend += context.spend();
        if let Some(end) = context.take_end() {
            return Err(end);
        }
        Ok(match judged {
            Ok(Ok(score)) => Outcome::Scored(score),
            Ok(Err(error)) => Outcome::MetricFailed {
                error: error.to_string(),
            },
            Err(panic) => Outcome::MetricFailed {
                error: format!("the metric panicked: {}", words_of(&*panic)),
            },
        })
    }
}

fn outcome_of(error: CallError, refusal: &mut Option<Refusal>) -> Result<Outcome, Stop> {
    let words = error.to_string();
    match error {
        CallError::Lm { source, .. } if source.kind().is_fatal() => Err(Stop::Provider(source)),
        CallError::Lm { .. } => Ok(Outcome::ProviderFailed { error: words }),
        CallError::Parse { .. } | CallError::NoAnswer { .. } => {
            Ok(Outcome::ParseFailed { error: words })
        }
        CallError::Refused { source, .. } => {
            *refusal = Some(source);
            Ok(Outcome::Refused { error: words })
        }
        CallError::Program { .. }
        | CallError::Step { .. }
        | CallError::ContextOverflow { .. }
        | CallError::Tools { .. } => Ok(Outcome::ProgramFailed { error: words }),
        CallError::Journal { source } => Err(Stop::Journal(source)),
    }
}

fn words_of(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

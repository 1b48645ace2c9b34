//! The run of a program on one row.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use serde_json::{Value, json};

use super::stop::Stop;
use crate::adapter::BrokenCheck;
use crate::call::{CallError, Context, TraceStep};
use crate::evaluate::measured::Tally;
use crate::evaluate::{Example, Measured, Metric, Outcome, ScoreRange};
use crate::lm::{Gateway, Purpose, Refusal, Spend, panic_words};
use crate::module::Module;

/// The run of a program on one row, as a [`Trial`](super::Trial) asked for it.
///
/// Only the engine makes rollouts, so that a score is always one that was measured.
#[derive(Clone, Debug)]
pub struct Rollout {
    pub(super) outcome: Outcome,
    trace: Vec<TraceStep>,
    /// Why the budget refused, if the outcome is [`Outcome::Refused`].
    pub(super) refusal: Option<Refusal>,
    pub(super) spend: Spend,
    prediction: Option<Value>,
    duration: Duration,
    /// The range of the metric that judged it.
    pub(super) range: ScoreRange,
}

impl Rollout {
    /// How the rollout ended.
    #[must_use]
    pub const fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// The score by which programs are compared (failures of the program count as the worst score).
    /// `None` if the provider or the budget failed, which says nothing about the program.
    #[must_use]
    pub const fn score(&self) -> Option<f64> {
        self.outcome.score(self.range)
    }

    /// What the metric said about the prediction in words, if it did.
    #[must_use]
    pub fn feedback(&self) -> Option<&str> {
        self.outcome.metric_score()?.feedback()
    }

    /// What the metric said in words about the part of this predictor, or about the whole prediction if it
    /// names no predictor. If there was nothing to judge, it is the error.
    #[must_use]
    pub fn feedback_for(&self, predictor: &str) -> Option<&str> {
        match self.outcome.metric_score() {
            Some(score) => score.feedback_for(predictor),
            None => self.outcome.error(),
        }
    }

    /// What the program answered, for people: a text, a number, a truth value or a list of texts as it
    /// is, and of any other output the outputs of the last call of a predictor. `None` if the program
    /// failed.
    #[must_use]
    pub const fn prediction(&self) -> Option<&Value> {
        self.prediction.as_ref()
    }

    /// The `check`s that outputs break, each with the path of the predictor.
    pub fn broken_checks(&self) -> impl Iterator<Item = (&str, &BrokenCheck)> {
        self.trace.iter().flat_map(|step| {
            let broken = step.receipt.broken_checks.iter();
            broken.map(|broken| (&*step.predictor, broken))
        })
    }

    /// How long the program and the metric took in this attempt at the run, with waiting. A reply from
    /// the journal takes no time. An optimizer must not decide by it.
    #[must_use]
    pub const fn duration(&self) -> Duration {
        self.duration
    }

    /// The calls of the program's predictors, in the order of the source.
    #[must_use]
    pub fn trace(&self) -> &[TraceStep] {
        &self.trace
    }

    /// The calls of the program's predictors, taken out of the rollout.
    #[must_use]
    pub fn into_trace(self) -> Vec<TraceStep> {
        self.trace
    }

    /// What the calls cost. Replies from the journal count as if they were paid for now.
    #[must_use]
    pub const fn spend(&self) -> Spend {
        self.spend
    }

    /// Whether the provider failed, so that another try may succeed.
    pub(super) const fn is_unanswered(&self) -> bool {
        matches!(self.outcome, Outcome::ProviderFailed { .. })
    }

    /// What these rollouts measured together, such as those of one candidate on a minibatch.
    #[must_use]
    pub fn measure<'a>(rollouts: impl IntoIterator<Item = &'a Self>) -> Measured {
        let mut rollouts = rollouts.into_iter().peekable();
        let range = rollouts.peek().map(|rollout| rollout.range);
        let mut tally = Tally::new(range.unwrap_or_default());
        for rollout in rollouts {
            tally.push(&rollout.outcome, rollout.broken_checks());
        }
        tally.finish()
    }
}

/// Runs programs on rows.
pub(super) struct RolloutRunner<'a, M: Module, E> {
    pub(super) gateway: &'a Gateway,
    pub(super) metric: &'a dyn Metric<E, M::Output>,
}

/// What one rollout runs.
pub(super) struct RolloutInput<'a, M, E> {
    pub(super) program: &'a M,
    pub(super) candidate: u32,
    pub(super) example: &'a E,
    pub(super) sample: u32,
    pub(super) temperature: Option<f64>,
    pub(super) which: Try,
}

/// Which try of a rollout it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Try {
    First,
    /// The provider failed the first time. Its failures are not taken from the journal.
    Second,
}

impl<M: Module, E: Example<M::Input>> RolloutRunner<'_, M, E> {
    /// Runs the program on the row, and the metric on its prediction. A panic in either is an outcome
    /// like any other error. Returns the prediction as well.
    ///
    /// # Errors
    ///
    /// If every other rollout would fail as well.
    pub(super) async fn run(
        &self,
        input: RolloutInput<'_, M, E>,
    ) -> Result<(Option<M::Output>, Rollout), Stop> {
        let started = Instant::now();
        let context = self.context(&input);
        let called = call(&context, &input).await;
        // A program may continue without a call that the budget refused. Its answer is then the
        // budget's and not the program's.
        let called = context.take_end().map_or(called, |end| Ok(Err(end)));
        let mut spend = context.spend();
        let mut output = None;
        let ended = match called {
            Ok(Ok(prediction)) => {
                let judged = self.judge(&input, &prediction, &mut spend).await;
                output = Some(prediction);
                judged
            }
            Ok(Err(error)) => Err(error),
            Err(panic) => Ok(Outcome::ProgramFailed {
                error: format!("the program panicked: {panic}"),
            }),
        };
        let mut refusal = None;
        let outcome = match ended {
            Ok(outcome) => outcome,
            Err(error) => outcome_of(error, &mut refusal)?,
        };
        let trace = context.take_trace();
        let prediction = output.as_ref().and_then(|output| in_json(output, &trace));
        let rollout = Rollout {
            outcome,
            trace,
            refusal,
            spend,
            prediction,
            duration: started.elapsed(),
            range: self.metric.range(),
        };
        Ok((output, rollout))
    }

    fn context(&self, input: &RolloutInput<'_, M, E>) -> Context<'_> {
        let mut context = Context::new(self.gateway)
            .with_candidate(input.candidate)
            .with_sample(input.sample)
            .with_second_try(input.which == Try::Second)
            .with_trace();
        if let Some(temperature) = input.temperature {
            context = context.with_temperature(temperature);
        }
        context
    }

    /// Runs the metric. The calls of a metric that asks a model have the same budget and journal as
    /// all others.
    async fn judge(
        &self,
        input: &RolloutInput<'_, M, E>,
        prediction: &M::Output,
        spend: &mut Spend,
    ) -> Result<Outcome, CallError> {
        let context = Context::new(self.gateway)
            .with_purpose(Purpose::Judge)
            .with_candidate(input.candidate)
            .with_sample(input.sample)
            .with_second_try(input.which == Try::Second);
        // A plain function judges inside `score`, before there is a future, and may panic there.
        let scoring = async { self.metric.score(input.example, prediction, &context).await };
        let judged = AssertUnwindSafe(scoring).catch_unwind().await;
        *spend += context.spend();
        if let Some(end) = context.take_end() {
            return Err(end);
        }
        Ok(match judged {
            Ok(judged) => Outcome::of_judgement(judged, self.metric.range()),
            Err(panic) => Outcome::MetricFailed {
                error: format!("the metric panicked: {}", panic_words(&*panic)),
            },
        })
    }
}

/// Calls the program. Both `input` and `forward` are code of the user, and `forward` may panic before
/// there is a future.
async fn call<M: Module, E: Example<M::Input>>(
    context: &Context<'_>,
    input: &RolloutInput<'_, M, E>,
) -> Result<Result<M::Output, CallError>, String> {
    let called = AssertUnwindSafe(async {
        let row = input.example.input();
        input.program.forward(context, row).await
    });
    let ended = called.catch_unwind().await;
    ended.map_err(|panic| panic_words(&*panic).to_owned())
}

/// The output of a program, as [`Rollout::prediction`] gives it. A type that JSON can show need not say
/// so, and most outputs are those of the last step.
fn in_json(output: &dyn Any, trace: &[TraceStep]) -> Option<Value> {
    plain(output).or_else(|| Some(Value::Object(trace.last()?.outputs()?.clone())))
}

/// The output, if it is a plain value.
fn plain(output: &dyn Any) -> Option<Value> {
    macro_rules! one_of {
        ($($Type:ty),*) => {
            $(if let Some(value) = output.downcast_ref::<$Type>() {
                return Some(json!(value));
            })*
        };
    }
    one_of!(String, bool, f64, f32, Vec<String>, Option<String>, Value);
    one_of!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize);
    None
}

fn outcome_of(error: CallError, refusal: &mut Option<Refusal>) -> Result<Outcome, Stop> {
    let error = stop_or_error(error)?;
    let outcome = Outcome::of_error(&error);
    if let CallError::Refused { source, .. } = error {
        *refusal = Some(source);
    }
    Ok(outcome)
}

/// The error of a call, unless every other call of the run would fail as well.
pub(super) fn stop_or_error(error: CallError) -> Result<CallError, Stop> {
    match error {
        CallError::Lm { source, .. } if source.kind().is_fatal() => Err(Stop::Provider(source)),
        CallError::Journal { source } => Err(Stop::Journal(source)),
        error => Ok(error),
    }
}

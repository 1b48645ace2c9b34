//! The run of a program on one row.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;

use super::stop::Stop;
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
            tally.push(&rollout.outcome);
        }
        tally.finish()
    }
}

/// Runs programs on rows.
pub(super) struct RolloutRunner<'a, M: Module, E> {
    pub(super) gateway: &'a Gateway,
    pub(super) metric: &'a dyn Metric<E, M::Output>,
    pub(super) traced: bool,
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
    /// like any other error.
    ///
    /// # Errors
    ///
    /// If every other rollout would fail as well.
    pub(super) async fn run(&self, input: RolloutInput<'_, M, E>) -> Result<Rollout, Stop> {
        let context = self.context(&input);
        let called = call(&context, &input).await;
        // A program may continue without a call that the budget refused. Its answer is then the
        // budget's and not the program's.
        let called = context.take_end().map_or(called, |end| Ok(Err(end)));
        let mut spend = context.spend();
        let ended = match called {
            Ok(Ok(prediction)) => self.judge(&input, &prediction, &mut spend).await,
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
        Ok(Rollout {
            outcome,
            trace: context.take_trace(),
            refusal,
            spend,
            range: self.metric.range(),
        })
    }

    fn context(&self, input: &RolloutInput<'_, M, E>) -> Context<'_> {
        let mut context = Context::new(self.gateway)
            .with_candidate(input.candidate)
            .with_sample(input.sample)
            .with_second_try(input.which == Try::Second);
        if let Some(temperature) = input.temperature {
            context = context.with_temperature(temperature);
        }
        if self.traced {
            context = context.with_trace();
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

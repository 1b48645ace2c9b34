//! How a proposer is asked.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;

use super::rejection::Rejection;
use super::request::ProposalRequest;
use super::room::Room;
use crate::call::{CallError, Context, Unanswered};
use crate::engine::evaluator::Evaluator;
use crate::engine::rollout::stop_or_error;
use crate::engine::schedule::in_order;
use crate::engine::stop::Stop;
use crate::engine::tuned::Tuned;
use crate::evaluate::Example;
use crate::lm::{LmErrorKind, Spend, panic_words};
use crate::module::Module;

/// A proposer is not asked again with less room than this.
const LEAST_ROOM: usize = 200;

/// What a proposer answers.
type Answer<P> = Result<<P as Module>::Output, Rejection>;

/// What a program of an optimizer answers in this context.
///
/// # Errors
///
/// The outer error ends the search, the inner one is that of this one call.
pub(in crate::engine) async fn answer<P: Module>(
    context: &Context<'_>,
    program: &P,
    input: P::Input,
) -> Result<Result<P::Output, CallError>, Stop> {
    let forward = AssertUnwindSafe(async { program.forward(context, input).await });
    let answered = forward.catch_unwind().await;
    let answered = answered.unwrap_or_else(|panic| {
        let words = panic_words(&*panic);
        Err(CallError::program(format!(
            "the proposer panicked: {words}"
        )))
    });
    let answered = context.take_end().map_or(answered, Err);
    match answered.map_err(stop_or_error) {
        Ok(output) => Ok(Ok(output)),
        Err(Ok(CallError::Refused { source, .. })) => Err(Stop::Budget(source)),
        Err(Ok(error)) => Ok(Err(error)),
        Err(Err(stop)) => Err(stop),
    }
}

/// What a proposer answers to these requests, concurrently, in their order, and what that costs.
pub(in crate::engine) async fn propose<M, E, P>(
    evaluator: &Evaluator<'_, M, E>,
    proposer: &P,
    requests: &[ProposalRequest<'_, M, P::Input>],
    tuned: &Tuned,
) -> Result<(Vec<Answer<P>>, Spend), Stop>
where
    M: Module,
    E: Example<M::Input>,
    P: Module,
{
    let mut answers = Vec::with_capacity(requests.len());
    let mut spend = Spend::default();
    let start = |index: usize| async move {
        let request: &ProposalRequest<'_, M, P::Input> = &requests[index];
        let mut components = request.components.iter();
        match components.find(|component| !tuned.has(component.predictor())) {
            Some(fixed) => {
                let component = fixed.clone();
                Ok((Err(Rejection::Fixed { component }), Spend::default()))
            }
            None => ask(evaluator, proposer, request).await,
        }
    };
    in_order(
        requests.len(),
        || evaluator.run().concurrency,
        start,
        |_, (answer, cost)| {
            answers.push(answer);
            spend += cost;
            Ok(())
        },
    )
    .await?;
    Ok((answers, spend))
}

/// Asks with the room that the run allows, and with half of it where the model takes the prompt for too long.
async fn ask<M, E, P>(
    evaluator: &Evaluator<'_, M, E>,
    proposer: &P,
    request: &ProposalRequest<'_, M, P::Input>,
) -> Result<(Answer<P>, Spend), Stop>
where
    M: Module,
    E: Example<M::Input>,
    P: Module,
{
    let mut tokens = evaluator.run().proposals.prompt_tokens;
    let mut spend = Spend::default();
    loop {
        let mut context = Context::new(evaluator.gateway())
            .with_purpose(request.purpose)
            .with_candidate(request.parent.id())
            .with_sample(request.sample);
        if let Some(temperature) = request.temperature {
            context = context.with_temperature(temperature);
        }
        let input = (request.input)(Room::of(tokens));
        let answered = answer(&context, proposer, input).await?;
        spend += context.spend();
        match answered {
            Err(error) if is_too_long(&error) && tokens / 2 >= LEAST_ROOM => tokens /= 2,
            answered => return Ok((answered.map_err(|error| rejection(&error)), spend)),
        }
    }
}

fn is_too_long(error: &CallError) -> bool {
    match error {
        CallError::Lm { source, .. } => source.kind() == LmErrorKind::ContextTooLong,
        CallError::ContextOverflow { .. } => true,
        _ => false,
    }
}

fn rejection(error: &CallError) -> Rejection {
    let words = error.to_string();
    match error {
        CallError::Parse { .. } | CallError::NoAnswer { .. } => {
            Rejection::Unreadable { error: words }
        }
        CallError::Unanswered { source, .. } => match &**source {
            Unanswered::Refused { .. } => Rejection::Refused { words },
            Unanswered::Cut { .. } => Rejection::CutOff { sign: words },
        },
        _ => Rejection::Unanswered { error: words },
    }
}

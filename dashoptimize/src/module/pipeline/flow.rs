//! How the steps of a pipeline run: concurrently, once for each item, or after another one failed.

use std::future::{Future, poll_fn};
use std::task::Poll;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use crate::call::{CallError, Context, TraceEvent};
use crate::lm::BoxFuture;

/// The number of items that a `for` works on at the same time by default.
pub const CONCURRENCY: usize = 16;

/// A step that has started.
pub type StepFuture<'a> = BoxFuture<'a, Result<(), CallError>>;

/// The state of a step.
enum StepState<'a> {
    Waiting,
    Running(StepFuture<'a>),
    Ended,
}

/// Runs all steps in the current task. Each starts as soon as the steps that `after` names for it have
/// ended. When one fails, or the call is dropped, the others stop with it.
///
/// # Errors
///
/// The first failure.
pub fn run<'r, 'a: 'r>(
    after: &'r [&'r [usize]],
    start: &'r (dyn Fn(usize) -> StepFuture<'a> + Sync + 'r),
) -> BoxFuture<'r, Result<(), CallError>> {
    let mut steps: Vec<_> = after.iter().map(|_| StepState::Waiting).collect();
    Box::pin(poll_fn(move |context| {
        // A step only reads earlier ones, so one pass starts every step that can start.
        for index in 0..steps.len() {
            let has_ended = |step: &usize| matches!(steps[*step], StepState::Ended);
            if matches!(steps[index], StepState::Waiting) && after[index].iter().all(has_ended) {
                steps[index] = StepState::Running(start(index));
            }
            if let StepState::Running(step) = &mut steps[index]
                && let Poll::Ready(ended) = step.as_mut().poll(context)
            {
                ended?;
                steps[index] = StepState::Ended;
            }
        }
        match steps.iter().all(|step| matches!(step, StepState::Ended)) {
            true => Poll::Ready(Ok(())),
            false => Poll::Pending,
        }
    }))
}

/// A list that a `for` goes over.
#[diagnostic::on_unimplemented(
    message = "a `for` goes over a list, and `{Self}` is not a list",
    label = "not a list",
    note = "give it a `Vec`, or anything else that is `IntoIterator`"
)]
pub trait List<T> {
    /// The items.
    fn into_items(self) -> Vec<T>;
}

#[diagnostic::do_not_recommend]
impl<I: IntoIterator> List<I::Item> for I {
    fn into_items(self) -> Vec<I::Item> {
        self.into_iter().collect()
    }
}

/// The items of a list.
pub fn items<T, L: List<T>>(list: L) -> Vec<T> {
    list.into_items()
}

/// Does the same for each item, for at most `concurrency` items at the same time, and keeps their order.
///
/// # Errors
///
/// The first failure; the others stop with it.
pub async fn map<I, F, W, T>(
    items: Vec<I>,
    concurrency: usize,
    each: F,
) -> Result<Vec<T>, CallError>
where
    I: Send,
    F: Fn(u32, I) -> W + Send,
    W: Future<Output = Result<T, CallError>> + Send,
    T: Send,
{
    let mut waiting = items.into_iter().zip(0..);
    let mut running = FuturesUnordered::new();
    let mut done: Vec<Option<T>> = Vec::new();
    loop {
        while running.len() < concurrency.max(1) {
            let Some((item, index)) = waiting.next() else {
                break;
            };
            done.push(None);
            let work = each(index, item);
            running.push(async move { (index, work.await) });
        }
        match running.next().await {
            Some((index, value)) => done[index as usize] = Some(value?),
            None => return Ok(done.into_iter().flatten().collect()),
        }
    }
}

/// A value that a step can be given.
#[diagnostic::on_unimplemented(
    message = "a step cannot be given a `{Self}`",
    label = "this cannot be copied for the step that reads it",
    note = "the value of a step must be `Clone + Send + Sync`"
)]
pub trait StepInput: Clone {}

#[diagnostic::do_not_recommend]
impl<T: Clone> StepInput for T {}

/// A copy of a value, for a step that reads it.
pub fn read<T: StepInput>(value: &T) -> T {
    value.clone()
}

/// Decides whether the next alternative of a fallback may be tried after this failure.
///
/// # Errors
///
/// The failure itself, if no other call of the run could succeed either.
pub fn fall_back(context: &Context<'_>, path: &str, error: CallError) -> Result<(), CallError> {
    if error.ends_the_run() {
        return Err(error);
    }
    context.tell(|| TraceEvent::FellBack {
        step: path.to_owned(),
        error: error.to_string(),
    });
    Ok(())
}

//! How the steps of a pipeline run: at once, for each item, one after a failed one.

use std::future::{Future, poll_fn};
use std::task::Poll;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use crate::call::{CallError, Context, TraceEvent};
use crate::lm::BoxFuture;

/// Items that a `for` works on at once, where the user sets nothing.
pub const CONCURRENCY: usize = 16;

/// A step that has begun.
pub type StepFuture<'a> = BoxFuture<'a, Result<(), CallError>>;

/// How far a step is.
enum Progress<'a> {
    Waiting,
    Running(StepFuture<'a>),
    Ended,
}

/// Runs all steps in this very task, each as soon as those before it have ended that `after` names:
/// when one fails, or the call is dropped, the others stop with it and nothing of them goes on.
///
/// # Errors
///
/// The first failure.
pub fn run<'r, 'a: 'r>(
    after: &'r [&'r [usize]],
    begin: &'r (dyn Fn(usize) -> StepFuture<'a> + Sync + 'r),
) -> BoxFuture<'r, Result<(), CallError>> {
    let mut steps: Vec<_> = after.iter().map(|_| Progress::Waiting).collect();
    Box::pin(poll_fn(move |context| {
        // A step reads earlier ones only, so one pass begins all that can begin.
        for index in 0..steps.len() {
            let has_ended = |step: &usize| matches!(steps[*step], Progress::Ended);
            if matches!(steps[index], Progress::Waiting) && after[index].iter().all(has_ended) {
                steps[index] = Progress::Running(begin(index));
            }
            if let Progress::Running(step) = &mut steps[index]
                && let Poll::Ready(ended) = step.as_mut().poll(context)
            {
                ended?;
                steps[index] = Progress::Ended;
            }
        }
        match steps.iter().all(|step| matches!(step, Progress::Ended)) {
            true => Poll::Ready(Ok(())),
            false => Poll::Pending,
        }
    }))
}

/// What a `for` goes over.
#[diagnostic::on_unimplemented(
    message = "a `for` goes over a list, and `{Self}` is none",
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

/// Does the same for each item, at most `concurrency` at once, and keeps their order.
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

/// What steps can be given.
#[diagnostic::on_unimplemented(
    message = "a step cannot be given a `{Self}`",
    label = "this cannot be copied for the step that reads it",
    note = "the value of a step must be `Clone + Send + Sync`"
)]
pub trait Given: Clone {}

#[diagnostic::do_not_recommend]
impl<T: Clone> Given for T {}

/// A copy of a value, for a step that reads it.
pub fn read<T: Given>(value: &T) -> T {
    value.clone()
}

/// After a failed way of a fallback: whether the next one may be tried.
///
/// # Errors
///
/// The failure itself, where no call of the run could fare better.
pub fn give_way(context: &Context<'_>, path: &str, error: CallError) -> Result<(), CallError> {
    if error.ends_the_run() {
        return Err(error);
    }
    context.tell(|| TraceEvent::Step {
        what: "fallback",
        name: path.to_owned(),
        text: error.to_string(),
    });
    Ok(())
}

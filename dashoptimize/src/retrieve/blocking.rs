//! Embedding on a thread for blocking work.

use std::panic::resume_unwind;

use tokio::runtime::Handle;

use super::embedder::EmbedError;

/// Runs the work on a thread for blocking work, so that the task of the caller is not blocked. Outside a
/// Tokio runtime there are no such threads, and the work runs on the current one.
///
/// If the returned future is dropped, the work continues to its end, and its result is discarded.
pub(super) async fn on_blocking_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, EmbedError> + Send + 'static,
) -> Result<T, EmbedError> {
    let Ok(runtime) = Handle::try_current() else {
        return work();
    };
    match runtime.spawn_blocking(work).await {
        Ok(done) => done,
        // A panic is passed on, as if the work had run here; the evaluation of programs catches it.
        Err(ended) => match ended.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(_) => Err(EmbedError::ShutDown),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};
    use std::thread;

    use tokio::runtime::Builder;

    use super::*;

    fn polled_once<T>(work: impl Future<Output = T>) -> Poll<T> {
        pin!(work).poll(&mut Context::from_waker(Waker::noop()))
    }

    #[tokio::test]
    async fn it_runs_on_another_thread() {
        let there = on_blocking_thread(|| Ok(thread::current().id()))
            .await
            .unwrap();
        assert_ne!(there, thread::current().id());
    }

    #[test]
    fn without_a_runtime_it_runs_here() {
        let here = polled_once(on_blocking_thread(|| Ok(thread::current().id())));
        assert!(matches!(here, Poll::Ready(Ok(id)) if id == thread::current().id()));
    }

    #[tokio::test]
    #[should_panic(expected = "no vector for this")]
    async fn a_panic_is_passed_on() {
        let _ = on_blocking_thread::<()>(|| panic!("no vector for this")).await;
    }

    #[test]
    fn a_runtime_that_was_shut_down_is_an_error() {
        let runtime = Builder::new_current_thread().build().unwrap();
        let handle = runtime.handle().clone();
        drop(runtime);
        let _entered = handle.enter();
        let outcome = polled_once(on_blocking_thread(|| Ok(())));
        assert!(matches!(outcome, Poll::Ready(Err(EmbedError::ShutDown))));
    }
}

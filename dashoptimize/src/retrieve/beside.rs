//! Work that would hold up the task that waits for it.

use std::panic::resume_unwind;

use tokio::runtime::Handle;

use super::embedder::EmbedError;

/// Embeds on a thread for blocking work, so that all that runs beside it in the same task goes on.
/// Outside a tokio runtime there is no such thread, and the work is done here.
///
/// A caller who goes away leaves nothing behind but the rest of the computation.
pub(crate) async fn beside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, EmbedError> + Send + 'static,
) -> Result<T, EmbedError> {
    let Ok(runtime) = Handle::try_current() else {
        return work();
    };
    match runtime.spawn_blocking(work).await {
        Ok(done) => done,
        // As if the work had been done here: whoever runs programs catches it.
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
    async fn it_is_done_on_another_thread() {
        let there = beside(|| Ok(thread::current().id())).await.unwrap();
        assert_ne!(there, thread::current().id());
    }

    #[test]
    fn without_a_runtime_it_is_done_here() {
        let here = polled_once(beside(|| Ok(thread::current().id())));
        assert!(matches!(here, Poll::Ready(Ok(id)) if id == thread::current().id()));
    }

    #[tokio::test]
    #[should_panic(expected = "no vector for this")]
    async fn it_panics_as_if_it_was_done_here() {
        let _ = beside::<()>(|| panic!("no vector for this")).await;
    }

    #[test]
    fn a_runtime_that_was_shut_down_is_an_error() {
        let runtime = Builder::new_current_thread().build().unwrap();
        let handle = runtime.handle().clone();
        drop(runtime);
        let _entered = handle.enter();
        let outcome = polled_once(beside(|| Ok(())));
        assert!(matches!(outcome, Poll::Ready(Err(EmbedError::ShutDown))));
    }
}

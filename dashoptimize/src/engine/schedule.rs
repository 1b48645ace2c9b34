//! Concurrent rollouts, with results in order.

use std::collections::BTreeMap;
use std::future::Future;
use std::num::NonZeroUsize;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::stop::Stop;

/// How far ahead of the first missing result futures are started, as a multiple of the concurrency. It
/// bounds the number of results that wait for their turn.
const AHEAD: usize = 64;

/// Runs `count` futures, at most `concurrency` at the same time, which may change while they run, and passes their results to `take` in
/// order, whatever the order in which they end. `start` makes the future of an index.
///
/// A future that takes very long delays those that are far ahead of it, because their results have to
/// wait in memory.
///
/// The first error, of a future or of `take`, drops all futures that are running and is returned.
pub(super) async fn in_order<T, F: Future<Output = Result<T, Stop>>>(
    count: usize,
    concurrency: impl Fn() -> NonZeroUsize,
    start: impl Fn(usize) -> F,
    mut take: impl FnMut(usize, T) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let mut waiting = (0..count).peekable();
    let mut running = FuturesUnordered::new();
    let mut early = BTreeMap::new();
    let mut next = 0;
    loop {
        let concurrency = concurrency().get();
        let ahead = concurrency.saturating_mul(AHEAD);
        while running.len() < concurrency {
            match waiting.next_if(|index| *index - next < ahead) {
                Some(index) => {
                    let future = start(index);
                    running.push(async move { (index, future.await) });
                }
                None => break,
            }
        }
        let Some((index, ended)) = running.next().await else {
            return Ok(());
        };
        early.insert(index, ended?);
        while let Some(result) = early.remove(&next) {
            take(next, result)?;
            next += 1;
        }
    }
}

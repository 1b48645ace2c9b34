//! Many rollouts at once, their results in order.

use std::collections::BTreeMap;
use std::future::Future;
use std::num::NonZeroUsize;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::stop::Stop;

/// How far beyond the first result that is still missing futures are begun, in times of how many run
/// at once. It bounds the results that wait for their turn.
const AHEAD: usize = 64;

/// Runs `count` futures, at most `at_once` at a time, and hands their results to `take` in order,
/// whatever the order in which they end. `begin` makes the future of an index.
///
/// One that takes very long holds up the others when they are far ahead of it, because their results
/// wait in memory.
///
/// The first error, of a future or of `take`, drops all that is on its way and is returned.
pub(super) async fn in_order<T, F: Future<Output = Result<T, Stop>>>(
    count: usize,
    at_once: NonZeroUsize,
    begin: impl Fn(usize) -> F,
    mut take: impl FnMut(usize, T) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let mut waiting = (0..count).peekable();
    let ahead = at_once.get().saturating_mul(AHEAD);
    let mut running = FuturesUnordered::new();
    let mut early = BTreeMap::new();
    let mut next = 0;
    loop {
        while running.len() < at_once.get() {
            match waiting.next_if(|index| *index - next < ahead) {
                Some(index) => {
                    let future = begin(index);
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

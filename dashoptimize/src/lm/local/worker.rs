//! The thread that owns the engine.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use rayon::{ThreadPool, ThreadPoolBuilder};

use super::engine::{Engine, Job};
use super::error::LocalError;

/// Threads that compute for one model. They sleep while there is nothing to do.
pub(super) fn pool(threads: usize) -> Result<ThreadPool, LocalError> {
    ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(|index| format!("local-model-{index}"))
        .build()
        .map_err(|error| LocalError::Threads(error.to_string()))
}

/// Starts the thread. It ends when the sender is dropped and the jobs are done.
///
/// Should it panic, all jobs are dropped with it, so that everybody who waits for a reply is told.
pub(super) fn start(mut engine: Engine, pool: ThreadPool) -> Result<Sender<Job>, LocalError> {
    let (sender, receiver) = channel();
    thread::Builder::new()
        .name("local-model".into())
        .spawn(move || pool.install(move || run(&mut engine, receiver)))
        .map_err(|error| LocalError::Threads(error.to_string()))?;
    Ok(sender)
}

// The receiver is owned here, so that a panic drops it and later calls fail at once.
#[expect(clippy::needless_pass_by_value)]
fn run(engine: &mut Engine, jobs: Receiver<Job>) {
    loop {
        if engine.is_idle() {
            match jobs.recv() {
                Ok(job) => engine.push(job),
                Err(_) => return,
            }
        }
        while let Ok(job) = jobs.try_recv() {
            engine.push(job);
        }
        engine.step();
    }
}

//! The thread that runs the engine.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use rayon::ThreadPool;

use super::engine::BatchEngine;
use super::job::Job;
use crate::lm::local::error::LocalError;

/// Starts the thread. It ends when the sender is dropped and all jobs are done.
///
/// If it panics, all jobs are dropped, so every caller that waits for a reply gets an error.
pub(crate) fn start(mut engine: BatchEngine, pool: ThreadPool) -> Result<Sender<Job>, LocalError> {
    let (sender, receiver) = channel();
    thread::Builder::new()
        .name("local-model".into())
        .spawn(move || pool.install(move || run(&mut engine, receiver)))
        .map_err(|error| LocalError::Threads(error.to_string()))?;
    Ok(sender)
}

// The function owns the receiver, so that a panic drops it and later calls fail immediately.
#[expect(clippy::needless_pass_by_value)]
fn run(engine: &mut BatchEngine, jobs: Receiver<Job>) {
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

//! Measures a run from outside the interpreter, because a single operation can take any amount of time and
//! memory without checking a limit.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, Thread};
use std::time::Duration;

use cpu_time::ProcessTime;

use super::channel::Channel;
use crate::interpreter::limits::{Limit, Limits};

/// The time between two measurements. In it, code can fill some 20 MiB at most, by writing zeros.
const PAUSE: Duration = Duration::from_millis(2);

/// A thread that ends the process if a run uses too much time or memory, or if the program is gone that started
/// the process.
pub(super) struct Watch {
    state: Arc<RunState>,
    thread: Thread,
}

/// What the watching thread is told about the run.
#[derive(Default)]
struct RunState {
    /// The number of the run. Each run has its own CPU time.
    run: AtomicU64,
    /// Whether code is running. If not, the thread sleeps.
    awake: AtomicBool,
}

impl Watch {
    /// Starts the thread. The memory that the process uses now is not counted. Returns `None` if the
    /// system cannot start a thread or does not report the memory in use; then no code must run.
    pub(super) fn start(limits: Limits, channel: Arc<Channel>) -> Option<Self> {
        let state = Arc::<RunState>::default();
        let watched = Arc::clone(&state);
        let idle = memory()?;
        let watching =
            thread::Builder::new().spawn(move || watch(limits, &channel, &watched, idle));
        Some(Self {
            state,
            thread: watching.ok()?.thread().clone(),
        })
    }

    /// Starts a run, whose time is counted from now on.
    pub(super) fn start_run(&self) {
        self.state.run.fetch_add(1, Ordering::Relaxed);
        self.resume();
    }

    /// Pauses the measurement: the run has ended, or waits for a host function.
    pub(super) fn pause(&self) {
        self.state.awake.store(false, Ordering::Release);
    }

    /// Resumes the measurement.
    pub(super) fn resume(&self) {
        self.state.awake.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

fn watch(limits: Limits, channel: &Channel, state: &RunState, idle: usize) {
    let (mut run, mut started) = (0, ProcessTime::now());
    let parent = parent();
    loop {
        while !state.awake.load(Ordering::Acquire) {
            thread::park();
        }
        let current = state.run.load(Ordering::Relaxed);
        if current != run {
            (run, started) = (current, ProcessTime::now());
        }
        if started.elapsed() > limits.time {
            channel.stop(Limit::Time);
        }
        if memory().is_none_or(|now| now.saturating_sub(idle) > limits.memory) {
            channel.stop(Limit::Memory);
        }
        if self::parent() != parent {
            std::process::exit(1);
        }
        thread::sleep(PAUSE);
    }
}

/// The process that started this one. It is another one when the first has ended.
#[cfg(unix)]
fn parent() -> u32 {
    std::os::unix::process::parent_id()
}

/// What is not known does not change.
#[cfg(not(unix))]
const fn parent() -> u32 {
    0
}

/// The resident memory of the process, in bytes.
fn memory() -> Option<usize> {
    memory_stats::memory_stats().map(|stats| stats.physical_mem)
}

//! Measures a run from outside of the interpreter: a single operation of it can take any time and
//! memory without looking at a limit.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, Thread};
use std::time::Duration;

use cpu_time::ProcessTime;

use super::super::{Limit, Limits};
use super::channel::Channel;

/// Between two looks. The fastest way to use memory, writing zeros, gets to some 20 MiB in it.
const PAUSE: Duration = Duration::from_millis(2);

/// A thread that ends the process where a run uses too much.
pub(super) struct Watch {
    shared: Arc<Shared>,
    thread: Thread,
}

#[derive(Default)]
struct Shared {
    /// The number of the run: its CPU time is counted anew.
    run: AtomicU64,
    /// Whether code runs. The thread sleeps while it does not.
    awake: AtomicBool,
}

impl Watch {
    /// Starts the thread. What the process uses now is not counted. `None` where the system gives no
    /// thread or does not say how much memory is used: then no code must run.
    pub(super) fn start(limits: Limits, channel: Arc<Channel>) -> Option<Self> {
        let shared = Arc::<Shared>::default();
        let seen = Arc::clone(&shared);
        let idle = memory()?;
        let watching = thread::Builder::new().spawn(move || watch(limits, &channel, &seen, idle));
        Some(Self {
            shared,
            thread: watching.ok()?.thread().clone(),
        })
    }

    /// A run begins: its time is counted from now.
    pub(super) fn begin(&self) {
        self.shared.run.fetch_add(1, Ordering::Relaxed);
        self.resume();
    }

    /// No code runs for a while: the run is over, or waits for a host function.
    pub(super) fn pause(&self) {
        self.shared.awake.store(false, Ordering::Release);
    }

    /// The code goes on.
    pub(super) fn resume(&self) {
        self.shared.awake.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

fn watch(limits: Limits, channel: &Channel, shared: &Shared, idle: usize) {
    let (mut run, mut begun) = (0, ProcessTime::now());
    loop {
        while !shared.awake.load(Ordering::Acquire) {
            thread::park();
        }
        let current = shared.run.load(Ordering::Relaxed);
        if current != run {
            (run, begun) = (current, ProcessTime::now());
        }
        if begun.elapsed() > limits.time {
            channel.stop(Limit::Time);
        }
        if memory().is_none_or(|now| now.saturating_sub(idle) > limits.memory) {
            channel.stop(Limit::Memory);
        }
        thread::sleep(PAUSE);
    }
}

/// Bytes of the process that are in memory.
fn memory() -> Option<usize> {
    memory_stats::memory_stats().map(|stats| stats.physical_mem)
}

//! How much code may use.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How much one run of code may use. Each limit is kept, whatever the code does.
///
/// All but [`recursion`](Self::recursion) and [`calls`](Self::calls) end the worker process, and with
/// it the variables of the [`Session`](super::Session): the next run starts with none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Limits {
    /// CPU time of the worker, so that neither a busy machine nor waiting for a host function
    /// counts. Default 30 s. A worker that gets no CPU is ended after ten times as long.
    pub time: Duration,
    /// Bytes of memory over what the idle worker takes, for all variables of the session. A single
    /// value that would be too large is refused before it is made; the rest is measured every few
    /// milliseconds. Default 256 MiB.
    pub memory: usize,
    /// Instructions of the interpreter's machine; a short line of Python is about ten. Counted in
    /// hundreds, and not within callbacks of builtins (`sorted(key = …)`), which
    /// [`time`](Self::time) bounds. This is what ends an endless loop, after the same
    /// instruction on every machine. Default 100 million.
    pub steps: u64,
    /// Calls within calls, before the code gets a `RecursionError`. Default 500; no more than
    /// 1000 are allowed.
    pub recursion: usize,
    /// Calls of host functions in one run, before the code gets a `RuntimeError`. Default 100.
    pub calls: usize,
    /// Bytes that are printed, and bytes of the value as JSON. Default 100,000.
    pub output: usize,
}

impl Limits {
    /// Deeper, and native code could overflow the worker's stack before Python's limit is met.
    pub(super) const DEEPEST: usize = 1000;

    /// Sets the CPU time. Default 30 s.
    #[must_use]
    pub const fn time(mut self, time: Duration) -> Self {
        self.time = time;
        self
    }

    /// Sets the bytes of memory. Default 256 MiB.
    #[must_use]
    pub const fn memory(mut self, bytes: usize) -> Self {
        self.memory = bytes;
        self
    }

    /// Sets the number of instructions. Default 100 million.
    #[must_use]
    pub const fn steps(mut self, instructions: u64) -> Self {
        self.steps = instructions;
        self
    }

    /// Sets the depth of calls within calls. Default 500, at most 1000.
    #[must_use]
    pub const fn recursion(mut self, depth: usize) -> Self {
        self.recursion = depth;
        self
    }

    /// Sets the number of calls of host functions. Default 100.
    #[must_use]
    pub const fn calls(mut self, calls: usize) -> Self {
        self.calls = calls;
        self
    }

    /// Sets the bytes of output, and of the value as JSON. Default 100,000.
    #[must_use]
    pub const fn output(mut self, bytes: usize) -> Self {
        self.output = bytes;
        self
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(30),
            memory: 256 << 20,
            steps: 100_000_000,
            recursion: 500,
            calls: 100,
            output: 100_000,
        }
    }
}

/// A limit that code ran into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Limit {
    /// [`Limits::time`].
    Time,
    /// [`Limits::memory`].
    Memory,
    /// [`Limits::steps`].
    Steps,
    /// [`Limits::output`].
    Output,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Time => "time",
            Self::Memory => "memory",
            Self::Steps => "steps",
            Self::Output => "output",
        })
    }
}

//! Limits for code.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The limits of one run of code. They hold whatever the code does.
///
/// A run that reaches [`recursion`](Self::recursion) or [`calls`](Self::calls) gets an exception. Any
/// other limit ends the worker process and loses the variables of the [`Session`](super::Session), so the
/// next run starts without variables.
///
/// ```
/// use std::time::Duration;
///
/// use dashoptimize::interpreter::Limits;
///
/// let limits = Limits::default().time(Duration::from_secs(5)).memory(64 << 20);
/// assert_eq!(limits.steps, 100_000_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Limits {
    /// The CPU time of the worker, to which neither a busy machine nor a wait for a host function adds.
    /// Default: 30 s. A worker that gets no CPU time is killed after ten times this time plus one minute.
    pub time: Duration,
    /// The memory in bytes, in addition to that of the idle worker, for all variables of the session. A
    /// single value that would be too large is refused before it is created; the total is measured every
    /// few milliseconds. An input, and a result of a host function, may take an eighth of it. Default:
    /// 256 MiB.
    pub memory: usize,
    /// The number of bytecode instructions; a short line of Python takes about ten. They are counted in
    /// steps of 256, and not within callbacks of builtins (`sorted(key=…)`), which [`time`](Self::time)
    /// limits. This limit ends an endless loop, after the same instruction on every machine. Default:
    /// 100 million.
    pub steps: u64,
    /// The depth of nested calls above which the code gets a `RecursionError`. Default: 500; at most
    /// 1000.
    pub recursion: usize,
    /// The number of calls of host functions in one run, above which the code gets a `RuntimeError`.
    /// Default: 100.
    pub calls: usize,
    /// The number of bytes that the code may print, and that its value may have as JSON. The arguments of
    /// a call of a host function may have as many, or else the code gets a `ValueError`; the message of
    /// an exception is cut after as many. Default: 100,000.
    pub output: usize,
}

impl Limits {
    /// With deeper recursion, native code could overflow the stack of the worker before Python's limit
    /// is reached.
    pub(super) const DEEPEST: usize = 1000;

    /// Sets the CPU [time](#structfield.time). Default: 30 s.
    #[must_use]
    pub const fn time(mut self, time: Duration) -> Self {
        self.time = time;
        self
    }

    /// Sets the [memory](#structfield.memory) in bytes. Default: 256 MiB.
    #[must_use]
    pub const fn memory(mut self, bytes: usize) -> Self {
        self.memory = bytes;
        self
    }

    /// Sets the number of [instructions](#structfield.steps). Default: 100 million.
    #[must_use]
    pub const fn steps(mut self, instructions: u64) -> Self {
        self.steps = instructions;
        self
    }

    /// Sets the depth of [nested calls](#structfield.recursion). Default: 500; at most 1000.
    #[must_use]
    pub const fn recursion(mut self, depth: usize) -> Self {
        self.recursion = depth;
        self
    }

    /// Sets the number of [calls of host functions](#structfield.calls). Default: 100.
    #[must_use]
    pub const fn calls(mut self, calls: usize) -> Self {
        self.calls = calls;
        self
    }

    /// Sets the number of bytes of the [output](#structfield.output). Default: 100,000.
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

/// A limit that ends a run.
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

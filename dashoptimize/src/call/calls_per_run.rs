//! How many calls of models one run of a program makes.

use serde::Serialize;

use super::Bounds;

/// How many calls of models one run of a program makes, repairs and retries not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CallsPerRun {
    /// Calls that do the task.
    pub task: Bounds,
    /// Calls that reflect on an attempt, as those of [`Refine`](crate::module::Refine).
    pub reflect: Bounds,
}

impl CallsPerRun {
    /// No call.
    pub const NONE: Self = Self::task(Bounds::NONE);

    /// One call.
    pub const ONE: Self = Self::task(Bounds::exactly(1));

    /// Nothing is known.
    pub const UNKNOWN: Self = Self {
        task: Bounds::UNKNOWN,
        reflect: Bounds::UNKNOWN,
    };

    /// So many calls that do the task, and no others.
    #[must_use]
    pub const fn task(task: Bounds) -> Self {
        Self {
            task,
            reflect: Bounds::NONE,
        }
    }

    /// Sets how many calls reflect.
    #[must_use]
    pub const fn with_reflect(mut self, reflect: Bounds) -> Self {
        self.reflect = reflect;
        self
    }

    /// Those of both.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            task: self.task.plus(other.task),
            reflect: self.reflect.plus(other.reflect),
        }
    }

    /// Those of so many runs.
    #[must_use]
    pub fn times(self, runs: Bounds) -> Self {
        Self {
            task: self.task.times(runs),
            reflect: self.reflect.times(runs),
        }
    }
}

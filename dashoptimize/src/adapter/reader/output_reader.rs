//! The state of reading one output.

use super::effort::Effort;
use crate::signature::ValueError;

/// How many wrappers are removed from a value: lists with one item, objects with one key, texts that
/// hold JSON. Each of them can be read in two ways, so the work doubles with each.
const WRAPPERS: usize = 3;

/// Reads one output: it knows the range that the checks of the output state, and collects the repairs.
/// The methods for a form of values are in the file for that form.
#[derive(Debug)]
pub(super) struct OutputReader<'e> {
    pub(super) range: Option<(f64, f64)>,
    pub(super) effort: &'e Effort,
    /// How many wrappers are around the value that is being read.
    wrappers: usize,
    repairs: Vec<String>,
}

impl<'e> OutputReader<'e> {
    pub(super) const fn new(range: Option<(f64, f64)>, effort: &'e Effort) -> Self {
        Self {
            range,
            effort,
            wrappers: 0,
            repairs: Vec::new(),
        }
    }

    /// Takes the repairs, in the order in which they were made.
    pub(super) fn take_repairs(&mut self) -> Vec<String> {
        std::mem::take(&mut self.repairs)
    }

    pub(super) const fn repair_count(&self) -> usize {
        self.repairs.len()
    }

    /// Takes the repairs, and puts these in their place.
    pub(super) fn replace_repairs(&mut self, repairs: Vec<String>) -> Vec<String> {
        std::mem::replace(&mut self.repairs, repairs)
    }

    pub(super) fn repaired(&mut self, done: impl Into<String>) {
        self.repairs.push(done.into());
    }

    /// Tries to read a value; the repairs count only if it succeeds.
    pub(super) fn attempt<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let before = self.repairs.len();
        let read = read(self);
        if read.is_none() {
            self.repairs.truncate(before);
        }
        read
    }

    /// Reads what is inside a wrapper.
    pub(super) fn unwrapping<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, ValueError>,
    ) -> Result<T, ValueError> {
        if self.wrappers == WRAPPERS {
            return Err(ValueError::new("is wrapped too many times"));
        }
        self.wrappers += 1;
        let read = read(self);
        self.wrappers -= 1;
        read
    }
}

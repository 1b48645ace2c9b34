//! The state of reading one output.

/// Reads one output: it knows the range that the checks of the output state, and collects the repairs.
/// The methods for a form of values are in the file for that form.
#[derive(Debug)]
pub(super) struct OutputReader {
    pub(super) range: Option<(f64, f64)>,
    repairs: Vec<String>,
}

impl OutputReader {
    pub(super) const fn new(range: Option<(f64, f64)>) -> Self {
        Self {
            range,
            repairs: Vec::new(),
        }
    }

    /// Takes the repairs, in the order in which they were made.
    pub(super) fn take_repairs(&mut self) -> Vec<String> {
        std::mem::take(&mut self.repairs)
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
}

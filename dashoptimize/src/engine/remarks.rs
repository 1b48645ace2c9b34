//! What the report of a run says of its search.

use std::sync::{Mutex, PoisonError};

/// What is remarkable, in order, each once.
#[derive(Debug, Default)]
pub(super) struct Remarks(Mutex<Vec<String>>);

impl Remarks {
    /// Adds a remark, unless it is known. Returns whether it was added.
    pub(super) fn add(&self, remark: String) -> bool {
        let mut remarks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = !remarks.contains(&remark);
        if is_new {
            remarks.push(remark);
        }
        is_new
    }

    pub(super) fn all(&self) -> Vec<String> {
        let remarks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        remarks.clone()
    }
}

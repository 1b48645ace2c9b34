//! Reading files that may be damaged or hostile.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::lm::local::error::Flaw;

/// Runs a reader of `candle` and reports a panic as an error.
///
/// `candle` checks what it reads, but it was not written for hostile files: sizes that overflow make
/// it panic.
pub(crate) fn guarded<T>(read: impl FnOnce() -> candle_core::Result<T>) -> Result<T, Flaw> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(result) => result.map_err(|error| Flaw::malformed(first_line(&error))),
        Err(_) => Err(Flaw::malformed("its sizes are inconsistent")),
    }
}

/// Errors of `candle` carry a stack trace after their first line.
fn first_line(error: &candle_core::Error) -> String {
    let text = error.to_string();
    text.lines().next().unwrap_or_default().to_owned()
}

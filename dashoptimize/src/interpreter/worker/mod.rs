//! The worker: the part of the interpreter that runs in the child process.

mod channel;
mod json;
mod run;
mod serve;
mod watch;

pub use serve::serve;
pub(super) use serve::{Serving, serving};

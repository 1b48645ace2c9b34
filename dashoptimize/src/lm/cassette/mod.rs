//! Requests and replies of a model on file, so that tests and examples run again without it.
//!
//! A cassette is JSON Lines: first the model, then one line per call. It holds the texts of requests
//! and replies, and no key: keys are no part of a request.

mod file;
mod nearest;
mod recorder;
mod replay;

pub use file::CassetteError;
pub use recorder::Recorder;
pub use replay::Replay;

//! Recorded requests and replies of a model, so that tests and examples run again without it.
//!
//! A cassette is a file of JSON Lines: first the model, then one line per call. It contains requests and
//! replies, but no key: keys are not part of a request.

mod file;
mod nearest;
mod recorder;
mod replay;

pub use file::CassetteError;
pub use recorder::Recorder;
pub use replay::Replay;

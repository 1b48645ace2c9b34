//! Many replies at the same time: one pass over the weights extends each of them by one token.

mod engine;
mod job;
mod prefixes;
mod sequence;
mod thread;

pub(crate) use engine::BatchEngine;
pub(crate) use job::{Job, JobResult};
pub(crate) use thread::start;

//! What several tests share.

pub(crate) mod ask;
pub(crate) mod chain;
pub(crate) mod coach;
pub(crate) mod journal;
pub(crate) mod pipelines;
#[cfg(feature = "interpreter")]
pub(crate) mod python;
pub(crate) mod quiz;
pub(crate) mod run_folder;
pub(crate) mod server;
pub(crate) mod triage;
pub(crate) mod tuned;

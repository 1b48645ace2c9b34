//! What several tests share.

pub(crate) mod ask;
pub(crate) mod chain;
pub(crate) mod pipelines;
pub(crate) mod quiz;
pub(crate) mod server;
pub(crate) mod triage;
pub(crate) mod tuned;

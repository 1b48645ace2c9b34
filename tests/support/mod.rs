//! What several tests share.

pub(crate) mod ask;
#[allow(missing_docs, unreachable_pub, dead_code)]
pub mod quiz;
pub(crate) mod server;

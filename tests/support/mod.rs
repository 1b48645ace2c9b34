//! What several tests share.

#[allow(missing_docs, unreachable_pub, dead_code)]
pub mod quiz;
pub(crate) mod triage;

//! What several tests share.

pub mod quiz;

//! Tests of the crate as its users meet it, one module per subject.

mod data;
mod metrics;
mod statistics;
mod verdict;

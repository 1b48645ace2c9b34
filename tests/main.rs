//! Behaviour through the public API, one binary.
//! Tests of the crate as its users meet it, one module per subject.

mod artifact;
mod data;
mod engine;
mod metrics;
mod openai;
mod optimizers;
mod record;
mod scripted;
mod statistics;
mod support;
mod verdict;

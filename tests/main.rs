//! Behaviour through the public API, one binary.

mod artifact;
mod engine;
mod support;

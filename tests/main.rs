//! Behaviour through the public API, one binary.

mod engine;
mod support;

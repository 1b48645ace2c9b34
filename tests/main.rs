//! Behaviour through the public API, one binary.

mod artifact;
mod engine;
mod openai;
mod record;
mod scripted;
mod support;

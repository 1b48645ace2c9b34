//! Behaviour through the public API, one binary.

mod adapter_corpus;
mod adapter_prompt;
mod adapter_properties;
mod artifact;
mod artifact_fit;
mod data;
mod diff;
mod dynamic_signature;
mod engine;
mod engine_edges;
mod gateway;
mod metrics;
mod module;
mod modules;
mod openai;
mod optimizers;
mod pipeline;
mod record;
mod report;
mod scripted;
mod secrets;
mod signature;
mod statistics;
mod support;
mod two_predictors;
mod verdict;

//! Behaviour through the public API, one binary.

mod adapter_corpus;
mod adapter_kinds;
mod adapter_prompt;
mod adapter_properties;
mod added_fields;
mod artifact;
mod artifact_fit;
mod betting;
mod calibration;
mod checked_prompt;
#[cfg(feature = "interpreter")]
mod code_act;
mod copies;
mod data;
mod data_files;
mod data_parts;
mod demos_shown;
mod diff;
mod dynamic_signature;
mod engine;
mod engine_edges;
mod engine_seams;
mod errors;
mod every_optimizer;
mod failed_calls;
mod failures;
mod fidelity;
mod gateway;
mod gepa;
mod holdout_budget;
#[cfg(feature = "interpreter")]
mod hostile_code;
mod hostile_http;
#[cfg(feature = "mcp")]
mod hostile_server;
#[cfg(feature = "interpreter")]
mod interpreter;
#[cfg(feature = "interpreter")]
mod interpreter_limits;
mod interrupted;
mod knn;
mod landscapes;
mod llm_node;
#[cfg(feature = "mcp")]
mod mcp;
mod metrics;
mod mipro_v2;
mod module;
mod modules;
mod numbers;
mod openai;
mod optimizer_pipeline;
mod optimizers;
mod pipeline;
#[cfg(feature = "interpreter")]
mod program_of_thought;
mod races;
mod react;
mod record;
mod replies;
mod report;
mod results;
mod retrieve;
mod run_folder;
mod scripted;
mod secrets;
mod shape;
mod signature;
mod simba;
mod state_graph;
mod statistics;
mod strict_types;
mod support;
mod tool_state;
mod tools;
mod two_predictors;
mod unlabeled;
mod verdict;
#[cfg(all(feature = "interpreter", target_os = "linux"))]
mod worker_end;

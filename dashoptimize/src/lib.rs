#![doc = include_str!("../README.md")]

extern crate self as dashoptimize;

pub mod adapter;
pub mod artifact;
pub mod engine;
pub mod evaluate;
pub mod graph;
pub mod lm;
pub mod module;
pub mod optimizer;
pub mod prelude;
mod random;
pub mod report;
pub mod retrieve;
pub mod signature;

pub use dashoptimize_macros::{FieldType, module, pipeline, signature};

#[doc(hidden)]
#[path = "private/mod.rs"]
pub mod __private;

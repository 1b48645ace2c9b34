#![doc = include_str!("../README.md")]

extern crate self as dashoptimize;

pub mod adapter;
pub mod artifact;
pub mod call;
pub mod engine;
pub mod evaluate;
pub mod graph;
#[cfg(feature = "interpreter")]
pub mod interpreter;
pub mod lm;
pub mod module;
pub mod optimizer;
pub mod prelude;
mod random;
pub mod report;
pub mod retrieve;
pub mod signature;
pub mod state;
pub mod tool;

pub use dashoptimize_macros::{
    FieldType, include_prompt, module, pipeline, signature, tool, tools,
};

#[doc(hidden)]
#[path = "private/mod.rs"]
pub mod __private;

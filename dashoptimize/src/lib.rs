#![doc = include_str!("../README.md")]
//!
//! # Where to look
//!
//! | for | see |
//! |---|---|
//! | what most programs import | [`prelude`] |
//! | fields, types and checks | [`signature`](mod@signature), and the macros [`signature`](macro@signature) and [`FieldType`](derive@FieldType) |
//! | modules, from a single call to agents | [`module`](mod@module), and the macro [`module!`] |
//! | programs of several steps | the macro [`pipeline!`]; to draw them, [`graph`] |
//! | the context, trace and errors of a call | [`call`] |
//! | search in texts | [`retrieve`] |
//! | tools that a model can call | [`tool`](mod@tool), and the macros [`tool`](macro@tool) and [`tools!`] |
//! | code that a model writes | `interpreter` (feature `interpreter`) |
//! | models, budgets, retries, caches | [`lm`] |
//! | data sets, metrics, verdicts | [`evaluate`] |
//! | runs: folder, budget, seed, concurrency | [`engine`] |
//! | optimizers | [`optimizer`] |
//! | what an optimizer may change of a program | [`state`] |
//! | tuned prompts as files | [`artifact`], and the macro [`include_prompt!`] |
//! | what is printed of a run | [`report`] |

extern crate self as dashoptimize;

pub mod adapter;
pub mod artifact;
pub mod call;
pub mod engine;
mod error_text;
pub mod evaluate;
pub mod graph;
#[cfg(feature = "interpreter")]
pub mod interpreter;
mod json;
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

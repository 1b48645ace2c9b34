//! The names that a file with a program needs, in one line.
//!
//! ```
//! use dashoptimize::prelude::*;
//! ```
//!
//! It leaves out names that are only needed to write adapters, providers or optimizers, names that describe a
//! signature at run time, and names that are common elsewhere, such as `signature::Role`.

pub use crate::artifact::{Artifact, Persist};
pub use crate::call::CallError;
pub use crate::engine::Run;
pub use crate::evaluate::{
    DataError, Dataset, Example, Loader, Ratio, Score, Splits, async_metric, exact_match, f1_score,
};
#[cfg(feature = "openai")]
pub use crate::lm::OpenAi;
pub use crate::lm::{Budget, Lm, Price};
pub use crate::module::{
    Acted, BestOfN, ChainOfThought, Compared, CompiledGraph, END, Ensemble, KNN, LLMNode, Majority,
    Module, ModuleExt, MultiChainComparison, NodeFn, OverSignature, Parallel, ParallelInput,
    Predict, ReAct, Reasoned, Reducer, Refine, Retrieve, RetrieveInput, START, StateGraph,
    StateModule, majority_vote, majority_vote_by,
};
pub use crate::optimizer::{
    BetterTogether, BootstrapFewShot, COPRO, GEPA, InferRules, KNNFewShot, LabeledFewShot, MIPROv2,
    MIPROv2Mode, Optimizer, ParentSelection, Racer, RandomSearch, SIMBA, SIMBAStrategy, Stage,
};
pub use crate::report::Progress;
pub use crate::retrieve::Passage;
pub use crate::signature::{FieldType, Signature, make_signature};
pub use crate::tool::{SimpleTool, Tool};

// Only the macros, and not the modules with the same names.
pub use dashoptimize_macros::{
    FieldType, include_prompt, module, pipeline, signature, tool, tools,
};

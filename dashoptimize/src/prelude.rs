//! What a file with a program needs, in one line.
//!
//! ```
//! use dashoptimize::prelude::*;
//! ```
//!
//! It leaves out what only those need who write adapters, providers or optimizers, what describes a
//! signature at run time, and names that are common elsewhere, such as `signature::Role`.

pub use crate::artifact::{Artifact, Persist};
pub use crate::call::CallError;
pub use crate::engine::{Install, Run};
pub use crate::evaluate::{
    DataError, Dataset, Example, Loader, Ratio, Score, Splits, async_metric, exact_match, f1_score,
    precision, recall,
};
#[cfg(feature = "openai")]
pub use crate::lm::OpenAi;
pub use crate::lm::{Budget, Lm, Price};
pub use crate::module::{
    Acted, BestOfN, ChainOfThought, Compared, Ensemble, KNN, LLMNode, Majority, Module, ModuleExt,
    MultiChainComparison, OverSignature, Parallel, Predict, ReAct, Reasoned, Refine, Retrieve,
    RetrieveInput, majority_vote, majority_vote_by,
};
pub use crate::optimizer::{
    BetterTogether, BootstrapFewShot, KNNFewShot, LabeledFewShot, Optimizer, RandomSearch,
    SamplingStrategy, Stage,
};
pub use crate::report::Progress;
pub use crate::retrieve::Passage;
pub use crate::signature::{FieldType, Signature, make_signature};
pub use crate::tool::{SimpleTool, Tool};

// The macros alone: the modules of the same names stay out.
pub use dashoptimize_macros::{
    FieldType, include_prompt, module, pipeline, signature, tool, tools,
};

//! What a program file needs, in one line.
//!
//! ```
//! use dashoptimize::prelude::*;
//! ```
//!
//! Left out on purpose: what only those need who write adapters, providers or optimizers, and names
//! that are common elsewhere, such as `signature::Role`.

pub use crate::engine::{Install, Run};
pub use crate::evaluate::{
    DataError, Dataset, Loader, Ratio, Score, Splits, async_metric, exact_match, f1_score,
    precision, recall,
};
#[cfg(feature = "openai")]
pub use crate::lm::OpenAi;
pub use crate::lm::{Budget, Lm, Price};
pub use crate::module::{ChainOfThought, LLMNode, Module, Predict};
pub use crate::optimizer::{
    BootstrapFewShot, LabeledFewShot, Optimizer, RandomSearch, SamplingStrategy,
};
pub use crate::signature::make_signature;
pub use crate::{FieldType, module, signature};

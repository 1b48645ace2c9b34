//! Programs: [`Predict`] and everything that is built on it.
//!
//! A [`Module`] maps a typed input to a typed output by calling models through the
//! [`Context`](crate::call::Context) that it is given. What an optimizer may change of it is its
//! [`State`](crate::state::State): prose, demos and sampling parameters, per [`Predictor`].

mod acted;
mod attempts;
mod best_of_n;
mod chain_of_thought;
#[cfg(feature = "interpreter")]
mod code_act;
mod demos;
mod dyn_module;
mod ensemble;
mod from_lm;
mod knn;
mod llm_node;
mod majority;
mod module_core;
mod module_ext;
mod module_trait;
mod multi_chain_comparison;
mod parallel;
mod part;
pub(crate) mod pipeline;
mod predict;
mod predictor;
#[cfg(feature = "interpreter")]
mod program_of_thought;
mod react;
mod refine;
mod retrieve;
mod reward;
#[cfg(feature = "interpreter")]
mod sandbox;
mod shape;
mod state;
mod tool_use;
mod value_module;
mod with_embedder;

pub use acted::Acted;
pub use best_of_n::BestOfN;
pub use chain_of_thought::{ChainOfThought, Reasoned};
#[cfg(feature = "interpreter")]
pub use code_act::CodeAct;
pub use demos::{IntoDemo, OverSignature};
pub use dyn_module::DynModule;
pub use ensemble::{
    Ensemble, MajorityVote, MajorityVoteBy, Reduce, Reduced, majority_vote, majority_vote_by,
};
pub use from_lm::FromLm;
pub use knn::KNN;
pub use llm_node::LLMNode;
pub use majority::{Majority, majority, majority_by};
pub use module_core::ModuleCore;
pub(crate) use module_core::{forward_typed, start_typed};
pub use module_ext::ModuleExt;
pub use module_trait::Module;
pub use multi_chain_comparison::{Compared, MultiChainComparison};
pub use parallel::Parallel;
pub use predict::Predict;
pub use predictor::Predictor;
#[cfg(feature = "interpreter")]
pub use program_of_thought::{CodeAttempt, NoCodeRan, ProgramOfThought};
pub use react::ReAct;
pub use refine::Refine;
pub use retrieve::{Retrieve, RetrieveError, RetrieveInput};
pub use shape::{Derived, Piece, Shape};
pub(crate) use shape::{DerivedField, DerivedFields};
pub use value_module::{Untyped, ValueModule};
pub(crate) use value_module::{read_boxed, set_path_of};
pub use with_embedder::{Embeds, WithEmbedder};

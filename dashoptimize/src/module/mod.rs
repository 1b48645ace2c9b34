//! Programs: [`Predict`] and everything that is built on it.
//!
//! A [`Module`] maps a typed input to a typed output by calling models through the
//! [`Context`](crate::call::Context) that it is given. An optimizer may change its
//! [`State`](crate::state::State): prose, demos and sampling parameters, per [`Predictor`].
//!
//! # Calling a program
//!
//! [`ModuleExt`] has the methods that every module shares:
//!
//! ```
//! use dashoptimize::lm::{Lm, Scripted};
//! use dashoptimize::module::{ModuleExt, Predict};
//! use dashoptimize::signature;
//!
//! /// Answer with one word.
//! #[signature]
//! struct Qa {
//!     #[input]
//!     question: String,
//!     #[output]
//!     answer: String,
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let lm = Lm::new(Scripted::replies(["Rome"]));
//! let program = Predict::<Qa>::new(lm).temperature(0.0).max_tokens(20);
//! let question = "The capital of Italy?".to_owned();
//! assert_eq!(program.call(QaInput { question }).await?.answer, "Rome");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Writing a module
//!
//! `pipeline!` wires modules into a larger one. A module can also be written by hand, with three methods:
//!
//! ```
//! use dashoptimize::call::{CallError, Context};
//! use dashoptimize::lm::{Lm, Scripted};
//! use dashoptimize::module::{Module, ModuleExt, Predict, Predictor};
//! use dashoptimize::signature;
//!
//! /// Answer the question.
//! #[signature]
//! struct Qa {
//!     #[input]
//!     question: String,
//!     #[output]
//!     answer: String,
//! }
//!
//! /// Make the text shorter.
//! #[signature]
//! struct Shorten {
//!     #[input]
//!     text: String,
//!     #[output]
//!     shorter: String,
//! }
//!
//! /// Answers a question, then shortens the answer.
//! #[derive(Clone)]
//! struct Brief {
//!     draft: Predict<Qa>,
//!     shorten: Predict<Shorten>,
//! }
//!
//! impl Brief {
//!     fn new(lm: &Lm) -> Self {
//!         Self {
//!             draft: Predict::new(lm).under("draft"),
//!             shorten: Predict::new(lm).under("shorten"),
//!         }
//!     }
//! }
//!
//! impl Module for Brief {
//!     type Input = QaInput;
//!     type Output = String;
//!
//!     async fn forward(&self, context: &Context<'_>, input: QaInput) -> Result<String, CallError> {
//!         let draft = self.draft.forward(context, input).await?;
//!         let input = ShortenInput { text: draft.answer };
//!         Ok(self.shorten.forward(context, input).await?.shorter)
//!     }
//!
//!     fn predictors(&self) -> Vec<&Predictor> {
//!         [self.draft.predictors(), self.shorten.predictors()].concat()
//!     }
//!
//!     fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
//!         let mut predictors = self.draft.predictors_mut();
//!         predictors.extend(self.shorten.predictors_mut());
//!         predictors
//!     }
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let lm = Lm::new(Scripted::replies(["It is Rome, of course.", "Rome"]));
//! let program = Brief::new(&lm);
//! let question = "The capital of Italy?".to_owned();
//! assert_eq!(program.call(QaInput { question }).await?, "Rome");
//! assert_eq!(program.predictors()[1].path(), "shorten");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A module that makes concurrent calls gives each of them a
//! [`Context::child`](crate::call::Context::child). With [`Module::SHAPE`], `include_prompt!` can check
//! stored prompts against it.
//!
//! # Adding a module to the library
//!
//! - A module over a signature is one file: a [`ModuleCore`] (or a [`Predictor`], if one call is enough), a
//!   struct with the fields `core` and `signature`, an `impl ValueModule` with `core_is!`, and `faces!`. A
//!   module over another module is one file with an `impl Module`; `hands_on!` writes the items that are
//!   those of the inner module.
//! - Here: a `mod` line and a `pub use` line. If most programs need it, its name goes into the prelude.
//! - `dashoptimize-macros/src/module/kind.rs` has a line for each module that `module!` and `pipeline!` know:
//!   what it is over, its options and the fields that it adds. `dashoptimize-macros/docs/module.md` has a
//!   row for it.
//! - Tests: a file in `tests/modules/`, and a line each in `tests/shape.rs` (its `SHAPE` agrees with its
//!   predictors), in `tests/modules/optimized.rs`, and in `tests/added_fields.rs` if it adds fields.

mod acted;
mod attempts;
mod best_of_n;
mod calls_of_graph;
mod chain_of_thought;
#[cfg(feature = "interpreter")]
mod code_act;
mod demos;
mod description;
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
mod numbers;
mod parallel;
mod part;
pub(crate) mod pipeline;
mod predict;
mod predictor;
#[cfg(feature = "interpreter")]
mod program_of_thought;
mod react;
mod reasoned;
mod refine;
mod retrieve;
mod reward;
#[cfg(feature = "interpreter")]
mod sandbox;
mod shape;
mod state;
mod state_graph;
mod tool_use;
mod value_module;
mod with_embedder;

pub use acted::Acted;
pub use best_of_n::BestOfN;
pub use chain_of_thought::ChainOfThought;
#[cfg(feature = "interpreter")]
pub use code_act::CodeAct;
pub use demos::{IntoDemo, OverSignature};
pub(crate) use description::describe_predictors;
pub use dyn_module::DynModule;
pub use ensemble::{
    Ensemble, MajorityVote, MajorityVoteBy, Reduce, Reduced, majority_vote, majority_vote_by,
};
pub use from_lm::FromLm;
pub use knn::KNN;
pub use llm_node::LLMNode;
pub use majority::{Majority, Vote, majority, majority_by};
pub use module_core::ModuleCore;
pub(crate) use module_core::{forward_typed, start_typed};
pub use module_ext::ModuleExt;
pub use module_trait::Module;
pub use multi_chain_comparison::{Compared, MultiChainComparison};
pub use parallel::{Parallel, ParallelInput};
pub use predict::Predict;
pub use predictor::Predictor;
#[cfg(feature = "interpreter")]
pub use program_of_thought::{CodeAttempt, NoCodeRan, ProgramOfThought};
pub use react::ReAct;
pub use reasoned::Reasoned;
pub use refine::Refine;
pub use retrieve::{Retrieve, RetrieveError, RetrieveInput};
pub use shape::{Derived, Piece, Shape};
pub(crate) use shape::{DerivedField, DerivedFields};
pub use state_graph::{
    AnyNode, Chosen, CompiledGraph, END, GraphProblem, GraphProblemKind, GraphRunError, GraphState,
    IntoNode, Node, NodeFn, NodeOutput, Reducer, START, Sources, StateFn, StateGraph,
    StateGraphError, StateModule, Target,
};
pub use value_module::{Untyped, ValueModule};
pub(crate) use value_module::{read_boxed, set_path_of};
pub use with_embedder::{Embeds, WithEmbedder};

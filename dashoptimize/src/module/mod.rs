//! Programs: [`Predict`] and all that is built on it.
//!
//! A [`Module`] maps a typed input to a typed output by calling models through the [`Context`] that
//! it is given. What an optimizer may change of it is its [`State`]: prose, demos and sampling
//! parameters, per [`Predictor`].

mod acted;
mod attempts;
mod best_of_n;
mod chain_of_thought;
#[cfg(feature = "interpreter")]
mod code_act;
mod demos;
mod ensemble;

mod knn;
mod llm_node;
mod majority;
mod multi_chain_comparison;
mod parallel;
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
pub use ensemble::{
    Ensemble, MajorityVote, MajorityVoteBy, Reduce, Reduced, majority_vote, majority_vote_by,
};
pub use knn::KNN;
pub use llm_node::LLMNode;
pub use majority::{Majority, majority, majority_by};
pub use multi_chain_comparison::{Compared, MultiChainComparison};
pub use parallel::Parallel;
pub use predict::Predict;
pub(crate) use predict::unfit;
pub use predictor::Predictor;
#[cfg(feature = "interpreter")]
pub use program_of_thought::{CodeAttempt, NoCodeRan, ProgramOfThought};
pub use react::ReAct;
pub use refine::Refine;
pub use retrieve::{Retrieve, RetrieveError, RetrieveInput};
pub use shape::{Derived, Piece, Shape};
pub(crate) use shape::{DerivedField, DerivedFields};
pub use value_module::{Untyped, ValueModule};
pub(crate) use value_module::{begin_typed, forward_typed, set_paths};
pub use with_embedder::{Embeds, WithEmbedder};

use std::future::Future;
use std::sync::Arc;

use self::pipeline::{Slot, StepFuture, shared};
use crate::adapter::Adapter;
use crate::call::{CallError, Context, Listener};
use crate::graph::Graph;
use crate::lm::{Gateway, Lm};
use crate::retrieve::Embedder;
use crate::state::{State, StateError};

/// A program: typed input to typed output, by calls to models.
///
/// Cloning is cheap: prompts and models are shared. Nothing in a program changes while it is
/// called, so one program can serve any number of calls at once.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a module",
    label = "this type cannot be called with an input",
    note = "name a module with `module!`, wire one with `pipeline!`, or implement `dashoptimize::module::Module`"
)]
pub trait Module: Clone + Send + Sync + 'static {
    /// What the program is given.
    type Input: Send + 'static;
    /// What it produces.
    type Output: Send + Sync + 'static;

    /// Its predictors, as far as they are known before it runs. `include_prompt!` checks stored prompts
    /// against them. Default: unknown.
    const SHAPE: Shape = Shape::Unknown;

    /// The graph of the program, where it is one. Default: it is none.
    const GRAPH: Option<&'static Graph> = None;

    /// Runs the program inside a context: the gateway, the rollout, the trace.
    ///
    /// # Errors
    ///
    /// The first [`CallError`], with the predictor that it came from.
    fn forward(
        &self,
        context: &Context<'_>,
        input: Self::Input,
    ) -> impl Future<Output = Result<Self::Output, CallError>> + Send;

    /// All predictors, in the order in which the program first calls them. Their paths differ.
    fn predictors(&self) -> Vec<&Predictor>;

    /// The same predictors in the same order, to be changed.
    fn predictors_mut(&mut self) -> Vec<&mut Predictor>;

    /// Puts the module under a name in a larger program: `react` under `answer` is `answer.react`. A
    /// module over a signature with one predictor gives it the name as it stands.
    fn set_path(&mut self, path: &str) {
        for predictor in self.predictors_mut() {
            predictor.set_path(&format!("{path}.{}", predictor.path()));
        }
    }

    /// Runs the program once, outside of any run: no budget, no journal.
    ///
    /// # Errors
    ///
    /// As [`forward`](Self::forward).
    fn call(
        &self,
        input: Self::Input,
    ) -> impl Future<Output = Result<Self::Output, CallError>> + Send {
        async move {
            let gateway = Gateway::direct();
            self.forward(&Context::new(&gateway), input).await
        }
    }

    /// As [`call`](Self::call), and tells this listener of each step while it happens.
    ///
    /// # Errors
    ///
    /// As [`forward`](Self::forward).
    fn call_watched(
        &self,
        input: Self::Input,
        listener: impl Listener,
    ) -> impl Future<Output = Result<Self::Output, CallError>> + Send {
        async move {
            let gateway = Gateway::direct();
            let context = Context::new(&gateway).with_listener(&listener);
            self.forward(&context, input).await
        }
    }

    /// Sets the model of every predictor.
    #[must_use]
    fn lm(mut self, lm: impl Into<Lm>) -> Self {
        let lm = lm.into();
        for predictor in self.predictors_mut() {
            predictor.set_lm(lm.clone());
        }
        self
    }

    /// Sets the temperature of every predictor. Default: the provider's.
    #[must_use]
    fn temperature(mut self, temperature: f64) -> Self {
        for predictor in self.predictors_mut() {
            predictor.change_params(|params| params.temperature = Some(temperature));
        }
        self
    }

    /// Sets the largest number of tokens of each reply. Default: the provider's.
    #[must_use]
    fn max_tokens(mut self, tokens: u32) -> Self {
        for predictor in self.predictors_mut() {
            predictor.change_params(|params| params.max_tokens = Some(tokens));
        }
        self
    }

    /// Sets how often a reply that cannot be read, or that breaks an `assert`, is handed back to the
    /// model with what is wrong. Each time is one more call. Default 0.
    #[must_use]
    fn repair(mut self, times: u32) -> Self {
        for predictor in self.predictors_mut() {
            predictor.set_repairs(times);
        }
        self
    }

    /// Sets the adapter of every predictor. Default: [`ChatAdapter`](crate::adapter::ChatAdapter).
    #[must_use]
    fn adapter(mut self, adapter: impl Adapter) -> Self {
        let adapter: Arc<dyn Adapter> = Arc::new(adapter);
        for predictor in self.predictors_mut() {
            predictor.set_adapter(Arc::clone(&adapter));
        }
        self
    }

    /// Gives every predictor an embedder, so that demos can be chosen by meaning. The type of the
    /// program says so from then on; see [`Embeds`].
    fn embedder(self, embedder: impl Embedder) -> WithEmbedder<Self> {
        WithEmbedder::new(self, Arc::new(embedder))
    }

    /// `clone`, for expansions: there, a type that is no module must be one error and not two.
    #[doc(hidden)]
    #[must_use]
    fn __copy(&self) -> Self {
        self.clone()
    }

    /// The module under a path, for expansions.
    #[doc(hidden)]
    #[must_use]
    fn __at(mut self, path: &str) -> Self {
        self.set_path(path);
        self
    }

    /// A call as step `index` of a block, for expansions: it fills a slot.
    #[doc(hidden)]
    fn __begin<'a>(
        &'a self,
        context: &'a Context<'a>,
        index: u32,
        input: Self::Input,
        slot: &'a Slot<Self::Output>,
    ) -> StepFuture<'a> {
        Box::pin(async move {
            let output = self.forward(&context.child(index), input).await?;
            slot.put(shared(output));
            Ok(())
        })
    }

    /// What an optimizer may change of the program, as it stands.
    fn state(&self) -> State {
        state::of(self)
    }

    /// The program with another state. The program itself is not changed.
    ///
    /// # Errors
    ///
    /// Where the state names a predictor or field that the program lacks, or a demo does not fit.
    fn with_state(&self, state: &State) -> Result<Self, StateError> {
        state::apply(state, self)
    }
}

/// A module that needs nothing but a model to be made, as the nodes of a `pipeline!` are.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be made of a model alone, so it cannot be a node",
    label = "not a node",
    note = "name a module with `module!`, or implement `dashoptimize::module::FromLm` for `{Self}`"
)]
pub trait FromLm: Module {
    /// The module on this model.
    fn from_lm(lm: Lm) -> Self;

    /// The module on this model and under a path, for expansions.
    #[doc(hidden)]
    #[must_use]
    fn __node(lm: &Lm, path: &str) -> Self {
        Self::from_lm(lm.clone()).__at(path)
    }
}

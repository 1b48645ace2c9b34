//! Programs that can compare texts by meaning.

use std::sync::Arc;

use super::Module;
use super::part::hands_on;
use crate::call::{CallError, CallsPerRun, Context};
use crate::retrieve::Embedder;

/// A program whose predictors can choose demos by meaning: each of them has an embedder.
///
/// An optimizer that needs an embedder requires this trait, so that the compiler reports where there is
/// none. [`WithEmbedder`] implements it; so may your own program, if it gives its predictors an embedder.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no embedder",
    label = "this program cannot compare texts by meaning",
    note = "give it one with `.embedder(…)`, such as `MiniLm::open()?`, or let the optimizer compare \
            words: leave `.embedded()` out"
)]
pub trait Embeds: Module {
    /// The embedder of all predictors.
    fn own_embedder(&self) -> &dyn Embedder;
}

/// A program with an embedder; [`ModuleExt::embedder`](super::ModuleExt::embedder) makes it.
///
/// In everything else it is the program itself: the same input and output, the same predictors and prompts.
#[derive(Clone, Debug)]
pub struct WithEmbedder<M> {
    program: M,
    embedder: Arc<dyn Embedder>,
}

impl<M: Module> WithEmbedder<M> {
    pub(super) fn new(mut program: M, embedder: Arc<dyn Embedder>) -> Self {
        for predictor in program.predictors_mut() {
            predictor.set_embedder(Arc::clone(&embedder));
        }
        Self { program, embedder }
    }

    /// The program itself. Its predictors keep the embedder.
    #[must_use]
    pub fn into_program(self) -> M {
        self.program
    }
}

impl<M: Module> Embeds for WithEmbedder<M> {
    fn own_embedder(&self) -> &dyn Embedder {
        &*self.embedder
    }
}

impl<M: Module> Module for WithEmbedder<M> {
    type Input = M::Input;
    type Output = M::Output;

    hands_on!(program: M);

    fn calls_per_run(&self) -> CallsPerRun {
        self.program.calls_per_run()
    }

    async fn forward(
        &self,
        context: &Context<'_>,
        input: M::Input,
    ) -> Result<M::Output, CallError> {
        self.program.forward(context, input).await
    }
}

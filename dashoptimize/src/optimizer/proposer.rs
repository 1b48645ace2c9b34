//! The modules that write texts for optimizers.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::call::{Bounds, CallError, CallsPerRun, Context};
use crate::lm::Lm;
use crate::module::{DynModule, Module, ModuleExt, Predictor};

/// How long the reply of a proposer may be, by default.
pub(super) const MAX_TOKENS: u32 = 1_000;

/// A module that writes texts for an optimizer: a user's, or the optimizer's own.
pub(super) struct Proposer<I, O>(Option<Arc<dyn DynModule<I, O>>>);

impl<I: Send + 'static, O: Send + Sync + 'static> Proposer<I, O> {
    /// The optimizer's own.
    pub(super) const OWN: Self = Self(None);

    /// A user's.
    pub(super) fn of_user(module: impl Module<Input = I, Output = O>) -> Self {
        Self(Some(Arc::new(module)))
    }

    /// Whether it is the optimizer's own.
    pub(super) const fn is_own(&self) -> bool {
        self.0.is_none()
    }

    /// The module to ask; `own` makes the optimizer's own.
    pub(super) fn ready<P>(&self, own: impl FnOnce() -> P) -> ReadyProposer<I, O>
    where
        P: Module<Input = I, Output = O>,
    {
        let module = self.0.clone();
        ReadyProposer(module.unwrap_or_else(|| Arc::new(own().max_tokens(MAX_TOKENS))))
    }

    /// The models of a user's module.
    pub(super) fn models(&self) -> Vec<Lm> {
        let predictors = self.0.iter().flat_map(|module| module.all_predictors());
        predictors.map(|predictor| predictor.lm().clone()).collect()
    }

    /// How long a text is. How long those of a user's module are is not known.
    pub(super) const fn tokens_of_text(&self) -> Bounds {
        match self.is_own() {
            true => Bounds::up_to(MAX_TOKENS as u64),
            false => Bounds::UNKNOWN,
        }
    }

    /// The calls of models for so many requests, if the optimizer's own takes so many for each.
    pub(super) fn calls_for(&self, requests: Bounds, own: CallsPerRun) -> Bounds {
        let module = self.0.as_ref();
        let of_request = module.map_or(own, |module| module.own_calls_per_run());
        requests.times(of_request.task.plus(of_request.reflect))
    }

    fn prompts(&self) -> Vec<String> {
        let predictors = self.0.iter().flat_map(|module| module.all_predictors());
        predictors.map(|predictor| predictor.opening()).collect()
    }
}

/// The prompts of a user's module: a run with other ones is another run. The optimizer's own are those of its version.
impl<I: Send + 'static, O: Send + Sync + 'static> Serialize for Proposer<I, O> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.prompts())
    }
}

/// A proposer that can be asked. It has a type of its own because rustc cannot show that an `Arc<dyn DynModule>` is
/// a [`Module`] across an `await`.
pub(super) struct ReadyProposer<I, O>(Arc<dyn DynModule<I, O>>);

impl<I: Send + 'static, O: Send + Sync + 'static> Module for ReadyProposer<I, O> {
    type Input = I;
    type Output = O;

    async fn forward(&self, context: &Context<'_>, input: I) -> Result<O, CallError> {
        self.0.forward_boxed(context, input).await
    }

    fn predictors(&self) -> Vec<&Predictor> {
        self.0.all_predictors()
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        self.0.predictors_mut()
    }
}

impl<I, O> Clone for ReadyProposer<I, O> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<I, O> Clone for Proposer<I, O> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<I, O> fmt::Debug for Proposer<I, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Some(_) => "the user's",
            None => "the optimizer's own",
        })
    }
}

/// The model that proposes: the one that is set, or that of the program's first predictor.
pub(super) fn model_of<M: Module>(set: Option<&Lm>, program: &M) -> Option<Lm> {
    let of_program = || Some(program.predictors().first()?.lm().clone());
    set.cloned().or_else(of_program)
}

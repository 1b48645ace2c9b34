//! `ModuleExt`: what every program can do.

use std::future::Future;
use std::sync::Arc;

use super::{DynModule, Module, WithEmbedder, numbers, state};
use crate::adapter::Adapter;
use crate::call::{CallError, Context, Listener};
use crate::lm::{Gateway, Lm};
use crate::retrieve::Embedder;
use crate::state::{State, StateError};

/// Calls a program, and sets what all of its predictors share. Every [`Module`] has these methods.
pub trait ModuleExt: Module {
    /// Runs the program once, outside of any run: without a budget and without a journal. A call of a model
    /// that fails for a reason that may pass is tried again, as
    /// [`Retry::DEFAULT`](crate::lm::Retry::DEFAULT) says. To set this, to limit what is spent and how many
    /// calls there are at the same time, and to know the cost, use [`call_in`](Self::call_in).
    ///
    /// # Errors
    ///
    /// As [`Module::forward`].
    fn call(
        &self,
        input: Self::Input,
    ) -> impl Future<Output = Result<Self::Output, CallError>> + Send {
        async move {
            let gateway = Gateway::direct();
            self.forward(&Context::new(&gateway), input).await
        }
    }

    /// Runs the program once with the settings of this gateway: retries, number of calls at the same time,
    /// deadline and budget. A service keeps one gateway for all of its requests; [`Gateway`] shows it.
    ///
    /// # Errors
    ///
    /// As [`Module::forward`]; [`CallError::Refused`] if the budget does not allow a call.
    fn call_in(
        &self,
        gateway: &Gateway,
        input: Self::Input,
    ) -> impl Future<Output = Result<Self::Output, CallError>> + Send {
        async move { self.forward(&Context::new(gateway), input).await }
    }

    /// Like [`call`](Self::call), and reports each event to this listener while the call runs.
    ///
    /// The output alone does not say whether it breaks a `check`. The event that ends the call of a
    /// predictor does:
    ///
    /// ```
    /// use std::sync::Mutex;
    ///
    /// use dashoptimize::call::{TraceEvent, Traced};
    /// use dashoptimize::lm::Scripted;
    /// use dashoptimize::prelude::*;
    ///
    /// /// Say how sure you are.
    /// #[signature]
    /// struct Sure {
    ///     #[input]
    ///     question: String,
    ///     #[output(check(0.0..=1.0))]
    ///     confidence: f64,
    /// }
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let program = Predict::<Sure>::new(Scripted::replies(["[[ ## confidence ## ]]\n7.0"]));
    /// let broken = Mutex::new(Vec::new());
    /// let listener = |traced: &Traced| {
    ///     if let TraceEvent::PredictorEnded(step) = &traced.event {
    ///         let checks = step.receipt.broken_checks.iter();
    ///         broken.lock().unwrap().extend(checks.map(|check| check.rule.clone()));
    ///     }
    /// };
    /// let input = SureInput { question: "Is it?".to_owned() };
    /// assert_eq!(program.call_watched(input, &listener).await?.confidence, 7.0);
    /// assert_eq!(*broken.lock().unwrap(), ["must be from 0 to 1"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Module::forward`].
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
    ///
    /// # Panics
    ///
    /// If it is negative or not a finite number.
    #[must_use]
    #[track_caller]
    fn temperature(mut self, temperature: f64) -> Self {
        let temperature = numbers::temperature(temperature);
        for predictor in self.predictors_mut() {
            predictor.change_params(|params| params.temperature = Some(temperature));
        }
        self
    }

    /// Sets the largest number of tokens of each reply. Default: the provider's.
    ///
    /// # Panics
    ///
    /// If it is 0.
    #[must_use]
    #[track_caller]
    fn max_tokens(mut self, tokens: u32) -> Self {
        let tokens = numbers::at_least_one("max_tokens", tokens);
        for predictor in self.predictors_mut() {
            predictor.change_params(|params| params.max_tokens = Some(tokens));
        }
        self
    }

    /// Sets how often a reply that cannot be read, was cut, or fails an `assert` is returned to the model
    /// together with the problem. Each repair is one more call. Default 0.
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
    /// program records it; see [`Embeds`](super::Embeds).
    fn embedder(self, embedder: impl Embedder) -> WithEmbedder<Self> {
        WithEmbedder::new(self, Arc::new(embedder))
    }

    /// Puts the program under a name in a larger program: the predictor `react` under `answer` becomes
    /// `answer.react`. A module over a signature that has only one predictor takes the name itself:
    /// `Predict` under `answer` becomes `answer`.
    #[must_use]
    fn under(mut self, name: &str) -> Self {
        self.__set_path(name);
        self
    }

    /// The program behind a type that only names its input and output, so that different programs can
    /// be kept in one list; see [`DynModule`].
    fn boxed(self) -> Box<dyn DynModule<Self::Input, Self::Output>> {
        Box::new(self)
    }

    /// The part of the program that an optimizer may change, as it is now.
    fn state(&self) -> State {
        state::of(self)
    }

    /// The program with another state. The program itself is not changed.
    ///
    /// # Errors
    ///
    /// If the state names a predictor or field that the program lacks, or a demo does not fit.
    fn with_state(&self, state: &State) -> Result<Self, StateError> {
        state::apply(state, self)
    }
}

impl<M: Module> ModuleExt for M {}

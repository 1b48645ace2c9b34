//! `Parallel`: one module on many inputs.

use std::fmt;
use std::sync::OnceLock;

use futures_util::StreamExt;
use futures_util::stream;

use super::attempts::tell;
use super::part::hands_on;
use super::{FromLm, Module};
use crate::call::{CallError, Context};
use crate::lm::Lm;

/// Runs a module on each of many inputs, several at once. The outputs are in the order of the inputs.
///
/// Each output is a `Result` of its own, and the call as a whole never fails: an item that fails
/// does not lose the others, which are paid for. Turn the list around with
/// `outputs.into_iter().collect::<Result<Vec<_>, _>>()?` where one failure is to be the failure of
/// all. Once a failure [ends the run](CallError::ends_the_run), what is under way ends, and every item
/// that was not begun has that failure for its outcome.
///
/// Nothing is spawned: a call that is dropped leaves nothing behind. Equal inputs are asked for once
/// in a run, as everywhere. The module keeps its paths.
///
/// Source: DSPy's `Parallel`, which gives `None` for a failed item.
///
/// ```
/// use dashoptimize::module::{ModuleExt, Parallel, Predict};
/// use dashoptimize::signature;
/// # use dashoptimize::lm::{ChatRequest, Scripted};
///
/// /// Name the capital.
/// #[signature]
/// struct Capital {
///     #[input]
///     country: String,
///     #[output]
///     city: String,
/// }
///
/// # let lm = Scripted::new(|request: &ChatRequest| {
/// #     let is_france = request.turns[0].text.contains("France");
/// #     if is_france { "[[ ## city ## ]]\nParis" } else { "[[ ## city ## ]]\nRome" }
/// # });
/// let program = Parallel::new(Predict::<Capital>::new(lm)).concurrency(8);
/// let inputs = ["France", "Italy"].map(|country| CapitalInput { country: country.to_owned() });
/// # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
/// # runtime.block_on(async {
/// let cities = program.call(inputs.into()).await?;
/// assert_eq!(cities[1].as_ref().map(|output| &*output.city).ok(), Some("Rome"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Parallel<M> {
    module: M,
    concurrency: usize,
}

impl<M: Module> Parallel<M> {
    /// This module on many inputs, 16 at once.
    pub const fn new(module: M) -> Self {
        Self {
            module,
            concurrency: 16,
        }
    }

    /// Sets how many items are under way at once at most; at least one. Default 16. In a run, its own
    /// concurrency bounds the calls to models as well.
    #[must_use]
    pub fn concurrency(mut self, items: usize) -> Self {
        self.concurrency = items.max(1);
        self
    }
}

impl<M: Module> Module for Parallel<M> {
    type Input = Vec<M::Input>;
    type Output = Vec<Result<M::Output, CallError>>;

    hands_on!(module: M);

    async fn forward(
        &self,
        context: &Context<'_>,
        inputs: Vec<M::Input>,
    ) -> Result<Self::Output, CallError> {
        let count = u32::try_from(inputs.len()).unwrap_or(u32::MAX);
        let end = OnceLock::new();
        let items = (0..count).zip(inputs).map(|(index, input)| {
            let item = Item {
                module: &self.module,
                context: context.child(index),
                end: &end,
            };
            async move {
                let outcome = item.run(input).await;
                tell(&item.context, index, count, "item", &outcome, |_| {
                    "answered".to_owned()
                });
                (index, outcome)
            }
        });
        // Not in their order: a slow item must not keep the ones behind it from beginning.
        let items = stream::iter(items).buffer_unordered(self.concurrency);
        let mut outcomes: Vec<_> = items.collect().await;
        outcomes.sort_by_key(|(index, _)| *index);
        Ok(outcomes.into_iter().map(|(_, outcome)| outcome).collect())
    }
}

impl<M: FromLm> FromLm for Parallel<M> {
    fn from_lm(lm: Lm) -> Self {
        Self::new(M::from_lm(lm))
    }
}

/// One of the inputs.
struct Item<'a, M> {
    module: &'a M,
    context: Context<'a>,
    /// The failure after which nothing is begun any more.
    end: &'a OnceLock<CallError>,
}

impl<M: Module> Item<'_, M> {
    async fn run(&self, input: M::Input) -> Result<M::Output, CallError> {
        if let Some(end) = self.end.get() {
            return Err(end.clone());
        }
        let outcome = self.module.forward(&self.context, input).await;
        if let Err(error) = &outcome
            && error.ends_the_run()
        {
            self.end.get_or_init(|| error.clone());
        }
        outcome
    }
}

impl<M: Module> fmt::Debug for Parallel<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parallel")
            .field("predictors", &self.module.predictors())
            .field("concurrency", &self.concurrency)
            .finish()
    }
}

//! `Parallel`: one module on many inputs.

use std::fmt;
use std::sync::OnceLock;

use futures_util::StreamExt;
use futures_util::stream;
use serde::{Deserialize, Serialize};

use super::attempts::{ended, started};
use super::numbers::at_least_one;
use super::part::hands_on;
use super::{FromLm, Module};
use crate::call::{Bounds, CallError, CallPart, CallsPerRun, Context, PartKind, PartOutcome};
use crate::lm::Lm;

/// Runs a module on each of many inputs, several of them at the same time. The outputs are in the order of
/// the inputs.
///
/// Each output is a separate `Result`, and the call as a whole never fails: when an item fails, the others,
/// which are paid for, are not lost. Use `outputs.into_iter().collect::<Result<Vec<_>, _>>()?` where one
/// failure should be the failure of all. Once a failure [ends the run](CallError::ends_the_run), items that
/// were started still end, and every item that was not started has that failure as its outcome.
///
/// Nothing is spawned: a call that is dropped leaves nothing behind. Equal inputs are asked for once in a
/// run, as everywhere. The module keeps its paths.
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
/// #     let is_france = request.turns[0].text().contains("France");
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
    /// This module on many inputs, 16 at the same time.
    pub const fn new(module: M) -> Self {
        Self {
            module,
            concurrency: 16,
        }
    }

    /// Sets how many items run at the same time at most. Default 16. In a run, the concurrency of the run
    /// also limits the calls to models.
    ///
    /// # Panics
    ///
    /// If it is 0.
    #[must_use]
    #[track_caller]
    pub fn concurrency(mut self, items: usize) -> Self {
        self.concurrency = at_least_one("concurrency", items);
        self
    }
}

/// The input of [`Parallel`]. A `Vec` or an array converts into it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParallelInput<I> {
    /// The inputs of the module.
    pub inputs: Vec<I>,
}

impl<I> From<Vec<I>> for ParallelInput<I> {
    fn from(inputs: Vec<I>) -> Self {
        Self { inputs }
    }
}

impl<I, const N: usize> From<[I; N]> for ParallelInput<I> {
    fn from(inputs: [I; N]) -> Self {
        Vec::from(inputs).into()
    }
}

impl<I> FromIterator<I> for ParallelInput<I> {
    fn from_iter<T: IntoIterator<Item = I>>(inputs: T) -> Self {
        Vec::from_iter(inputs).into()
    }
}

impl<M: Module> Module for Parallel<M> {
    type Input = ParallelInput<M::Input>;
    type Output = Vec<Result<M::Output, CallError>>;

    hands_on!(module: M);

    fn calls_per_run(&self) -> CallsPerRun {
        // How many inputs a list has is not known.
        self.module.calls_per_run().times(Bounds::UNKNOWN)
    }

    async fn forward(
        &self,
        context: &Context<'_>,
        ParallelInput { inputs }: ParallelInput<M::Input>,
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
                let part = CallPart::new(PartKind::Item, index, count);
                started(&item.context, part);
                let outcome = item.run(input).await;
                ended(&item.context, part, &outcome, |_| PartOutcome::Answered);
                (index, outcome)
            }
        });
        // Not in their order: a slow item must not keep later ones from starting.
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
    /// The failure after which no more items are started.
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

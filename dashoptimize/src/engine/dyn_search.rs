//! Optimizers as trait objects.

use serde_json::Value;

use super::candidate::Candidate;
use super::optimizer::Optimizer;
use super::plan::{Forecast, Sizes};
use super::search::Search;
use super::stop::Stop;
use super::study::Study;
use crate::evaluate::{Example, Metric};
use crate::lm::{BoxFuture, Lm};
use crate::module::Module;

/// The object-safe form of [`Search`]. Every search has it, and `Box<dyn DynSearch<M, E>>` is a
/// [`Search`] again, so that different searches can be kept in one list and be stages of a pipeline.
pub trait DynSearch<M: Module, E: Example<M::Input>>: Send + Sync {
    /// [`Search::name`].
    fn dyn_name(&self) -> &'static str;

    /// [`Search::settings`].
    fn dyn_settings(&self) -> Value;

    /// [`Search::models`].
    fn dyn_models(&self) -> Vec<Lm>;

    /// [`Search::forecast`].
    fn dyn_forecast(&self, sizes: Sizes) -> Forecast;

    /// [`Search::search`].
    fn dyn_search<'a>(
        &'a self,
        study: &'a Study<'_, M, E>,
    ) -> BoxFuture<'a, Result<Candidate<M>, Stop>>;
}

/// The object-safe form of [`Optimizer`]. Every optimizer has it, and `Box<dyn DynOptimizer<M, E>>` is
/// an [`Optimizer`] again, so that different optimizers can be kept in one list.
///
/// ```
/// use dashoptimize::optimizer::DynOptimizer;
/// use dashoptimize::lm::Scripted;
/// use dashoptimize::prelude::*;
///
/// /// Name the opposite.
/// #[signature]
/// struct Opposite {
///     #[input]
///     word: String,
///     #[output]
///     opposite: String,
/// }
///
/// fn is_right(gold: &Opposite, found: &OppositeOutput) -> bool {
///     gold.opposite == found.opposite
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let row = |i| Opposite { word: format!("word{i}"), opposite: format!("drow{i}") };
/// # let data = Dataset::from_vec((0..30).map(row).collect()).split(7, Ratio::new(40, 30, 30))?;
/// # let program = Predict::<Opposite>::new(Scripted::new(|_: &_| "[[ ## opposite ## ]]\nx"));
/// let optimizers: Vec<Box<dyn DynOptimizer<Predict<Opposite>, Opposite>>> = vec![
///     Box::new(LabeledFewShot::new(is_right)),
///     Box::new(RandomSearch::new(is_right).seeds(-3..3)),
/// ];
/// for optimizer in &optimizers {
///     let tuned = optimizer.optimize(&program, &data, &Run::in_memory()).await?;
///     println!("{tuned}");
/// }
/// # Ok(())
/// # }
/// ```
pub trait DynOptimizer<M: Module, E: Example<M::Input>>: DynSearch<M, E> {
    /// [`Optimizer::metric`].
    fn dyn_metric(&self) -> &dyn Metric<E, M::Output>;
}

#[diagnostic::do_not_recommend]
impl<M, E, S> DynSearch<M, E> for S
where
    M: Module,
    E: Example<M::Input>,
    S: Search<M, E>,
{
    fn dyn_name(&self) -> &'static str {
        self.name()
    }

    fn dyn_settings(&self) -> Value {
        self.settings()
    }

    fn dyn_models(&self) -> Vec<Lm> {
        self.models()
    }

    fn dyn_forecast(&self, sizes: Sizes) -> Forecast {
        self.forecast(sizes)
    }

    fn dyn_search<'a>(
        &'a self,
        study: &'a Study<'_, M, E>,
    ) -> BoxFuture<'a, Result<Candidate<M>, Stop>> {
        Box::pin(self.search(study))
    }
}

#[diagnostic::do_not_recommend]
impl<M, E, O> DynOptimizer<M, E> for O
where
    M: Module,
    E: Example<M::Input>,
    O: Optimizer<M, E>,
{
    fn dyn_metric(&self) -> &dyn Metric<E, M::Output> {
        self.metric()
    }
}

/// A box of one of the object-safe forms is a search.
macro_rules! boxed_search {
    ($Dyn:ident) => {
        #[diagnostic::do_not_recommend]
        impl<M: Module, E: Example<M::Input>> Search<M, E> for Box<dyn $Dyn<M, E> + '_> {
            fn name(&self) -> &'static str {
                (**self).dyn_name()
            }

            fn settings(&self) -> Value {
                (**self).dyn_settings()
            }

            fn models(&self) -> Vec<Lm> {
                (**self).dyn_models()
            }

            fn forecast(&self, sizes: Sizes) -> Forecast {
                (**self).dyn_forecast(sizes)
            }

            async fn search(&self, study: &Study<'_, M, E>) -> Result<Candidate<M>, Stop> {
                (**self).dyn_search(study).await
            }
        }
    };
}

boxed_search!(DynSearch);
boxed_search!(DynOptimizer);

#[diagnostic::do_not_recommend]
impl<M: Module, E: Example<M::Input>> Optimizer<M, E> for Box<dyn DynOptimizer<M, E> + '_> {
    fn metric(&self) -> &dyn Metric<E, M::Output> {
        (**self).dyn_metric()
    }
}

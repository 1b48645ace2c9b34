//! The optimizer and its settings.

use super::default_inner::DefaultInner;
use super::strategy::OptimizationStrategy;
use crate::engine::{OptimizeError, Optimized, Optimizer, Run, Search};
use crate::evaluate::{Example, Metric, MetricFor, OptimizerMetric, Splits};
use crate::lm::{BoxFuture, Lm};
use crate::module::Module;
use crate::optimizer::stage::{NoMetric, Stage};

/// Improves all predictors of a program for its final answer, with any optimizer inside.
///
/// A predictor is never judged by its own output: what counts is the metric of the whole program. A change of a
/// predictor is kept only if the whole program got better on the validation part, and is taken back otherwise.
/// The [strategy](OptimizationStrategy) says which predictors are improved together:
///
/// | strategy | searches | finds changes that help only together |
/// |---|---|---|
/// | `Sequential` | one for each predictor | if the earlier one does not hurt alone |
/// | `Alternating` | one for each predictor and pass | in the next pass, if one of them helps alone |
/// | `Joint` | one | yes, as far as the inner optimizer tries them together |
///
/// At the end, the result is evaluated without the change of each predictor, and the
/// [remarks](crate::engine::Report::remarks) of the report say what each change is
/// [worth](super::GraphNews::Worth), with its interval.
///
/// Use it for programs of several steps. It makes the calls of the inner optimizer for each search, and at the end
/// one evaluation of the validation part for each predictor that was changed. Where the program is better without one
/// of the changes, that change is taken back, and the others are evaluated again.
///
/// ```
/// use dashoptimize::lm::Scripted;
/// use dashoptimize::optimizer::{GraphOptimizer, OptimizationStrategy};
/// use dashoptimize::prelude::*;
///
/// /// Summarise the text.
/// #[signature]
/// struct Summarise {
///     #[input]
///     text: String,
///     #[output]
///     summary: String,
/// }
///
/// /// Answer with one word.
/// #[signature]
/// struct Answer {
///     #[input]
///     text: String,
///     #[output]
///     answer: String,
/// }
///
/// pipeline!(
///     #[with(rows = Answer)]
///     fn Digest(text: String) -> String {
///         let short = Predict::<Summarise> { text };
///         let said = Predict::<Answer> { text: short.summary };
///         said.answer
///     }
/// );
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let row = |i| Answer { text: format!("text {i}"), answer: format!("word{i}") };
/// # let data = Dataset::from_vec((0..30).map(row).collect()).split(7, Ratio::new(40, 30, 30))?;
/// # let program = Digest::new(Scripted::new(|_: &_| "[[ ## summary ## ]]\nx\n[[ ## answer ## ]]\ny"));
/// # let run = Run::in_memory();
/// let is_right = |gold: &Answer, found: &String| gold.answer == *found;
/// let tune = GraphOptimizer::new(is_right, OptimizationStrategy::Sequential)
///     .inner(BootstrapFewShot::stage().max_bootstrapped_demos(2))
///     .freeze("short");
/// let tuned = tune.optimize(&program, &data, &run).await?;
/// assert_eq!(tuned.report.stages.len(), 1, "one predictor is not frozen");
/// # Ok(())
/// # }
/// ```
///
/// Source: own.
#[derive(Clone, Debug)]
pub struct GraphOptimizer<X = NoMetric, I = DefaultInner> {
    metric: X,
    pub(super) strategy: OptimizationStrategy,
    pub(super) inner: I,
    pub(super) frozen: Vec<String>,
    pub(super) ablation: bool,
}

impl<'m, E, O> GraphOptimizer<OptimizerMetric<'m, E, O>> {
    /// With this metric of the final answer, this strategy, and as the optimizer inside
    /// [`RandomSearch`](crate::optimizer::RandomSearch), or [`MIPROv2`](crate::optimizer::MIPROv2) if a
    /// [proposer](Self::proposer) is set.
    pub fn new<Way>(
        metric: impl MetricFor<E, O, Way> + 'm,
        strategy: OptimizationStrategy,
    ) -> Self {
        GraphOptimizer::with(OptimizerMetric::new(metric), strategy)
    }
}

impl<X> GraphOptimizer<X> {
    fn with(metric: X, strategy: OptimizationStrategy) -> Self {
        Self {
            metric,
            strategy,
            inner: DefaultInner::default(),
            frozen: Vec::new(),
            ablation: true,
        }
    }

    /// Sets the model that proposes instructions, and with it [`MIPROv2`](crate::optimizer::MIPROv2) as the optimizer
    /// inside.
    #[must_use]
    pub fn proposer(mut self, lm: impl Into<Lm>) -> Self {
        self.inner = DefaultInner::with_proposer(lm.into());
        self
    }
}

impl<X, I> GraphOptimizer<X, I> {
    /// Sets the optimizer inside, as [`Stage::stage`] makes it.
    #[must_use]
    pub fn inner<S>(self, inner: S) -> GraphOptimizer<X, S> {
        GraphOptimizer {
            metric: self.metric,
            strategy: self.strategy,
            inner,
            frozen: self.frozen,
            ablation: self.ablation,
        }
    }

    /// Sets the strategy. Default of a stage: [`Sequential`](OptimizationStrategy::Sequential).
    #[must_use]
    pub const fn strategy(mut self, strategy: OptimizationStrategy) -> Self {
        self.strategy = strategy;
        self
    }

    /// Leaves the predictor at this path, such as `query` or `answer.hard`, exactly as it is.
    #[must_use]
    pub fn freeze(mut self, path: impl Into<String>) -> Self {
        self.frozen.push(path.into());
        self
    }

    /// Sets whether the result is evaluated without the change of each predictor, which takes up to one evaluation of
    /// the validation part for each. Default `true`.
    #[must_use]
    pub const fn ablation(mut self, ablation: bool) -> Self {
        self.ablation = ablation;
        self
    }
}

impl<E, O, I> GraphOptimizer<OptimizerMetric<'_, E, O>, I> {
    /// As [`Optimizer::optimize`].
    ///
    /// # Errors
    ///
    /// As [`Optimizer::optimize`].
    // For an inherent method, rustc says which of the parts does not fit the others.
    pub fn optimize<'a, M>(
        &'a self,
        student: &'a M,
        data: &'a Splits<E>,
        run: &'a Run,
    ) -> BoxFuture<'a, Result<Optimized<M>, OptimizeError>>
    where
        M: Module<Output = O>,
        E: Example<M::Input>,
        I: Search<M, E>,
    {
        Optimizer::optimize(self, student, data, run)
    }
}

impl<M, E, X, I> Optimizer<M, E> for GraphOptimizer<X, I>
where
    M: Module,
    E: Example<M::Input>,
    X: Metric<E, M::Output>,
    I: Search<M, E>,
{
    fn metric(&self) -> &dyn Metric<E, M::Output> {
        &self.metric
    }
}

#[diagnostic::do_not_recommend]
impl Stage for GraphOptimizer {
    type Own = Self;

    fn stage() -> Self {
        Self::with(NoMetric, OptimizationStrategy::default())
    }
}

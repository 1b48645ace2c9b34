//! `SIMBA`: demos and rules, added step by step where runs of the same row differ.

mod bucket;
mod demo;
mod draws;
mod pool;
mod rule;
mod search;
mod settings;
mod step;

use serde::Serialize;
use serde_json::{Value, json};

pub use rule::{OfferFeedback, OfferFeedbackInput, OfferFeedbackOutput};
pub use settings::SIMBAStrategy;
pub use step::SIMBAStep;

use self::rule::RuleWriter;
use self::search::SimbaSearch;
use self::settings::{Road, Settings};
use super::proposer::{Proposer, model_of};
use super::stage::{NoMetric, takes_metric};
use crate::call::{Bounds, CallsPerRun};
use crate::engine::{Candidate, Forecast, Search, Sizes, Stop, Study};
use crate::evaluate::Example;
use crate::lm::Lm;
use crate::module::{Module, Predict};

/// Looks at rows on which runs of the same program differ, and learns from the difference: it adds the best run as a
/// demo, or lets a model compare the best run with the worst and write a rule (*stochastic introspective mini-batch
/// ascent*; the guide calls it *sequential instruction management via behaviour analysis*).
///
/// Each step:
///
/// 1. takes a batch of training rows, and runs programs of its pool several times on each, at temperature 1. Programs
///    with a higher average are drawn more often;
/// 2. orders the rows by how much their scores differ, and for each of them draws a program of the pool, drops some of
///    its demos, and applies a [strategy](SIMBAStrategy). Nothing is learned of a best run that is among the lowest
///    tenth of the batch, nor of a worst run that is among the highest;
/// 3. measures the new candidates on the batch and adds them to the pool; the best is the winner of the step.
///
/// In the end, the program that it started with and winners at even distances are evaluated on the validation part,
/// and the best of them is the result.
///
/// **Use it** to refine instructions step by step, and to find out what goes wrong: each rule says which row it comes
/// from, and `events.jsonl` which candidate it was added to. It learns most where a program is sometimes right and
/// sometimes wrong. A metric with feedback helps, because the model that writes rules reads it.
///
/// **It needs** labelled rows, a program whose replies vary at temperature 1, and for rules a model that can compare
/// two runs: that of the program, or a stronger one that is set with [`proposer`](Self::proposer).
///
/// ```
/// use dashoptimize::lm::{ChatRequest, Scripted};
/// use dashoptimize::optimizer::{SIMBA, SIMBAStrategy};
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
/// # let program = Predict::<Opposite>::new(Scripted::new(|_: &ChatRequest| "[[ ## opposite ## ]]\nx"));
/// let optimizer = SIMBA::new(is_right)
///     .strategies(vec![
///         SIMBAStrategy::AppendADemo, // add successful demos
///         SIMBAStrategy::AppendARule, // extract and add rules
///     ])
///     .num_candidates(10) // of each strategy
///     .k(5); // the five best and the baseline
/// let tuned = optimizer.optimize(&program, &data, &Run::in_memory()).await?;
///
/// // The defaults of the original in place of those of the guide.
/// let original = SIMBA::new(is_right).original().bsize(8).max_steps(1);
/// let tuned = original.optimize(&program, &data, &Run::in_memory()).await?;
/// # let _ = tuned;
/// # Ok(())
/// # }
/// ```
///
/// # Two roads
///
/// | parameter | meaning | guide (default) | [`original`](Self::original) |
/// |---|---|---|---|
/// | [`strategies`](Self::strategies) | what is done with a row | both | both |
/// | | how they are applied to a row | each of them | one at random |
/// | [`num_candidates`](Self::num_candidates) | candidates a step | 10 of each strategy | 6 and one more in all |
/// | [`k`](Self::k) | programs that are drawn from | the 3 best, and the baseline | 6, the baseline among them |
/// | [`temperature`](Self::temperature) | temperature of both draws | 1.4 | 0.2 |
/// | [`lambda`](Self::lambda) | runs of each row | a Poisson number with mean 3.0 | `num_candidates` |
/// | [`bsize`](Self::bsize) | training rows a step | 32 | 32 |
/// | [`max_steps`](Self::max_steps) | steps | 8 | 8 |
/// | [`max_demos`](Self::max_demos) | demos of a predictor, about | 4 | 4 |
/// | [`demo_input_field_maxlen`](Self::demo_input_field_maxlen) | characters of an input in a demo | 100,000 | 100,000 |
/// | [`proposer`](Self::proposer), [`propose_with`](Self::propose_with) | model or module that writes rules | the program's model | the program's model |
///
/// The seed is that of the [run](crate::engine::Run::seed).
///
/// # Calls
///
/// With `s` steps, `b` rows a step, `n` candidates, and `V` validation rows:
///
/// | what | guide, at most | original, at most |
/// |---|---|---|
/// | runs to learn from | about `s · b · lambda` | `s · b · n` |
/// | runs of new candidates, and once of the baseline | `(s · strategies · n + 1) · b` | `(s · (n + 1) + 1) · b` |
/// | calls that write rules | `s · n` | `s · (n + 1)` |
/// | runs on validation rows | `min(s, n) · V` | `min(s, n) · V` |
///
/// # Departures
///
/// From DSPy's `SIMBA`:
///
/// - The baseline has the average that it reaches on the first batch. There, it is 0 for the whole search, so that with
///   scores from 0 on every candidate is preferred to it.
/// - A strategy that finds nothing to learn, or whose rule breaks the [rules of the run](crate::engine::Run::proposals),
///   makes no candidate. There, it makes a copy with fewer demos, which takes a place.
/// - No two runs are the same sample, in any step; there, the samples of a step are those of every other step.
/// - What the provider failed to answer has no score; there, it counts as 0. A failure of the program is the worst
///   score, as everywhere.
/// - The result is chosen on the validation part; there, on the training rows.
/// - Programs whose predictors have different models are allowed, and there may be fewer training rows than a batch
///   has. There is no setting for a teacher; a cut input is cut in the demo and not in the trace.
///
/// From the guide: it leaves open what the Poisson parameter draws; here, how often each row is run.
///
/// Source: DSPy's `SIMBA` (`dspy.SIMBA`, 2025).
#[derive(Clone, Debug, Serialize)]
pub struct SIMBA<X = NoMetric> {
    #[serde(skip)]
    metric: X,
    #[serde(flatten)]
    settings: Settings,
    #[serde(skip)]
    proposer_lm: Option<Lm>,
    #[serde(skip_serializing_if = "Proposer::is_own")]
    proposer: Proposer<OfferFeedbackInput, OfferFeedbackOutput>,
}

impl<X> SIMBA<X> {
    fn with(metric: X) -> Self {
        Self {
            metric,
            settings: Settings::guide(),
            proposer_lm: None,
            proposer: Proposer::OWN,
        }
    }

    /// Searches as the original does, with its defaults; see [the two roads](Self#two-roads). It sets every
    /// parameter, so call it before you set others.
    #[must_use]
    pub fn original(mut self) -> Self {
        self.settings = Settings::original();
        self
    }

    /// Sets what is done with a row to get a better program. Default both strategies.
    #[must_use]
    pub fn strategies(mut self, strategies: impl IntoIterator<Item = SIMBAStrategy>) -> Self {
        self.settings.strategies = strategies.into_iter().collect();
        self
    }

    /// Sets how many candidates are made in a step, with each strategy. Default 10. In the original it is 6: so
    /// many and one more in all, and each row is run so many times.
    #[must_use]
    pub const fn num_candidates(mut self, candidates: usize) -> Self {
        self.settings.num_candidates = candidates;
        self
    }

    /// Sets how many of the best programs are drawn from, besides the baseline. Default 3; in the original 6,
    /// the baseline among them.
    #[must_use]
    pub const fn k(mut self, programs: usize) -> Self {
        self.settings.k = programs;
        self
    }

    /// Sets both temperatures of the draws. Default 1.4; in the original 0.2.
    #[must_use]
    pub const fn temperature(self, temperature: f64) -> Self {
        self.temperature_for_sampling(temperature)
            .temperature_for_candidates(temperature)
    }

    /// Sets the temperature of the draw of a program to run: the lower, the more often it is a program with a
    /// high average. With 0 it is always one of the best. Default as [`temperature`](Self::temperature).
    #[must_use]
    pub const fn temperature_for_sampling(mut self, temperature: f64) -> Self {
        self.settings.temperature_for_sampling = temperature;
        self
    }

    /// Sets the temperature of the draw of a program to change. Default as [`temperature`](Self::temperature).
    #[must_use]
    pub const fn temperature_for_candidates(mut self, temperature: f64) -> Self {
        self.settings.temperature_for_candidates = temperature;
        self
    }

    /// Sets how often each row of a batch is run on average: the number is drawn from the Poisson distribution
    /// with this mean, so that some rows are left out and others are looked at closely. Default 3.0. The
    /// original runs each row [`num_candidates`](Self::num_candidates) times.
    #[must_use]
    pub const fn lambda(mut self, mean: f64) -> Self {
        self.settings.lambda = Some(mean);
        self
    }

    /// Sets how many training rows a step looks at. Default 32; all of them if there are fewer.
    #[must_use]
    pub const fn bsize(mut self, rows: usize) -> Self {
        self.settings.bsize = rows;
        self
    }

    /// Sets how many steps are made. Default 8.
    #[must_use]
    pub const fn max_steps(mut self, steps: usize) -> Self {
        self.settings.max_steps = steps;
        self
    }

    /// Sets about how many demos a predictor has at most: the more it has, the more are dropped before one is
    /// added, and at least one if there are so many. Default 4. With 0, no demos are added.
    #[must_use]
    pub const fn max_demos(mut self, demos: usize) -> Self {
        self.settings.max_demos = demos;
        self
    }

    /// Sets after how many characters the text of an input is cut off in a demo. Default 100,000.
    #[must_use]
    pub const fn demo_input_field_maxlen(mut self, characters: usize) -> Self {
        self.settings.demo_input_field_maxlen = characters;
        self
    }

    /// Sets the model that writes rules. By default it is the model of the program's first predictor.
    ///
    /// Each of its replies may have 1,000 tokens; a module that is set with [`propose_with`](Self::propose_with) has
    /// its own limit.
    #[must_use]
    pub fn proposer(mut self, lm: impl Into<Lm>) -> Self {
        self.proposer_lm = Some(lm.into());
        self
    }

    /// Writes rules with a module of your own, in place of a `Predict` over [`OfferFeedback`].
    #[must_use]
    pub fn propose_with(
        mut self,
        module: impl Module<Input = OfferFeedbackInput, Output = OfferFeedbackOutput>,
    ) -> Self {
        self.proposer = Proposer::of_user(module);
        self
    }

    fn check(&self) -> Result<(), Stop> {
        let unusable = |words: &str| Err(Stop::Unusable(format!("`SIMBA` {words}")));
        let is_from_0 = |number: f64| (0.0..).contains(&number);
        let Settings {
            temperature_for_sampling,
            temperature_for_candidates,
            lambda,
            ..
        } = self.settings;
        match () {
            () if self.settings.usable_strategies().is_empty() => {
                unusable("has no strategy; without demos, give it `AppendARule`")
            }
            () if self.settings.bsize == 0 => {
                unusable("looks at 0 rows a step; give it at least 1")
            }
            () if !is_from_0(temperature_for_sampling)
                || !is_from_0(temperature_for_candidates) =>
            {
                unusable("has a temperature that is not a number from 0 on")
            }
            () if lambda.is_some_and(|lambda| !lambda.is_finite() || lambda <= 0.0) => {
                unusable("has a `lambda` that is not a number above 0")
            }
            () => Ok(()),
        }
    }
}

takes_metric!(SIMBA: "the defaults of the guide: 8 steps of 32 rows, 10 candidates of each strategy.");

impl<M, E, X> Search<M, E> for SIMBA<X>
where
    M: Module,
    E: Example<M::Input>,
    X: Send + Sync,
{
    fn name(&self) -> &'static str {
        "SIMBA"
    }

    fn settings(&self) -> Value {
        json!(self)
    }

    fn models(&self) -> Vec<Lm> {
        match self
            .settings
            .usable_strategies()
            .contains(&SIMBAStrategy::AppendARule)
        {
            true => self
                .proposer_lm
                .iter()
                .cloned()
                .chain(self.proposer.models())
                .collect(),
            false => Vec::new(),
        }
    }

    fn forecast(&self, sizes: Sizes) -> Forecast {
        let settings = &self.settings;
        let steps = settings.max_steps as u64;
        let batch = (settings.bsize as u64).min(sizes.train);
        let n = settings.num_candidates as u64;
        let strategies = settings.usable_strategies();
        let most = match settings.road {
            Road::Guide => n * strategies.len() as u64,
            Road::Original => n + 1,
        };
        // A sum of Poisson numbers is above this once in a billion searches.
        let sampled = match settings.lambda {
            None => steps * batch * n,
            Some(lambda) => {
                let mean = lambda * (steps * batch) as f64;
                (mean + 7.0 * mean.sqrt() + 20.0).ceil() as u64
            }
        };
        let measured = steps * most * batch + batch;
        let winners = (steps + 1).min(n + 1) * sizes.val;
        let rules = match strategies.contains(&SIMBAStrategy::AppendARule) {
            true => Bounds::up_to(steps * most.min(batch)),
            false => Bounds::NONE,
        };
        let calls = self.proposer.calls_for(rules, CallsPerRun::ONE);
        // Each step may add a demo and a rule.
        let forecast = Forecast::runs(sampled + measured, winners)
            .with_proposals(
                rules,
                calls,
                self.proposer.tokens_of_text().times(Bounds::up_to(steps)),
            )
            .reflecting();
        forecast.with_demos(settings.max_demos as u64 + steps)
    }

    async fn search(&self, study: &Study<'_, M, E>) -> Result<Candidate<M>, Stop> {
        self.check()?;
        let lm = model_of(self.proposer_lm.as_ref(), study.student());
        let own = |lm| Predict::<OfferFeedback>::new(lm);
        let writer = lm.map(|lm| RuleWriter(self.proposer.ready(|| own(lm))));
        SimbaSearch::new(study, &self.settings, writer)
            .run()
            .await?;
        Ok(study.best().unwrap_or_else(|| study.base().clone()))
    }
}

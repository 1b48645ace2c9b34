//! `MIPROv2`: instructions that a model proposes and sets of demos, searched jointly.

mod data_summary;
mod demo_sets;
mod instructions;
mod label;
mod mode;
mod proposer;
mod search;
mod settings;
mod trial;

use serde::Serialize;
use serde_json::{Map, Value, json};

pub use mode::MIPROv2Mode;
pub use proposer::{
    DescribeData, DescribeDataInput, DescribeDataOutput, DescribeModule, DescribeModuleInput,
    DescribeModuleOutput, DescribeMoreData, DescribeMoreDataInput, DescribeMoreDataOutput,
    DescribeProgram, DescribeProgramInput, DescribeProgramOutput, GroundedProposer,
    GroundedProposerInput, GroundedProposerOutput, ProposeInstruction, ProposeInstructionInput,
    ProposeInstructionOutput, SummarizeData, SummarizeDataInput, SummarizeDataOutput,
};
pub use trial::MIPROv2Trial;

use self::instructions::{Grounds, Instructions};
use self::mode::default_trials;
use self::search::{Choices, CombinationSearch, Schedule};
use self::settings::Grounding;
use super::bootstrap::{Bootstrap, attempt_setters};
use super::proposer::{Proposer, model_of};
use super::stage::{NoMetric, takes_metric};
use crate::call::{Bounds, CallsPerRun};
use crate::engine::{Candidate, Component, Forecast, Search, Sizes, Stop, Study};
use crate::evaluate::Example;
use crate::lm::Lm;
use crate::module::{FromLm, Module, Predictor};

/// Above so many rows of the validation part, trials are measured on minibatches by default.
const FULL_UP_TO: usize = 50;

/// Searches instructions and demos jointly: a model proposes instructions for each predictor, the program's own
/// successes give sets of demos, and a [sampler](super::tpe) learns which of them go together.
///
/// 1. **Demos.** Sets of demos for each predictor: what it has, none, labelled rows, and runs of the program that
///    pass the metric, with training rows in different orders.
/// 2. **Instructions.** A [`GroundedProposer`] writes instructions for each predictor. It is shown a summary of the
///    training rows, the graph of the program with all predictors, runs that went well, and a tip for the style.
///    It is never shown a row of the validation part. A proposal that breaks the
///    [rules of the run](crate::engine::Run::proposals) or cannot be read is left out.
/// 3. **Joint search.** Each trial takes an instruction and a set of demos for each predictor. If the validation part
///    is large, a trial is measured on a random minibatch of it, and from time to time the combination with the best
///    mean is evaluated on all of it. The best candidate that was evaluated on all of it is the result.
///
/// **Use it** for the best quality that demos and instructions can give, in programs of one or several predictors.
/// It pays off from about 50 validation rows on. For demos alone, [`RandomSearch`](super::RandomSearch) is cheaper.
///
/// **It needs** labelled rows, and a model that can write instructions: that of the program, or a stronger one that is
/// set with [`proposer`](Self::proposer). With [`MIPROv2Mode::Manual`], it needs no model of its own.
///
/// ```
/// use dashoptimize::lm::{ChatRequest, Scripted};
/// use dashoptimize::optimizer::{MIPROv2, MIPROv2Mode};
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
/// # let trainset: Vec<Opposite> = (100..110).map(row).collect();
/// # let data = Dataset::from_vec((0..30).map(row).collect()).split(7, Ratio::new(40, 30, 30))?;
/// # let model = |reply: &'static str| Scripted::new(move |_: &ChatRequest| reply);
/// # let program = Predict::<Opposite>::new(model("[[ ## opposite ## ]]\nx"));
/// # let llm_for_proposal = model("[[ ## proposed_instruction ## ]]\nSay the opposite.");
/// // Instructions that a model proposes, and demos that the program makes.
/// let auto = MIPROv2::new(is_right)
///     .mode(MIPROv2Mode::Auto {
///         num_instruction_candidates: 10,
///         max_bootstrapped_demos: 8,
///         max_labeled_demos: 4,
///     })
///     .proposer(llm_for_proposal);
/// let tuned = auto.optimize(&program, &data, &Run::in_memory()).await?;
///
/// // Your own candidates.
/// let manual = MIPROv2::new(is_right).mode(MIPROv2Mode::manual(
///     ["Answer concisely.", "Provide detailed reasoning."],
///     &trainset,
/// ));
/// let tuned = manual.optimize(&program, &data, &Run::in_memory()).await?;
/// println!("{tuned}");
/// # Ok(())
/// # }
/// ```
///
/// # Parameters
///
/// | parameter | meaning | default |
/// |---|---|---|
/// | [`mode`](Self::mode) | where candidates come from, and how many | `Light` |
/// | [`max_bootstrapped_demos`](Self::max_bootstrapped_demos) | bootstrapped demos in a set, per predictor | 4 |
/// | [`max_labeled_demos`](Self::max_labeled_demos) | demos in a set to which labelled rows are added, per predictor | 4 |
/// | [`max_rounds`](Self::max_rounds) | attempts at a training row | 1 |
/// | [`metric_threshold`](Self::metric_threshold) | the lowest score that passes | 1.0 |
/// | [`num_trials`](Self::num_trials) | combinations that are tried | by mode |
/// | [`minibatch`](Self::minibatch) | whether trials are measured on minibatches | above 50 validation rows |
/// | [`minibatch_size`](Self::minibatch_size) | rows of a minibatch | 35 |
/// | [`minibatch_full_eval_steps`](Self::minibatch_full_eval_steps) | minibatches between two full evaluations | 5 |
/// | [`proposer`](Self::proposer), [`propose_with`](Self::propose_with) | model or module that proposes | the program's model |
/// | [`init_temperature`](Self::init_temperature) | temperature of the proposer | 1.0 |
/// | [`program_aware_proposer`](Self::program_aware_proposer) | whether it is told about the program | `true` |
/// | [`data_aware_proposer`](Self::data_aware_proposer) | whether it is told about the rows | `true` |
/// | [`view_data_batch_size`](Self::view_data_batch_size) | rows that one call for the summary is shown | 10 |
/// | [`tip_aware_proposer`](Self::tip_aware_proposer) | whether it is given a tip | `true` |
/// | [`fewshot_aware_proposer`](Self::fewshot_aware_proposer) | whether it is shown runs | `true` |
/// | [`history_aware_proposer`](Self::history_aware_proposer) | whether it is shown its earlier proposals | `false` |
///
/// The seed is that of the [run](crate::engine::Run::seed).
///
/// # Calls
///
/// With `P` predictors, `T` training rows, `V` validation rows, `I` instructions and `S` sets of demos for each
/// predictor, `n` trials, minibatches of `B` rows and a full evaluation after every `s` of them:
///
/// | what | at most |
/// |---|---|
/// | runs of the program on training rows | `T · max_rounds`, because all sets share their teacher |
/// | calls of the proposer | `2 + min(9, ⌈T / view_data_batch_size⌉ − 1) + 3 · P · (I − 1)`; one call for each proposal instead of three if it is not told about the program, and none for the data if it is not told about the rows |
/// | runs on validation rows, with minibatches | `n · B + ⌈n / s⌉ · V` |
/// | runs on validation rows, without | `n · V` |
///
/// A run that was made before in the same state on the same row is not made again, so there are fewer. If all
/// combinations have been evaluated, the search ends early.
///
/// # Departures
///
/// From DSPy's `MIPROv2`:
///
/// - The given instruction is one of the candidates from the start, and no proposal is made for its place. There, one
///   is made and thrown away, so that its light mode pays for three and tries two.
/// - If all combinations are evaluated, the search ends; there, it fails. Labelled demos alone, without any
///   bootstrapped ones, are allowed; there, they are an error. A program that was tuned before keeps its demos
///   as the first set.
/// - A combination that was evaluated on all rows is not tried again; there, it can use up further trials.
/// - A failed evaluation is no score of 0: what the provider failed to answer says nothing about a combination.
/// - The validation part is the one that the data was split into, and full evaluations are of all of it; there, the
///   last 80 % of the training rows, cut to 100, 300 or 1,000 rows by the mode. There are minibatches above 50 rows, as
///   there; in addition, the setting of the user is respected.
/// - Rows are described as they are given to the program, without private fields; the program is described by its graph
///   and its signatures instead of its source text.
/// - Only known labels are cut off proposals, not every text before a colon.
/// - Seed 0 is a seed, and the temperature and a separate sample are sent with every proposal.
/// - The sampler explores 5 % of the points at random, see [`tpe`](super::tpe).
///
/// From the guide of the system: it has the stages in the order instructions, demos, joint search. Here, demos come
/// first, as in DSPy, because the proposer is shown them; instructions are evaluated in the joint search.
///
/// Source: Opsahl-Ong et al. 2024, "Optimizing Instructions and Demonstrations for Multi-Stage Language Model
/// Programs", arXiv 2406.11695.
#[derive(Clone, Debug, Serialize)]
pub struct MIPROv2<X = NoMetric> {
    #[serde(skip)]
    metric: X,
    mode: MIPROv2Mode,
    #[serde(flatten)]
    bootstrap: Bootstrap,
    num_trials: Option<usize>,
    minibatch: Option<bool>,
    minibatch_size: usize,
    minibatch_full_eval_steps: usize,
    #[serde(flatten)]
    grounding: Grounding,
    #[serde(skip)]
    proposer_lm: Option<Lm>,
    #[serde(skip_serializing_if = "Proposer::is_own")]
    proposer: Proposer<GroundedProposerInput, String>,
}

impl<X> MIPROv2<X> {
    fn with(metric: X) -> Self {
        Self {
            metric,
            mode: MIPROv2Mode::Light,
            bootstrap: Bootstrap {
                max_labeled_demos: 4,
                ..Bootstrap::DEFAULT
            },
            num_trials: None,
            minibatch: None,
            minibatch_size: 35,
            minibatch_full_eval_steps: 5,
            grounding: Grounding::DEFAULT,
            proposer_lm: None,
            proposer: Proposer::OWN,
        }
    }

    /// Sets where instructions and demos come from, and how many there are. Default
    /// [`MIPROv2Mode::Light`]. [`MIPROv2Mode::Auto`] sets both limits of demos as well.
    #[must_use]
    pub fn mode(mut self, mode: MIPROv2Mode) -> Self {
        if let MIPROv2Mode::Auto {
            max_bootstrapped_demos,
            max_labeled_demos,
            ..
        } = mode
        {
            self.bootstrap.max_bootstrapped_demos = max_bootstrapped_demos;
            self.bootstrap.max_labeled_demos = max_labeled_demos;
        }
        self.mode = mode;
        self
    }

    /// Sets the largest number of bootstrapped demos in a set, per predictor. Default 4. With 0 here and in
    /// [`max_labeled_demos`](Self::max_labeled_demos), only instructions are searched.
    #[must_use]
    pub const fn max_bootstrapped_demos(mut self, demos: usize) -> Self {
        self.bootstrap.max_bootstrapped_demos = demos;
        self
    }

    /// Sets up to how many demos labelled rows are added to the bootstrapped ones, per predictor. Default 4.
    #[must_use]
    pub const fn max_labeled_demos(mut self, demos: usize) -> Self {
        self.bootstrap.max_labeled_demos = demos;
        self
    }

    /// Sets how many combinations are tried. By default, for `n` of the [mode](MIPROv2Mode) and `P`
    /// predictors, the greater of `2 · 2P · log2(n)` and `1.5 · n`; without demos, of `2 · P · log2(n)` and
    /// `1.5 · n`.
    #[must_use]
    pub const fn num_trials(mut self, trials: usize) -> Self {
        self.num_trials = Some(trials);
        self
    }

    /// Sets whether trials are measured on minibatches. By default they are if the validation part has more
    /// than 50 rows. A minibatch that would hold the whole part is a full evaluation.
    #[must_use]
    pub const fn minibatch(mut self, is_on: bool) -> Self {
        self.minibatch = Some(is_on);
        self
    }

    /// Sets how many rows a minibatch has. Default 35.
    #[must_use]
    pub const fn minibatch_size(mut self, rows: usize) -> Self {
        self.minibatch_size = rows;
        self
    }

    /// Sets after how many minibatches the best combination so far is evaluated on the whole validation part.
    /// Default 5.
    #[must_use]
    pub const fn minibatch_full_eval_steps(mut self, minibatches: usize) -> Self {
        self.minibatch_full_eval_steps = minibatches;
        self
    }

    /// Sets the model that proposes instructions. By default it is the model of the program's first predictor.
    ///
    /// Each of its replies may have 1,000 tokens; a module that is set with [`propose_with`](Self::propose_with) has
    /// its own limit.
    #[must_use]
    pub fn proposer(mut self, lm: impl Into<Lm>) -> Self {
        self.proposer_lm = Some(lm.into());
        self
    }

    /// Proposes instructions with a module of your own, in place of a [`GroundedProposer`]. The summary of the data
    /// is still written by the [model](Self::proposer).
    #[must_use]
    pub fn propose_with(
        mut self,
        module: impl Module<Input = GroundedProposerInput, Output = String>,
    ) -> Self {
        self.proposer = Proposer::of_user(module);
        self
    }

    /// Sets the temperature of the proposer. Default 1.0.
    #[must_use]
    pub const fn init_temperature(mut self, temperature: f64) -> Self {
        self.grounding.init_temperature = temperature;
        self
    }

    /// Sets whether the proposer is told what the program and its steps are. Default `true`. It takes two more
    /// calls for each proposal.
    #[must_use]
    pub const fn program_aware_proposer(mut self, is_on: bool) -> Self {
        self.grounding.program_aware_proposer = is_on;
        self
    }

    /// Sets whether the proposer is given a summary of the training rows. Default `true`.
    #[must_use]
    pub const fn data_aware_proposer(mut self, is_on: bool) -> Self {
        self.grounding.data_aware_proposer = is_on;
        self
    }

    /// Sets how many rows one call for the summary is shown. Default 10.
    #[must_use]
    pub const fn view_data_batch_size(mut self, rows: usize) -> Self {
        self.grounding.view_data_batch_size = rows;
        self
    }

    /// Sets whether the proposer is given a tip for the style, at random. Default `true`.
    #[must_use]
    pub const fn tip_aware_proposer(mut self, is_on: bool) -> Self {
        self.grounding.tip_aware_proposer = is_on;
        self
    }

    /// Sets whether the proposer is shown bootstrapped demos. Default `true`.
    #[must_use]
    pub const fn fewshot_aware_proposer(mut self, is_on: bool) -> Self {
        self.grounding.fewshot_aware_proposer = is_on;
        self
    }

    /// Sets whether the proposer is shown what it proposed before. Default `false`, as in the original: then
    /// all proposals are asked for at the same time, otherwise one after the other.
    #[must_use]
    pub const fn history_aware_proposer(mut self, is_on: bool) -> Self {
        self.grounding.history_aware_proposer = is_on;
        self
    }

    /// Whether demos are a part of the search.
    fn uses_demos(&self) -> bool {
        let has_limit =
            self.bootstrap.max_bootstrapped_demos > 0 || self.bootstrap.max_labeled_demos > 0;
        match &self.mode {
            MIPROv2Mode::Manual {
                demo_candidates, ..
            } => !demo_candidates.is_empty() && self.bootstrap.max_labeled_demos > 0,
            _ => has_limit,
        }
    }

    /// The candidates that the user gives.
    fn manual<M: Module, E: Example<M::Input>>(
        &self,
        study: &Study<'_, M, E>,
        instructions: &[String],
        rows: &[Map<String, Value>],
    ) -> Result<Choices, Stop> {
        if demo_sets::shows_validation(study, rows) {
            let words = "`demo_candidates` holds a row of the validation part, so that the program \
                         would be shown what it is asked; give it training rows";
            return Err(Stop::Unusable(words.to_owned()));
        }
        let uses_demos = self.uses_demos();
        let (_, sets) = self.mode.sizes(uses_demos);
        let most = self.bootstrap.max_labeled_demos;
        let predictors = study.student().predictors();
        let of_predictor = |predictor: &&Predictor| {
            let own = Component::instructions(predictor.path()).text(study.student());
            let others = instructions
                .iter()
                .filter(|text| own.as_ref() != Some(text));
            Instructions::own_and(others.cloned())
        };
        Ok(Choices {
            instructions: predictors.iter().map(of_predictor).collect(),
            demos: uses_demos.then(|| demo_sets::manual(study, rows, most, sets)),
        })
    }

    /// Sets of demos that the program makes, and instructions that a model proposes.
    async fn automatic<M: Module, E: Example<M::Input>>(
        &self,
        study: &Study<'_, M, E>,
    ) -> Result<Choices, Stop> {
        let uses_demos = self.uses_demos();
        let (instructions, sets) = self.mode.sizes(uses_demos);
        let demos = match uses_demos {
            true => demo_sets::bootstrap(study, &self.bootstrap, sets).await?,
            false if !self.grounding.fewshot_aware_proposer => demo_sets::own(study),
            false => demo_sets::for_the_proposer(study, &self.bootstrap, sets).await?,
        };
        let proposals = instructions.saturating_sub(1);
        let lm = model_of(self.proposer_lm.as_ref(), study.student());
        let instructions = match lm {
            Some(lm) if proposals > 0 => {
                let proposer = self
                    .proposer
                    .ready(|| GroundedProposer::from_lm(lm.clone()));
                let grounds = Grounds::new(study, &self.grounding, &lm, &demos).await?;
                instructions::propose(grounds, &proposer, proposals).await?
            }
            _ => demos.iter().map(|_| Instructions::own_and([])).collect(),
        };
        Ok(Choices {
            instructions,
            demos: uses_demos.then_some(demos),
        })
    }

    /// The calls of so many proposals, and of the summary of the data.
    fn proposer_calls(&self, proposals: Bounds, sizes: Sizes) -> Bounds {
        let steps = if self.grounding.program_aware_proposer {
            3
        } else {
            1
        };
        let own = CallsPerRun::task(Bounds::new(1, steps));
        let calls = self.proposer.calls_for(proposals, own);
        if !self.grounding.data_aware_proposer || proposals == Bounds::NONE {
            return calls;
        }
        let batches = sizes
            .train
            .div_ceil(self.grounding.view_data_batch_size.max(1) as u64);
        calls.plus(Bounds::up_to(2 + batches.saturating_sub(1).min(9)))
    }

    fn schedule<M: Module, E: Example<M::Input>>(&self, study: &Study<'_, M, E>) -> Schedule {
        self.schedule_of(study.val().len(), study.student().predictors().len())
    }

    fn schedule_of(&self, rows: usize, predictors: usize) -> Schedule {
        let uses_demos = self.uses_demos();
        let default = || default_trials(self.mode.n(uses_demos), predictors, uses_demos);
        let is_on = self.minibatch.unwrap_or(rows > FULL_UP_TO) && self.minibatch_size < rows;
        Schedule {
            trials: self.num_trials.unwrap_or_else(default),
            minibatch: is_on
                .then_some((self.minibatch_size, self.minibatch_full_eval_steps.max(1))),
        }
    }

    fn check(&self) -> Result<(), Stop> {
        self.bootstrap.check()?;
        let unusable = |words: &str| Err(Stop::Unusable(format!("`MIPROv2` {words}")));
        match &self.mode {
            _ if self.minibatch_size == 0 => unusable("has minibatches without rows"),
            _ if self.minibatch_full_eval_steps == 0 => {
                unusable("evaluates after 0 minibatches; give it at least 1")
            }
            _ if self.grounding.view_data_batch_size == 0 => {
                unusable("shows its proposer batches of 0 rows; give it at least 1")
            }
            _ if !(0.0..).contains(&self.grounding.init_temperature) => {
                unusable("has a temperature that is not a number from 0 on")
            }
            MIPROv2Mode::Manual {
                instruction_candidates,
                ..
            } if instruction_candidates
                .iter()
                .any(|text| text.trim().is_empty()) =>
            {
                unusable("is given an instruction without a word")
            }
            _ => Ok(()),
        }
    }
}

attempt_setters!(MIPROv2);

takes_metric!(MIPROv2: "the mode `Light`: 3 instructions and 6 sets of up to 4 demos for each predictor.");

impl<M, E, X> Search<M, E> for MIPROv2<X>
where
    M: Module,
    E: Example<M::Input>,
    X: Send + Sync,
{
    fn name(&self) -> &'static str {
        "MIPROv2"
    }

    fn settings(&self) -> Value {
        json!(self)
    }

    fn models(&self) -> Vec<Lm> {
        match self.mode {
            MIPROv2Mode::Manual { .. } => Vec::new(),
            _ => self
                .proposer_lm
                .iter()
                .cloned()
                .chain(self.proposer.models())
                .collect(),
        }
    }

    fn forecast(&self, sizes: Sizes) -> Forecast {
        let schedule = self.schedule_of(sizes.val as usize, sizes.predictors as usize);
        let trials = schedule.trials as u64;
        let val = match schedule.minibatch {
            None => trials * sizes.val,
            Some((rows, steps)) => trials * rows as u64 + trials.div_ceil(steps as u64) * sizes.val,
        };
        let demos = self.bootstrap.most_demos();
        if matches!(self.mode, MIPROv2Mode::Manual { .. }) {
            // A text has at most as many tokens as bytes.
            let most = Bounds::up_to(self.mode.longest_instruction() as u64);
            let forecast = Forecast::runs(0, val).with_demos(demos);
            return forecast.with_proposals(Bounds::NONE, Bounds::NONE, most);
        }
        let uses_demos = self.uses_demos();
        let runs = match uses_demos {
            true => self.bootstrap.most_runs(sizes.train),
            false if self.grounding.fewshot_aware_proposer => {
                u64::from(self.bootstrap.max_rounds) * sizes.train
            }
            false => 0,
        };
        let (instructions, _) = self.mode.sizes(uses_demos);
        let proposals = sizes.predictors * (instructions as u64).saturating_sub(1);
        let proposals = Bounds::exactly(proposals);
        let forecast = Forecast::runs(runs, val).with_demos(demos);
        forecast.with_proposals(
            proposals,
            self.proposer_calls(proposals, sizes),
            self.proposer.tokens_of_text(),
        )
    }

    async fn search(&self, study: &Study<'_, M, E>) -> Result<Candidate<M>, Stop> {
        self.check()?;
        let choices = match &self.mode {
            MIPROv2Mode::Manual {
                instruction_candidates,
                demo_candidates,
            } => self.manual(study, instruction_candidates, demo_candidates)?,
            _ => self.automatic(study).await?,
        };
        let schedule = self.schedule(study);
        let search = CombinationSearch::new(study, choices, schedule).await?;
        search.run().await?;
        Ok(study.best().unwrap_or_else(|| study.base().clone()))
    }
}

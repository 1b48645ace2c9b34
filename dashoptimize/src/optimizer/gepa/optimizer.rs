//! The optimizer and its settings.

use serde::Serialize;
use serde_json::{Value, json};

use super::acceptance::Acceptance;
use super::auto_budget::AutoBudget;
use super::breeders::ParentSelection;
use super::components::ComponentSelector;
use super::evolution::Evolution;
use super::frontier::Frontier;
use super::limits::{GepaProgress, StopWhen};
use super::proposer::{ReviseTextInput, ReviseTextOutput};
use super::settings::Settings;
use crate::engine::{Candidate, Forecast, Search, Sizes, Stop, Study};
use crate::evaluate::Example;
use crate::lm::Lm;
use crate::module::Module;
use crate::optimizer::proposer::Proposer;
use crate::optimizer::stage::{NoMetric, takes_metric};
use crate::state::State;

/// Lets a model reflect on runs of the program and rewrite its instructions, and keeps a population of the
/// programs that are better on different rows.
///
/// # How it works
///
/// A generation chooses [`parents`](Self::parents) from the Pareto fronts of the population: the candidates
/// that no other one beats on some validation row. Each parent is run on minibatches of training rows, one for
/// each of its [`proposals`](Self::proposals). For each minibatch, the proposer is shown the runs of one
/// predictor with scores and feedback, and writes a new text. The child with this text is run on the same
/// rows. All children that are better there are evaluated on the whole validation part and join the
/// population; the others are remembered, and the proposer is told of them. The result is the candidate with
/// the highest mean on the validation part.
///
/// # When to use it
///
/// For tasks with rules that no example shows, and with failures that have a pattern. It needs a metric that
/// says in words what is wrong: a pair of score and words, [`Score::with_feedback`], or
/// [`Score::with_feedback_for`] where the words are about one predictor. With "the reasoning is right, the form
/// of the answer is wrong" the proposer can repair the instructions; with a score alone it has to guess. It
/// also needs a proposer that can reflect: models below some billion parameters cannot. Demos stay as they are;
/// in a pipeline, `GEPA` may follow an optimizer that chooses demos, or come before it.
///
/// ```
/// use dashoptimize::lm::{ChatRequest, Scripted};
/// use dashoptimize::prelude::*;
///
/// /// Name the capital.
/// #[signature]
/// struct Capital {
///     #[input]
///     country: String,
///     #[output]
///     capital: String,
/// }
///
/// fn judge(gold: &Capital, said: &CapitalOutput) -> (bool, String) {
///     let is_right = gold.capital == said.capital;
///     (is_right, format!("expected `{}`, not `{}`", gold.capital, said.capital))
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let small = Scripted::new(|request: &ChatRequest| {
/// #     let asked = request.turns[0].text().split("number ").nth(1).unwrap_or_default();
/// #     let number: String = asked.chars().take_while(char::is_ascii_digit).collect();
/// #     let is_told = request.prefix.messages()[0].text().contains("in capital letters");
/// #     let word = if is_told { "CAPITAL" } else { "capital" };
/// #     format!("[[ ## capital ## ]]\n{word} {number}")
/// # });
/// # let large = Scripted::new(|_: &ChatRequest| "[[ ## revised ## ]]\nWrite the capital in capital letters.");
/// # let row = |i| Capital { country: format!("number {i}"), capital: format!("CAPITAL {i}") };
/// # let data = Dataset::from_vec((0..60).map(row).collect()).split(7, Ratio::new(40, 30, 30))?;
/// # let run = Run::in_memory();
/// let program = Predict::<Capital>::new(small);
/// let tuned = GEPA::new(judge)
///     .num_generations(5)
///     .population_size(10)
///     .parent_selection(ParentSelection::Pareto)
///     .max_metric_calls(100)
///     .max_full_evals(20)
///     .seed(42)
///     .proposer(large) // the model that reflects
///     .optimize(&program, &data, &run)
///     .await?;
/// assert!(tuned.final_score() > tuned.initial_score());
/// # Ok(())
/// # }
/// ```
///
/// # Settings
///
/// | setting | default | what it limits or changes |
/// |---|---|---|
/// | [`num_generations`](Self::num_generations) | 5 | generations |
/// | [`population_size`](Self::population_size) | 10 | candidates that breed |
/// | [`parent_selection`](Self::parent_selection) | `Pareto` | how parents are chosen |
/// | [`max_metric_calls`](Self::max_metric_calls) | 100 | runs of programs on rows |
/// | [`max_full_evals`](Self::max_full_evals) | 20 | evaluations on the whole validation part |
/// | [`seed`](Self::seed) | that of the run | random choices |
/// | [`proposer`](Self::proposer) | the program's first model | the model that reflects |
/// | [`parents`](Self::parents), [`proposals`](Self::proposals) | 2, 2 | children of a generation |
/// | [`reflection_minibatch_size`](Self::reflection_minibatch_size) | 3 | training rows of a proposal |
/// | [`frontier`](Self::frontier) | `Instance` | what candidates are compared on |
/// | [`component_selector`](Self::component_selector) | `RoundRobin` | which texts a proposal rewrites |
/// | [`acceptance`](Self::acceptance) | `StrictImprovement` | when a child is evaluated |
/// | [`use_merge`](Self::use_merge) | off | children of two candidates |
/// | [`original`](Self::original) | | all of these as in the source |
///
/// The numbers of the first six are those of the guide. Set [`max_metric_calls`](Self::max_metric_calls) to 15
/// to 30 times the number of validation rows where quality matters, or choose [`auto`](Self::auto).
///
/// # Calls
///
/// One generation of P parents × N proposals, with minibatches of B rows, V validation rows and A children that
/// are accepted, takes at most `2 · P · N · B + A · V` runs of programs and `P · N` calls of the proposer (times
/// the number of components with [`ComponentSelector::All`]). A parent is not run again on rows that it was run
/// on before. A merge takes `5 + V` runs. With [`Acceptance::Evidence`], parent and child are in addition run
/// `repeats` times on the rows that the parent has seen.
///
/// # What it does not do as the source
///
/// [`original`](Self::original) sets what is marked with a star as in the source.
///
/// - \* Several parents and several proposals in a generation; in the source one of each. With the same number of
///   metric calls this does better on new rows, and takes less time (blog of the authors, July 2026).
/// - \* The candidate that is best on average can always breed. In the source it may be dropped, because
///   candidates that alone solve one row each cover all fronts.
/// - \* A minibatch on which the parent is perfect is replaced by harder rows. In the source it is paid for and
///   nothing is proposed.
/// - \* The proposer is told which texts were tried and rejected.
/// - \* A step that failed, such as one whose reply could not be read, is shown with its error.
/// - \* Runs that the search holds already do not count again. The evaluation of the program as given, which every
///   optimizer needs, does not count either.
/// - \* A text that was turned away on the rows of one minibatch is not tried again on others.
/// - The limit on metric calls is never passed. In the source it is looked at between iterations only.
/// - A proposal that is cut off, unreadable, too long, equal to an evaluated one, or that contradicts the schema is
///   not a candidate; see [`Rejection`](crate::engine::Rejection). In the source such texts are adopted.
/// - Random choices are part of the run, so that an interrupted run goes on exactly. In the source the state of
///   random numbers, merges and minibatches is lost.
/// - A minibatch has no row twice, scores that differ by rounding are equal, a merge is never equal to a known
///   candidate, and ancestors that are all worth nothing can be drawn.
/// - Descriptions of tools are not rewritten. DSPy did so for a time, measured no gain, and removed it.
/// - Where a metric gives no objectives, [`Frontier::Objective`] is refused before the first proposal.
/// - The search ends where every validation row has the best score.
/// - Errors of a provider are no scores: a row that it fails twice is left out of the comparison of parent and
///   child. In DSPy it counts as 0, so that a run with a provider that is down ends as if all went well.
///
/// A time limit and a file that stops the search are conditions for [`stop_when`](Self::stop_when); but a run
/// whose decisions depend on a clock is not repeated exactly when it is resumed. Because a run can be killed at
/// any moment and resumed, and has a budget in calls, tokens and dollars, such conditions are seldom needed.
///
/// # If something fails
///
/// | what fails | what happens |
/// |---|---|
/// | a call of the program, for a reason of the provider | it is tried again at the end of its batch; then the row is left out |
/// | a reply of the program cannot be read, its code fails, the metric fails | the row has the worst score, and the proposer is shown the error |
/// | the proposer does not answer, refuses, or cannot be read | this proposal is rejected, and the search goes on |
/// | no proposal can be tried in 5 generations | the search ends with the best candidate so far |
/// | the budget of the run is used up | the best candidate that was completely evaluated is the result |
///
/// # Source
///
/// Agrawal et al., *GEPA: Reflective Prompt Evolution Can Outperform Reinforcement Learning*, arXiv 2507.19457;
/// the packages `gepa` 0.1.4 and `dspy` 3.4.1.
///
/// [`Score::with_feedback`]: crate::evaluate::Score::with_feedback
/// [`Score::with_feedback_for`]: crate::evaluate::Score::with_feedback_for
#[derive(Clone, Debug, Serialize)]
pub struct GEPA<X = NoMetric> {
    #[serde(skip)]
    metric: X,
    #[serde(flatten)]
    settings: Settings,
}

impl<X> GEPA<X> {
    const fn with(metric: X) -> Self {
        Self {
            metric,
            settings: Settings::DEFAULT,
        }
    }

    /// Sets the model that reflects on runs and writes texts, at temperature 1. By default it is the model of the
    /// program's first predictor; a stronger one is better.
    ///
    /// Each of its replies may have 1,000 tokens; a module that is set with [`propose_with`](Self::propose_with) has
    /// its own limit.
    #[must_use]
    pub fn proposer(mut self, lm: impl Into<Lm>) -> Self {
        self.settings.proposer_lm = Some(lm.into());
        self
    }

    /// As [`proposer`](Self::proposer), by the name that it has in the source.
    #[must_use]
    pub fn reflection_lm(self, lm: impl Into<Lm>) -> Self {
        self.proposer(lm)
    }

    /// Sets the program that writes texts. By default it is a
    /// [`Predict<ReviseText>`](super::ReviseText); any module with the same input and output can take its place.
    ///
    /// ```
    /// use dashoptimize::lm::Lm;
    /// use dashoptimize::optimizer::{GEPA, ReviseText, ReviseTextInput, Stage};
    /// use dashoptimize::prelude::*;
    ///
    /// # fn set(lm: Lm) {
    /// let proposer = Predict::<ReviseText>::new(lm).temperature(1.0).max_tokens(2_000);
    /// // What the proposer is sent:
    /// let input = ReviseTextInput {
    ///     step: "`answer` (question -> answer): Answer.".to_owned(),
    ///     component: "instructions of `answer`".to_owned(),
    ///     text: "Answer.".to_owned(),
    ///     runs: "Inputs\n- question: 2 + 2\nOutputs\n- answer: four\nScore: 0".to_owned(),
    ///     rejected: String::new(),
    /// };
    /// for message in proposer.render(&input) {
    ///     println!("{message:?}");
    /// }
    /// let optimizer = GEPA::stage().propose_with(proposer);
    /// # let _ = optimizer;
    /// # }
    /// ```
    #[must_use]
    pub fn propose_with(
        mut self,
        module: impl Module<Input = ReviseTextInput, Output = ReviseTextOutput>,
    ) -> Self {
        self.settings.proposer = Proposer::of_user(module);
        self
    }

    /// Sets how many generations there are at most; `None` for no limit. Default 5.
    #[must_use]
    pub fn num_generations(mut self, generations: impl Into<Option<usize>>) -> Self {
        self.settings.limits.num_generations = generations.into();
        self
    }

    /// Sets how many candidates breed at most, those with the highest mean; `None` for all. Default 10.
    #[must_use]
    pub fn population_size(mut self, candidates: impl Into<Option<usize>>) -> Self {
        self.settings.population_size = candidates.into();
        self
    }

    /// Sets how parents are chosen. Default [`ParentSelection::Pareto`].
    #[must_use]
    pub const fn parent_selection(mut self, selection: ParentSelection) -> Self {
        self.settings.parent_selection = selection;
        self
    }

    /// Sets how often programs are run on rows, and judged, at most; `None` for no limit. Default 100. The
    /// search never makes one more. The hold-out is not part of it, nor is the evaluation of the program as
    /// given, except with [`original`](Self::original).
    ///
    /// If it does not suffice for one proposal that is accepted, the run ends with an error that says how many
    /// it takes.
    #[must_use]
    pub fn max_metric_calls(mut self, calls: impl Into<Option<usize>>) -> Self {
        self.settings.limits.max_metric_calls = calls.into();
        self.settings.limits.auto = None;
        self
    }

    /// Sets how many candidates are evaluated on the whole validation part at most; `None` for no limit.
    /// Default 20. In DSPy this is another way to limit metric calls, to the number of all rows times this.
    #[must_use]
    pub fn max_full_evals(mut self, evaluations: impl Into<Option<usize>>) -> Self {
        self.settings.limits.max_full_evals = evaluations.into();
        self
    }

    /// Limits metric calls in proportion to the number of predictors and validation rows, as DSPy's `auto`
    /// does, and nothing else: generations and full evaluations are not limited. Not set by default.
    #[must_use]
    pub fn auto(mut self, auto: AutoBudget) -> Self {
        self.settings.limits = self.settings.limits.only_metric_calls();
        self.settings.limits.auto = Some(auto);
        self
    }

    /// Sets how many candidates there are at most, the program as given included; `None` for no limit. Not
    /// limited by default. It is looked at between generations.
    #[must_use]
    pub fn max_candidates(mut self, candidates: impl Into<Option<usize>>) -> Self {
        self.settings.limits.max_candidates = candidates.into();
        self
    }

    /// Sets how many children are proposed at most; `None` for no limit. Not limited by default.
    #[must_use]
    pub fn max_proposals(mut self, proposals: impl Into<Option<usize>>) -> Self {
        self.settings.limits.max_proposals = proposals.into();
        self
    }

    /// Sets how many dollars the calls of the proposer may cost; `None` for no limit. Not limited by default.
    /// It is looked at between generations; the budget of the run is hard.
    #[must_use]
    pub fn max_reflection_cost(mut self, dollars: impl Into<Option<f64>>) -> Self {
        self.settings.limits.max_reflection_cost = dollars.into();
        self
    }

    /// Sets a mean on the validation part that ends the search when it is reached. Not set by default.
    #[must_use]
    pub fn target_score(mut self, score: impl Into<Option<f64>>) -> Self {
        self.settings.limits.target_score = score.into();
        self
    }

    /// Sets after how many generations in which the best mean does not rise the search ends; `None` for
    /// never. Not set by default.
    #[must_use]
    pub fn patience(mut self, generations: impl Into<Option<usize>>) -> Self {
        self.settings.limits.patience = generations.into();
        self
    }

    /// Sets after how many generations in which no proposal could be tried the search ends, because the
    /// proposer fails or nothing is left to learn. Default 5.
    #[must_use]
    pub const fn max_idle_generations(mut self, generations: usize) -> Self {
        self.settings.limits.max_idle_generations = generations;
        self
    }

    /// Sets a condition of your own that ends the search. It is asked before each generation.
    ///
    /// ```
    /// use std::path::Path;
    ///
    /// use dashoptimize::optimizer::{GEPA, Stage};
    ///
    /// let few = GEPA::stage().stop_when(|progress| progress.candidates >= 4 && progress.best_score > 0.8);
    /// // A resumed run does not know when the file was there.
    /// let stopped = GEPA::stage().stop_when(|_| Path::new("gepa.stop").exists());
    /// # let _ = (few, stopped);
    /// ```
    #[must_use]
    pub fn stop_when(
        mut self,
        condition: impl Fn(&GepaProgress) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.settings.limits.stop_when = Some(StopWhen(std::sync::Arc::new(condition)));
        self
    }

    /// Sets a seed of its own for the random choices; `None` for that of the run, which is the default.
    #[must_use]
    pub fn seed(mut self, seed: impl Into<Option<u64>>) -> Self {
        self.settings.seed = seed.into();
        self
    }

    /// Sets how many parents a generation has. Default 2; a candidate may be drawn more than once.
    #[must_use]
    pub const fn parents(mut self, parents: usize) -> Self {
        self.settings.parents = parents;
        self
    }

    /// Sets how many proposals are made for each parent of a generation, each after a minibatch of its own.
    /// Default 2.
    #[must_use]
    pub const fn proposals(mut self, proposals: usize) -> Self {
        self.settings.proposals = proposals;
        self
    }

    /// Sets how many training rows a proposal is made and tried on. Default 3.
    #[must_use]
    pub const fn reflection_minibatch_size(mut self, rows: usize) -> Self {
        self.settings.reflection_minibatch_size = rows;
        self
    }

    /// Sets what candidates are compared on. Default [`Frontier::Instance`].
    #[must_use]
    pub const fn frontier(mut self, frontier: Frontier) -> Self {
        self.settings.frontier = frontier;
        self
    }

    /// Sets which texts a proposal rewrites. Default [`ComponentSelector::RoundRobin`].
    #[must_use]
    pub fn component_selector(mut self, selector: ComponentSelector) -> Self {
        self.settings.component_selector = selector;
        self
    }

    /// Rewrites descriptions of fields, too. By default only instructions are rewritten. Names and types of
    /// fields never change.
    #[must_use]
    pub const fn optimize_descriptions(mut self) -> Self {
        self.settings.kinds.optimize_descriptions = true;
        self
    }

    /// Rewrites prefixes of fields, too. By default only instructions are rewritten.
    #[must_use]
    pub const fn optimize_prefixes(mut self) -> Self {
        self.settings.kinds.optimize_prefixes = true;
        self
    }

    /// Sets when a child is good enough to be evaluated on the validation part. Default
    /// [`Acceptance::StrictImprovement`]. With noisy metrics, use [`Acceptance::EVIDENCE`].
    #[must_use]
    pub const fn acceptance(mut self, acceptance: Acceptance) -> Self {
        self.settings.acceptance = acceptance;
        self
    }

    /// Sets whether a minibatch on which the parent has the best score on each row is left out. Default true.
    #[must_use]
    pub const fn skip_perfect_score(mut self, skip: bool) -> Self {
        self.settings.skip_perfect_score = skip;
        self
    }

    /// Sets the score of a row that leaves nothing to gain. Default: the best of the metric's range.
    #[must_use]
    pub fn perfect_score(mut self, score: impl Into<Option<f64>>) -> Self {
        self.settings.perfect_score = score.into();
        self
    }

    /// Sets whether a minibatch that is left out is replaced by rows on which the parent is not perfect, or was
    /// not run. Default true.
    #[must_use]
    pub const fn hard_rows(mut self, replace: bool) -> Self {
        self.settings.hard_rows = replace;
        self
    }

    /// Sets whether the candidate that is best on average can be a parent also if no front needs it. Default
    /// true.
    #[must_use]
    pub const fn best_breeds(mut self, breeds: bool) -> Self {
        self.settings.best_breeds = breeds;
        self
    }

    /// Sets how many rejected texts of a component the proposer is told of, the latest ones. Default 5.
    #[must_use]
    pub const fn remember_rejected(mut self, texts: usize) -> Self {
        self.settings.remember_rejected = texts;
        self
    }

    /// Sets whether the proposer is shown calls that failed, such as one whose reply could not be read.
    /// Default true.
    #[must_use]
    pub const fn add_format_failure_as_feedback(mut self, add: bool) -> Self {
        self.settings.add_format_failure_as_feedback = add;
        self
    }

    /// Sets whether candidates are merged. Default false, as in the package `gepa`; in DSPy it is true. In the
    /// paper, merging helped one model and hurt another. It is worth a try for programs with several
    /// predictors.
    #[must_use]
    pub const fn use_merge(mut self, merge: bool) -> Self {
        self.settings.use_merge = merge;
        self
    }

    /// Sets how many merges come into the population at most. Default 5.
    #[must_use]
    pub const fn max_merge_invocations(mut self, merges: usize) -> Self {
        self.settings.max_merge_invocations = merges;
        self
    }

    /// Sets how many validation rows must have a score of both candidates of a merge. Default 5.
    #[must_use]
    pub const fn merge_val_overlap_floor(mut self, rows: usize) -> Self {
        self.settings.merge_val_overlap_floor = rows;
        self
    }

    /// Sets states that the search starts from in addition to the program as given. None by default. Each is
    /// evaluated on the validation part. For a predictor that a state names, it replaces everything: a state
    /// with instructions alone has no demos and the parameters of the provider. To change only the
    /// instructions, start from [`ModuleExt::state`](crate::module::ModuleExt::state).
    #[must_use]
    pub fn initial_population(mut self, states: impl IntoIterator<Item = State>) -> Self {
        self.settings.initial_population = states.into_iter().collect();
        self
    }

    /// Works as the source does: one parent and one proposal at a time, [`Acceptance::StrictImprovement`], no
    /// limit but that on metric calls, which counts every run, and none of the departures with a star in
    /// [the list](Self#what-it-does-not-do-as-the-source). Settings that are made after it change it again.
    #[must_use]
    pub fn original(self) -> Self {
        Self {
            metric: self.metric,
            settings: self.settings.into_original(),
        }
    }
}

takes_metric!(GEPA: "5 generations of 2 parents with 2 proposals each, and 100 metric calls.");

impl<M, E, X> Search<M, E> for GEPA<X>
where
    M: Module,
    E: Example<M::Input>,
    X: Send + Sync,
{
    fn name(&self) -> &'static str {
        "GEPA"
    }

    fn settings(&self) -> Value {
        json!(self)
    }

    fn models(&self) -> Vec<Lm> {
        let Settings {
            proposer_lm,
            proposer,
            ..
        } = &self.settings;
        let set = proposer_lm.iter().cloned();
        set.chain(proposer.models()).collect()
    }

    fn forecast(&self, sizes: Sizes) -> Forecast {
        self.settings.forecast(sizes)
    }

    async fn search(&self, study: &Study<'_, M, E>) -> Result<Candidate<M>, Stop> {
        Evolution::start(&self.settings, study).await?.run().await
    }
}

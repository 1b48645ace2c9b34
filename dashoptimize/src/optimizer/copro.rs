//! `COPRO`: a model proposes instructions, and is shown which of its earlier ones did how well.

use dashoptimize_macros::signature;
use serde::Serialize;
use serde_json::{Value, json};

use super::proposer::{Proposer, ReadyProposer, model_of};
use super::stage::{NoMetric, takes_metric};
use crate::call::{Bounds, CallsPerRun};
use crate::engine::{
    Candidate, Component, Edit, Forecast, ProposalRequest, Room, Search, Sizes, Stop, Study,
};
use crate::evaluate::Example;
use crate::lm::Lm;
use crate::module::{Module, Predict};
use crate::state::State;

/// You are an instruction optimizer for large language models. You are given the instruction of a task. Propose an
/// instruction that leads a good language model to perform the task well, and a label for the field that the
/// answer is written to. Don't be afraid to be creative.
#[signature]
#[derive(Clone, Debug)]
pub struct ProposeInstruction {
    /// the instruction so far
    #[input]
    pub basic_instruction: String,
    /// the new instruction, and nothing else
    #[output]
    pub proposed_instruction: String,
    /// a few words before the answer, such as `Answer:`
    #[output]
    pub proposed_prefix: String,
}

/// You are an instruction optimizer for large language models. You are given instructions of one task that were
/// tried, each with the score that it reached. They are in increasing order of their scores, and higher scores are
/// better. Propose a new instruction that leads a good language model to perform the task even better, and a label
/// for the field that the answer is written to. Don't be afraid to be creative.
#[signature]
#[derive(Clone, Debug)]
pub struct RefineInstruction {
    /// the instructions that were tried, the best one last
    #[input]
    pub attempted_instructions: String,
    /// the new instruction, and nothing else
    #[output]
    pub proposed_instruction: String,
    /// a few words before the answer, such as `Answer:`
    #[output]
    pub proposed_prefix: String,
}

/// Lets a model propose instructions for each predictor, evaluates all of them, and lets it propose better ones from
/// the list of those that were tried with their scores, several times in a row.
///
/// Of several predictors, one after the other is improved, while the others have the best texts so far. Demos stay as
/// they are.
///
/// **Use it** when demos are not enough or too long, and as the simplest search of instructions. It sees scores and
/// neither rows nor feedback: [`MIPROv2`](https://arxiv.org/abs/2406.11695) also knows the data and the program, and
/// `GEPA` reads why answers are wrong.
///
/// **It needs** a model that can write instructions: that of the program, or a stronger one that is set with
/// [`proposer`](Self::proposer). Training rows are not used.
///
/// ```
/// use dashoptimize::lm::{ChatRequest, Scripted};
/// use dashoptimize::optimizer::COPRO;
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
/// # let model = |reply: &'static str| Scripted::new(move |_: &ChatRequest| reply);
/// # let program = Predict::<Opposite>::new(model("[[ ## opposite ## ]]\nx"));
/// # let llm = model("[[ ## proposed_instruction ## ]]\nSay it.\n\n[[ ## proposed_prefix ## ]]\nOpposite:");
/// let copro = COPRO::new(is_right)
///     .num_candidates(8)
///     .optimize_prefixes(true)
///     .proposer(llm);
/// let tuned = copro.optimize(&program, &data, &Run::in_memory()).await?;
/// println!("{tuned}");
/// # Ok(())
/// # }
/// ```
///
/// # Parameters
///
/// | parameter | meaning | default |
/// |---|---|---|
/// | [`breadth`](Self::breadth), [`num_candidates`](Self::num_candidates) | texts for a predictor in each round, the given one included in the first | 10 |
/// | [`depth`](Self::depth) | rounds | 3 |
/// | [`optimize_prefixes`](Self::optimize_prefixes) | whether the label of the last output is rewritten as well | `false` |
/// | [`init_temperature`](Self::init_temperature) | temperature of the proposer, in all rounds | 1.4 |
/// | [`proposer`](Self::proposer) | model that proposes | that of the program's first predictor |
/// | [`propose_with`](Self::propose_with), [`refine_with`](Self::refine_with) | modules that propose, in the first round and later | [`Predict`] of [`ProposeInstruction`] and [`RefineInstruction`] |
///
/// # Calls
///
/// With `P` predictors, `b` of breadth, `d` of depth and `V` validation rows:
///
/// | what | at most |
/// |---|---|
/// | calls of the proposer | `P · (b · d − 1)` |
/// | runs on validation rows, one predictor | `b · d · V`, the program as given included |
/// | runs on validation rows, several predictors | `P · b · d · (d + 1) / 2 · V` |
///
/// A proposal that is [turned away](crate::engine::Rejection) and a state that was evaluated before cost no runs.
/// The list of tried texts grows to `b` entries and is cut to the
/// [room of the run](crate::engine::ProposalRules::prompt_tokens), the best ones kept.
///
/// # Departures
///
/// From DSPy's `COPRO`:
///
/// - Candidates are compared on the validation part, as in the guide of the system; there, on the training rows.
/// - A proposal that cannot be read is left out; there, it ends the run.
/// - The label of the last output is a part of the prompt, so that it can make a difference; there, no adapter
///   shows it, although half of each proposal is about it and equal prompts are evaluated as different ones. Because
///   of that it is off by default. The proposer is asked for a label in both cases, so that a module of
///   yours fits both.
/// - Each proposal is a request of its own with its own sample, at the temperature that is set; there, a warm cache
///   repeats the proposals of an earlier run.
/// - Equal texts are one candidate. Of candidates with equal scores, the earliest wins.
///
/// The guide calls `breadth` `num_candidates`, and has no rounds: `depth(1)` is its search.
///
/// Source: DSPy's `COPRO` (Khattab et al. 2023, arXiv 2310.03714), which follows Yang et al. 2023, "Large Language
/// Models as Optimizers", arXiv 2309.03409.
#[derive(Clone, Debug, Serialize)]
pub struct COPRO<X = NoMetric> {
    #[serde(skip)]
    metric: X,
    breadth: usize,
    depth: usize,
    optimize_prefixes: bool,
    init_temperature: f64,
    #[serde(skip)]
    lm: Option<Lm>,
    #[serde(skip_serializing_if = "Proposer::is_own")]
    propose: Proposer<ProposeInstructionInput, ProposeInstructionOutput>,
    #[serde(skip_serializing_if = "Proposer::is_own")]
    refine: Proposer<RefineInstructionInput, RefineInstructionOutput>,
}

impl<X> COPRO<X> {
    const fn with(metric: X) -> Self {
        Self {
            metric,
            breadth: 10,
            depth: 3,
            optimize_prefixes: false,
            init_temperature: 1.4,
            lm: None,
            propose: Proposer::OWN,
            refine: Proposer::OWN,
        }
    }

    /// Sets how many texts are tried for a predictor in each round. Default 10. The given text is one of those
    /// of the first round.
    #[must_use]
    pub const fn breadth(mut self, texts: usize) -> Self {
        self.breadth = texts;
        self
    }

    /// As [`breadth`](Self::breadth), by the name that it has in the guide.
    #[must_use]
    pub const fn num_candidates(self, texts: usize) -> Self {
        self.breadth(texts)
    }

    /// Sets in how many rounds texts are proposed. Default 3.
    #[must_use]
    pub const fn depth(mut self, rounds: usize) -> Self {
        self.depth = rounds;
        self
    }

    /// Sets whether the label of the last output of each predictor is rewritten as well. Default `false`.
    #[must_use]
    pub const fn optimize_prefixes(mut self, is_on: bool) -> Self {
        self.optimize_prefixes = is_on;
        self
    }

    /// Sets the temperature of the proposer. Default 1.4.
    #[must_use]
    pub const fn init_temperature(mut self, temperature: f64) -> Self {
        self.init_temperature = temperature;
        self
    }

    /// Sets the model that proposes. By default it is the model of the program's first predictor.
    ///
    /// Each of its replies may have 1,000 tokens; a module that is set with [`propose_with`](Self::propose_with) has
    /// its own limit.
    #[must_use]
    pub fn proposer(mut self, lm: impl Into<Lm>) -> Self {
        self.lm = Some(lm.into());
        self
    }

    /// Proposes the texts of the first round with a module of your own.
    #[must_use]
    pub fn propose_with(
        mut self,
        module: impl Module<Input = ProposeInstructionInput, Output = ProposeInstructionOutput>,
    ) -> Self {
        self.propose = Proposer::of_user(module);
        self
    }

    /// Proposes the texts of all later rounds with a module of your own.
    #[must_use]
    pub fn refine_with(
        mut self,
        module: impl Module<Input = RefineInstructionInput, Output = RefineInstructionOutput>,
    ) -> Self {
        self.refine = Proposer::of_user(module);
        self
    }
}

takes_metric!(COPRO: "breadth 10, depth 3, a proposer at temperature 1.4, labels as they are.");

impl<M, E, X> Search<M, E> for COPRO<X>
where
    M: Module,
    E: Example<M::Input>,
    X: Send + Sync,
{
    fn name(&self) -> &'static str {
        "COPRO"
    }

    fn settings(&self) -> Value {
        json!(self)
    }

    fn models(&self) -> Vec<Lm> {
        let of_modules = [self.propose.models(), self.refine.models()].concat();
        self.lm.iter().cloned().chain(of_modules).collect()
    }

    fn forecast(&self, sizes: Sizes) -> Forecast {
        let (breadth, depth) = (self.breadth as u64, self.depth as u64);
        // With several predictors, the texts of earlier rounds are evaluated again, as the others have changed.
        let evaluated = match sizes.predictors {
            1 => breadth * depth,
            predictors => predictors * breadth * depth * (depth + 1) / 2,
        };
        let proposals = sizes.predictors * (breadth * depth).saturating_sub(1);
        let first = Bounds::exactly(sizes.predictors * breadth.saturating_sub(1));
        let later = Bounds::exactly(sizes.predictors * breadth * depth.saturating_sub(1));
        let calls = self.propose.calls_for(first, CallsPerRun::ONE);
        let calls = calls.plus(self.refine.calls_for(later, CallsPerRun::ONE));
        let forecast = Forecast::runs(0, evaluated * sizes.val);
        let text = self.propose.tokens_of_text();
        let text = text.then(self.refine.tokens_of_text());
        forecast.with_proposals(Bounds::exactly(proposals), calls, text)
    }

    async fn search(&self, study: &Study<'_, M, E>) -> Result<Candidate<M>, Stop> {
        self.check()?;
        let Some(lm) = model_of(self.lm.as_ref(), study.student()) else {
            return Err(Stop::Unusable(
                "the program has no predictor to improve".to_owned(),
            ));
        };
        let proposers = Proposers {
            propose: self
                .propose
                .ready(|| Predict::<ProposeInstruction>::new(&lm)),
            refine: self.refine.ready(|| Predict::<RefineInstruction>::new(&lm)),
        };
        let mut ascent = Ascent {
            settings: self,
            study,
            proposers,
            predictors: self.predictors(study),
            best: study.base().clone(),
        };
        ascent.climb().await?;
        Ok(study.best().unwrap_or(ascent.best))
    }
}

impl<X> COPRO<X> {
    fn check(&self) -> Result<(), Stop> {
        let problem = if self.breadth < 2 {
            "`breadth` must be at least 2: the given text is one of the first round"
        } else if self.depth == 0 {
            "`depth` must be at least 1"
        } else if !(0.0..=f64::MAX).contains(&self.init_temperature) {
            "`init_temperature` must be a number from 0 on"
        } else {
            return Ok(());
        };
        Err(Stop::Unusable(format!("COPRO: {problem}")))
    }

    fn predictors<M: Module, E: Example<M::Input>>(&self, study: &Study<'_, M, E>) -> Vec<Tuned> {
        let predictors = study.student().predictors().into_iter();
        let tuned = predictors.map(|predictor| {
            let last = predictor.spec().outputs().last();
            let last = last.filter(|_| self.optimize_prefixes);
            let prefix = last.map(|field| Component::prefix(predictor.path(), &*field.name));
            Tuned {
                instructions: Component::instructions(predictor.path()),
                prefix,
                tried: Vec::new(),
                latest: vec![Text::Given],
            }
        });
        tuned.collect()
    }
}

/// A predictor whose texts are improved.
struct Tuned {
    instructions: Component,
    prefix: Option<Component>,
    /// All texts so far, with the best score of each.
    tried: Vec<Tried>,
    /// Texts of this round, which have not been evaluated.
    latest: Vec<Text>,
}

/// A text that was evaluated.
struct Tried {
    text: Text,
    score: Option<f64>,
}

/// The text of a predictor.
#[derive(Clone)]
enum Text {
    Given,
    Proposed(Edit),
}

/// The modules that are asked.
struct Proposers {
    propose: ReadyProposer<ProposeInstructionInput, ProposeInstructionOutput>,
    refine: ReadyProposer<RefineInstructionInput, RefineInstructionOutput>,
}

/// A search that improves one predictor after the other.
struct Ascent<'s, 'a, M: Module, E, X> {
    settings: &'s COPRO<X>,
    study: &'s Study<'a, M, E>,
    proposers: Proposers,
    predictors: Vec<Tuned>,
    /// The program with the best text so far of each predictor.
    best: Candidate<M>,
}

impl<M: Module, E: Example<M::Input>, X: Sync> Ascent<'_, '_, M, E, X> {
    async fn climb(&mut self) -> Result<(), Stop> {
        for index in 0..self.predictors.len() {
            let proposed = self.first_texts(index).await?;
            self.predictors[index].latest.extend(proposed);
        }
        for round in 1..=self.settings.depth {
            for index in 0..self.predictors.len() {
                self.evaluate(index, round).await?;
            }
            if round < self.settings.depth {
                for index in 0..self.predictors.len() {
                    self.predictors[index].latest = self.better_texts(index).await?;
                }
            }
        }
        Ok(())
    }

    /// Texts from the given one.
    async fn first_texts(&self, index: usize) -> Result<Vec<Text>, Stop> {
        let tuned = &self.predictors[index];
        let given = tuned
            .instructions
            .text(self.study.student())
            .unwrap_or_default();
        let input = |_: Room| ProposeInstructionInput {
            basic_instruction: given.clone(),
        };
        let requests = self.requests(tuned, self.settings.breadth - 1, &input);
        let read = |output: ProposeInstructionOutput| {
            tuned.texts(output.proposed_instruction, output.proposed_prefix)
        };
        let proposals = self.study.propose(&self.proposers.propose, &requests, read);
        Ok(texts(proposals.await?))
    }

    /// Texts from those that were tried, of which the best are shown last.
    async fn better_texts(&self, index: usize) -> Result<Vec<Text>, Stop> {
        let tuned = &self.predictors[index];
        let program = self.study.student();
        let blocks: Vec<String> = tuned
            .best_last(self.settings.breadth)
            .into_iter()
            .enumerate()
            .map(|(number, tried)| tuned.block(program, number + 1, tried))
            .collect();
        let input = |room: Room| RefineInstructionInput {
            attempted_instructions: room.fit_last(&blocks),
        };
        let requests = self.requests(tuned, self.settings.breadth, &input);
        let read = |output: RefineInstructionOutput| {
            tuned.texts(output.proposed_instruction, output.proposed_prefix)
        };
        let proposals = self.study.propose(&self.proposers.refine, &requests, read);
        Ok(texts(proposals.await?))
    }

    fn requests<'r, I>(
        &'r self,
        tuned: &Tuned,
        count: usize,
        input: &'r (dyn Fn(Room) -> I + Send + Sync),
    ) -> Vec<ProposalRequest<'r, M, I>> {
        let samples = 0..u32::try_from(count).unwrap_or(u32::MAX);
        let request = |sample| {
            ProposalRequest::new(self.study.base(), tuned.components(), input)
                .sample(sample)
                .temperature(self.settings.init_temperature)
        };
        samples.map(request).collect()
    }

    /// Evaluates the texts of a predictor, with the best texts of all others. The texts of one predictor that is
    /// alone are known from earlier rounds.
    async fn evaluate(&mut self, index: usize, round: usize) -> Result<(), Stop> {
        let latest = std::mem::take(&mut self.predictors[index].latest);
        let is_alone = self.predictors.len() == 1;
        let again = self.predictors[index]
            .tried
            .iter()
            .map(|tried| tried.text.clone());
        let again: Vec<Text> = again.filter(|_| !is_alone).collect();
        let parent = self.best.clone();
        let mut best: Option<(Candidate<M>, Option<f64>)> = None;
        for text in again.into_iter().chain(latest) {
            let candidate = self.candidate(&parent, index, round, &text)?;
            let evaluation = self.study.evaluate(&candidate).await?;
            let score = evaluation.measured.score_at_worst();
            self.predictors[index].enter(self.study.student(), text, score);
            if best.as_ref().is_none_or(|(_, before)| score > *before) {
                best = Some((candidate, score));
            }
        }
        // In later rounds, a predictor that is alone keeps its best text unless a new one is better.
        if let Some((candidate, score)) = best {
            let known = self.study.evaluate(&self.best).await?;
            if score > known.measured.score_at_worst() {
                self.best = candidate;
            }
        }
        Ok(())
    }

    fn candidate(
        &self,
        parent: &Candidate<M>,
        index: usize,
        round: usize,
        text: &Text,
    ) -> Result<Candidate<M>, Stop> {
        let tuned = &self.predictors[index];
        let mut state = parent.state();
        tuned.set(self.study.student(), &mut state, text);
        if state == parent.state() {
            return Ok(parent.clone());
        }
        let origin = match text {
            Text::Given => format!("round {round}: the given {}", tuned.instructions),
            Text::Proposed(_) => format!("round {round}: proposed {}", tuned.instructions),
        };
        let candidate = self.study.candidate(origin, &state)?;
        let sources = parent.sources().clone();
        Ok(candidate.with_sources(sources).with_parents([parent]))
    }
}

impl Tuned {
    fn components(&self) -> impl Iterator<Item = Component> + use<> {
        let instructions = std::iter::once(self.instructions.clone());
        instructions.chain(self.prefix.clone())
    }

    /// The texts of a proposal that are asked for.
    fn texts(&self, instruction: String, prefix: String) -> Vec<String> {
        let prefix = self.prefix.is_some().then_some(prefix);
        std::iter::once(instruction).chain(prefix).collect()
    }

    fn set<M: Module>(&self, program: &M, state: &mut State, text: &Text) {
        match text {
            Text::Proposed(edit) => edit.apply(program, state),
            Text::Given => {
                for component in self.components() {
                    let given = component.text(program).unwrap_or_default();
                    component.set(program, state, &given);
                }
            }
        }
    }

    /// Enters the score of a text; of a text with several, the best one.
    fn enter<M: Module>(&mut self, program: &M, text: Text, score: Option<f64>) {
        let words = self.words(program, &text);
        let mut tried = std::mem::take(&mut self.tried);
        let known = tried
            .iter_mut()
            .find(|tried| self.words(program, &tried.text) == words);
        match known {
            Some(known) if score > known.score => known.score = score,
            Some(_) => {}
            None => tried.push(Tried { text, score }),
        }
        self.tried = tried;
    }

    /// The best texts, worst first; of equally good ones, the earliest is taken for the best.
    fn best_last(&self, most: usize) -> Vec<&Tried> {
        let mut tried: Vec<&Tried> = self.tried.iter().collect();
        let score = |tried: &&Tried| tried.score.unwrap_or(f64::NEG_INFINITY);
        tried.sort_by(|one, other| score(other).total_cmp(&score(one)));
        tried.truncate(most);
        tried.reverse();
        tried
    }

    /// The instruction of a text, and its label.
    fn words<M: Module>(&self, program: &M, text: &Text) -> Vec<String> {
        match text {
            Text::Proposed(edit) => edit.texts().iter().map(|(_, text)| text.clone()).collect(),
            Text::Given => {
                let texts = self.components().map(|component| component.text(program));
                texts.map(Option::unwrap_or_default).collect()
            }
        }
    }

    /// What a proposer is told about a text that was tried.
    fn block<M: Module>(&self, program: &M, number: usize, tried: &Tried) -> String {
        let words = self.words(program, &tried.text);
        let mut block = format!("Instruction {number}: {}", words[0]);
        if let Some(prefix) = words.get(1) {
            block += &format!("\nLabel {number}: {prefix}");
        }
        let score = tried
            .score
            .map_or("unknown".to_owned(), |score| format!("{score:.4}"));
        block + &format!("\nScore {number}: {score}")
    }
}

/// The texts that were not turned away.
fn texts<R>(proposals: Vec<Result<Edit, R>>) -> Vec<Text> {
    proposals
        .into_iter()
        .flatten()
        .map(Text::Proposed)
        .collect()
}

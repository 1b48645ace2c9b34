//! `InferRules`: a model reads the training rows and writes down the rules behind them.

use dashoptimize_macros::signature;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::bootstrap::{Bootstrap, bootstrap_setters};
use super::bootstrap_few_shot::teacher;
use super::proposer::{Proposer, model_of};
use super::stage::{NoMetric, takes_metric};
use crate::call::{Bounds, CallsPerRun};
use crate::engine::{
    Candidate, Component, Edit, Evidence, Forecast, ProposalRequest, Room, Search, Sizes, Stop,
    Study,
};
use crate::evaluate::Example;
use crate::lm::Lm;
use crate::module::{ChainOfThought, Module, Predictor, Reasoned};
use crate::state::{Demo, State};

/// The temperature of the proposer.
const TEMPERATURE: f64 = 1.0;

/// Here are examples of a task, each with its inputs and its right outputs. Write down the rules behind them: what
/// somebody must know to give the right outputs for other inputs. The rules are concise, do not repeat each
/// other, and say what to do. They hold in general and do not quote the examples.
#[signature]
#[derive(Clone, Debug)]
pub struct InduceRules {
    /// the examples
    #[input]
    pub examples: String,
    /// how many rules there are at most
    #[input]
    pub num_rules: usize,
    /// the rules, one on each line
    #[output]
    pub natural_language_rules: String,
}

/// Bootstraps demos as [`BootstrapFewShot`](super::BootstrapFewShot) does, and then lets a model infer rules from the
/// training rows, which are added to the instructions of each predictor. Several sets of rules are tried, and the best
/// on the validation part wins.
///
/// **Use it** when the task follows rules that are not written down anywhere, such as house style or the meaning of
/// labels, and the training rows show them. The result is a prompt that a person can read and correct.
///
/// **It needs** labelled rows, and a model that can see what they have in common: that of the program, or a stronger
/// one that is set with [`proposer`](Self::proposer). For a predictor whose outputs are not in the rows, such as an
/// inner step, it infers rules from the bootstrapped demos.
///
/// ```
/// use dashoptimize::lm::{ChatRequest, Scripted};
/// use dashoptimize::optimizer::InferRules;
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
/// # let llm = model("[[ ## reasoning ## ]]\nI see.\n\n[[ ## natural_language_rules ## ]]\nWrite it backwards.");
/// let infer = InferRules::new(is_right).num_candidates(4).num_rules(5).proposer(llm);
/// let tuned = infer.optimize(&program, &data, &Run::in_memory()).await?;
/// println!("{tuned}");
/// # Ok(())
/// # }
/// ```
///
/// # Parameters
///
/// | parameter | meaning | default |
/// |---|---|---|
/// | [`num_candidates`](Self::num_candidates) | sets of rules that are tried | 10 |
/// | [`num_rules`](Self::num_rules) | rules in a set, at most | 10 |
/// | [`max_bootstrapped_demos`](Self::max_bootstrapped_demos) | bootstrapped demos, per predictor | 4 |
/// | [`max_labeled_demos`](Self::max_labeled_demos) | demos to which labelled rows are added, per predictor | 16 |
/// | [`max_rounds`](Self::max_rounds) | attempts at a training row | 1 |
/// | [`metric_threshold`](Self::metric_threshold) | the lowest score that passes | 1.0 |
/// | [`proposer`](Self::proposer) | model that infers the rules | that of the program's first predictor |
/// | [`propose_with`](Self::propose_with) | module that infers them | [`ChainOfThought`] of [`InduceRules`] |
///
/// # Calls
///
/// With `P` predictors, `T` training rows, `V` validation rows and `C` sets of rules:
///
/// | what | at most |
/// |---|---|
/// | runs of the program on training rows | `T · max_rounds` |
/// | calls of the proposer | `C · P`, and a few more if the rows do not fit its context |
/// | runs on validation rows | `(2 + C) · V`: the program as given, with demos, and with each set of rules |
///
/// # Departures
///
/// From DSPy's `InferRules`:
///
/// - The instructions belong to each candidate. There, all candidates and the student of the caller share them, so
///   that every candidate ends with the rules of the last one.
/// - Training and validation part are those that the data was split into; there, the two halves of the training rows.
/// - The program with demos and without rules is a candidate too.
/// - Rows that do not fit into [the room for a prompt](crate::engine::ProposalRules::prompt_tokens) are left out from
///   the last on. If the provider says that the prompt is too long, half of the room is used, and so on. There, the
///   last row is dropped as long as the message contains certain words.
/// - Rules that cannot be read, or that repeat a training row, are left out: the predictor keeps its instructions in
///   this candidate. There, the run ends.
///
/// Source: DSPy's `InferRules`.
#[derive(Clone, Debug, Serialize)]
pub struct InferRules<X = NoMetric> {
    #[serde(skip)]
    metric: X,
    num_candidates: u32,
    num_rules: usize,
    #[serde(flatten)]
    bootstrap: Bootstrap,
    #[serde(skip)]
    lm: Option<Lm>,
    #[serde(skip_serializing_if = "Proposer::is_own")]
    induce: Proposer<InduceRulesInput, Reasoned<InduceRulesOutput>>,
}

impl<X> InferRules<X> {
    const fn with(metric: X) -> Self {
        Self {
            metric,
            num_candidates: 10,
            num_rules: 10,
            bootstrap: Bootstrap::DEFAULT,
            lm: None,
            induce: Proposer::OWN,
        }
    }

    /// Sets how many sets of rules are tried. Default 10.
    #[must_use]
    pub const fn num_candidates(mut self, sets: u32) -> Self {
        self.num_candidates = sets;
        self
    }

    /// Sets how many rules a set has at most. Default 10.
    #[must_use]
    pub const fn num_rules(mut self, rules: usize) -> Self {
        self.num_rules = rules;
        self
    }

    /// Sets the model that infers the rules. By default it is the model of the program's first predictor.
    ///
    /// Each of its replies may have 1,000 tokens; a module that is set with [`propose_with`](Self::propose_with) has
    /// its own limit.
    #[must_use]
    pub fn proposer(mut self, lm: impl Into<Lm>) -> Self {
        self.lm = Some(lm.into());
        self
    }

    /// Infers the rules with a module of your own.
    #[must_use]
    pub fn propose_with(
        mut self,
        module: impl Module<Input = InduceRulesInput, Output = Reasoned<InduceRulesOutput>>,
    ) -> Self {
        self.induce = Proposer::of_user(module);
        self
    }
}

bootstrap_setters!(InferRules);

takes_metric!(InferRules: "10 sets of up to 10 rules, up to 4 bootstrapped and 16 demos in all.");

impl<M, E, X> Search<M, E> for InferRules<X>
where
    M: Module,
    E: Example<M::Input>,
    X: Send + Sync,
{
    fn name(&self) -> &'static str {
        "InferRules"
    }

    fn settings(&self) -> Value {
        json!(self)
    }

    fn models(&self) -> Vec<Lm> {
        self.lm
            .iter()
            .cloned()
            .chain(self.induce.models())
            .collect()
    }

    fn forecast(&self, sizes: Sizes) -> Forecast {
        let proposals = Bounds::up_to(sizes.predictors * u64::from(self.num_candidates));
        let evaluated = 1 + u64::from(self.num_candidates);
        let forecast = Forecast::runs(self.bootstrap.most_runs(sizes.train), evaluated * sizes.val);
        let calls = self.induce.calls_for(proposals, CallsPerRun::ONE);
        let forecast = forecast.with_proposals(proposals, calls, self.induce.tokens_of_text());
        forecast.with_demos(self.bootstrap.most_demos())
    }

    async fn search(&self, study: &Study<'_, M, E>) -> Result<Candidate<M>, Stop> {
        self.bootstrap.check()?;
        let shown = self.with_demos(study).await?;
        study.evaluate(&shown).await?;
        let rules = self.rules(study, &shown).await?;
        for number in 0..self.num_candidates as usize {
            let edits = rules
                .iter()
                .filter_map(|of_predictor| of_predictor[number].as_ref());
            let edits: Vec<&Edit> = edits.collect();
            if edits.is_empty() {
                continue;
            }
            let state = with_rules(&shown, &edits);
            let candidate = study.candidate(format!("rules {}", number + 1), &state)?;
            let candidate = candidate.with_sources(shown.sources().clone());
            study.evaluate(&candidate.with_parents([&shown])).await?;
        }
        Ok(study.best().unwrap_or(shown))
    }
}

impl<X: Sync> InferRules<X> {
    /// The program with bootstrapped demos.
    async fn with_demos<M: Module, E: Example<M::Input>>(
        &self,
        study: &Study<'_, M, E>,
    ) -> Result<Candidate<M>, Stop> {
        let order: Vec<usize> = (0..study.train().len()).collect();
        let teacher = teacher(study, self.bootstrap.max_labeled_demos)?;
        let bootstrapped = self.bootstrap.run(study, &teacher, &order, "rules").await?;
        bootstrapped.candidate(study, "bootstrapped demos, without rules")
    }

    /// The sets of rules of each predictor; `None` in place of those that were turned away.
    async fn rules<M: Module, E: Example<M::Input>>(
        &self,
        study: &Study<'_, M, E>,
        shown: &Candidate<M>,
    ) -> Result<Vec<Vec<Option<Edit>>>, Stop> {
        let Some(lm) = model_of(self.lm.as_ref(), study.student()) else {
            return Err(Stop::Unusable(
                "the program has no predictor to improve".to_owned(),
            ));
        };
        let induce = self.induce.ready(|| ChainOfThought::<InduceRules>::new(lm));
        let mut rules = Vec::new();
        for predictor in shown.program().predictors() {
            let (evidence, blocks) = examples(study, predictor);
            if blocks.is_empty() {
                continue;
            }
            let component = Component::instructions(predictor.path());
            let given = component.text(shown.program()).unwrap_or_default();
            let input = |room: Room| InduceRulesInput {
                examples: room.fit(&blocks),
                num_rules: self.num_rules,
            };
            let request = |sample| {
                ProposalRequest::new(shown, [component.clone()], &input)
                    .sample(sample)
                    .temperature(TEMPERATURE)
                    .evidence(evidence.clone())
            };
            let requests: Vec<_> = (0..self.num_candidates).map(request).collect();
            let read = |output: Reasoned<InduceRulesOutput>| {
                vec![instructions(&given, &output.natural_language_rules)]
            };
            let proposals = study.propose(&induce, &requests, read).await?;
            rules.push(proposals.into_iter().map(Result::ok).collect());
        }
        Ok(rules)
    }
}

/// The instructions with rules. Without any rules there is no text.
fn instructions(given: &str, rules: &str) -> String {
    match rules.trim() {
        "" => String::new(),
        rules => format!("{given}\n\nFollow these rules where they apply:\n{rules}"),
    }
}

fn with_rules<M: Module>(shown: &Candidate<M>, edits: &[&Edit]) -> State {
    let mut state = shown.state();
    for edit in edits {
        edit.apply(shown.program(), &mut state);
    }
    state
}

/// What a predictor's rules are inferred from: the training rows that have inputs and outputs of it, or else its
/// demos.
fn examples<M: Module, E: Example<M::Input>>(
    study: &Study<'_, M, E>,
    predictor: &Predictor,
) -> (Evidence, Vec<String>) {
    let rows = (0..study.train().len()).filter_map(|row| {
        let demo = Demo::from_fields(&study.shown_row(row), predictor.spec())?;
        Some((row, block(&demo)))
    });
    let (rows, blocks): (Vec<usize>, Vec<String>) = rows.unzip();
    match blocks.is_empty() {
        false => (Evidence::train(rows), blocks),
        true => {
            let demos = predictor.state().demos.iter();
            (Evidence::train([]), demos.map(block).collect())
        }
    }
}

fn block(demo: &Demo) -> String {
    format!(
        "Inputs:\n{}Outputs:\n{}",
        lines(&demo.inputs),
        lines(&demo.outputs)
    )
}

fn lines(values: &Map<String, Value>) -> String {
    let line = |(name, value): (&String, &Value)| match value {
        Value::String(text) => format!("- {name}: {text}\n"),
        value => format!("- {name}: {value}\n"),
    };
    values.iter().map(line).collect()
}

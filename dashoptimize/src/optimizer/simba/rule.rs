//! Rules that a model writes, and what it is asked.

use std::collections::BTreeMap;

use dashoptimize_macros::signature;
use serde_json::{Map, Value};

use crate::call::{CallError, Context, TraceStep};
use crate::engine::{Component, Rollout, Room};
use crate::module::{Module, Predictor};
use crate::optimizer::proposer::ReadyProposer;

/// What the adviser is told where nothing is known, or nothing is to be shown.
const NOT_STATED: &str = "N/A";

/// Two runs of one program on the same input are given, a better one and a worse one, with the score of each.
/// In the discussion, say which of the modules are to blame for the difference, if any. Then give each module
/// concrete advice on what to do when it is given such an input again. A module does not see these runs, so the
/// advice must be complete in itself: in which case, what to do, and what to avoid. Let it hold for inputs like
/// this one and not for this one alone. Where a module is not to blame, its advice is `N/A`.
#[signature]
#[derive(Clone, Debug)]
pub struct OfferFeedback {
    /// the graph of the program, and its modules with their fields and instructions
    #[input]
    pub program: String,
    /// the input of both runs
    #[input]
    pub program_inputs: String,
    /// the right outputs, which the program does not see
    #[input]
    pub example_labels: String,
    /// what each module was given and what it produced in the worse run, in order
    #[input]
    pub worse_program_trajectory: String,
    /// what the worse run was judged to be worth
    #[input]
    pub worse_reward_value: String,
    /// why it was judged so
    #[input]
    pub worse_reward_info: String,
    /// what each module was given and what it produced in the better run, in order
    #[input]
    pub better_program_trajectory: String,
    /// what the better run was judged to be worth
    #[input]
    pub better_reward_value: String,
    /// why it was judged so
    #[input]
    pub better_reward_info: String,
    /// the modules that need advice
    #[input]
    pub module_names: Vec<String>,
    /// where each module went wrong, if it did
    #[output]
    pub discussion: String,
    /// for each module, by its name: the advice; `N/A` where it is not to blame
    #[output]
    pub module_advice: BTreeMap<String, String>,
}

/// Writes the instructions of all predictors with a rule for each that needs one.
#[derive(Clone)]
pub(super) struct RuleWriter(pub(super) ReadyProposer<OfferFeedbackInput, OfferFeedbackOutput>);

/// What a rule is written of.
#[derive(Clone, Debug)]
pub(super) struct RuleInput {
    pub(super) feedback: OfferFeedbackInput,
    /// The instructions of each module, in the order of the names.
    pub(super) instructions: Vec<String>,
}

impl Module for RuleWriter {
    type Input = RuleInput;
    type Output = Vec<String>;

    async fn forward(
        &self,
        context: &Context<'_>,
        input: RuleInput,
    ) -> Result<Vec<String>, CallError> {
        let names = input.feedback.module_names.clone();
        let offered = self.0.forward(context, input.feedback).await?;
        let written = names.iter().zip(input.instructions);
        let with_rule = written.map(|(name, instructions)| {
            match advice_for(name, names.len(), &offered.module_advice) {
                Some(rule) => format!("{}\n\n{rule}", instructions.trim_end()),
                None => instructions,
            }
        });
        Ok(with_rule.collect())
    }

    fn predictors(&self) -> Vec<&Predictor> {
        self.0.predictors()
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        self.0.predictors_mut()
    }
}

/// The advice for one module. If there is only one, all advice is for it, whatever name the model uses.
fn advice_for<'a>(
    name: &str,
    modules: usize,
    advice: &'a BTreeMap<String, String>,
) -> Option<&'a str> {
    let only = || {
        advice
            .values()
            .next()
            .filter(|_| modules == 1 && advice.len() == 1)
    };
    let words = advice.get(name).or_else(only)?.trim();
    let is_none = words.is_empty() || words.trim_end_matches('.').eq_ignore_ascii_case("n/a");
    (!is_none).then_some(words)
}

/// The instructions of each predictor of a program.
pub(super) fn instructions_of<M: Module>(program: &M) -> Vec<(Component, String)> {
    let predictors = program.predictors().into_iter();
    let instructions = predictors.map(|predictor| {
        let component = Component::instructions(predictor.path());
        let text = component.text(program).unwrap_or_default();
        (component, text)
    });
    instructions.collect()
}

/// A run as the adviser is shown it.
pub(super) struct ShownRun {
    trajectory: Vec<String>,
    reward: String,
    info: String,
}

impl ShownRun {
    pub(super) fn of(score: f64, rollout: &Rollout) -> Self {
        let error = rollout.outcome().error().map(str::to_owned);
        let info = rollout.feedback().map(str::to_owned).or(error);
        Self {
            trajectory: rollout.trace().iter().map(step_text).collect(),
            reward: score.to_string(),
            info: info.unwrap_or_else(|| NOT_STATED.to_owned()),
        }
    }

    /// A run of which nothing is shown.
    pub(super) fn none() -> Self {
        Self {
            trajectory: vec![NOT_STATED.to_owned()],
            reward: NOT_STATED.to_owned(),
            info: NOT_STATED.to_owned(),
        }
    }
}

/// What is shown to the adviser, besides the room that it has.
pub(super) struct Comparison {
    pub(super) program: String,
    pub(super) inputs: Map<String, Value>,
    pub(super) gold: Map<String, Value>,
    pub(super) better: ShownRun,
    pub(super) worse: ShownRun,
    pub(super) names: Vec<String>,
}

impl Comparison {
    /// The question, in the room that there is.
    pub(super) fn question(&self, room: Room) -> OfferFeedbackInput {
        let part = room.one_of(6);
        let fields =
            |fields: &Map<String, Value>| part.fit([Value::Object(fields.clone()).to_string()]);
        OfferFeedbackInput {
            program: part.fit([&self.program]),
            program_inputs: fields(&self.inputs),
            example_labels: fields(&self.gold),
            worse_program_trajectory: part.fit(&self.worse.trajectory),
            worse_reward_value: self.worse.reward.clone(),
            worse_reward_info: part.fit([&self.worse.info]),
            better_program_trajectory: part.fit(&self.better.trajectory),
            better_reward_value: self.better.reward.clone(),
            better_reward_info: part.fit([&self.better.info]),
            module_names: self.names.clone(),
        }
    }
}

/// `` `answer`: {"hint":"…"} -> {"answer":"…"} ``
fn step_text(step: &TraceStep) -> String {
    let inputs = Value::Object(step.inputs.clone());
    match &step.outcome {
        Ok(outputs) => format!(
            "`{}`: {inputs} -> {}",
            step.predictor,
            Value::Object(outputs.clone())
        ),
        Err(error) => format!("`{}`: {inputs} failed: {error}", step.predictor),
    }
}

//! What the results of an evaluation say about one row.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::rollout::Rollout;
use crate::adapter::Repair;
use crate::call::TraceStep;
use crate::evaluate::{Outcome, RowOrigin};

/// Named values, in an order that is part of the file.
pub(super) type Named<'a> = Vec<(&'a str, &'a Value)>;

/// One row, in the order of the keys of its line. Every line of a file has the same keys.
#[derive(Serialize)]
pub(super) struct ResultLine<'a> {
    /// Which trial it is, in the file of the trials of an optimizer.
    #[serde(flatten)]
    pub(super) trial: Option<TrialOfLine<'a>>,
    pub(super) row: usize,
    #[serde(serialize_with = "in_words")]
    pub(super) origin: Option<&'a RowOrigin>,
    outcome: &'static str,
    /// The score by which programs are compared, so that its mean is the score of the evaluation.
    score: Option<f64>,
    #[serde(serialize_with = "as_object")]
    pub(super) inputs: Named<'a>,
    #[serde(serialize_with = "as_object")]
    pub(super) gold: Named<'a>,
    pub(super) prediction: Option<&'a Value>,
    pub(super) feedback: Option<&'a str>,
    objectives: Option<&'a BTreeMap<String, f64>>,
    pub(super) error: Option<&'a str>,
    pub(super) broken_checks: Vec<BrokenCheckLine<'a>>,
    steps: Vec<StepLine<'a>>,
    calls: u64,
    tokens: u64,
    usd: Option<f64>,
    seconds: f64,
}

/// Which trial of an optimizer a row is.
#[derive(Serialize)]
pub(super) struct TrialOfLine<'a> {
    pub(super) candidate: u32,
    pub(super) from: &'a str,
    pub(super) part: &'static str,
    pub(super) sample: u32,
}

/// A `check` that a value breaks.
#[derive(Serialize)]
pub(super) struct BrokenCheckLine<'a> {
    predictor: &'a str,
    pub(super) field: &'a str,
    pub(super) rule: &'a str,
}

/// One call of a predictor.
#[derive(Serialize)]
struct StepLine<'a> {
    predictor: &'a str,
    model: &'a str,
    /// Left out if they are the inputs of the row.
    #[serde(skip_serializing_if = "Option::is_none")]
    inputs: Option<&'a Map<String, Value>>,
    outputs: Option<&'a Map<String, Value>>,
    reply: &'a str,
    error: Option<String>,
    repairs: Vec<String>,
    seconds: f64,
}

impl<'a> ResultLine<'a> {
    /// The line of a rollout on the row of this index.
    pub(super) fn new(
        row: usize,
        origin: Option<&'a RowOrigin>,
        (inputs, gold): (Named<'a>, Named<'a>),
        rollout: &'a Rollout,
    ) -> Self {
        let judged = rollout.outcome().metric_score();
        let spend = rollout.spend();
        let broken = rollout.broken_checks();
        Self {
            trial: None,
            row,
            origin,
            outcome: name(rollout.outcome()),
            score: rollout.score(),
            steps: steps(rollout, &inputs),
            inputs,
            gold,
            prediction: rollout.prediction(),
            feedback: rollout.feedback(),
            objectives: judged.map(|score| score.objectives()),
            error: rollout.outcome().error(),
            broken_checks: broken
                .map(|(predictor, broken)| BrokenCheckLine {
                    predictor,
                    field: &broken.field,
                    rule: &broken.rule,
                })
                .collect(),
            calls: spend.calls,
            tokens: spend.usage.total().saturating_add(spend.unmetered_tokens),
            usd: spend.cost.map(|cost| rounded(cost.as_usd(), 1e9)),
            seconds: seconds(rollout.duration()),
        }
    }
}

fn steps<'a>(rollout: &'a Rollout, inputs: &Named<'a>) -> Vec<StepLine<'a>> {
    let are_of_row = |step: &TraceStep| {
        step.inputs.len() == inputs.len()
            && inputs
                .iter()
                .all(|(name, value)| step.inputs.get(*name) == Some(value))
    };
    let line = |step: &'a TraceStep| StepLine {
        predictor: &step.predictor,
        model: &step.model,
        inputs: (!are_of_row(step)).then_some(&step.inputs),
        outputs: step.outputs(),
        reply: &step.reply,
        error: step.error().map(ToString::to_string),
        repairs: step.receipt.repairs.iter().map(repair).collect(),
        seconds: seconds(step.duration),
    };
    rollout.trace().iter().map(line).collect()
}

fn repair(repair: &Repair) -> String {
    match repair.field.is_empty() {
        true => repair.done.clone(),
        false => format!("`{}`: {}", repair.field, repair.done),
    }
}

const fn name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Scored(_) => "scored",
        Outcome::ParseFailed { .. } => "parse_failed",
        Outcome::Unanswered { .. } => "unanswered",
        Outcome::ProgramFailed { .. } => "program_failed",
        Outcome::RequestFailed { .. } => "request_failed",
        Outcome::MetricFailed { .. } => "metric_failed",
        Outcome::ProviderFailed { .. } => "provider_failed",
        Outcome::Refused { .. } => "refused",
    }
}

fn seconds(duration: Duration) -> f64 {
    rounded(duration.as_secs_f64(), 1e3)
}

fn rounded(number: f64, steps: f64) -> f64 {
    (number * steps).round() / steps
}

fn in_words<S: Serializer>(origin: &Option<&RowOrigin>, to: S) -> Result<S::Ok, S::Error> {
    match origin {
        Some(origin) => to.collect_str(origin),
        None => to.serialize_none(),
    }
}

fn as_object<S: Serializer>(named: &Named<'_>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(named.iter().copied())
}

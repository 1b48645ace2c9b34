//! Tokens and dollars of calls that were not made.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Map, Value};

use super::forecast::Forecast;
use crate::call::{Bounds, CallsPerRun};
use crate::engine::proposal::ProposalRules;
use crate::lm::{Lm, Usage, Usd};
use crate::module::Predictor;

/// The fewest tokens that a text is taken for: one for so many bytes. Prose in English has about 4 to 5 bytes a
/// token.
const BYTES_OF_LONG_TOKEN: u64 = 6;

/// What a template may add around a message or a field.
const AROUND: u64 = 32;

/// What a proposer is told besides its material.
const PROPOSER_RULES: u64 = 8_000;

/// The longest reply of a proposer.
const PROPOSER_REPLY: u64 = 1_000;

/// Dollars, from the least to the most; what is not known is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PlannedCost {
    /// The least.
    pub least: Option<Usd>,
    /// The most.
    pub most: Option<Usd>,
}

/// What the rows of a part hold for the prompts.
pub(super) struct Material {
    /// The bytes of the longest row.
    longest: u64,
    /// How many rows have different inputs.
    pub(super) distinct: u64,
    names: BTreeSet<String>,
}

impl Material {
    pub(super) fn of(rows: impl Iterator<Item = Map<String, Value>>, first: &Predictor) -> Self {
        let (mut longest, mut inputs, mut names) = (0, BTreeSet::new(), BTreeSet::new());
        for fields in rows {
            longest = longest.max(bytes(&fields));
            let read = first.spec().inputs().map(|field| fields.get(&*field.name));
            inputs.insert(format!("{:?}", read.collect::<Vec<_>>()));
            names.extend(fields.into_iter().map(|(name, _)| name));
        }
        Self {
            longest,
            distinct: inputs.len() as u64,
            names,
        }
    }
}

/// The most that one call can use: prompt and reply.
#[derive(Clone, Copy)]
struct Call {
    prompt: u64,
    reply: u64,
}

/// What the calls of a plan cost.
pub(super) struct Costs<'a> {
    pub(super) predictors: &'a [&'a Predictor],
    pub(super) material: &'a Material,
    pub(super) calls: CallsPerRun,
    pub(super) forecast: Forecast,
    pub(super) rules: ProposalRules,
    /// The models that the search calls.
    pub(super) proposers: &'a [Lm],
}

impl Costs<'_> {
    /// Tokens of the task and of proposals.
    pub(super) fn tokens(&self, task: Bounds, proposing: Bounds) -> Bounds {
        let call = self.longest_call().map(|call| call.prompt + call.reply);
        let of_task = most_of(task, call);
        let of_proposals = most_of(proposing, Some(self.proposer_call().total()));
        let most = of_task.zip(of_proposals);
        Bounds {
            least: self.least_prompt().saturating_mul(task.least),
            most: most.map(|(one, other)| one.saturating_add(other)),
        }
    }

    /// Dollars of the same calls.
    pub(super) fn dollars(&self, task: Bounds, proposing: Bounds) -> PlannedCost {
        let prices = self.predictors.iter().map(|one| one.lm().info().price);
        let Some(prices) = prices.collect::<Option<Vec<_>>>() else {
            return PlannedCost {
                least: None,
                most: None,
            };
        };
        let prompts = self.least_prompt().saturating_mul(task.least);
        let all_cached = Usage::new(prompts, 0).with_cached(prompts);
        let of_task = |calls: u64| {
            let call = self.longest_call()?;
            let usage = of_calls(Usage::new(call.prompt, call.reply), calls);
            prices.iter().map(|price| price.cost(usage)).max()
        };
        let of_proposals = |calls: u64| {
            let own = self.predictors.first().map(|one| one.lm());
            let asked = match self.proposers {
                [] => own.into_iter().collect(),
                models => models.iter().collect::<Vec<_>>(),
            };
            let prices = asked.into_iter().map(|lm| lm.info().price);
            let usage = of_calls(self.proposer_call(), calls);
            let costs = prices.map(|price| Some(price?.cost(usage)));
            costs.collect::<Option<Vec<_>>>()?.into_iter().max()
        };
        let task_most = if_any(task.most, of_task);
        let proposals_most = if_any(proposing.most, of_proposals);
        PlannedCost {
            least: prices.iter().map(|price| price.cost(all_cached)).min(),
            most: task_most
                .zip(proposals_most)
                .map(|(one, other)| one.saturating_add(other)),
        }
    }

    /// The least that the prompt of a call of the program as given can be.
    fn least_prompt(&self) -> u64 {
        let openings = self.predictors.iter().map(|one| one.opening().len() as u64);
        openings.min().unwrap_or(0) / BYTES_OF_LONG_TOKEN
    }

    /// The most that a call of the program can use, with the demos and texts that a search may give it. A text has
    /// at most as many tokens as bytes, which is what the budget reserves, too.
    fn longest_call(&self) -> Option<Call> {
        let replies = self.predictors.iter().map(|one| reply_limit(one));
        let reply = replies.collect::<Option<Vec<_>>>()?.into_iter().max()?;
        let row = self.material.longest;
        let demos = self.forecast.demos.most?;
        // The ceiling of texts is told in tokens of 4 bytes, and is for proposals.
        let ceiling = match self.forecast.proposals == Bounds::NONE {
            true => u64::MAX,
            false => self.rules.artifact_tokens as u64 * 4,
        };
        let text = self.forecast.text.most?.min(ceiling);
        let prompts = self.predictors.iter().map(|one| {
            let inputs = one.spec().inputs();
            let made = inputs.filter(|field| !self.material.names.contains(&*field.name));
            // What an earlier step makes is at most one reply, if no step is called twice.
            let made = match made.count() as u64 {
                0 => 0,
                _ if self.calls.task.most? > self.predictors.len() as u64 => return None,
                fields => fields.saturating_mul(reply),
            };
            let own: u64 = one
                .state()
                .demos
                .iter()
                .map(|demo| bytes(&demo.inputs) + bytes(&demo.outputs) + 2 * AROUND)
                .sum();
            let shown = demos.saturating_mul(row + reply + made + 4 * AROUND);
            let asked = row + made + 4 * AROUND;
            Some(one.opening().len() as u64 + own + shown + asked + text)
        });
        let prompt = prompts.collect::<Option<Vec<_>>>()?.into_iter().max()?;
        Some(Call { prompt, reply })
    }

    fn proposer_call(&self) -> Usage {
        let material = self.rules.prompt_tokens as u64 * 4;
        Usage::new(material + PROPOSER_RULES, PROPOSER_REPLY)
    }
}

const fn of_calls(usage: Usage, calls: u64) -> Usage {
    let (input, output) = (usage.input, usage.output);
    Usage::new(input.saturating_mul(calls), output.saturating_mul(calls))
}

fn most_of(calls: Bounds, of_call: Option<u64>) -> Option<u64> {
    if_any(calls.most, |calls| Some(of_call?.saturating_mul(calls)))
}

/// What so many calls take; none of them take nothing.
fn if_any<T: Default>(calls: Option<u64>, take: impl Fn(u64) -> Option<T>) -> Option<T> {
    match calls? {
        0 => Some(T::default()),
        calls => take(calls),
    }
}

fn reply_limit(predictor: &Predictor) -> Option<u64> {
    let own = predictor.state().params.max_tokens;
    let limit = own.or(predictor.lm().info().max_output_tokens)?;
    Some(u64::from(limit))
}

/// The bytes of fields in a prompt.
fn bytes(fields: &Map<String, Value>) -> u64 {
    let field = |(name, value): (&String, &Value)| {
        let text = match value {
            Value::String(text) => text.len(),
            value => value.to_string().len(),
        };
        (name.len() + text) as u64 + AROUND
    };
    fields.iter().map(field).sum()
}

impl PlannedCost {
    /// No dollar.
    pub(super) const NOTHING: Self = Self {
        least: Some(Usd::ZERO),
        most: Some(Usd::ZERO),
    };
}

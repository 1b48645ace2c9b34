//! A quiz that a scripted model answers the better the more demos it is shown.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use dashoptimize::evaluate::{Dataset, Splits};
use dashoptimize::lm::{
    BoxFuture, ChatModel, ChatReply, ChatRequest, LmError, ModelInfo, Permit, Price, Usage,
};
use dashoptimize::module::{LLMNode, ModuleExt};
use dashoptimize::signature::make_signature;
use serde::{Deserialize, Serialize};

/// A labelled row, and the state of the node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Quiz {
    pub(crate) question: String,
    pub(crate) answer: String,
}

/// Row number `i` of the quiz.
pub(crate) fn row(i: usize) -> Quiz {
    Quiz {
        question: format!("what is the word of number {i}?"),
        answer: word(i),
    }
}

pub(crate) fn rows(range: std::ops::Range<usize>) -> Vec<Quiz> {
    range.map(row).collect()
}

fn dataset(range: std::ops::Range<usize>) -> Dataset<Quiz> {
    Dataset::from_vec_serde(rows(range)).expect("a quiz is JSON")
}

/// Train, validation and hold-out of these sizes.
pub(crate) fn splits(train: usize, val: usize, holdout: usize) -> Splits<Quiz> {
    let mut splits = Splits::builder()
        .train(dataset(0..train))
        .val(dataset(train..train + val));
    if holdout > 0 {
        splits = splits.holdout(dataset(train + val..train + val + holdout));
    }
    splits
        .build()
        .expect("the rows of the quiz are all different")
}

/// The program: one node, `question -> answer`.
pub(crate) fn node(lm: impl ChatModel) -> LLMNode<Quiz> {
    let signature = make_signature("question -> answer", "Answer with the word.");
    LLMNode::new(signature.expect("a good spec"), lm, "quiz").max_tokens(50)
}

/// Whether the word is right.
pub(crate) fn is_right(gold: &Quiz, prediction: &Quiz) -> bool {
    gold.answer == prediction.answer
}

/// A model that knows 20 % of the answers, and 10 % more with each demo; which ones depends on the
/// question alone.
#[derive(Clone, Default)]
pub(crate) struct Learner {
    calls: Arc<AtomicU64>,
    /// From this call on no reply comes any more, as if the process was killed while waiting.
    pub(crate) dies_at: Option<u64>,
    name: Option<&'static str>,
}

impl Learner {
    pub(crate) fn dying_at(call: u64) -> Self {
        Self {
            dies_at: Some(call),
            ..Self::default()
        }
    }

    /// A second model: another name, counted on its own.
    pub(crate) fn named(name: &'static str) -> Self {
        Self {
            name: Some(name),
            ..Self::default()
        }
    }

    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }
}

impl ChatModel for Learner {
    fn chat<'a>(
        &'a self,
        request: &'a ChatRequest,
        _permit: Permit<'a>,
    ) -> BoxFuture<'a, Result<ChatReply, LmError>> {
        Box::pin(async move {
            let call = self.calls.fetch_add(1, Ordering::SeqCst);
            if self.dies_at.is_some_and(|last| call >= last) {
                std::future::pending::<()>().await;
            }
            // Replies come back in another order than they were asked for.
            for _ in 0..call % 7 {
                tokio::task::yield_now().await;
            }
            Ok(answer(request))
        })
    }

    fn info(&self) -> ModelInfo {
        ModelInfo::new(self.name.unwrap_or("learner")).with_price(Price::per_1m(1.0, 2.0))
    }
}

fn answer(request: &ChatRequest) -> ChatReply {
    let demos = request.prefix.messages().len().saturating_sub(1) / 2;
    let query = request.turns[0].text();
    let number: usize = query
        .split("number ")
        .nth(1)
        .and_then(|rest| rest.split('?').next())
        .and_then(|number| number.parse().ok())
        .expect("the query holds the question");
    let knows = mix(number as u64) % 100 < 20 + 10 * demos as u64 + 7 * u64::from(request.sample);
    let text = if knows {
        word(number)
    } else {
        "no idea".to_owned()
    };
    let usage = Usage::new(request.bytes() as u64 / 4, text.len() as u64);
    ChatReply::new(format!(
        "[[ ## answer ## ]]\n{text}\n\n[[ ## completed ## ]]"
    ))
    .with_usage(usage)
}

fn word(i: usize) -> String {
    format!("word{}", mix(i as u64) % 10_000)
}

/// SplitMix64: scatters the numbers.
fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

//! A scripted model that is as accurate as the prompt makes it, and the task that it does.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use dashoptimize::lm::{
    BoxFuture, ChatModel, ChatReply, ChatRequest, LmError, LmErrorKind, ModelInfo, Permit, Price,
    Usage,
};
use dashoptimize::prelude::*;

/// Answer with the word.
#[signature]
#[derive(Clone, Debug)]
pub(crate) struct Word {
    #[input]
    pub(crate) question: String,
    #[output]
    pub(crate) answer: String,
}

pub(crate) type Node = Predict<Word>;

pub(crate) fn is_right(gold: &Word, said: &WordOutput) -> bool {
    gold.answer == said.answer
}

pub(crate) fn row(number: u64) -> Word {
    Word {
        question: format!("what is the word of number {number}?"),
        answer: format!("word{}", mix(number) % 10_000),
    }
}

/// Train, validation and hold-out of these sizes; `set` makes them different.
pub(crate) fn splits(set: u64, train: u64, val: u64, holdout: u64) -> Splits<Word> {
    let first = set * 1_000_000;
    let rows =
        |from: u64, n: u64| Dataset::from_vec((first + from..first + from + n).map(row).collect());
    let mut splits = Splits::builder()
        .train(rows(0, train))
        .val(rows(train, val));
    if holdout > 0 {
        splits = splits.holdout(rows(train + val, holdout));
    }
    splits.build().expect("all rows are different")
}

/// What the accuracy of the model depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Effect {
    /// Half of all rows are right, whatever the prompt says. Which ones depends on every letter of it.
    Nothing,
    /// Half of the rows, and this share more of them, in percent, with each demo.
    Demos(u64),
    /// The instruction: `style 70` makes 70 % of the rows right, `style 70 alike` the easiest 70 %. Without a
    /// style it is half of them.
    Style,
    /// This share of rows is right, in percent, and with the phrase `step by step` in the instruction the other.
    Phrase(u64, u64),
}

/// The model. The reply to a request is always the same, but for the failures.
#[derive(Clone, Debug)]
pub(crate) struct Landscape {
    effect: Effect,
    calls: Arc<AtomicU64>,
    /// From this call on no reply comes any more, as if the process was killed while waiting.
    pub(crate) dies_at: Option<u64>,
    /// The provider always fails on the rows whose number ends with this digit, if the prompt has this word.
    pub(crate) fails: Option<(u64, &'static str)>,
}

impl Landscape {
    pub(crate) fn new(effect: Effect) -> Self {
        Self {
            effect,
            calls: Arc::default(),
            dies_at: None,
            fails: None,
        }
    }

    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    pub(crate) fn program(self) -> Node {
        Node::new(self).max_tokens(50)
    }

    fn reply(&self, request: &ChatRequest) -> Result<ChatReply, LmError> {
        let messages = request.prefix.messages();
        let opening = messages[0].text();
        let query = request.turns[0].text();
        if opening.contains("`better`") {
            return Ok(proposal(query, request.sample));
        }
        let number = number_in(query).expect("the query holds the question");
        if let Some((digit, word)) = self.fails
            && number % 10 == digit
            && opening.contains(word)
        {
            return Err(LmError::new(LmErrorKind::Server, "down"));
        }
        let demos = messages.len().saturating_sub(1) as u64 / 2;
        let prompt: String = messages.iter().map(|message| message.text()).collect();
        let is_right = self.is_right(&prompt, opening, demos, number);
        let word = if is_right {
            row(number).answer
        } else {
            "no idea".to_owned()
        };
        Ok(answer("answer", &word))
    }

    fn is_right(&self, prompt: &str, opening: &str, demos: u64, number: u64) -> bool {
        let luck = mix(number ^ hash(prompt)) % 100;
        let ease = mix(number) % 100;
        match self.effect {
            Effect::Nothing => luck < 50,
            Effect::Demos(percent) => luck < 50 + percent * demos,
            Effect::Style => match style(opening) {
                Some((share, true)) => ease < share,
                Some((share, false)) => luck < share,
                None => ease < 50,
            },
            Effect::Phrase(without, with) => {
                let has_phrase = opening.contains("step by step");
                ease < if has_phrase { with } else { without }
            }
        }
    }
}

/// `70` and whether it is `alike`, of a prompt that says `style 70 alike`.
fn style(opening: &str) -> Option<(u64, bool)> {
    let mut words = opening.split("style ").nth(1)?.split_whitespace();
    let share = words.next()?.trim_end_matches('.').parse().ok()?;
    Some((
        share,
        words.next().is_some_and(|word| word.starts_with("alike")),
    ))
}

/// A proposer that has the right idea once in three times.
fn proposal(query: &str, sample: u32) -> ChatReply {
    let number = mix(hash(query) ^ u64::from(sample));
    let idea = match number % 3 {
        0 => "Think step by step",
        _ => "Take your time",
    };
    answer(
        "better",
        &format!("{idea}, way {}, and answer with the word.", number % 1_000),
    )
}

fn answer(field: &str, value: &str) -> ChatReply {
    ChatReply::new(format!(
        "[[ ## {field} ## ]]\n{value}\n\n[[ ## completed ## ]]"
    ))
    .with_usage(Usage::new(100, 10))
}

fn number_in(query: &str) -> Option<u64> {
    let number = query.rsplit("number ").next()?;
    number.split('?').next()?.parse().ok()
}

impl ChatModel for Landscape {
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
            for _ in 0..call % 5 {
                tokio::task::yield_now().await;
            }
            self.reply(request)
        })
    }

    fn info(&self) -> ModelInfo {
        ModelInfo::new("landscape").with_price(Price::per_1m(1.0, 2.0))
    }
}

fn hash(text: &str) -> u64 {
    text.bytes()
        .fold(7, |hash, byte| mix(hash ^ u64::from(byte)))
}

/// SplitMix64: scatters the numbers.
fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

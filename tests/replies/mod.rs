//! Replies that are not answers, from servers on real sockets and from scripts: none is a value, a demo or a
//! call of a tool, and each is paid for as it was billed.

#[cfg(feature = "interpreter")]
mod code;
mod demos;
mod endpoints;
mod modules;
mod servers;
mod spend;
mod text_calls;

use std::time::Duration;

use dashoptimize::engine::{Evaluation, Run, Stop};
use dashoptimize::evaluate::{Metric, Outcome};
use dashoptimize::lm::{ChatReply, FinishReason, OpenAi, OpenAiBuilder, Retry};
use dashoptimize::prelude::*;

/// Answer the question.
#[signature]
#[derive(Clone)]
struct Ask {
    #[input]
    question: String,
    #[output]
    answer: String,
}

fn row(number: usize) -> Ask {
    Ask {
        question: format!("What is {number} + {number}?"),
        answer: format!("{}", number + number),
    }
}

fn question() -> AskInput {
    AskInput {
        question: "What is 21 + 21?".to_owned(),
    }
}

/// Retries that wait for nothing.
fn at_once() -> Retry {
    Retry::DEFAULT.with_waits(Duration::ZERO, Duration::ZERO)
}

fn client(url: &str) -> OpenAiBuilder {
    OpenAi::builder("m")
        .base_url(url)
        .price(Price::per_1m(1.0, 2.0))
}

fn anything(_: &Ask, _: &AskOutput) -> bool {
    true
}

/// Evaluates a program on this many rows.
async fn evaluated<M: Module<Input = AskInput>>(
    program: &M,
    rows: usize,
    run: Run,
    metric: &impl Metric<Ask, M::Output>,
) -> Result<(Evaluation, Vec<Outcome>), Stop> {
    let rows: Vec<Ask> = (0..rows).map(row).collect();
    let run = run.retry(at_once());
    let (evaluation, rows) = run.evaluate(program, &rows, metric).await?;
    let outcomes = rows.into_iter().map(|row| row.outcome().clone());
    Ok((evaluation, outcomes.collect()))
}

/// The reasons for which a reply is not an answer, whatever its text says.
const NOT_AN_ANSWER: [FinishReason; 3] = [
    FinishReason::Length,
    FinishReason::Refusal,
    FinishReason::ContentFilter,
];

fn whole(text: impl Into<String>) -> ChatReply {
    ChatReply::new(text)
}

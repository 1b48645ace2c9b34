//! The harness of `dspy-rs`, the published crate: the same work as our side, one JSON line a result.
//!
//! `call`: one call at 0, 2, 16 and 64 demos. `read TEXTS`: clean replies into values. `pipelines`: one call, a chain of 10, 4 layers of 8. `evaluation`: 256 calls of 20 ms, 16 at once.
//! `http ADDRESS`: calls per second to a server. `start`: make a program and end.

mod measure;
mod program;

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use dspy_rs::{Evaluator, Example, Module, Prediction, Predictor};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use measure::{REPETITIONS, measured};
use program::{Chain, Layered, Sleeper, input, inputs, program};

const DEMOS: [usize; 4] = [0, 2, 16, 64];

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["call"] => call(),
        ["read", texts] => read(texts),
        ["pipelines"] => pipelines(),
        ["evaluation"] => evaluation(),
        ["http", address] => http(address),
        ["start"] => start(),
        _ => bail!("usage: dspy-rs-harness call | read TEXTS | pipelines | evaluation | http ADDRESS | start"),
    }
}

/// Time, allocations and bytes of one call in process.
fn call() -> Result<()> {
    let runtime = single_threaded()?;
    for demos in DEMOS {
        let calls = 20_000 / (8 + demos);
        let program = program(demos)?;
        let repetition = || {
            let inputs = inputs(calls);
            measured(|| {
                runtime.block_on(async {
                    for input in inputs {
                        let prediction = program.call(input).await.expect("a scripted reply");
                        std::hint::black_box(prediction);
                    }
                });
            })
        };
        repetition();
        for _ in 0..REPETITIONS {
            let sample = repetition().per(calls);
            println!("{}", json!({ "demos": demos, "sample": sample }));
        }
    }
    Ok(())
}

/// Time of the peer's one reader on the replies that are in its form and of its signature.
fn read(texts: &str) -> Result<()> {
    let replies: Vec<Value> = serde_json::from_str(texts)?;
    let program = program(0)?;
    for reply in replies {
        let (name, text) = (reply["name"].as_str(), reply["text"].as_str());
        let (Some(name), Some(text)) = (name, text) else {
            bail!("a reply has a name and a text");
        };
        if !name.starts_with("chat") || name.contains("objects") {
            continue;
        }
        let times = 2_000_000 / (text.len() + 400);
        for repetition in 0..=REPETITIONS {
            let sample = measured(|| {
                for _ in 0..times {
                    std::hint::black_box(program.read(text));
                }
            });
            if repetition > 0 {
                println!("{}", json!({ "reply": name, "sample": sample.per(times) }));
            }
        }
    }
    Ok(())
}

/// Time, allocations and bytes of a run of each program. They take turns.
fn pipelines() -> Result<()> {
    let (call, chain, layered) = (program(0)?, Chain::new()?, Layered::new()?);
    for repetition in 0..=REPETITIONS {
        let turn = [
            ("call", sample(1, |input| call.call(input))?),
            ("chain", sample(10, |input| chain.forward(input))?),
            ("layered", sample(32, |input| layered.forward(input))?),
        ];
        // The first one warms up.
        if repetition > 0 {
            for (program, sample) in turn {
                println!("{}", json!({ "program": program, "sample": sample }));
            }
        }
    }
    Ok(())
}

fn sample<F>(calls: usize, run: impl Fn(Example) -> F) -> Result<Value>
where
    F: Future<Output = Result<Prediction>>,
{
    let runs = 2_500 / calls;
    let inputs = inputs(runs);
    let runtime = single_threaded()?;
    let sample = measured(|| {
        runtime.block_on(async {
            for input in inputs {
                let prediction = run(input).await.expect("a scripted reply");
                std::hint::black_box(prediction);
            }
        });
    });
    Ok(sample.per(runs))
}

/// The peer's own evaluator, over a program whose model takes 20 ms.
fn evaluation() -> Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let sleeper = Sleeper::new(program(0)?, Duration::from_millis(20));
    for _ in 0..REPETITIONS {
        let rows = inputs(256);
        let begun = Instant::now();
        let score = runtime.block_on(sleeper.evaluate(rows));
        println!(
            "{}",
            json!({ "seconds": begun.elapsed().as_secs_f64(), "score": score })
        );
    }
    Ok(())
}

/// Whole calls through the peer's OpenAI client.
fn http(address: &str) -> Result<()> {
    let runtime = single_threaded()?;
    let client = runtime.block_on(program::client(address))?;
    let calls = 2_000;
    for at_once in [1, 16] {
        for repetition in 0..=REPETITIONS {
            let begun = Instant::now();
            runtime.block_on(async {
                let calls = (0..calls).map(|index| client.forward(input(index)));
                let mut replies = stream::iter(calls).buffer_unordered(at_once);
                while let Some(reply) = replies.next().await {
                    std::hint::black_box(reply.expect("a reply"));
                }
            });
            let per_second = calls as f64 / begun.elapsed().as_secs_f64();
            if repetition > 0 {
                println!(
                    "{}",
                    json!({ "at_once": at_once, "per_second": per_second })
                );
            }
        }
    }
    Ok(())
}

fn start() -> Result<()> {
    let runtime = single_threaded()?;
    std::hint::black_box(program(8)?);
    std::hint::black_box(runtime.block_on(program::client("http://127.0.0.1:9/v1"))?);
    Ok(())
}

fn single_threaded() -> Result<tokio::runtime::Runtime> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    Ok(builder.enable_all().build()?)
}

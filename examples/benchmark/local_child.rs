//! The harness of the embedded model and of the llama.cpp server: the same program through the same
//! code, so that both get the same messages. One JSON line a result.
//!
//! It is a binary of its own because the embedded model wants an allocator that keeps large blocks,
//! and the benchmark itself counts allocations.

use std::num::NonZeroUsize;
use std::time::Instant;

use clap::{Parser, Subcommand};
use dashoptimize::engine::Run;
use dashoptimize::lm::local::{LocalModel, Weights};
use dashoptimize::lm::{
    ChatRequest, Gateway, Lm, Message, OpenAi, Params, Prefix, Price, Purpose, Role, Tag, Usage,
};
use dashoptimize::module::{Demo, Module, Predict, PredictorState, State};
use dashoptimize::signature;
use serde_json::{Value, json};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const DATA: &str = include_str!("../data/snips_playlist.jsonl");

/// How often tokens per second are measured.
const REPETITIONS: usize = 7;

/// How often the rows are evaluated, each time with other demos.
const EVALUATIONS: usize = 5;

const DEMOS: usize = 8;
const ROWS: usize = 100;

/// Extract the name of the playlist from the request.
#[signature]
#[derive(Clone, Debug)]
struct Playlist {
    /// what the user says
    #[input]
    utterance: String,
    /// the name of the playlist
    #[output]
    answer: String,
}

#[derive(Parser)]
#[command(about = "The embedded model, or a llama.cpp server, on the same work")]
struct Options {
    /// Threads of the embedded model.
    #[arg(long, default_value = "1")]
    threads: NonZeroUsize,
    #[command(subcommand)]
    model: Model,
}

#[derive(Subcommand)]
enum Model {
    /// The embedded model, with the weights in a file; without one, with the default weights.
    Embedded { weights: Option<String> },
    /// A server at an address such as `http://127.0.0.1:8080/v1`.
    Server { address: String },
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let begun = Instant::now();
    let lm = open(Options::parse())?;
    println!(
        "{}",
        json!({ "what": "load", "seconds": begun.elapsed().as_secs_f64() })
    );
    for repetition in 0..=REPETITIONS {
        prompts(&lm, repetition).await?;
        generation(&lm, repetition).await?;
    }
    for repetition in 0..EVALUATIONS {
        evaluation(&lm, repetition).await?;
        eprintln!("evaluation {} of {EVALUATIONS}", repetition + 1);
    }
    Ok(())
}

fn open(options: Options) -> Result<Lm, Box<dyn std::error::Error>> {
    Ok(match options.model {
        Model::Embedded { weights } => {
            let weights = weights.map_or_else(Weights::default, Weights::path);
            let model = LocalModel::builder(weights).threads(options.threads);
            Lm::new(model.open()?)
        }
        Model::Server { address } => {
            let client = OpenAi::builder("local")
                .base_url(address)
                .price(Price::FREE);
            Lm::new(client.build()?)
        }
    })
}

/// The time to read a prompt: first one whose prefix is new, then one with the same prefix.
async fn prompts(lm: &Lm, repetition: usize) -> Result<(), Box<dyn std::error::Error>> {
    let mut messages = program(lm, 0)?.render(&test_input(repetition));
    let query = messages.pop().ok_or("a query")?;
    messages[0]
        .text
        .insert_str(0, &format!("This is run {repetition}. "));
    let prefix = Prefix::new(messages);
    // The model's reading stops with one token of the reply.
    timed(lm, "cold", repetition, &prefix, query, 1).await?;
    let mut messages = program(lm, 0)?.render(&test_input(repetition + 50));
    let query = messages.pop().ok_or("a query")?;
    timed(lm, "warm", repetition, &prefix, query, 1).await
}

/// The time to write: a long reply to a prompt that was read before.
async fn generation(lm: &Lm, repetition: usize) -> Result<(), Box<dyn std::error::Error>> {
    let story = Message::new(
        Role::User,
        "Tell me a very long story about a sailor and the sea.",
    );
    let prefix = Prefix::new(Vec::new());
    timed(lm, "one", repetition, &prefix, story.clone(), 1).await?;
    timed(lm, "many", repetition, &prefix, story, 65).await
}

async fn timed(
    lm: &Lm,
    what: &str,
    repetition: usize,
    prefix: &std::sync::Arc<Prefix>,
    query: Message,
    max_tokens: u32,
) -> Result<(), Box<dyn std::error::Error>> {
    let mut request = ChatRequest::new(std::sync::Arc::clone(prefix), vec![query]);
    let mut params = Params::default();
    params.temperature = Some(0.0);
    params.max_tokens = Some(max_tokens);
    request.params = params.into();
    let gateway = Gateway::direct();
    let tag = Tag {
        purpose: Purpose::Task,
        predictor: &"benchmark".into(),
        candidate: 0,
    };
    let begun = Instant::now();
    let reply = gateway.chat(lm, &request, tag).await?;
    let seconds = begun.elapsed().as_secs_f64();
    // The first time warms up.
    if repetition > 0 {
        put(what, seconds, reply.usage.ok_or("no usage")?, None);
    }
    Ok(())
}

/// 100 rows at 8 demos, 16 at once. Each repetition has demos of its own, so each reads its prefix.
async fn evaluation(lm: &Lm, repetition: usize) -> Result<(), Box<dyn std::error::Error>> {
    let program = program(lm, repetition)?;
    let mut rows = rows("test");
    rows.truncate(ROWS);
    let run = Run::in_memory().concurrency(16);
    let is_right = |gold: &Playlist, prediction: &PlaylistOutput| {
        gold.answer.eq_ignore_ascii_case(prediction.answer.trim())
    };
    let begun = Instant::now();
    let (evaluation, _) = run.evaluate(&program, &rows, &is_right).await?;
    let seconds = begun.elapsed().as_secs_f64();
    let usage = evaluation.spend.usage;
    put(
        "evaluation",
        seconds,
        usage,
        evaluation.measured.worth(),
    );
    Ok(())
}

fn put(what: &str, seconds: f64, usage: Usage, worth: Option<f64>) {
    let line = json!({
        "what": what,
        "seconds": seconds,
        "input": usage.input,
        "cached": usage.cached,
        "output": usage.output,
        "worth": worth,
    });
    println!("{line}");
}

/// The program with the demos of a repetition.
fn program(lm: &Lm, repetition: usize) -> Result<Predict<Playlist>, Box<dyn std::error::Error>> {
    let program = Predict::<Playlist>::new(lm).temperature(0.0).max_tokens(40);
    let spec = program.predictors()[0].spec().clone();
    let rows = rows("train")
        .into_iter()
        .skip(repetition * DEMOS)
        .take(DEMOS);
    let demos = rows
        .filter_map(|row| Demo::from_fields(&dashoptimize::signature::Row::to_fields(&row), &spec));
    let mut state: State = program.state();
    for predictor in state.predictors.values_mut() {
        *predictor = PredictorState {
            demos: demos.clone().collect(),
            ..predictor.clone()
        };
    }
    Ok(program.with_state(&state)?)
}

fn test_input(row: usize) -> PlaylistInput {
    let utterance = rows("test").swap_remove(row).utterance;
    PlaylistInput { utterance }
}

fn rows(split: &str) -> Vec<Playlist> {
    let lines = DATA
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let rows = lines.filter(|row| row["split"] == split);
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    rows.map(|row| Playlist {
        utterance: text(&row, "utterance"),
        answer: text(&row, "answer"),
    })
    .collect()
}

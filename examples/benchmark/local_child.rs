//! The harness of the embedded model and of the llama.cpp server: the same program through the same
//! code, so that both get the same messages. One JSON line a result.
//!
//! It is a binary of its own because the embedded model wants an allocator that keeps large blocks,
//! and the benchmark itself counts allocations.

mod procfs;

use std::num::NonZeroUsize;
use std::time::Instant;

use clap::Parser;
use dashoptimize::engine::Run;
use dashoptimize::lm::local::{LocalModel, Weights};
use dashoptimize::lm::{
    ChatRequest, Gateway, Lm, Message, OpenAi, Params, Prefix, Price, Purpose, Tag, Usage,
};
use dashoptimize::module::{Module, ModuleExt, Predict};
use dashoptimize::signature;
use dashoptimize::state::Demo;
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
#[command(about = "The embedded model, and a llama.cpp server if there is one, on the same work")]
struct Options {
    /// Threads of the embedded model.
    #[arg(long, default_value = "1")]
    threads: NonZeroUsize,
    /// The weights of the embedded model. Default: its own.
    #[arg(long)]
    weights: Option<String>,
    /// The address of a server, such as `http://127.0.0.1:8080/v1`.
    #[arg(long)]
    server: Option<String>,
    /// The process of the server.
    #[arg(long, default_value = "")]
    process: String,
}

/// A model, and the process that computes it.
struct Side {
    name: &'static str,
    lm: Lm,
    process: String,
}

impl Side {
    fn cpu(&self) -> f64 {
        const OF_PROCESS: usize = 11;
        procfs::cpu(&self.process, OF_PROCESS)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sides = open(Options::parse())?;
    for repetition in 0..=REPETITIONS {
        for side in &sides {
            prompts(side, repetition).await?;
            generation(side, repetition).await?;
        }
    }
    // By turns, so that both meet the same load of the machine.
    for repetition in 0..EVALUATIONS {
        for side in &sides {
            evaluation(side, repetition).await?;
        }
        eprintln!("evaluation {} of {EVALUATIONS}", repetition + 1);
    }
    Ok(())
}

fn open(options: Options) -> Result<Vec<Side>, Box<dyn std::error::Error>> {
    let start = Instant::now();
    let weights = options.weights.map_or_else(Weights::default, Weights::path);
    let model = LocalModel::builder(weights)
        .threads(options.threads)
        .open()?;
    let mut sides = vec![Side {
        name: "embedded",
        lm: Lm::new(model),
        process: "self".to_owned(),
    }];
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{}",
        json!({ "side": "embedded", "what": "load", "seconds": seconds })
    );
    if let Some(address) = options.server {
        let client = OpenAi::builder("local")
            .base_url(address)
            .price(Price::FREE);
        sides.push(Side {
            name: "server",
            lm: Lm::new(client.build()?),
            process: options.process,
        });
    }
    Ok(sides)
}

/// The time to read a prompt: first one whose prefix is new, then one with the same prefix.
async fn prompts(side: &Side, repetition: usize) -> Result<(), Box<dyn std::error::Error>> {
    let mut messages = program(&side.lm, 0)?.render(&test_input(repetition));
    let query = messages.pop().ok_or("a query")?;
    messages[0].content = format!("This is run {repetition}. {}", messages[0].text()).into();
    let prefix = Prefix::new(messages);
    // The model's reading stops with one token of the reply.
    timed(side, "cold", repetition, &prefix, query, 1).await?;
    let mut messages = program(&side.lm, 0)?.render(&test_input(repetition + 50));
    let query = messages.pop().ok_or("a query")?;
    timed(side, "warm", repetition, &prefix, query, 1).await
}

/// The time to write: a long reply to a prompt that was read before.
async fn generation(side: &Side, repetition: usize) -> Result<(), Box<dyn std::error::Error>> {
    let story = Message::user("Tell me a very long story about a sailor and the sea.");
    let prefix = Prefix::new(Vec::new());
    timed(side, "one", repetition, &prefix, story.clone(), 1).await?;
    timed(side, "many", repetition, &prefix, story, 65).await
}

async fn timed(
    side: &Side,
    what: &str,
    repetition: usize,
    prefix: &std::sync::Arc<Prefix>,
    query: Message,
    max_tokens: u32,
) -> Result<(), Box<dyn std::error::Error>> {
    let params = Params::default()
        .with_temperature(0.0)
        .with_max_tokens(max_tokens);
    let request = ChatRequest::new(std::sync::Arc::clone(prefix), vec![query]).with_params(params);
    let gateway = Gateway::direct();
    let predictor = "benchmark".into();
    let tag = Tag::new(Purpose::Task, &predictor);
    let clock = Clock::start(side);
    let reply = gateway.chat(&side.lm, &request, tag).await?;
    // The first time warms up.
    if repetition > 0 {
        clock.put(what, reply.usage.ok_or("no usage")?, None);
    }
    Ok(())
}

/// 100 rows at 8 demos, 16 concurrently. Each repetition has demos of its own, so each reads its prefix.
async fn evaluation(side: &Side, repetition: usize) -> Result<(), Box<dyn std::error::Error>> {
    let program = program(&side.lm, repetition)?;
    let mut rows = rows("test");
    rows.truncate(ROWS);
    let run = Run::in_memory().concurrency(16);
    let is_right = |gold: &Playlist, prediction: &PlaylistOutput| {
        gold.answer.eq_ignore_ascii_case(prediction.answer.trim())
    };
    let clock = Clock::start(side);
    let (evaluation, _) = run.evaluate(&program, &rows, &is_right).await?;
    let score = evaluation.measured.score();
    clock.put("evaluation", evaluation.spend.usage, score);
    Ok(())
}

/// A measurement of a side that is under way.
struct Clock<'a> {
    side: &'a Side,
    start: Instant,
    cpu: f64,
}

impl<'a> Clock<'a> {
    fn start(side: &'a Side) -> Self {
        Self {
            side,
            start: Instant::now(),
            cpu: side.cpu(),
        }
    }

    fn put(self, what: &str, usage: Usage, score: Option<f64>) {
        let line = json!({
            "side": self.side.name,
            "what": what,
            "seconds": self.start.elapsed().as_secs_f64(),
            "cpu": self.side.cpu() - self.cpu,
            "input": usage.input,
            "cached": usage.cached,
            "output": usage.output,
            "score": score,
        });
        println!("{line}");
    }
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
    let mut state = program.state();
    for predictor in state.predictors.values_mut() {
        predictor.demos = demos.clone().collect();
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

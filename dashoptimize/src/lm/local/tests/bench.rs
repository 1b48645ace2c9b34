//! Measurements of the speed. Run with
//! `cargo test -p dashoptimize --release --features local local::tests::bench -- --ignored --nocapture`.

use std::time::Instant;

use futures_util::{StreamExt, stream};
use serde_json::Value;

use super::super::{LocalModel, Weights};
use super::{chat, greedy, request};
use crate::lm::{ChatRequest, Params, Prefix, Usage};

const DATA: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../examples/data/snips_playlist.jsonl"
);

const SYSTEM: &str = "Given the fields `utterance`, produce the fields `playlist`.\n\nAnswer with \
    the field `playlist`, each under its marker, in this form:\n\n[[ ## playlist ## ]]\n\
    {playlist}\n\n[[ ## completed ## ]]";

struct Task {
    prefix: Vec<String>,
    rows: Vec<(String, String)>,
}

fn task(demos: usize) -> Task {
    let data = std::fs::read_to_string(DATA).unwrap();
    let mut task = Task {
        prefix: vec![SYSTEM.into()],
        rows: Vec::new(),
    };
    for line in data.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| row[key].as_str().unwrap().to_owned();
        let question = format!("[[ ## utterance ## ]]\n{}", text("utterance"));
        let answer = format!("[[ ## playlist ## ]]\n{}\n\n", text("answer"));
        match row["split"].as_str() {
            Some("train") if task.prefix.len() < 1 + 2 * demos => {
                task.prefix.push(question);
                task.prefix.push(answer + "[[ ## completed ## ]]");
            }
            Some("test") => task.rows.push((question, text("answer"))),
            _ => {}
        }
    }
    task
}

fn requests(task: &Task) -> Vec<ChatRequest> {
    let prefix: Vec<_> = task.prefix.iter().map(String::as_str).collect();
    let params = Params {
        stop: vec!["[[ ## completed".into()],
        ..greedy(40)
    };
    let asked = |(question, _): &(String, String)| request(&prefix, question, &params);
    task.rows.iter().take(100).map(asked).collect()
}

async fn evaluate(model: &LocalModel, task: &Task, requests: &[ChatRequest], width: usize) {
    let (start, cpu_before) = (Instant::now(), cpu());
    let calls = requests.iter().zip(&task.rows);
    let calls = calls.map(async |(request, (_, answer))| (chat(model, request).await, answer));
    let replies: Vec<_> = stream::iter(calls).buffer_unordered(width).collect().await;
    let (seconds, cpu) = (start.elapsed().as_secs_f64(), cpu() - cpu_before);
    let mut total = Usage::default();
    let mut right = 0;
    for (reply, answer) in replies {
        let reply = reply.unwrap();
        total += reply.usage.unwrap();
        let text = reply.text.replace("[[ ## playlist ## ]]", "");
        right += usize::from(text.trim().eq_ignore_ascii_case(answer));
    }
    println!(
        "{} calls, {width} at a time: {seconds:.2} s ({cpu:.2} s of processor), {right} right, {total:?}",
        requests.len()
    );
}

#[tokio::test]
#[ignore = "needs the weights of the embedded model"]
async fn hundred_examples() {
    let start = Instant::now();
    let model = LocalModel::open(Weights::default()).unwrap();
    println!("loaded in {:.2} s", start.elapsed().as_secs_f64());
    let task = task(8);
    let requests = requests(&task);
    for width in [16, 16, 1, 64] {
        evaluate(&model, &task, &requests, width).await;
    }
    println!("{}", memory());
}

#[tokio::test]
#[ignore = "needs the weights of the embedded model"]
async fn tokens_per_second() {
    let model = LocalModel::open(Weights::default()).unwrap();
    let task = task(8);
    let requests = requests(&task);
    for (what, request) in [("cold", &requests[0]), ("warm", &requests[1])] {
        let mut first = request.clone();
        first.params = greedy(1).into();
        let (start, cpu_before) = (Instant::now(), cpu());
        let usage = chat(&model, &first).await.unwrap().usage.unwrap();
        let (seconds, cpu) = (start.elapsed().as_secs_f64(), cpu() - cpu_before);
        let new = usage.input - usage.cached;
        let speed = usage.input as f64 / seconds;
        println!(
            "{what}: {} tokens, {new} new, {seconds:.3} s ({cpu:.2} s of processor), {speed:.0} tokens/s",
            usage.input
        );
    }
    for width in [1, 4, 16] {
        let mut long = requests[0].clone();
        long.params = Params {
            temperature: Some(1.0),
            ..greedy(64)
        }
        .into();
        long.prefix = Prefix::new(Vec::new());
        let asked: Vec<_> = (0..width)
            .map(|sample| ChatRequest {
                sample,
                ..long.clone()
            })
            .collect();
        let (start, cpu_before) = (Instant::now(), cpu());
        let calls = asked.iter().map(|request| chat(&model, request));
        let replies = futures_util::future::join_all(calls).await;
        let (seconds, cpu) = (start.elapsed().as_secs_f64(), cpu() - cpu_before);
        let tokens: u64 = replies
            .into_iter()
            .map(|reply| reply.unwrap().usage.unwrap().output)
            .sum();
        println!(
            "{width} replies: {tokens} tokens, {:.0} tokens/s, {:.0} per second of processor",
            tokens as f64 / seconds,
            tokens as f64 / cpu
        );
    }
}

/// The CPU time of this process in seconds, where the system reports it. On a busy machine it says
/// more than the elapsed time.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace();
    let ticks = fields
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

/// The memory of this process, where the system reports it.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let lines = status
        .lines()
        .filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM"));
    lines.collect::<Vec<_>>().join(", ")
}

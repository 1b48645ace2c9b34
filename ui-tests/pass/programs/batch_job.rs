//! A batch job: lines of JSON in, lines of JSON out, failures beside them.
use std::io::{BufRead, Write};

use dashoptimize::lm::Scripted;
use dashoptimize::prelude::*;
use serde::{Deserialize, Serialize};

/// Name the language of the text.
#[signature]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Detect {
    #[input]
    text: String,
    #[output]
    language: String,
    #[output]
    sure: bool,
}

#[derive(Serialize)]
struct Line<'a> {
    text: &'a str,
    #[serde(flatten)]
    result: LineResult,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum LineResult {
    Ok(DetectOutput),
    Error(String),
}

async fn run(program: &Predict<Detect>, input: impl BufRead, mut output: impl Write) -> Result<usize, Box<dyn std::error::Error>> {
    let mut inputs: Vec<DetectInput> = Vec::new();
    for line in input.lines() {
        inputs.push(serde_json::from_str(&line?)?);
    }
    let mut failed = 0;
    let many = Parallel::new(program.clone()).concurrency(8);
    for (input, result) in inputs.iter().zip(many.call(ParallelInput { inputs: inputs.clone() }).await?) {
        let result = match result {
            Ok(detected) => LineResult::Ok(detected),
            Err(error) => {
                failed += 1;
                LineResult::Error(error.to_string())
            }
        };
        serde_json::to_writer(&mut output, &Line { text: &input.text, result })?;
        writeln!(output)?;
    }
    Ok(failed)
}

/// The same on tasks of one's own.
async fn spawned(program: &Predict<Detect>, inputs: Vec<DetectInput>) -> Vec<Result<DetectOutput, CallError>> {
    let mut tasks = tokio::task::JoinSet::new();
    for (i, input) in inputs.into_iter().enumerate() {
        let program = program.clone();
        tasks.spawn(async move { (i, program.call(input).await) });
    }
    let mut results = tasks.join_all().await;
    results.sort_by_key(|(i, _)| *i);
    results.into_iter().map(|(_, result)| result).collect()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let lm = Scripted::new(|request| {
        let text = request.messages().last().unwrap().text().to_string();
        if text.contains("hallo") { "[[ ## language ## ]]\nGerman\n[[ ## sure ## ]]\ntrue" } else { "what?" }
    });
    let program = Predict::<Detect>::new(lm);
    let input = "{\"text\": \"hallo\"}\n{\"text\": \"xyz\"}\n";
    let mut output = Vec::new();
    assert_eq!(run(&program, input.as_bytes(), &mut output).await?, 1);
    let output = String::from_utf8(output)?;
    assert!(output.starts_with(r#"{"text":"hallo","ok":{"language":"German","sure":true}}"#), "{output}");
    let results = spawned(&program, vec![DetectInput { text: "hallo".into() }]).await;
    assert_eq!(results[0].as_ref().unwrap().language, "German");
    Ok(())
}

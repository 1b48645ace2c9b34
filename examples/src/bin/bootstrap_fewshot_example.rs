//! The dynamic interface: a plain serde struct as state and as labelled row, a signature parsed at run
//! time, and `BootstrapFewShot`.
//!
//! ```sh
//! cargo run --release -p examples --bin bootstrap_fewshot_example
//! ```
//!
//! It runs on the embedded model. With OpenAI the client is `OpenAi::from_env("gpt-4o-mini")?`.

use std::error::Error;

use dashoptimize::lm::local::{LocalModel, Weights};
use dashoptimize::prelude::*;
use examples::say;
use serde::{Deserialize, Serialize};

// 1. The state. The same struct is the labelled row.
#[derive(Clone, Serialize, Deserialize)]
struct QaState {
    question: String,
    answer: String,
}

fn row(question: &str, answer: &str) -> QaState {
    QaState {
        question: question.to_owned(),
        answer: answer.to_owned(),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // 2. The signature.
    let signature = make_signature(
        "question -> answer",
        "Answer the question with one word and nothing else.",
    )?;

    // 3. The model.
    let lm = LocalModel::open(Weights::default())?;

    // 4. The node.
    let node = LLMNode::<QaState>::new(signature, lm, "qa_node").max_tokens(24);

    // 5. The data: half of the rows to learn from, half to choose by.
    let (train, val) = (rows(&CAPITALS[..10]), rows(&CAPITALS[10..]));
    let data = Splits::builder()
        .train(Dataset::from_vec_serde(train)?)
        .val(Dataset::from_vec_serde(val)?)
        .build()?;

    // 6. The metric.
    let metric =
        |expected: &QaState, predicted: &QaState| exact_match(&expected.answer, &predicted.answer);

    // 7. The optimizer. It does not change `node`; the result holds the tuned one.
    let optimizer = BootstrapFewShot::new(metric).max_demos(5).max_iterations(3);
    let result = optimizer.optimize(&node, &data, &Run::in_memory()).await?;

    let percent = |score: Option<f64>| score.unwrap_or_default() * 100.0;
    say!(
        "Improvement: {:.1} % → {:.1} % of the rows that it was chosen by; see `quickstart` for a verdict",
        percent(result.initial_score()),
        percent(result.final_score())
    );
    let question = row("What is the capital of Sweden?", "");
    let answer = result.program.call(question).await?.answer;
    say!("Sweden: {answer} (Stockholm expected)");
    Ok(())
}

fn rows(capitals: &[(&str, &str)]) -> Vec<QaState> {
    let question = |country: &str| format!("What is the capital of {country}?");
    let rows = capitals.iter();
    rows.map(|(country, capital)| row(&question(country), capital))
        .collect()
}

const CAPITALS: [(&str, &str); 20] = [
    ("France", "Paris"),
    ("Italy", "Rome"),
    ("Spain", "Madrid"),
    ("Japan", "Tokyo"),
    ("Egypt", "Cairo"),
    ("Cuba", "Havana"),
    ("Greece", "Athens"),
    ("Norway", "Oslo"),
    ("Austria", "Vienna"),
    ("Kenya", "Nairobi"),
    ("Germany", "Berlin"),
    ("Russia", "Moscow"),
    ("China", "Beijing"),
    ("Portugal", "Lisbon"),
    ("Ireland", "Dublin"),
    ("Poland", "Warsaw"),
    ("Peru", "Lima"),
    ("Thailand", "Bangkok"),
    ("Hungary", "Budapest"),
    ("Iran", "Tehran"),
];

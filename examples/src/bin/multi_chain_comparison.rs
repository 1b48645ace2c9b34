//! Several attempts at one question are compared: each attempt is a separate sample, and the comparison
//! sees the reasoning of all of them.
//!
//! ```sh
//! cargo run --release -p examples --bin multi_chain_comparison
//! ```

use std::error::Error;

use dashoptimize::call::{TraceEvent, Traced};
use dashoptimize::lm::local::{LocalModel, Weights};
use dashoptimize::prelude::*;
use dashoptimize::state::Demo;
use examples::say;
use serde_json::{Map, Value};

/// Answer the question with one word.
#[signature]
struct Riddle {
    /// what is asked
    #[input]
    question: String,
    /// one word
    #[output]
    answer: String,
}

module!(
    /// Thinks three times, then compares.
    #[with(m = 3, attempt_temperature = 0.5, max_tokens = 60, demos = solved())]
    type Compare = MultiChainComparison<Riddle>;
);

fn solved() -> Vec<Reasoned<Riddle>> {
    let riddle = |question: &str, reasoning: &str, answer: &str| {
        Reasoned::new(
            reasoning.to_owned(),
            Riddle {
                question: question.to_owned(),
                answer: answer.to_owned(),
            },
        )
    };
    vec![
        riddle(
            "Which animal gives milk and says moo?",
            "A cow gives milk. A cow says moo.",
            "cow",
        ),
        riddle(
            "Which fruit is long and yellow?",
            "Bananas are long. Bananas are yellow.",
            "banana",
        ),
        riddle(
            "What falls from clouds and is wet?",
            "Rain falls from clouds. Rain is wet.",
            "rain",
        ),
        riddle(
            "Which animal purrs and catches mice?",
            "Cats purr. Cats catch mice.",
            "cat",
        ),
    ]
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // The embedded model, or the model of a server that the first argument names: it needs `OPENAI_API_KEY`
    // and, if the server is not OpenAI's, `OPENAI_BASE_URL`.
    let lm: Lm = match std::env::args().nth(1) {
        None => LocalModel::open(Weights::default())?.into(),
        Some(name) => OpenAi::from_env(&name)?.into(),
    };
    let compare = shown(&Compare::new(lm))?;
    let question = "Which insect makes honey?".to_owned();
    say!("{question}");
    let compared = compare
        .call_watched(RiddleInput { question }, |traced: &Traced| {
            if let TraceEvent::PredictorEnded(step) = &traced.event {
                match &step.outcome {
                    Ok(outputs) => say!("  {}: {}", step.predictor, serde_json::json!(outputs)),
                    Err(error) => say!("  {error}"),
                }
            }
        })
        .await?;
    say!("rationale: {}", compared.rationale);
    say!("answer: {} (bee expected)", compared.answer);
    Ok(())
}

/// A small model learns how to compare from worked examples. Usually an optimizer finds them; see
/// `quickstart`.
fn shown(program: &Compare) -> Result<Compare, Box<dyn Error>> {
    let mut state = program.state();
    let compare = state.predictors.get_mut("compare");
    compare.ok_or("no such predictor")?.demos = vec![
        compared(
            "Which animal gives milk and says moo?",
            [
                "A cow gives milk. A cow says moo.",
                "A goat gives milk.",
                "Cows say moo and give milk.",
            ],
            "Two attempts say cow. A goat does not say moo. It is a cow.",
            "cow",
        ),
        compared(
            "Which fruit is long and yellow?",
            [
                "Lemons are yellow.",
                "Bananas are long and yellow.",
                "A banana is yellow.",
            ],
            "Two attempts say banana. Lemons are not long. It is a banana.",
            "banana",
        ),
        compared(
            "What falls from clouds and is wet?",
            ["Snow is cold.", "Rain is wet.", "Rain falls from clouds."],
            "Two attempts say rain. It is rain.",
            "rain",
        ),
        compared(
            "Which animal purrs and catches mice?",
            [
                "Cats purr.",
                "Owls catch mice.",
                "A cat purrs and catches mice.",
            ],
            "Two attempts say cat. Owls do not purr. It is a cat.",
            "cat",
        ),
    ];
    Ok(program.with_state(&state)?)
}

fn compared(question: &str, attempts: [&str; 3], rationale: &str, answer: &str) -> Demo {
    let mut inputs = Map::from_iter([("question".to_owned(), Value::from(question))]);
    for (index, attempt) in attempts.into_iter().enumerate() {
        inputs.insert(format!("reasoning_attempt_{}", index + 1), attempt.into());
    }
    Demo::new(
        inputs,
        Map::from_iter([
            ("rationale".to_owned(), rationale.into()),
            ("answer".to_owned(), answer.into()),
        ]),
    )
}

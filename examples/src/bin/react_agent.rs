//! An agent with two tools. If the provider supports native tool calling, the agent uses it; for the embedded
//! model, the tools are described in the prompt.
//!
//! ```sh
//! cargo run --release -p examples --bin react_agent                  # one look-up a question
//! cargo run --release -p examples --bin react_agent -- gpt-4o-mini   # several steps
//! ```
//!
//! The embedded model has 135 million parameters. It can use a tool, but it cannot tell when to stop, so it gets
//! one step. The question that needs several steps is for a larger model.

use std::error::Error;

use dashoptimize::call::{TraceEvent, Traced};
use dashoptimize::lm::local::{LocalModel, Weights};
use dashoptimize::prelude::*;
use dashoptimize::state::Demo;
use examples::say;
use serde_json::{Value, json};

/// Answer the question with a number.
#[signature]
struct Count {
    /// what is asked
    #[input]
    question: String,
    /// the number
    #[output]
    number: u64,
}

/// Tells how many thousand people live in a city.
#[tool]
async fn population(
    /// name of the city
    city: &str,
) -> Result<u64, String> {
    let known = CITIES
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(city));
    known
        .map(|(_, people)| *people)
        .ok_or_else(|| format!("no city is called `{city}`"))
}

/// Adds two numbers.
#[tool]
fn add(
    /// one number
    a: u64,
    /// the other number
    b: u64,
) -> u64 {
    a.saturating_add(b)
}

const CITIES: [(&str, u64); 8] = [
    ("Lyon", 522),
    ("Nice", 348),
    ("Bonn", 336),
    ("Kiel", 248),
    ("Genoa", 558),
    ("Turin", 847),
    ("Porto", 231),
    ("Braga", 193),
];

/// Questions with their answers.
type Questions = &'static [(&'static str, u64)];

const LOOK_UPS: Questions = &[
    ("How many thousand people live in Lyon?", 522),
    ("How many thousand people live in Nice?", 348),
];

const SEVERAL_STEPS: Questions = &[
    (
        "How many thousand people live in Lyon and Nice together?",
        522 + 348,
    ),
    (
        "How many thousand people live in Turin, Porto and Kiel together?",
        847 + 231 + 248,
    ),
];

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let is_embedded = std::env::args().len() == 1;
    // The embedded model, or the model of a server that the first argument names: it needs `OPENAI_API_KEY`
    // and, if the server is not OpenAI's, `OPENAI_BASE_URL`.
    let lm: Lm = match std::env::args().nth(1) {
        None => LocalModel::open(Weights::default())?.into(),
        Some(name) => OpenAi::from_env(&name)?.into(),
    };
    let agent = ReAct::<Count>::new(lm)
        .tools(tools![population, add])
        .temperature(0.0)
        .max_tokens(80)
        .repair(1);
    let (agent, questions) = match is_embedded {
        true => (shown(&agent)?.max_iters(1), LOOK_UPS),
        false => (agent.max_iters(6), SEVERAL_STEPS),
    };
    for &(question, expected) in questions {
        say!("{question}");
        let input = CountInput {
            question: question.to_owned(),
        };
        let acted = agent
            .call_watched(input, |traced: &Traced| match &traced.event {
                TraceEvent::ToolStarted {
                    tool, arguments, ..
                } => say!("  {tool} {arguments}"),
                TraceEvent::ToolEnded { result, .. } => match result {
                    Ok(text) | Err(text) => say!("    {text}"),
                },
                _ => {}
            })
            .await?;
        say!("  → {} ({expected} expected)", acted.number);
    }
    Ok(())
}

/// A small model learns the protocol from worked examples: runs of the agent, step by step. Usually an
/// optimizer finds them; see `quickstart`.
fn shown(agent: &ReAct<Count>) -> Result<ReAct<Count>, Box<dyn Error>> {
    let mut state = agent.state();
    let runs = [
        (
            "How many thousand people live in Bonn?",
            "population",
            json!({"city": "Bonn"}),
            336,
        ),
        ("What is 12 plus 25?", "add", json!({"a": 12, "b": 25}), 37),
        (
            "How many thousand people live in Turin?",
            "population",
            json!({"city": "Turin"}),
            847,
        ),
        ("What is 40 plus 18?", "add", json!({"a": 40, "b": 18}), 58),
    ];
    // The last steps come first: a small model tends to repeat what comes last in the prompt.
    for step in 0..3 {
        for (question, tool, arguments, number) in &runs {
            let mut steps = worked(question, tool, arguments, *number);
            let (path, demo) = steps.swap_remove(step);
            let predictor = state.predictors.get_mut(path).ok_or("no such predictor")?;
            predictor.demos.push(demo);
        }
    }
    Ok(agent.with_state(&state)?)
}

/// The steps of a run that uses one tool, as demos of the agent's predictors.
fn worked(question: &str, tool: &str, arguments: &Value, number: u64) -> Vec<(&'static str, Demo)> {
    let used =
        format!("Thought 1: I use {tool}.\nAction 1: {tool} {arguments}\nObservation 1: {number}");
    let ended = format!("{used}\nThought 2: It is {number}.\nAction 2: finish");
    let step = |trajectory: &str, thought: &str, tool: &str, arguments: &Value| {
        demo(
            json!({"question": question, "trajectory": trajectory}),
            json!({"next_thought": thought, "next_tool_name": tool, "next_tool_args": arguments}),
        )
    };
    vec![
        (
            "react",
            step(&used, &format!("It is {number}."), "finish", &json!({})),
        ),
        (
            "react",
            step("(no steps yet)", &format!("I use {tool}."), tool, arguments),
        ),
        (
            "extract",
            demo(
                json!({"question": question, "trajectory": ended}),
                json!({"reasoning": format!("The observation is {number}."), "number": number}),
            ),
        ),
    ]
}

fn demo(inputs: Value, outputs: Value) -> Demo {
    let fields = |value| match value {
        Value::Object(fields) => fields,
        _ => serde_json::Map::new(),
    };
    Demo::new(fields(inputs), fields(outputs))
}

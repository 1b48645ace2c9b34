//! An agent with two tools. Where the provider has native tool calling the agent uses it (try
//! `openai/gpt-4o-mini`); the embedded model is told of the tools in its prompt.
//!
//! ```sh
//! cargo run --release -p examples --bin react_agent
//! ```

use std::error::Error;

use dashoptimize::module::{Demo, TraceEvent, Traced};
use dashoptimize::prelude::*;
use serde_json::{Value, json};

/// Find out how many thousand people live in the two cities together.
#[signature]
struct Count {
    /// what is asked
    #[input]
    question: String,
    /// how many thousand people
    #[output]
    people: u64,
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

module!(
    /// Looks both cities up, then adds.
    #[with(tools = [population, add], max_iters = 6, temperature = 0.0, max_tokens = 80)]
    type Counter = ReAct<Count>;
);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let agent = shown(Counter::new(examples::model_of_arguments()?))?;
    let question = "How many people live in Lyon and Nice?".to_owned();
    println!("{question}");
    let acted = agent
        .call_watched(CountInput { question }, |traced: &Traced| {
            if let TraceEvent::Step { what, name, text } = &traced.event {
                println!("  {what} {name} {text}");
            }
        })
        .await?;
    println!("{} thousand people; {} expected", acted.people, 522 + 348);
    Ok(())
}

/// A small model learns the protocol from worked examples: one run of the agent, step by step. Usually
/// an optimizer finds them; see `quickstart`.
fn shown(agent: Counter) -> Result<Counter, Box<dyn Error>> {
    let mut state = agent.state();
    for (a, b) in [
        (("Bonn", 336), ("Kiel", 248)),
        (("Genoa", 558), ("Turin", 847)),
        (("Porto", 231), ("Braga", 193)),
    ] {
        let run = worked(a, b);
        for (path, demo) in run {
            let predictor = state.predictors.get_mut(path).ok_or("no such predictor")?;
            predictor.demos.push(demo);
        }
    }
    Ok(agent.with_state(&state)?)
}

/// The steps of a run on two cities, as demos of the agent's predictors.
fn worked(one: (&str, u64), other: (&str, u64)) -> Vec<(&'static str, Demo)> {
    let question = format!("How many people live in {} and {}?", one.0, other.0);
    let sum = one.1 + other.1;
    let steps = [
        (
            format!("First {}.", one.0),
            "population",
            json!({"city": one.0}),
            one.1,
        ),
        (
            format!("{} has {}. Now the people of {}.", one.0, one.1, other.0),
            "population",
            json!({"city": other.0}),
            other.1,
        ),
        (
            format!(
                "{} has {}. Now {} and {}.",
                other.0, other.1, one.1, other.1
            ),
            "add",
            json!({"a": one.1, "b": other.1}),
            sum,
        ),
        (format!("It is {sum}."), "finish", json!({}), 0),
    ];
    let mut trajectory = String::new();
    let mut demos = Vec::new();
    for (index, (thought, tool, arguments, result)) in steps.into_iter().enumerate() {
        let shown = match trajectory.as_str() {
            "" => "(no steps yet)",
            steps => steps.trim_end(),
        };
        demos.push((
            "react",
            demo(
                json!({"question": question, "trajectory": shown}),
                json!({"next_thought": thought, "next_tool_name": tool, "next_tool_args": arguments}),
            ),
        ));
        let number = index + 1;
        let action = match tool {
            "finish" => tool.to_owned(),
            _ => format!("{tool} {arguments}"),
        };
        trajectory.push_str(&format!(
            "Thought {number}: {thought}\nAction {number}: {action}\n"
        ));
        if tool != "finish" {
            trajectory.push_str(&format!("Observation {number}: {result}\n"));
        }
    }
    demos.push((
        "extract",
        demo(
            json!({"question": question, "trajectory": trajectory.trim_end()}),
            json!({"reasoning": format!("The sum is {sum}."), "people": sum}),
        ),
    ));
    demos
}

fn demo(inputs: Value, outputs: Value) -> Demo {
    let fields = |value| match value {
        Value::Object(fields) => fields,
        _ => serde_json::Map::new(),
    };
    Demo {
        inputs: fields(inputs),
        outputs: fields(outputs),
    }
}

//! Reasoning before the answer, with worked examples that show how to reason.
//!
//! ```sh
//! cargo run --release -p examples --bin chain_of_thought
//! ```

use std::error::Error;

use dashoptimize::lm::local::{LocalModel, Weights};
use dashoptimize::prelude::*;
use examples::say;

/// Solve the problem.
#[signature]
struct Problem {
    /// the problem in words
    #[input]
    question: String,
    /// the number that is asked for
    #[output]
    answer: i64,
}

module!(
    /// Works the problem out step by step.
    #[with(temperature = 0.0, max_tokens = 120, repair = 1, demos = solved())]
    type Solve = ChainOfThought<Problem>;
);

/// Rows with the reasoning that led to them. Rows of another signature would not compile.
fn solved() -> Vec<Reasoned<Problem>> {
    let problem = |question: &str, reasoning: &str, answer| {
        Reasoned::new(
            reasoning.to_owned(),
            Problem {
                question: question.to_owned(),
                answer,
            },
        )
    };
    vec![
        problem(
            "Tom has 3 apples. He buys 4 more. How many apples does he have?",
            "Tom has 3 apples. He buys 4 more. 3 + 4 = 7.",
            7,
        ),
        problem(
            "A box holds 5 pens. How many pens are in 2 boxes?",
            "There are 5 pens in a box. There are 2 boxes. 5 * 2 = 10.",
            10,
        ),
        problem(
            "Mia has 9 coins. She gives away 2. How many coins are left?",
            "Mia has 9 coins. She gives away 2. 9 - 2 = 7.",
            7,
        ),
        problem(
            "A bus has 6 people. 3 more get on. How many people are on the bus?",
            "There are 6 people. 3 more get on. 6 + 3 = 9.",
            9,
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
    let solve = Solve::new(lm);
    for (question, expected) in [
        (
            "Ann has 2 cats. She gets 3 more. How many cats does she have?",
            5,
        ),
        ("Ben has 8 cards. He loses 3. How many cards are left?", 5),
        ("A bag holds 4 balls. How many balls are in 3 bags?", 12),
    ] {
        let question = question.to_owned();
        say!("\n{question}");
        let solved = solve.call(ProblemInput { question }).await?;
        say!("  reasoning: {}", solved.reasoning);
        // `answer` is an `i64`: `Reasoned` dereferences to the outputs.
        let verdict = if solved.answer == expected {
            "right"
        } else {
            "wrong"
        };
        say!("  answer: {} ({verdict})", solved.answer);
    }
    Ok(())
}

//! Rows of a signature give a pipeline its inputs by name; an optimizer takes a pipeline.

#![deny(warnings)]

use dashoptimize::engine::Run;
use dashoptimize::evaluate::Splits;
use dashoptimize::optimizer::{BootstrapFewShot, OptimizeError, Optimized};
use dashoptimize::{pipeline, signature};

#[signature]
struct Qa {
    #[input]
    question: String,
    #[input]
    unrelated: u32,
    #[output]
    answer: String,
}

#[signature]
struct Guess {
    #[input]
    question: String,
    #[output]
    answer: String,
}

pipeline!(
    #[with(rows = Qa)]
    fn Guesser(question: String) -> String {
        let guess = Predict::<Guess> { question };
        guess.answer
    }
);

async fn tune(program: Guesser, data: Splits<Qa>) -> Result<Optimized<Guesser>, OptimizeError> {
    BootstrapFewShot::new(|gold: &Qa, said: &String| gold.answer == *said)
        .optimize(&program, &data, &Run::in_memory())
        .await
}

fn main() {
    let _ = tune;
}

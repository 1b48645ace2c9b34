//! Errors as `fn main() -> Result<(), Box<dyn Error>>` prints them, and their causes.

use std::error::Error;

use dashoptimize::artifact::Artifact;
use dashoptimize::lm::{ChatRequest, Scripted};
use dashoptimize::prelude::*;

/// Name the opposite.
#[signature]
struct Opposite {
    #[input]
    word: String,
    #[output]
    opposite: String,
}

fn row(word: &str) -> Opposite {
    Opposite {
        word: word.to_owned(),
        opposite: String::new(),
    }
}

/// An error for each type that a program usually passes on.
async fn errors() -> Vec<Box<dyn Error>> {
    let lm = Scripted::new(|_: &ChatRequest| "no marker").without_price();
    let program = Predict::<Opposite>::new(lm);
    let mute = Predict::<Opposite>::new(Scripted::replies([""; 0]));
    let is_right = |gold: &Opposite, said: &OppositeOutput| gold.opposite == said.opposite;
    let set = |word: &str| Dataset::from_vec(vec![row(word)]);
    let data = Splits::builder().train(set("a")).val(set("b")).build();
    let run = Run::in_memory().budget(Budget::usd(1.0));
    let word = String::new();
    vec![
        Dataset::<Opposite>::from_jsonl("no-such-file.jsonl")
            .unwrap_err()
            .into(),
        Artifact::open("no-such-file.json").unwrap_err().into(),
        mute.call(OppositeInput { word }).await.unwrap_err().into(),
        run.evaluate(&program, &[row("a")], &is_right)
            .await
            .unwrap_err()
            .into(),
        LabeledFewShot::new(is_right)
            .optimize(&program, &data.unwrap(), &run)
            .await
            .unwrap_err()
            .into(),
    ]
}

#[tokio::test]
async fn an_error_that_main_returns_is_printed_as_a_sentence() {
    for error in errors().await {
        assert_eq!(format!("{error:?}"), error.to_string());
        assert!(error.to_string().contains(' '), "{error}");
    }
}

#[tokio::test]
async fn the_cause_of_a_run_that_ended_does_not_repeat_it() {
    let error = errors().await.pop().unwrap();
    let words = error.to_string();
    assert!(words.contains("dollars"), "{words}");
    let mut source = error.source();
    while let Some(cause) = source {
        assert_ne!(cause.to_string(), words);
        source = cause.source();
    }
}

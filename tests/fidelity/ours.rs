//! The optimizers of this crate on the scripted model.

use std::sync::Arc;

use dashoptimize::engine::Racing;
use dashoptimize::lm::{ChatRequest, Scripted};
use dashoptimize::prelude::*;

use super::model::{Model, Turn, label};
use super::originals::Runs;

/// Name the colour of the item.
#[signature]
pub(super) struct Colour {
    #[input]
    question: String,
    #[output]
    label: String,
}

/// As many seeds as the originals were given.
const SEEDS: u64 = 10;

pub(super) fn is_right(gold: &Colour, said: &ColourOutput) -> bool {
    gold.label == said.label
}

/// As [`is_right`], with the words that the originals are told.
pub(super) fn is_right_in_words(gold: &Colour, said: &ColourOutput) -> Score {
    let right = is_right(gold, said);
    let words = match right {
        true => "Right.".to_owned(),
        false => format!("Wrong: {} is {}.", gold.question, gold.label),
    };
    let score = Score::new(f64::from(u8::from(right))).expect("a finite number");
    score.with_feedback(words)
}

fn dataset(items: std::ops::Range<u64>) -> Dataset<Colour> {
    let row = |item| Colour {
        question: format!("Item {item}"),
        label: label(item).to_owned(),
    };
    Dataset::from_vec(items.map(row).collect())
}

/// The scripted model of a seed, for the task and for proposals.
pub(super) fn scripted(model: &Arc<Model>, seed: u64) -> Scripted {
    let model = Arc::clone(model);
    Scripted::new(move |request: &ChatRequest| {
        let turns = request.messages().map(|message| -> Turn {
            let role = format!("{:?}", message.role).to_lowercase();
            (role, message.text().to_owned())
        });
        model.reply(seed, &turns.collect::<Vec<_>>())
    })
}

/// Runs an optimizer with each seed.
pub(super) async fn runs<O>(optimizer: impl Fn(Scripted) -> O) -> Runs
where
    O: Optimizer<Predict<Colour>, Colour>,
{
    let mut runs = Runs::default();
    for seed in 0..SEEDS {
        let model = Arc::new(Model::default());
        let lm = scripted(&model, seed);
        let program = Predict::<Colour>::new(lm.clone()).max_tokens(50);
        let splits = Splits::builder().train(dataset(0..40)).val(dataset(40..80));
        let splits = splits.build().expect("the rows are all different");
        // The originals evaluate every candidate in full.
        let run = Run::in_memory().seed(seed).racing(Racing::off());
        let tuned = optimizer(lm).optimize(&program, &splits, &run).await;
        let tuned = tuned.expect("nothing fails").program;
        let counts = model.take_counts();
        let count = |key: &str| counts[key].as_f64().expect("a number");
        runs.task.push(count("task"));
        runs.proposals.push(count("proposals"));
        runs.prompts.push(count("prompts"));
        runs.val.push(score(&tuned, 40..80).await);
        runs.test.push(score(&tuned, 80..280).await);
    }
    runs
}

async fn score(program: &Predict<Colour>, items: std::ops::Range<u64>) -> f64 {
    let run = Run::in_memory();
    let (evaluation, _) = run
        .evaluate(program, &dataset(items), &is_right)
        .await
        .expect("nothing fails");
    evaluation.measured.score().expect("rows with scores")
}

//! The optimizers of this crate on the scripted model.

use std::sync::Arc;

use dashoptimize::lm::{ChatRequest, Scripted};
use dashoptimize::prelude::*;

use super::model::{Model, Turn, label};
use super::originals::Original;

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

/// Runs an optimizer with each seed, and takes the means.
pub(super) async fn means<O>(optimizer: impl Fn(Scripted) -> O) -> Original
where
    O: Optimizer<Predict<Colour>, Colour>,
{
    let mut means = Original::default();
    for seed in 0..SEEDS {
        let run = one(&optimizer, seed).await;
        let share = |value: f64| value / SEEDS as f64;
        means.task += share(run.task);
        means.proposals += share(run.proposals);
        means.prompts += share(run.prompts);
        means.val += share(run.val);
        means.test += share(run.test);
    }
    means
}

async fn one<O>(optimizer: impl Fn(Scripted) -> O, seed: u64) -> Original
where
    O: Optimizer<Predict<Colour>, Colour>,
{
    let model = Arc::new(Model::default());
    let lm = scripted(&model, seed);
    let program = Predict::<Colour>::new(lm.clone()).max_tokens(50);
    let splits = Splits::builder().train(dataset(0..40)).val(dataset(40..80));
    let splits = splits.build().expect("the rows are all different");
    let run = Run::in_memory().seed(seed);
    let tuned = optimizer(lm).optimize(&program, &splits, &run).await;
    let tuned = tuned.expect("nothing fails").program;
    let counts = model.take_counts();
    let count = |key: &str| counts[key].as_f64().expect("a number");
    Original {
        task: count("task"),
        proposals: count("proposals"),
        prompts: count("prompts"),
        val: score(&tuned, 40..80).await,
        test: score(&tuned, 80..280).await,
    }
}

async fn score(program: &Predict<Colour>, items: std::ops::Range<u64>) -> f64 {
    let run = Run::in_memory();
    let (evaluation, _) = run
        .evaluate(program, &dataset(items), &is_right)
        .await
        .expect("nothing fails");
    evaluation.measured.score().expect("rows with scores")
}

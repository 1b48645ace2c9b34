//! The program of a world: one step, or a hint and then the answer.

use dashoptimize::call::{Bounds, CallError, CallsPerRun, Context};
use dashoptimize::lm::Lm;
use dashoptimize::module::Predictor;
use dashoptimize::prelude::*;

use super::world::mixed;

/// Find the word that belongs to the item.
#[signature]
pub(crate) struct Item {
    /// the item
    #[input]
    pub(crate) item: String,
    /// its word
    #[output]
    pub(crate) answer: String,
}

/// Find something out about the item.
#[signature]
pub(crate) struct Hint {
    /// the item
    #[input]
    item: String,
    /// what helps
    #[output]
    hint: String,
}

/// Find the word that belongs to the item.
#[signature]
pub(crate) struct Hinted {
    /// the item
    #[input]
    item: String,
    /// what may help
    #[input]
    hint: String,
    /// its word
    #[output]
    answer: String,
}

/// The program.
#[derive(Clone)]
pub(crate) enum Program {
    One(Box<Predict<Item>>),
    Two(Box<(Predict<Hint>, Predict<Hinted>)>),
}

impl Program {
    pub(crate) fn new(steps: usize, lm: Lm) -> Self {
        match steps {
            1 => Self::One(Box::new(Predict::new(lm).under("answer"))),
            _ => Self::Two(Box::new((
                Predict::new(lm.clone()).under("hint"),
                Predict::new(lm).under("answer"),
            ))),
        }
    }
}

impl Module for Program {
    type Input = ItemInput;
    type Output = String;

    async fn forward(&self, context: &Context<'_>, input: ItemInput) -> Result<String, CallError> {
        match self {
            Self::One(answer) => Ok(answer.forward(context, input).await?.answer),
            Self::Two(steps) => {
                let (hint, answer) = &**steps;
                let item = input.item.clone();
                let hint = hint.forward(context, HintInput { item }).await?.hint;
                let hinted = HintedInput {
                    item: input.item,
                    hint,
                };
                Ok(answer.forward(context, hinted).await?.answer)
            }
        }
    }

    fn calls_per_run(&self) -> CallsPerRun {
        match self {
            Self::One(_) => CallsPerRun::ONE,
            // A hint that cannot be read ends the run.
            Self::Two(_) => CallsPerRun::task(Bounds::new(1, 2)),
        }
    }

    fn predictors(&self) -> Vec<&Predictor> {
        match self {
            Self::One(answer) => answer.predictors(),
            Self::Two(steps) => [steps.0.predictors(), steps.1.predictors()].concat(),
        }
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        match self {
            Self::One(answer) => answer.predictors_mut(),
            Self::Two(steps) => {
                let (hint, answer) = &mut **steps;
                let mut predictors = hint.predictors_mut();
                predictors.extend(answer.predictors_mut());
                predictors
            }
        }
    }
}

/// The row of this number.
pub(crate) fn row(number: u64) -> Item {
    Item {
        item: format!("item number {number} of the list"),
        answer: right_answer(number),
    }
}

/// The number of the item that a text is about.
pub(crate) fn number_in(text: &str) -> Option<u64> {
    let (_, after) = text.split_once("item number ")?;
    after.split(' ').next()?.parse().ok()
}

/// The word of this item, which is also what a right hint says.
pub(crate) fn right_answer(number: u64) -> String {
    format!("word{}", mixed(&[number, 7]) % 100_000)
}

//! The kinds of programs that are optimized.

use std::ops::Range;
use std::sync::Arc;

use dashoptimize::call::{CallError, Context};
use dashoptimize::evaluate::{DataError, Example, Splits};
use dashoptimize::module::Predictor;
use dashoptimize::prelude::*;

use crate::support::quiz::{Quiz, row};

/// A kind of program, and rows for it.
pub(crate) trait Subject: 'static {
    type Program: Module;
    type Row: Example<<Self::Program as Module>::Input>;

    fn program(lm: Lm) -> Self::Program;

    fn rows(numbers: Range<usize>) -> Dataset<Self::Row>;

    fn is_right(gold: &Self::Row, said: &<Self::Program as Module>::Output) -> bool;
}

/// Training, validation and hold-out of these sizes.
pub(crate) fn splits<S: Subject>(rows: [usize; 3]) -> Result<Splits<S::Row>, DataError> {
    let [train, val, holdout] = rows;
    let splits = Splits::builder()
        .train(S::rows(1..1 + train))
        .val(S::rows(101..101 + val));
    match holdout {
        0 => splits.build(),
        _ => splits.holdout(S::rows(201..201 + holdout)).build(),
    }
}

/// Find the word of the number.
#[signature]
#[derive(Clone, Debug)]
pub(crate) struct Riddle {
    #[input]
    question: String,
    #[output]
    answer: String,
}

fn riddles(numbers: Range<usize>) -> Dataset<Riddle> {
    let riddle = |number| Riddle {
        question: row(number).question,
        answer: row(number).answer,
    };
    Dataset::from_vec(numbers.map(riddle).collect())
}

/// One predictor.
pub(crate) struct One;

impl Subject for One {
    type Program = Predict<Riddle>;
    type Row = Riddle;

    fn program(lm: Lm) -> Self::Program {
        Predict::new(lm).max_tokens(50)
    }

    fn rows(numbers: Range<usize>) -> Dataset<Riddle> {
        riddles(numbers)
    }

    fn is_right(gold: &Riddle, said: &RiddleOutput) -> bool {
        gold.answer == said.answer
    }
}

/// Say the question again.
#[signature]
struct Repeat {
    #[input]
    question: String,
    #[output]
    again: String,
}

/// Answer the question that was said again.
#[signature]
struct Solve {
    #[input]
    again: String,
    #[output]
    answer: String,
}

pipeline!(
    /// Says the question again, then answers it.
    #[with(rows = Riddle)]
    pub(crate) fn TwoSteps(question: String) -> String {
        #[with(max_tokens = 50)]
        let said = Predict::<Repeat> { question };
        let again = said.again;
        #[with(max_tokens = 50)]
        let solved = Predict::<Solve> { again };
        solved.answer
    }
);

/// A pipeline of two predictors.
pub(crate) struct Pipeline;

impl Subject for Pipeline {
    type Program = TwoSteps;
    type Row = Riddle;

    fn program(lm: Lm) -> Self::Program {
        TwoSteps::new(lm)
    }

    fn rows(numbers: Range<usize>) -> Dataset<Riddle> {
        riddles(numbers)
    }

    fn is_right(gold: &Riddle, said: &String) -> bool {
        gold.answer == *said
    }
}

/// Looks a number up.
#[tool]
fn look_up(number: &str) -> String {
    format!("there is a word of number {number}")
}

module!(
    #[with(tools = [look_up], max_iters = 3, max_tokens = 50)]
    pub(crate) type Looker = ReAct<Riddle>;
);

/// An agent with a tool.
pub(crate) struct Agent;

impl Subject for Agent {
    type Program = Looker;
    type Row = Riddle;

    fn program(lm: Lm) -> Self::Program {
        Looker::new(lm)
    }

    fn rows(numbers: Range<usize>) -> Dataset<Riddle> {
        riddles(numbers)
    }

    fn is_right(gold: &Riddle, said: &Acted<RiddleOutput>) -> bool {
        gold.answer == said.answer
    }
}

/// A node of the dynamic interface.
pub(crate) struct Node;

impl Subject for Node {
    type Program = LLMNode<Quiz>;
    type Row = Quiz;

    fn program(lm: Lm) -> Self::Program {
        let signature = make_signature("question -> answer", "Answer with the word.");
        LLMNode::new(signature.expect("a good spec"), lm, "quiz").max_tokens(50)
    }

    fn rows(numbers: Range<usize>) -> Dataset<Quiz> {
        Dataset::from_vec_serde(numbers.map(row).collect()).expect("a quiz is JSON")
    }

    fn is_right(gold: &Quiz, said: &Quiz) -> bool {
        gold.answer == said.answer
    }
}

/// Two predictors with equal signatures, of which the second is called so many times.
#[derive(Clone, Debug)]
pub(crate) struct Twins<const TIMES: usize> {
    first: Predictor,
    second: Predictor,
}

impl<const TIMES: usize> Module for Twins<TIMES> {
    type Input = Quiz;
    type Output = Quiz;

    async fn forward(&self, context: &Context<'_>, input: Quiz) -> Result<Quiz, CallError> {
        let question = vec![input.question.clone().into()];
        let mut answer = self.first.call(context, question.clone()).await?;
        for _ in 0..TIMES {
            answer = self.second.call(context, question.clone()).await?;
        }
        let answer = answer[0].as_str().unwrap_or_default().to_owned();
        Ok(Quiz { answer, ..input })
    }

    fn predictors(&self) -> Vec<&Predictor> {
        vec![&self.first, &self.second]
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        vec![&mut self.first, &mut self.second]
    }
}

impl<const TIMES: usize> Subject for Twins<TIMES> {
    type Program = Self;
    type Row = Quiz;

    fn program(lm: Lm) -> Self {
        let predictor = |path: &str| {
            let spec = make_signature("question -> answer", "Answer.").expect("a good spec");
            Predictor::new(path, Arc::new(spec), lm.clone())
        };
        let twins = Self {
            first: predictor("first"),
            second: predictor("second"),
        };
        twins.max_tokens(50)
    }

    fn rows(numbers: Range<usize>) -> Dataset<Quiz> {
        Node::rows(numbers)
    }

    fn is_right(gold: &Quiz, said: &Quiz) -> bool {
        gold.answer == said.answer
    }
}

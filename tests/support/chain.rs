//! A program of two predictors, written by hand: a hint is looked for, then the answer.

use std::sync::Arc;

use dashoptimize::call::{CallError, Context};
use dashoptimize::lm::{ChatModel, ChatRequest, Lm, Scripted};
use dashoptimize::module::{Module, Predictor};
use dashoptimize::signature::make_signature;

use crate::support::quiz::{Quiz, row};

/// `question -> hint`, then `hint -> answer`.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    pub(crate) hint: Predictor,
    pub(crate) answer: Predictor,
}

impl Chain {
    pub(crate) fn new(lm: impl ChatModel) -> Self {
        let lm = Lm::new(lm);
        let predictor = |path: &str, fields: &str| {
            let spec = make_signature(fields, "Do it.").expect("a good signature");
            Predictor::new(path, Arc::new(spec), lm.clone())
        };
        Self {
            hint: predictor("hint", "question -> hint"),
            answer: predictor("answer", "hint -> answer"),
        }
    }
}

impl Module for Chain {
    type Input = Quiz;
    type Output = Quiz;

    async fn forward(&self, context: &Context<'_>, input: Quiz) -> Result<Quiz, CallError> {
        let hint = self.hint.call(context, vec![input.question.clone().into()]);
        let answer = self.answer.call(context, hint.await?).await?;
        Ok(Quiz {
            question: input.question,
            answer: answer[0].as_str().unwrap_or_default().to_owned(),
        })
    }

    fn predictors(&self) -> Vec<&Predictor> {
        vec![&self.hint, &self.answer]
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        vec![&mut self.hint, &mut self.answer]
    }
}

/// A model that gives the hint `hint <n>`, and to that hint the word of row `n`.
pub(crate) fn all_knowing() -> Scripted {
    Scripted::new(|request: &ChatRequest| reply(request.turns[0].text())).keeping_requests()
}

/// The right reply to a query of either predictor.
pub(crate) fn reply(query: &str) -> String {
    let number: String = query.chars().filter(char::is_ascii_digit).collect();
    if query.contains("number") {
        format!("[[ ## hint ## ]]\nhint {number}")
    } else {
        let word = row(number.parse().expect("the hint holds the number")).answer;
        format!("[[ ## answer ## ]]\n{word}")
    }
}

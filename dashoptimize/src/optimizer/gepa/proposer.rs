//! The question to the model that reflects.

use dashoptimize_macros::signature;
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::call::{CallError, Context};
use crate::lm::Lm;
use crate::module::{DynModule, Module, ModuleExt, Predict, Predictor};

/// A step of a program calls a language model. Its runs below were made with one of the texts of its prompt,
/// and judged. Rewrite this text so that the step does better on these inputs and on others like them.
///
/// Work out from the inputs what the task is and what form an answer must have. Find what went wrong where a
/// score is low, and keep what works where it is high. Facts about the task that the feedback reveals belong
/// into the text, because the step will not see the feedback: name them as rules, and do not repeat single
/// examples. Do not change the names of fields, their types, scales or allowed values. If rejected texts are
/// listed, do not write one of them again; try something else.
#[signature]
#[derive(Clone, Debug)]
pub struct ReviseText {
    /// the step: its name, its fields and its instructions
    #[input]
    pub step: String,
    /// which text of the step is to be rewritten
    #[input]
    pub component: String,
    /// that text as it is now
    #[input]
    pub text: String,
    /// runs of the step, the worst first: inputs, outputs, score and feedback
    #[input]
    pub runs: String,
    /// texts that were tried in its place and rejected, each with the reason
    #[input]
    pub rejected: String,
    /// the whole new text and nothing else
    #[output]
    pub revised: String,
}

/// Any module that revises texts.
#[derive(Clone, Debug)]
pub(super) struct Proposer(Box<dyn DynModule<ReviseTextInput, ReviseTextOutput>>);

impl Proposer {
    /// The signature with one call of this model. At a low temperature, a model repeats its proposals.
    pub(super) fn of_model(lm: impl Into<Lm>) -> Self {
        Self::new(Predict::<ReviseText>::new(lm).temperature(1.0))
    }

    pub(super) fn new(
        module: impl Module<Input = ReviseTextInput, Output = ReviseTextOutput>,
    ) -> Self {
        Self(module.under("propose").boxed())
    }

    /// The models that it calls.
    pub(super) fn models(&self) -> Vec<Lm> {
        let predictors = self.predictors().into_iter();
        predictors.map(|predictor| predictor.lm().clone()).collect()
    }
}

impl Module for Proposer {
    type Input = ReviseTextInput;
    type Output = ReviseTextOutput;

    async fn forward(
        &self,
        context: &Context<'_>,
        input: ReviseTextInput,
    ) -> Result<ReviseTextOutput, CallError> {
        self.0.forward_boxed(context, input).await
    }

    fn predictors(&self) -> Vec<&Predictor> {
        self.0.all_predictors()
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        self.0.all_predictors_mut()
    }
}

/// A hash of the constant part of its prompts: a run with another one is another run.
impl Serialize for Proposer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut hash = Sha256::new();
        for predictor in self.predictors() {
            hash.update(predictor.path());
            hash.update(predictor.opening());
        }
        let digest = hash.finalize();
        serializer.collect_str(&format_args!("{:x}", base16ct::HexDisplay(&digest[..8])))
    }
}

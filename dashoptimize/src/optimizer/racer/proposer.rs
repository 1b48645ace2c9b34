//! The question to the model that proposes instructions.

use dashoptimize_macros::signature;
use serde::{Serialize, Serializer};

use crate::call::{CallError, Context};
use crate::lm::Lm;
use crate::module::{DynModule, Module, ModuleExt, Predict, Predictor};

/// A step of a program calls a language model with the instruction below. On the runs that are shown, the
/// answer was wrong or could be better.
///
/// Find out what these runs have in common, and change the instruction so that the step does better on inputs
/// like them. Keep what the instruction says unless it is wrong: add, change or remove a sentence or two. State
/// rules, and do not repeat single examples. Be brief. Do not change the names of fields, their types or
/// allowed values. If texts are listed that were tried and did not help, try something else.
#[signature]
#[derive(Clone, Debug)]
pub struct MendInstruction {
    /// the step: its name and its fields
    #[input]
    pub step: String,
    /// the instruction as it is now
    #[input]
    pub instruction: String,
    /// runs that could be better: inputs, answer, what is right, and what was said about it
    #[input]
    pub failures: String,
    /// instructions that were tried and did not help
    #[input]
    pub tried: String,
    /// the whole new instruction and nothing else
    #[output]
    pub better: String,
}

/// Any module that proposes instructions.
#[derive(Clone, Debug)]
pub(super) struct Proposer(Box<dyn DynModule<MendInstructionInput, MendInstructionOutput>>);

impl Proposer {
    /// The signature with one call of this model.
    pub(super) fn of_model(lm: impl Into<Lm>) -> Self {
        Self::new(Predict::<MendInstruction>::new(lm))
    }

    pub(super) fn new(
        module: impl Module<Input = MendInstructionInput, Output = MendInstructionOutput>,
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
    type Input = MendInstructionInput;
    type Output = MendInstructionOutput;

    async fn forward(
        &self,
        context: &Context<'_>,
        input: MendInstructionInput,
    ) -> Result<MendInstructionOutput, CallError> {
        self.0.forward_boxed(context, input).await
    }

    fn predictors(&self) -> Vec<&Predictor> {
        self.0.all_predictors()
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        self.0.all_predictors_mut()
    }
}

/// What identifies its prompts: a run with other ones is another run.
impl Serialize for Proposer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let predictors = self.predictors().into_iter();
        serializer
            .collect_map(predictors.map(|predictor| (predictor.path(), predictor.prompt_id())))
    }
}

//! `Predict`: one call of a model.

use std::marker::PhantomData;
use std::sync::Arc;

use super::predictor::Predictor;
use super::{CallError, Context, Module};
use crate::adapter::{ParseError, ParseProblem};
use crate::lm::{Lm, Message};
use crate::signature::{Record, Signature, SignatureSpec, ValueError};

/// One call of a model: the inputs of `S` in, the outputs of `S` out. Every other module is built
/// on it.
pub struct Predict<S: Signature> {
    predictor: Predictor,
    signature: PhantomData<fn(S)>,
}

impl<S: Signature> Predict<S> {
    /// A predictor on this model, under the path `predict`.
    pub fn new(lm: impl Into<Lm>) -> Self {
        Self::from_predictor(Predictor::new("predict", spec_of::<S>(), lm.into()))
    }

    /// The messages for this input, exactly as a call sends them. Nothing is called.
    #[must_use]
    pub fn render(&self, input: &S::Input) -> Vec<Message> {
        self.predictor.render(&input.clone().into_values())
    }

    /// The untyped module.
    pub(crate) fn into_predictor(self) -> Predictor {
        self.predictor
    }

    fn from_predictor(predictor: Predictor) -> Self {
        Self {
            predictor,
            signature: PhantomData,
        }
    }
}

impl<S: Signature> Module for Predict<S> {
    type Input = S::Input;
    type Output = S::Output;

    async fn forward(
        &self,
        context: &Context<'_>,
        input: S::Input,
    ) -> Result<S::Output, CallError> {
        let values = self.predictor.call(context, input.into_values()).await?;
        S::Output::from_values(values).map_err(|error| unfit(&self.predictor, &error))
    }

    fn predictors(&self) -> Vec<&Predictor> {
        vec![&self.predictor]
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        vec![&mut self.predictor]
    }
}

/// The reader gives values of the spec's types, so this happens only where a hand-written
/// [`Record`] is stricter than its spec.
pub(crate) fn unfit(predictor: &Predictor, error: &ValueError) -> CallError {
    predictor.unreadable(ParseError {
        problems: vec![ParseProblem {
            field: error.path(),
            problem: error.problem().to_owned(),
        }],
        reply: String::new(),
    })
}

fn spec_of<S: Signature>() -> Arc<SignatureSpec> {
    Arc::new(S::SPEC.clone())
}

impl<S: Signature> Clone for Predict<S> {
    fn clone(&self) -> Self {
        Self::from_predictor(self.predictor.clone())
    }
}

impl<S: Signature> std::fmt::Debug for Predict<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Predict").field(&self.predictor).finish()
    }
}

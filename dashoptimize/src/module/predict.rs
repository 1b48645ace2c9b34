//! `Predict`: one call of a model.

use std::marker::PhantomData;

use serde_json::Value;

use super::predictor::Predictor;
use super::value_module::faces;
use super::{Derived, Piece, Untyped, ValueModule};
use crate::adapter::{ParseError, ParseProblem};
use crate::call::{CallError, Context};
use crate::lm::{BoxFuture, Lm, Message};
use crate::signature::{Record, Signature, SignatureSpec, ValueError};

/// One call of a model: the inputs of `S` in, the outputs of `S` out. Every other module is built
/// on it.
pub struct Predict<S = Untyped> {
    predictor: Predictor,
    signature: PhantomData<fn(S)>,
}

impl<S: Signature> Predict<S> {
    /// The messages for this input, exactly as a call sends them. Nothing is called.
    #[must_use]
    pub fn render(&self, input: &S::Input) -> Vec<Message> {
        self.predictor.render(&input.clone().into_values())
    }
}

impl<S: 'static> ValueModule for Predict<S> {
    type Output<T: Signature> = T::Output;

    const PREDICTORS: &'static [(&'static str, Derived)] =
        &[("predict", &[Piece::Inputs, Piece::Outputs])];

    fn over(signature: &SignatureSpec, lm: Lm) -> Self {
        Self {
            predictor: Predictor::over("predict", signature, lm),
            signature: PhantomData,
        }
    }

    fn spec(&self) -> &SignatureSpec {
        self.predictor.spec()
    }

    async fn forward_values(
        &self,
        context: &Context<'_>,
        inputs: Vec<Value>,
    ) -> Result<Vec<Value>, CallError> {
        self.predictor.call(context, inputs).await
    }

    fn begin_values<'a>(
        &'a self,
        context: &'a Context<'a>,
        inputs: Vec<Value>,
    ) -> BoxFuture<'a, Result<Vec<Value>, CallError>> {
        self.predictor.call(context, inputs)
    }

    fn read<T: Signature>(values: Vec<Value>) -> Result<T::Output, ValueError> {
        T::Output::from_values(values)
    }

    fn predictors(&self) -> Vec<&Predictor> {
        vec![&self.predictor]
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        vec![&mut self.predictor]
    }
}

faces!(Predict { predictor });

/// The reader gives values of the spec's types, so this happens only where a hand-written
/// [`Record`] is stricter than its spec.
pub(crate) fn unfit(predictor: &Predictor, error: &ValueError) -> CallError {
    predictor.unreadable(ParseError::new(vec![ParseProblem::from(error)], ""))
}

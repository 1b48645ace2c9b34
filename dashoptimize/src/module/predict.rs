//! `Predict`: one call of a model.

use std::marker::PhantomData;

use serde_json::Value;

use super::predictor::Predictor;
use super::value_module::{core_is, faces};
use super::{Derived, Piece, Untyped, ValueModule};
use crate::lm::Lm;
use crate::signature::{Record, Signature, SignatureSpec, ValueError};

/// One call of a model: the inputs of `S` in, the outputs of `S` out. Every other module is built
/// on it.
pub struct Predict<S = Untyped> {
    core: Predictor,
    signature: PhantomData<fn(S)>,
}

impl<S: 'static> ValueModule for Predict<S> {
    core_is!(Predictor);

    type Output<T: Signature> = T::Output;

    const PREDICTORS: &'static [(&'static str, Derived)] =
        &[("predict", &[Piece::Inputs, Piece::Outputs])];

    fn over(signature: &SignatureSpec, lm: Lm) -> Self {
        Self::of(Predictor::over("predict", signature, lm))
    }

    fn read<T: Signature>(values: Vec<Value>) -> Result<T::Output, ValueError> {
        T::Output::from_values(values)
    }
}

faces!(Predict, Predictor);

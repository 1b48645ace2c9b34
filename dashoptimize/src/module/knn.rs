//! `KNN`: one call of a model that is shown the demos nearest to its inputs.

use std::marker::PhantomData;

use serde_json::Value;

use super::predictor::Predictor;
use super::value_module::faces;
use super::{Derived, Piece, Untyped, ValueModule};
use crate::call::{CallError, Context};
use crate::lm::{BoxFuture, Lm, Message};
use crate::signature::{Record, Signature, SignatureSpec, ValueError};

/// One call of a model that is shown those of its demos that are nearest to the inputs: its demos
/// are a pool, and each call chooses its own.
///
/// By default the 3 demos that share the rarest words with the inputs; a
/// [state](crate::state::PredictorState::nearest) can say otherwise. The pool comes from
/// [`demos`](super::OverSignature::demos), from an optimizer such as
/// [`KNNFewShot`](crate::optimizer::KNNFewShot), or from a file.
///
/// ```
/// use dashoptimize::lm::Scripted;
/// use dashoptimize::prelude::*;
///
/// /// Name the colour.
/// #[signature]
/// struct Colour {
///     #[input]
///     thing: String,
///     #[output]
///     colour: String,
/// }
///
/// let row = |thing: &str, colour: &str| Colour {
///     thing: thing.to_owned(),
///     colour: colour.to_owned(),
/// };
/// let rows = [row("fresh grass", "green"), row("a ripe lemon", "yellow"), row("old grass", "brown")];
/// let program = KNN::<Colour>::new(Scripted::replies(["green"])).k(1).demos(rows);
/// let shown = program.render(&ColourInput { thing: "a lemon".to_owned() });
/// assert!(shown[1].text().contains("a ripe lemon"));
/// assert_eq!(shown.len(), 4, "the system message, a demo of two turns, and the query");
/// ```
///
/// Source: DSPy's `KNN`; Liu et al. 2022, arXiv 2101.06804.
pub struct KNN<S = Untyped> {
    predictor: Predictor,
    signature: PhantomData<fn(S)>,
}

/// Demos of a call, where nothing else is said. DSPy's.
const K: usize = 3;

impl<S> KNN<S> {
    /// Sets how many demos a call is shown, where there are as many. Default 3.
    #[must_use]
    pub fn k(mut self, k: usize) -> Self {
        self.predictor.show_nearest(k);
        self
    }
}

impl<S: Signature> KNN<S> {
    /// The messages for this input, exactly as a call sends them. Nothing is called. Where an embedder
    /// chooses the demos and fails, nothing is sent, and there are no messages.
    #[must_use]
    pub fn render(&self, input: &S::Input) -> Vec<Message> {
        self.predictor.render(&input.clone().into_values())
    }
}

impl<S: 'static> ValueModule for KNN<S> {
    type Output<T: Signature> = T::Output;

    const PREDICTORS: &'static [(&'static str, Derived)] =
        &[("knn", &[Piece::Inputs, Piece::Outputs])];

    fn over(signature: &SignatureSpec, lm: Lm) -> Self {
        let mut predictor = Predictor::over("knn", signature, lm);
        predictor.show_nearest(K);
        Self {
            predictor,
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

faces!(KNN { predictor });

//! `KNN`: one call of a model that is shown the demos nearest to its inputs.

use std::marker::PhantomData;

use serde_json::Value;

use super::numbers::at_least_one;
use super::predictor::Predictor;
use super::value_module::{core_is, faces};
use super::{Derived, Piece, Untyped, ValueModule};
use crate::lm::Lm;
use crate::signature::{Record, Signature, SignatureSpec, ValueError};

/// One call of a model that is shown the demos nearest to its inputs: the demos are a pool, and each call
/// chooses from it.
///
/// By default a call is shown the 3 demos that share the rarest words with the inputs; a
/// [state](crate::state::PredictorState::nearest) can choose differently. The pool comes from
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
    core: Predictor,
    signature: PhantomData<fn(S)>,
}

/// The number of demos that a call is shown by default. DSPy's.
const K: usize = 3;

impl<S> KNN<S> {
    /// Sets how many demos a call is shown, if there are that many. Default 3.
    ///
    /// # Panics
    ///
    /// If it is 0.
    #[must_use]
    #[track_caller]
    pub fn k(mut self, k: usize) -> Self {
        self.core.show_nearest(at_least_one("k", k));
        self
    }
}

impl<S: 'static> ValueModule for KNN<S> {
    core_is!(Predictor);

    type Output<T: Signature> = T::Output;

    const PREDICTORS: &'static [(&'static str, Derived)] =
        &[("knn", &[Piece::Inputs, Piece::Outputs])];

    fn over(signature: &SignatureSpec, lm: Lm) -> Self {
        Self::of(Predictor::over("knn", signature, lm)).k(K)
    }

    fn read<T: Signature>(values: Vec<Value>) -> Result<T::Output, ValueError> {
        T::Output::from_values(values)
    }
}

faces!(KNN, Predictor);

//! Demos that a program is given in its source.

use serde_json::{Map, Value};

use super::{Demo, Module, Reasoned};
use crate::signature::{Row, Signature};

/// A module over a signature: it takes demos of that signature, and of no other.
pub trait OverSignature: Module {
    /// The signature.
    type Signature: Signature;

    /// Shows these worked examples, in this order, in the place of the demos that there are: rows of the
    /// signature, or rows with the [reasoning](Reasoned) that led to them. A row that lacks what a
    /// predictor needs is not shown to that predictor.
    ///
    /// ```
    /// use dashoptimize::lm::{Lm, Scripted};
    /// use dashoptimize::prelude::*;
    ///
    /// /// Answer with one word.
    /// #[signature]
    /// struct Qa {
    ///     #[input]
    ///     question: String,
    ///     #[output]
    ///     answer: String,
    /// }
    ///
    /// let lm = Lm::new(Scripted::replies(["Rome"]));
    /// let program = Predict::<Qa>::new(lm).demos([Qa {
    ///     question: "The capital of France?".to_owned(),
    ///     answer: "Paris".to_owned(),
    /// }]);
    /// assert_eq!(program.predictors()[0].state().demos.len(), 1);
    /// ```
    #[must_use]
    fn demos<D: IntoDemo<Self::Signature>>(mut self, demos: impl IntoIterator<Item = D>) -> Self {
        let rows: Vec<Map<String, Value>> = demos.into_iter().map(IntoDemo::into_fields).collect();
        for predictor in self.predictors_mut() {
            let fitting = rows.iter();
            let demos = fitting
                .filter_map(|row| Demo::from_fields(row, predictor.spec()))
                .collect();
            predictor.set_demos(demos);
        }
        self
    }
}

/// A worked example of a signature.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no demo of `{S}`",
    label = "a demo of another signature",
    note = "give rows of `{S}`, or `Reasoned` rows of it"
)]
pub trait IntoDemo<S: Signature> {
    /// The demo as named values.
    fn into_fields(self) -> Map<String, Value>;
}

#[diagnostic::do_not_recommend]
impl<S: Signature> IntoDemo<S> for S {
    fn into_fields(self) -> Map<String, Value> {
        self.to_fields()
    }
}

#[diagnostic::do_not_recommend]
impl<S: Signature> IntoDemo<S> for Reasoned<S> {
    fn into_fields(self) -> Map<String, Value> {
        let mut fields = Row::to_fields(&self.output);
        fields.insert("reasoning".to_owned(), Value::String(self.reasoning));
        fields
    }
}

//! Demos in the source code of a program.

use serde_json::{Map, Value};

use super::{Module, Reasoned};
use crate::signature::{Row, Signature, SignatureSpec};
use crate::state::Demo;

/// A module over a signature. It takes demos of that signature only.
pub trait OverSignature: Module {
    /// The signature.
    type Signature: Signature;

    /// Shows these worked examples, in this order, in place of the current demos: rows of the signature, or
    /// rows with the [reasoning](Reasoned) that led to them. Each predictor is shown the rows that have all
    /// of its fields. If there is no such row for any predictor, as in a
    /// [`ChainOfThought`](super::ChainOfThought) that is given rows without reasoning, the rows are shown
    /// anyway, and the prompt says which fields are missing.
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
    fn demos<D>(mut self, demos: D) -> Self
    where
        D: IntoIterator<Item: IntoDemo<Self::Signature>>,
    {
        let rows: Vec<Map<String, Value>> = demos.into_iter().map(IntoDemo::into_fields).collect();
        let fitting = |spec: &SignatureSpec| -> Vec<Demo> {
            let demos = rows.iter();
            demos
                .filter_map(|row| Demo::from_fields(row, spec))
                .collect()
        };
        let is_whole = |spec: &SignatureSpec| {
            let mut demos = fitting(spec).into_iter();
            demos.any(|demo| demo.is_complete(spec))
        };
        let any_whole = self.predictors().iter().any(|p| is_whole(p.spec()));
        for predictor in self.predictors_mut() {
            let mut demos = fitting(predictor.spec());
            demos.retain(|demo| !any_whole || demo.is_complete(predictor.spec()));
            predictor.set_demos(demos);
        }
        self
    }
}

/// A worked example of a signature.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a demo of `{S}`",
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

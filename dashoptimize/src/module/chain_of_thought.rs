//! `ChainOfThought`: reasoning before the answer.

use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use serde_json::Value;

use super::predictor::Predictor;
use super::shape::{added, derive};
use super::value_module::faces;
use super::{Derived, Piece, Untyped, ValueModule};
use crate::call::{CallError, Context};
use crate::lm::{BoxFuture, Lm, Message};
use crate::signature::{Field, Record, Role, Signature, SignatureSpec, Ty, ValueError};

/// The output that stands before all others.
pub(crate) const REASONING: &[Field] = &[added(
    "reasoning",
    Role::Output,
    Ty::Str,
    "step by step, what leads to the answer",
    "Reasoning:",
)];

/// One call of a model that writes its reasoning before the outputs of `S`: `question -> answer`
/// becomes `question -> reasoning, answer`.
///
/// Source: Wei et al. 2022, arXiv 2201.11903; the form is DSPy's.
///
/// # Panics
///
/// `new` panics where `S` already has a field `reasoning`; `module!` and `pipeline!` say so at
/// compile time.
pub struct ChainOfThought<S = Untyped> {
    predictor: Predictor,
    signature: PhantomData<fn(S)>,
}

/// Outputs, and the reasoning that led to them. It derefs to the outputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Reasoned<O> {
    /// What the model thought before it answered.
    pub reasoning: String,
    /// The outputs of the signature.
    pub output: O,
}

impl<S: Signature> ChainOfThought<S> {
    /// The messages for this input, exactly as a call sends them. Nothing is called.
    #[must_use]
    pub fn render(&self, input: &S::Input) -> Vec<Message> {
        self.predictor.render(&input.clone().into_values())
    }
}

impl<S: 'static> ValueModule for ChainOfThought<S> {
    type Output<T: Signature> = Reasoned<T::Output>;

    const PREDICTORS: &'static [(&'static str, Derived)] = &[(
        "chain_of_thought",
        &[Piece::Inputs, Piece::Added(REASONING), Piece::Outputs],
    )];

    fn over(signature: &SignatureSpec, lm: Lm) -> Self {
        assert!(
            signature.field("reasoning").is_none(),
            "`ChainOfThought` adds the output `reasoning`, which `{}` already has; use `Predict`",
            signature.name
        );
        let (name, pieces) = Self::PREDICTORS[0];
        Self {
            predictor: Predictor::new(name, Arc::new(derive(signature, pieces, 0)), lm),
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

    fn read<T: Signature>(values: Vec<Value>) -> Result<Self::Output<T>, ValueError> {
        let (reasoning, output) = read_first_text(values, "reasoning")?;
        Ok(Reasoned { reasoning, output })
    }

    fn predictors(&self) -> Vec<&Predictor> {
        vec![&self.predictor]
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        vec![&mut self.predictor]
    }
}

faces!(ChainOfThought { predictor });

/// The text that a module adds in front of the outputs of a signature, and the outputs.
pub(super) fn read_first_text<O: Record>(
    mut values: Vec<Value>,
    field: &str,
) -> Result<(String, O), ValueError> {
    let text = match values.first_mut().map(Value::take) {
        Some(Value::String(text)) => text,
        other => {
            let found = other.unwrap_or_default();
            return Err(ValueError::mismatch("a text", &found).in_field(field));
        }
    };
    values.remove(0);
    Ok((text, O::from_values(values)?))
}

impl<O> Deref for Reasoned<O> {
    type Target = O;

    fn deref(&self) -> &O {
        &self.output
    }
}

//! `ChainOfThought`: reasoning before the answer.

use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use serde_json::Value;

use super::predictor::Predictor;
use super::shape::{added, derive};
use super::value_module::{core_is, faces};
use super::{Derived, Piece, Untyped, ValueModule};
use crate::lm::Lm;
use crate::signature::{Field, Record, Role, Signature, SignatureSpec, Ty, ValueError};

/// The output that comes before all others.
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
/// `new` panics if `S` already has a field `reasoning`; `module!` and `pipeline!` report it at compile
/// time.
pub struct ChainOfThought<S = Untyped> {
    core: Predictor,
    signature: PhantomData<fn(S)>,
}

/// Outputs, and the reasoning that led to them. It derefs to the outputs.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Reasoned<O> {
    /// What the model thought before it answered.
    pub reasoning: String,
    /// The outputs of the signature.
    pub output: O,
}

impl<S: 'static> ValueModule for ChainOfThought<S> {
    core_is!(Predictor);

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
        let spec = Arc::new(derive(signature, pieces, 0));
        Self::of(Predictor::new(name, spec, lm))
    }

    fn read<T: Signature>(values: Vec<Value>) -> Result<Self::Output<T>, ValueError> {
        let (reasoning, output) = read_first_text(values, "reasoning")?;
        Ok(Reasoned::new(reasoning, output))
    }
}

faces!(ChainOfThought, Predictor);

/// Reads the text that a module adds in front of the outputs of a signature, and the outputs.
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

impl<O> Reasoned<O> {
    /// Outputs, or a labelled row, with the reasoning that led to them.
    pub fn new(reasoning: impl Into<String>, output: O) -> Self {
        Self {
            reasoning: reasoning.into(),
            output,
        }
    }
}

impl<O> Deref for Reasoned<O> {
    type Target = O;

    fn deref(&self) -> &O {
        &self.output
    }
}

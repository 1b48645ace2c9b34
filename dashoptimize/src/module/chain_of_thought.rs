//! `ChainOfThought`: reasoning before the answer.

use std::marker::PhantomData;
use std::sync::Arc;

use serde_json::Value;

use super::predictor::Predictor;
use super::reasoned::{Reasoned, read_first_text};
use super::shape::{added, derive};
use super::value_module::{core_is, faces};
use super::{Derived, Piece, Untyped, ValueModule};
use crate::lm::Lm;
use crate::signature::{Field, Role, Signature, SignatureSpec, Ty, ValueError};

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
/// Use it for arithmetic, for questions that take several steps of reasoning, and to debug a program: the
/// reasoning is a field of the output and part of the trace.
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

//! `ChainOfThought`: reasoning before the answer.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use serde_json::Value;

use super::predict::unfit;
use super::predictor::Predictor;
use super::{CallError, Context, Module};
use crate::lm::{Lm, Message};
use crate::signature::{Field, Record, Role, Signature, SignatureSpec, Ty, ValueError};

/// One call of a model that writes its reasoning before the outputs of `S`: `question -> answer`
/// becomes `question -> reasoning, answer`.
///
/// Source: Wei et al. 2022, arXiv 2201.11903; the form is DSPy's.
///
/// # Panics
///
/// [`new`](Self::new) panics where `S` already has a field `reasoning`; `module!` says so at compile
/// time.
pub struct ChainOfThought<S: Signature> {
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
    /// A predictor on this model, under the path `chain_of_thought`.
    pub fn new(lm: impl Into<Lm>) -> Self {
        let spec = Arc::new(with_reasoning(S::SPEC));
        Self {
            predictor: Predictor::new("chain_of_thought", spec, lm.into()),
            signature: PhantomData,
        }
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
}

impl<S: Signature> Module for ChainOfThought<S> {
    type Input = S::Input;
    type Output = Reasoned<S::Output>;

    async fn forward(
        &self,
        context: &Context<'_>,
        input: S::Input,
    ) -> Result<Self::Output, CallError> {
        let values = self.predictor.call(context, input.into_values()).await?;
        Reasoned::from_values(values).map_err(|error| unfit(&self.predictor, &error))
    }

    fn predictors(&self) -> Vec<&Predictor> {
        vec![&self.predictor]
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        vec![&mut self.predictor]
    }
}

impl<O: Record> Reasoned<O> {
    /// Reads the reasoning and then the outputs.
    pub(crate) fn from_values(mut values: Vec<Value>) -> Result<Self, ValueError> {
        let reasoning = match values.first_mut().map(Value::take) {
            Some(Value::String(reasoning)) => reasoning,
            other => {
                let found = other.unwrap_or_default();
                return Err(ValueError::mismatch("a text", &found).in_field("reasoning"));
            }
        };
        values.remove(0);
        Ok(Self {
            reasoning,
            output: O::from_values(values)?,
        })
    }
}

/// The signature with a first output `reasoning`.
fn with_reasoning(spec: &SignatureSpec) -> SignatureSpec {
    assert!(
        spec.field("reasoning").is_none(),
        "`ChainOfThought` adds the output `reasoning`, which `{}` already has; use `Predict`",
        spec.name
    );
    let reasoning = Field {
        name: Cow::Borrowed("reasoning"),
        role: Role::Output,
        ty: Ty::Str,
        desc: Cow::Borrowed("step by step, what leads to the answer"),
        prefix: Cow::Borrowed("Reasoning:"),
        checks: Cow::Borrowed(&[]),
    };
    let fields = spec
        .inputs()
        .cloned()
        .chain([reasoning])
        .chain(spec.outputs().cloned())
        .collect();
    SignatureSpec {
        name: spec.name.clone(),
        instructions: spec.instructions.clone(),
        fields: Cow::Owned(fields),
    }
}

impl<O> Deref for Reasoned<O> {
    type Target = O;

    fn deref(&self) -> &O {
        &self.output
    }
}

impl<S: Signature> Clone for ChainOfThought<S> {
    fn clone(&self) -> Self {
        Self {
            predictor: self.predictor.clone(),
            signature: PhantomData,
        }
    }
}

impl<S: Signature> std::fmt::Debug for ChainOfThought<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ChainOfThought")
            .field(&self.predictor)
            .finish()
    }
}

//! `MultiChainComparison`: several attempts at an answer, compared.

mod comparison;
mod fields;

use std::marker::PhantomData;
use std::ops::Deref;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::comparison::Comparison;
use self::fields::{ATTEMPT, PREDICTORS};
use super::reasoned::read_first_text;
use super::value_module::{core_is, faces};
use super::{Derived, Untyped, ValueModule};
use crate::lm::Lm;
use crate::signature::{Signature, SignatureSpec, ValueError};

/// Samples several answers of a [`ChainOfThought`](super::ChainOfThought) concurrently, then compares their
/// reasoning and writes the final answer: `question -> answer` is attempted as
/// `question -> reasoning, answer` and compared as
/// `question, reasoning_attempt_1, … -> rationale, answer`.
///
/// Predictors are `attempt` and `compare`. Each attempt of a call is a separate sample. An attempt that fails
/// is left out, and the others are compared; if all fail, the call fails with the first failure.
///
/// Use it for decisions with high stakes, for ambiguous questions, and where single answers vary too much. A
/// call of it costs all its attempts and one more call.
///
/// Source: Yoran et al. 2023, arXiv 2304.13007; the form is DSPy's, which leaves the sampling to the
/// caller.
///
/// # Panics
///
/// `new` panics if `S` already has a field `reasoning`, `rationale` or `reasoning_attempt_…`; `module!` and
/// `pipeline!` report it at compile time.
pub struct MultiChainComparison<S = Untyped> {
    core: Comparison,
    signature: PhantomData<fn(S)>,
}

/// Outputs, and the rationale of the comparison that led to them. It derefs to the outputs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Compared<O> {
    /// What the model found when it compared the attempts.
    pub rationale: String,
    /// The outputs of the signature. In JSON they stand beside the field above.
    #[serde(flatten)]
    pub output: O,
}

impl<S> MultiChainComparison<S> {
    /// Sets how many attempts are compared. Default 3. Set it before prompts are loaded:
    /// demos of the comparison show as many attempts as they were made of, and those that do not fit are
    /// dropped.
    ///
    /// # Panics
    ///
    /// If it is 0.
    #[must_use]
    #[track_caller]
    pub fn m(mut self, attempts: u32) -> Self {
        self.core.set_m(attempts);
        self
    }

    /// Sets the temperature of the attempts, not of the comparison. It should be above 0, or all
    /// attempts would be the same. Default 0.7. It is the temperature of the predictor `attempt`, so
    /// [`ModuleExt::temperature`](super::ModuleExt::temperature), which sets that of all predictors,
    /// replaces it.
    ///
    /// # Panics
    ///
    /// If it is negative or not a finite number.
    #[must_use]
    #[track_caller]
    pub fn attempt_temperature(mut self, temperature: f64) -> Self {
        self.core.set_attempt_temperature(temperature);
        self
    }
}

impl<S: 'static> ValueModule for MultiChainComparison<S> {
    core_is!(Comparison);

    type Output<T: Signature> = Compared<T::Output>;

    const PREDICTORS: &'static [(&'static str, Derived)] = PREDICTORS;

    fn over(signature: &SignatureSpec, lm: Lm) -> Self {
        for field in signature.fields.iter() {
            let taken = matches!(&*field.name, "reasoning" | "rationale")
                || field.name.starts_with(&*ATTEMPT.name);
            assert!(
                !taken,
                "`MultiChainComparison` adds the field `{}`, which `{}` already has; rename it",
                field.name, signature.name
            );
        }
        Self::of(Comparison::over(signature, lm)).attempt_temperature(0.7)
    }

    fn read<T: Signature>(values: Vec<Value>) -> Result<Self::Output<T>, ValueError> {
        let (rationale, output) = read_first_text(values, "rationale")?;
        Ok(Compared::new(rationale, output))
    }
}

faces!(MultiChainComparison, Comparison);

impl<O> Compared<O> {
    /// Outputs, and what the comparison said.
    pub fn new(rationale: impl Into<String>, output: O) -> Self {
        Self {
            rationale: rationale.into(),
            output,
        }
    }
}

impl<O> Deref for Compared<O> {
    type Target = O;

    fn deref(&self) -> &O {
        &self.output
    }
}

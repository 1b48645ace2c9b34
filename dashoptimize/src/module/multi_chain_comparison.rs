//! `MultiChainComparison`: several attempts at an answer, compared.

use std::fmt::Write;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::Value;

use super::attempts::{Failures, tell};
use super::chain_of_thought::{REASONING, read_first_text};
use super::predictor::Predictor;
use super::shape::{added, derive};
use super::value_module::faces;
use super::{Derived, Piece, Untyped, ValueModule};
use crate::call::{CallError, Context, TraceEvent};
use crate::lm::{Lm, Message};
use crate::signature::{Field, Record, Role, Signature, SignatureSpec, Ty, ValueError};

/// The output that stands before all others of the comparison.
const RATIONALE: &[Field] = &[added(
    "rationale",
    Role::Output,
    Ty::Str,
    "what the attempts get right and wrong, and from that the correct reasoning",
    "Rationale:",
)];

/// An input of the comparison, once for each attempt.
const ATTEMPT: &Field = &added(
    "reasoning_attempt_",
    Role::Input,
    Ty::Str,
    "an attempt at the answer, which may be wrong",
    "Reasoning attempt:",
);

/// What the comparison is shown in the place of an attempt that failed.
const NO_ATTEMPT: &str = "(no further attempt)";

/// Samples several answers of a [`ChainOfThought`](super::ChainOfThought) at once, then compares their
/// reasoning and writes the final answer: `question -> answer` is attempted as
/// `question -> reasoning, answer` and compared as
/// `question, reasoning_attempt_1, … -> rationale, answer`.
///
/// Predictors are `attempt` and `compare`. Each attempt of a call is a sample of its own. An attempt
/// that fails is left out, and the comparison is made of the others; where all fail, the first failure
/// is that of the call.
///
/// Source: Yoran et al. 2023, arXiv 2304.13007; the form is DSPy's, which leaves the sampling to the
/// caller.
///
/// # Panics
///
/// `new` panics where `S` already has a field `reasoning`, `rationale` or `reasoning_attempt_…`;
/// `module!` and `pipeline!` say so at compile time.
pub struct MultiChainComparison<S = Untyped> {
    spec: Arc<SignatureSpec>,
    attempt: Predictor,
    compare: Predictor,
    m: u32,
    signature: PhantomData<fn(S)>,
}

/// Outputs, and what the comparison of several attempts at them said. It derefs to the outputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared<O> {
    /// What the model found when it compared the attempts.
    pub rationale: String,
    /// The outputs of the signature.
    pub output: O,
}

impl<S> MultiChainComparison<S> {
    /// Sets how many attempts are compared; at least one. Default 3. Set it before prompts are
    /// loaded: demos of the comparison show as many attempts as they were made of, and those that do
    /// not fit are dropped.
    #[must_use]
    pub fn m(mut self, attempts: u32) -> Self {
        self.m = attempts.max(1);
        self.compare.set_spec(compared(&self.spec, self.m));
        self
    }

    /// Sets the temperature of the attempts, not of the comparison; above 0, or they would all be the
    /// same. Default 0.7. It is the temperature of the predictor `attempt`, so the
    /// [`temperature`](super::Module::temperature) of all predictors takes its place.
    #[must_use]
    pub fn attempt_temperature(mut self, temperature: f64) -> Self {
        self.attempt
            .change_params(|params| params.temperature = Some(temperature));
        self
    }

    async fn attempts(
        &self,
        context: &Context<'_>,
        inputs: &[Value],
    ) -> Vec<Result<Vec<Value>, CallError>> {
        let attempts = (0..self.m).map(|index| {
            let (context, inputs) = (context.attempt(index, self.m), inputs.to_vec());
            async move {
                let outcome = self.attempt.call(&context, inputs).await;
                tell(&context, index, self.m, "attempt", &outcome, |values| {
                    self.in_words(values)
                });
                outcome
            }
        });
        join_all(attempts).await
    }

    /// An attempt as the comparison is shown it: the reasoning, then the outputs by name.
    fn in_words(&self, values: &[Value]) -> String {
        let mut words = String::new();
        for (field, value) in self.attempt.spec().outputs().zip(values) {
            if !words.is_empty() {
                // Writing to a `String` cannot fail, here and below.
                let _ = write!(words, "\n{}: ", field.name);
            }
            match value {
                Value::String(text) => words.push_str(text.trim()),
                value => {
                    let _ = write!(words, "{value}");
                }
            }
        }
        words
    }
}

impl<S: Signature> MultiChainComparison<S> {
    /// The messages of an attempt at this input, exactly as a call sends them. Nothing is called.
    #[must_use]
    pub fn render(&self, input: &S::Input) -> Vec<Message> {
        self.attempt.render(&input.clone().into_values())
    }
}

impl<S: 'static> ValueModule for MultiChainComparison<S> {
    type Output<T: Signature> = Compared<T::Output>;

    const PREDICTORS: &'static [(&'static str, Derived)] = &[
        (
            "attempt",
            &[Piece::Inputs, Piece::Added(REASONING), Piece::Outputs],
        ),
        (
            "compare",
            &[
                Piece::Inputs,
                Piece::Numbered(ATTEMPT),
                Piece::Added(RATIONALE),
                Piece::Outputs,
            ],
        ),
    ];

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
        let m = 3;
        let pieces = [Piece::Inputs, Piece::Added(RATIONALE), Piece::Outputs];
        let spec = Arc::new(derive(signature, &pieces, 0));
        let [(attempt, pieces), (compare, _)] = Self::PREDICTORS else {
            unreachable!("there are two predictors")
        };
        Self {
            attempt: Predictor::new(attempt, Arc::new(derive(signature, pieces, 0)), lm.clone()),
            compare: Predictor::new(compare, compared(&spec, m), lm),
            spec,
            m,
            signature: PhantomData,
        }
        .attempt_temperature(0.7)
    }

    fn spec(&self) -> &SignatureSpec {
        &self.spec
    }

    async fn forward_values(
        &self,
        context: &Context<'_>,
        mut inputs: Vec<Value>,
    ) -> Result<Vec<Value>, CallError> {
        let mut failures = Failures::ALL_BUT_ONE;
        let mut attempts = Vec::new();
        for outcome in self.attempts(context, &inputs).await {
            if let Some(values) = failures.tolerate(outcome)? {
                attempts.push(self.in_words(&values).into());
            }
        }
        if attempts.is_empty() {
            return Err(failures.into_error());
        }
        attempts.resize(self.m as usize, NO_ATTEMPT.into());
        inputs.append(&mut attempts);
        let context = context.child(self.m);
        let values = self.compare.call(&context, inputs).await?;
        context.tell(|| TraceEvent::Step {
            what: "comparison",
            name: self.compare.path().to_owned(),
            text: values
                .first()
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
        });
        Ok(values)
    }

    fn read<T: Signature>(values: Vec<Value>) -> Result<Self::Output<T>, ValueError> {
        let (rationale, output) = read_first_text(values, "rationale")?;
        Ok(Compared { rationale, output })
    }

    fn predictors(&self) -> Vec<&Predictor> {
        vec![&self.attempt, &self.compare]
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        vec![&mut self.attempt, &mut self.compare]
    }
}

faces!(MultiChainComparison {
    spec,
    attempt,
    compare,
    m,
});

/// The signature of the comparison, of what the module is given and gives.
fn compared(spec: &SignatureSpec, attempts: u32) -> Arc<SignatureSpec> {
    let pieces = &[Piece::Inputs, Piece::Numbered(ATTEMPT), Piece::Outputs];
    Arc::new(derive(spec, pieces, attempts as usize))
}

impl<O> Deref for Compared<O> {
    type Target = O;

    fn deref(&self) -> &O {
        &self.output
    }
}

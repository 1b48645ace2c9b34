//! `ProgramOfThought`: code that computes the answer.

mod coder;
mod fields;

use std::marker::PhantomData;

use serde_json::Value;

use self::coder::Coder;
pub use self::coder::{CodeAttempt, NoCodeRan};
use self::fields::{FAILED, PREDICTORS, RAN};
use super::chain_of_thought::REASONING;
use super::numbers::at_least_one;
use super::reasoned::read_first_text;
use super::sandbox::{CODE, sandbox_setters};
use super::shape::refuse_taken;
use super::value_module::{core_is, faces};
use super::{Derived, Reasoned, Untyped, ValueModule};
use crate::lm::Lm;
use crate::signature::{Signature, SignatureSpec, ValueError};

/// Lets the model write Python that computes the answer, runs it in the [sandbox](crate::interpreter), and
/// lets the model give the outputs of `S` from the result. Code that fails is returned to the model with its
/// error, to be rewritten.
///
/// Predictors are `generate`, `regenerate` and `answer`, each with reasoning. The inputs are variables of
/// the code. Code without a result (no print, no value of the last line, no `SUBMIT`) counts as failed. If
/// no code runs to its end, the call fails with [`NoCodeRan`], which holds all attempts.
///
/// The program must be ready to be its own worker; see [`serve`](crate::interpreter::serve).
///
/// ```no_run
/// use dashoptimize::prelude::*;
///
/// /// Solve the word problem.
/// #[signature]
/// struct Problem {
///     #[input]
///     question: String,
///     #[output]
///     total: f64,
/// }
///
/// module!(
///     #[with(max_iters = 2)]
///     type Solve = ProgramOfThought<Problem>;
/// );
///
/// #[tokio::main]
/// async fn main() -> Result<(), Box<dyn std::error::Error>> {
///     dashoptimize::interpreter::serve();
///     let lm = OpenAi::from_env("gpt-4o-mini")?;
///     let question = "What do 3 bags of 2.5 kg and one of 4 kg weigh?".to_owned();
///     let output = Solve::new(lm).call(ProblemInput { question }).await?;
///     println!("{}", output.total);
///     Ok(())
/// }
/// ```
///
/// Source: Chen et al. 2022, arXiv 2211.12588; the form is DSPy's, which does not pass the inputs to the
/// code.
///
/// # Panics
///
/// `new` panics if `S` already has a field `reasoning`, `generated_code`, `previous_code`, `error`,
/// `final_generated_code` or `code_output`; `module!` and `pipeline!` report it at compile time.
pub struct ProgramOfThought<S = Untyped> {
    core: Coder,
    signature: PhantomData<fn(S)>,
}

impl<S> ProgramOfThought<S> {
    /// Sets how often code is written at most. Default 3.
    ///
    /// # Panics
    ///
    /// If it is 0.
    #[must_use]
    #[track_caller]
    pub fn max_iters(mut self, times: u32) -> Self {
        self.core.max_iters = at_least_one("max_iters", times);
        self
    }
}

sandbox_setters!(ProgramOfThought);

impl<S: 'static> ValueModule for ProgramOfThought<S> {
    core_is!(Coder);

    type Output<T: Signature> = Reasoned<T::Output>;

    const PREDICTORS: &'static [(&'static str, Derived)] = PREDICTORS;

    fn over(signature: &SignatureSpec, lm: Lm) -> Self {
        refuse_taken(
            "ProgramOfThought",
            signature,
            &[CODE, FAILED, RAN, REASONING],
        );
        Self::of(Coder::over(signature, &lm))
    }

    fn read<T: Signature>(values: Vec<Value>) -> Result<Self::Output<T>, ValueError> {
        let (reasoning, output) = read_first_text(values, "reasoning")?;
        Ok(Reasoned::new(reasoning, output))
    }
}

faces!(ProgramOfThought, Coder);

//! `ProgramOfThought`: code that computes the answer.

use std::marker::PhantomData;
use std::sync::Arc;

use serde_json::Value;

use super::chain_of_thought::{REASONING, read_first_text};
use super::predictor::Predictor;
use super::sandbox::{CODE, Cell, Sandbox, instructed, names, refuse_taken, shown};
use super::shape::{added, derive};
use super::value_module::faces;
use super::{Derived, Piece, Reasoned, Untyped, ValueModule};
use crate::call::{CallError, Context};
use crate::interpreter::{Ending, Interpreter, Limits};
use crate::lm::{Lm, Message};
use crate::signature::{Field, Record, Role, Signature, SignatureSpec, Ty, ValueError};

/// What the model is shown of code that failed.
const FAILED: &[Field] = &[
    added(
        "previous_code",
        Role::Input,
        Ty::Str,
        "code that was written before and failed",
        "Previous code:",
    ),
    added("error", Role::Input, Ty::Str, "how it failed", "Error:"),
];

/// What the model is shown of code that ran.
const RAN: &[Field] = &[
    added(
        "final_generated_code",
        Role::Input,
        Ty::Str,
        "code that was written to compute the answer",
        "Code:",
    ),
    added(
        "code_output",
        Role::Input,
        Ty::Str,
        "what it printed, and its value",
        "Code output:",
    ),
];

/// Lets the model write Python that computes the answer, runs it in the [sandbox](crate::interpreter), and
/// lets the model give the outputs of `S` from what came of it. Code that fails is handed back with its
/// error, to be written anew.
///
/// Predictors are `generate`, `regenerate` and `answer`, each with reasoning. The inputs are variables of
/// the code. Code that gives nothing (no print, no value of the last line, no `SUBMIT`) counts as failed.
/// Where no code runs to its end, the call fails with [`NoCodeRan`], which holds all attempts.
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
/// Source: Chen et al. 2022, arXiv 2211.12588; the form is DSPy's, which does not give the inputs to the
/// code.
///
/// # Panics
///
/// `new` panics where `S` already has a field `reasoning`, `generated_code`, `previous_code`, `error`,
/// `final_generated_code` or `code_output`; `module!` and `pipeline!` say so at compile time.
pub struct ProgramOfThought<S = Untyped> {
    spec: Arc<SignatureSpec>,
    generate: Predictor,
    regenerate: Predictor,
    answer: Predictor,
    max_iters: u32,
    sandbox: Sandbox,
    signature: PhantomData<fn(S)>,
}

/// Why a call of [`ProgramOfThought`] has no answer: no code that the model wrote ran to its end.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("no code ran to its end in {} attempts; the last error: {}", .attempts.len(), last(.attempts))]
pub struct NoCodeRan {
    /// All attempts, in order.
    pub attempts: Vec<CodeAttempt>,
}

/// Code that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeAttempt {
    /// The code.
    pub code: String,
    /// What it printed before it failed, and how it failed.
    pub error: String,
}

fn last(attempts: &[CodeAttempt]) -> &str {
    attempts
        .last()
        .map_or("none was made", |attempt| &attempt.error)
}

impl<S> ProgramOfThought<S> {
    /// Sets how often code is written at most; at least once. Default 3.
    #[must_use]
    pub fn max_iters(mut self, times: u32) -> Self {
        self.max_iters = times.max(1);
        self
    }

    /// Sets the interpreter. Default: [`Interpreter::new`], made in each call.
    #[must_use]
    pub fn interpreter(mut self, interpreter: Interpreter) -> Self {
        self.sandbox.interpreter = Some(interpreter);
        self
    }

    /// Sets the limits of each run of code. Default: those of the interpreter.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.sandbox.limits = Some(limits);
        self
    }

    /// The first code that ran and gave something.
    async fn run_code(&self, context: &Context<'_>, inputs: &[Value]) -> Result<Cell, CallError> {
        let mut attempts = Vec::new();
        let mut values = self.generate.call(context, inputs.to_vec()).await?;
        loop {
            // Each attempt starts without variables: the code that ends well stands for itself.
            let mut notebook = self.sandbox.open(context, &self.generate, inputs)?;
            let reply = values.pop().unwrap_or_default();
            let cell = notebook.run(&reply, &()).await?;
            let Some(error) = error(&cell) else {
                return Ok(cell);
            };
            let code = cell.code;
            let failed = [code.clone().into(), error.clone().into()];
            attempts.push(CodeAttempt { code, error });
            if attempts.len() >= self.max_iters as usize {
                return Err(notebook.failed(NoCodeRan { attempts }));
            }
            let again = inputs.iter().cloned().chain(failed).collect();
            values = self.regenerate.call(context, again).await?;
        }
    }
}

/// What is wrong with a run, in the words that the model is shown.
fn error(cell: &Cell) -> Option<String> {
    let text = shown(&cell.outcome);
    if cell.code.trim().is_empty() {
        return Some("there is no code".to_owned());
    }
    match &cell.outcome.ending {
        Ending::Value(_) | Ending::Submitted(_) if text.is_empty() => {
            Some("the code gave nothing; print the result, or end with `SUBMIT(…)`".to_owned())
        }
        Ending::Value(_) | Ending::Submitted(_) => None,
        _ => Some(text),
    }
}

impl<S: Signature> ProgramOfThought<S> {
    /// The messages for this input, exactly as the first call sends them. Nothing is called.
    #[must_use]
    pub fn render(&self, input: &S::Input) -> Vec<Message> {
        self.generate.render(&input.clone().into_values())
    }
}

impl<S: 'static> ValueModule for ProgramOfThought<S> {
    type Output<T: Signature> = Reasoned<T::Output>;

    const PREDICTORS: &'static [(&'static str, Derived)] = &[
        (
            "generate",
            &[Piece::Inputs, Piece::Added(REASONING), Piece::Added(CODE)],
        ),
        (
            "regenerate",
            &[
                Piece::Inputs,
                Piece::Added(FAILED),
                Piece::Added(REASONING),
                Piece::Added(CODE),
            ],
        ),
        (
            "answer",
            &[
                Piece::Inputs,
                Piece::Added(RAN),
                Piece::Added(REASONING),
                Piece::Outputs,
            ],
        ),
    ];

    fn over(signature: &SignatureSpec, lm: Lm) -> Self {
        let added = [CODE, FAILED, RAN, REASONING].into_iter().flatten();
        let added: Vec<&str> = added.map(|field| &*field.name).collect();
        refuse_taken("ProgramOfThought", signature, &added);
        let predictor = |index: usize, instructions: String| {
            let (name, pieces) = Self::PREDICTORS[index];
            let spec = instructed(derive(signature, pieces, 0), &instructions);
            Predictor::new(name, spec, lm.clone())
        };
        Self {
            spec: Arc::new(derive(signature, OUTER, 0)),
            generate: predictor(0, how_to_generate(signature)),
            regenerate: predictor(1, how_to_regenerate(signature)),
            answer: predictor(2, how_to_answer(signature)),
            max_iters: 3,
            sandbox: Sandbox::default(),
            signature: PhantomData,
        }
    }

    fn spec(&self) -> &SignatureSpec {
        &self.spec
    }

    async fn forward_values(
        &self,
        context: &Context<'_>,
        inputs: Vec<Value>,
    ) -> Result<Vec<Value>, CallError> {
        let cell = self.run_code(context, &inputs).await?;
        let output = shown(&cell.outcome);
        let ran = [cell.code.into(), output.into()];
        let inputs = inputs.into_iter().chain(ran).collect();
        self.answer.call(context, inputs).await
    }

    fn read<T: Signature>(values: Vec<Value>) -> Result<Self::Output<T>, ValueError> {
        let (reasoning, output) = read_first_text(values, "reasoning")?;
        Ok(Reasoned { reasoning, output })
    }

    fn predictors(&self) -> Vec<&Predictor> {
        vec![&self.generate, &self.regenerate, &self.answer]
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        vec![&mut self.generate, &mut self.regenerate, &mut self.answer]
    }
}

faces!(ProgramOfThought {
    spec,
    generate,
    regenerate,
    answer,
    max_iters,
    sandbox
});

/// What the module itself is given and gives.
const OUTER: Derived = &[Piece::Inputs, Piece::Added(REASONING), Piece::Outputs];

fn how_to_generate(signature: &SignatureSpec) -> String {
    format!(
        "Do not give {outputs} yourself: write Python code that computes {outputs}. {}",
        rules(signature),
        outputs = names(signature.outputs()),
    )
}

fn how_to_regenerate(signature: &SignatureSpec) -> String {
    format!(
        "Do not give {outputs} yourself: `previous_code` was to compute {outputs} and failed with \
         `error`. Find what is wrong with it and write the whole code anew. {}",
        rules(signature),
        outputs = names(signature.outputs()),
    )
}

fn rules(signature: &SignatureSpec) -> String {
    let values: Vec<String> = signature
        .outputs()
        .map(|field| format!("{}=…", field.name))
        .collect();
    format!(
        "Variables with the values of {} are there. End the code with `SUBMIT({})`.",
        names(signature.inputs()),
        values.join(", ")
    )
}

fn how_to_answer(signature: &SignatureSpec) -> String {
    format!(
        "`final_generated_code` was run to compute {outputs}, and gave `code_output`. Give {outputs}.",
        outputs = names(signature.outputs()),
    )
}

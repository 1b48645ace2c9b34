//! What `ProgramOfThought` does, below the types of a signature.

use std::sync::Arc;

use serde_json::Value;

use super::fields::{OUTER, PREDICTORS};
use crate::call::{Bounds, CallError, CallsPerRun, Context};
use crate::error_text::debug_is_message;
use crate::interpreter::Ending;
use crate::lm::{BoxFuture, Lm};
use crate::module::sandbox::{CodeCell, Sandbox, instructed, shown};
use crate::module::shape::{derive, names};
use crate::module::{ModuleCore, Predictor};
use crate::signature::SignatureSpec;

/// Why a call of [`ProgramOfThought`](super::ProgramOfThought) has no answer: no code that the model wrote ran to its end.
#[derive(Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
#[error("no code ran to its end in {} attempts; the last error: {}", .attempts.len(), last(.attempts))]
pub struct NoCodeRan {
    /// All attempts, in order.
    pub attempts: Vec<CodeAttempt>,
}

debug_is_message!(NoCodeRan);

/// Code that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CodeAttempt {
    /// The code.
    pub code: String,
    /// What it printed before it failed, and how it failed.
    pub error: String,
}

/// A module that answers by code, below the types of a signature.
#[derive(Clone, Debug)]
pub struct Coder {
    spec: Arc<SignatureSpec>,
    generate: Predictor,
    regenerate: Predictor,
    answer: Predictor,
    pub(super) max_iters: u32,
    pub(super) sandbox: Sandbox,
}

impl Coder {
    pub(super) fn over(signature: &SignatureSpec, lm: &Lm) -> Self {
        let predictor = |index: usize, instructions: String| {
            let (name, pieces) = PREDICTORS[index];
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
        }
    }

    async fn solve(
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

    /// The first code that ran and had a result.
    async fn run_code(
        &self,
        context: &Context<'_>,
        inputs: &[Value],
    ) -> Result<CodeCell, CallError> {
        let mut attempts = Vec::new();
        let mut values = self.generate.call(context, inputs.to_vec()).await?;
        loop {
            // Each attempt starts without variables, so that the code that succeeds is complete.
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

impl ModuleCore for Coder {
    fn spec(&self) -> &SignatureSpec {
        &self.spec
    }

    fn call_values<'a>(
        &'a self,
        context: &'a Context<'a>,
        inputs: Vec<Value>,
    ) -> BoxFuture<'a, Result<Vec<Value>, CallError>> {
        Box::pin(self.solve(context, inputs))
    }

    fn calls_per_run(&self) -> CallsPerRun {
        // So many steps at most, and then the answer.
        CallsPerRun::task(Bounds::new(1, u64::from(self.max_iters) + 1))
    }

    fn predictors(&self) -> Vec<&Predictor> {
        vec![&self.generate, &self.regenerate, &self.answer]
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        vec![&mut self.generate, &mut self.regenerate, &mut self.answer]
    }
}

fn last(attempts: &[CodeAttempt]) -> &str {
    attempts
        .last()
        .map_or("none was made", |attempt| &attempt.error)
}

/// What went wrong in a run, in the words that the model is shown.
fn error(cell: &CodeCell) -> Option<String> {
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

//! What the modules have in common that let a model write code.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::Predictor;
use crate::call::{CallError, Context, TraceEvent};
use crate::interpreter::{
    CodeOutcome, DIALECT, Ending, Host, Interpreter, Limits, Session, code_in_reply, with_result,
};
use crate::module::shape::added;
use crate::signature::{Field, Role, SignatureSpec, Ty};
use crate::tool::{SHOWN, excerpt};

/// The output in which a predictor writes code. Its description says which Python the interpreter
/// understands, so that it stays when an optimizer writes other instructions.
pub(super) const CODE: &[Field] = &[added(
    "generated_code",
    Role::Output,
    Ty::Str,
    DIALECT,
    "Generated code:",
)];

/// The settings of the place where the code runs.
#[derive(Clone, Debug, Default)]
pub(super) struct Sandbox {
    pub(super) interpreter: Option<Interpreter>,
    pub(super) limits: Option<Limits>,
}

/// The setters of a module whose core has a field `sandbox`.
macro_rules! sandbox_setters {
    ($Module:ident) => {
        impl<S> $Module<S> {
            /// Sets the interpreter. Default: [`Interpreter::new`](crate::interpreter::Interpreter::new),
            /// made in each call.
            #[must_use]
            pub fn interpreter(mut self, interpreter: $crate::interpreter::Interpreter) -> Self {
                self.core.sandbox.interpreter = Some(interpreter);
                self
            }

            /// Sets the limits of each run of code. Default: those of the interpreter.
            #[must_use]
            pub const fn limits(mut self, limits: $crate::interpreter::Limits) -> Self {
                self.core.sandbox.limits = Some(limits);
                self
            }
        }
    };
}
pub(super) use sandbox_setters;

/// The variables of one call of a module.
pub(super) struct Notebook<'a> {
    session: Session,
    inputs: Map<String, Value>,
    /// Path of the module.
    path: String,
    context: &'a Context<'a>,
}

/// One run of code.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct CodeCell {
    /// The code, as it was found in the reply.
    pub(super) code: String,
    pub(super) outcome: CodeOutcome,
}

impl Sandbox {
    /// A notebook whose variables are the inputs of a call. `predictor` is one of the module's.
    pub(super) fn open<'a>(
        &self,
        context: &'a Context<'a>,
        predictor: &Predictor,
        inputs: &[Value],
    ) -> Result<Notebook<'a>, CallError> {
        let path = path_of(predictor);
        let interpreter = match &self.interpreter {
            Some(interpreter) => interpreter.clone(),
            None => Interpreter::new().map_err(|error| CallError::step(&*path, error))?,
        };
        let interpreter = match self.limits {
            Some(limits) => interpreter.limits(limits),
            None => interpreter,
        };
        let names = predictor
            .spec()
            .inputs()
            .map(|field| field.name.to_string());
        Ok(Notebook {
            session: interpreter.session(),
            inputs: names.zip(inputs.iter().cloned()).collect(),
            path,
            context,
        })
    }
}

impl Notebook<'_> {
    /// Runs the code in a reply.
    pub(super) async fn run(
        &mut self,
        reply: &Value,
        host: &dyn Host,
    ) -> Result<CodeCell, CallError> {
        let code = code_in_reply(reply.as_str().unwrap_or_default());
        self.context.tell(|| TraceEvent::CodeStarted {
            module: self.path.clone(),
            code: code.clone(),
        });
        let (asked, inputs) = (with_result(&code), self.inputs.clone());
        let outcome = self.session.run(&asked, inputs, host).await;
        self.context.tell(|| TraceEvent::CodeEnded {
            module: self.path.clone(),
            output: match &outcome {
                Ok(outcome)
                    if matches!(outcome.ending, Ending::Value(_) | Ending::Submitted(_)) =>
                {
                    Ok(shown(outcome))
                }
                Ok(outcome) => Err(shown(outcome)),
                Err(error) => Err(error.to_string()),
            },
        });
        let outcome = outcome.map_err(|error| CallError::step(&*self.path, error))?;
        Ok(CodeCell { code, outcome })
    }

    /// The error of a call whose code failed.
    pub(super) fn failed(
        &self,
        error: impl std::error::Error + Send + Sync + 'static,
    ) -> CallError {
        CallError::step(&*self.path, error)
    }
}

/// An outcome as a model is shown it: what was printed, then the value or what went wrong, each cut after
/// [`SHOWN`] characters.
pub(super) fn shown(outcome: &CodeOutcome) -> String {
    let mut text = excerpt(&outcome.output, SHOWN);
    let ending = match &outcome.ending {
        Ending::Value(Value::Null) | Ending::Submitted(Value::Null) => String::new(),
        ending => excerpt(&ending.to_string(), SHOWN),
    };
    if !text.is_empty() && !text.ends_with('\n') && !ending.is_empty() {
        text.push('\n');
    }
    text.push_str(&ending);
    text.truncate(text.trim_end().len());
    text
}

/// The signature with other instructions: the signature's own, then these.
pub(super) fn instructed(mut spec: SignatureSpec, instructions: &str) -> Arc<SignatureSpec> {
    spec.instructions = format!("{}\n\n{instructions}", spec.instructions)
        .trim()
        .to_owned()
        .into();
    Arc::new(spec)
}

/// The path of the module: that of its predictor, without the predictor's own name.
fn path_of(predictor: &Predictor) -> String {
    let path = predictor.path();
    path.rsplit_once('.')
        .map_or(path, |(module, _)| module)
        .to_owned()
}

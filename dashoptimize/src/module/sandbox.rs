//! What modules that let a model write code have in common.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::Predictor;
use crate::call::{CallError, Context, TraceEvent};
use crate::interpreter::{
    CodeOutcome, DIALECT, Ending, Host, Interpreter, Limits, Session, code_in_reply, with_result,
};
use crate::module::shape::added;
use crate::signature::suggestion::quoted_list;
use crate::signature::{Field, Role, SignatureSpec, Ty};
use crate::tool::{SHOWN, excerpt};

/// The output in which a predictor writes code. Its description says which Python the interpreter
/// understands, so that it stays where an optimizer writes other instructions.
pub(super) const CODE: &[Field] = &[added(
    "generated_code",
    Role::Output,
    Ty::Str,
    DIALECT,
    "Generated code:",
)];

/// Where the code runs.
#[derive(Clone, Debug, Default)]
pub(super) struct Sandbox {
    pub(super) interpreter: Option<Interpreter>,
    pub(super) limits: Option<Limits>,
}

/// Variables of one call of a module, and what it tells of its code.
pub(super) struct Notebook<'a> {
    session: Session,
    inputs: Map<String, Value>,
    /// Path of the module.
    path: String,
    context: &'a Context<'a>,
}

/// One run of code, as the model that wrote it is told of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cell {
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
            None => Interpreter::new().map_err(|error| failed(&path, error))?,
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
    pub(super) async fn run(&mut self, reply: &Value, host: &dyn Host) -> Result<Cell, CallError> {
        let code = code_in_reply(reply.as_str().unwrap_or_default());
        self.tell("code", &code);
        let (asked, inputs) = (with_result(&code), self.inputs.clone());
        let outcome = self.session.run(&asked, inputs, host).await;
        let outcome = outcome.map_err(|error| failed(&self.path, error))?;
        self.tell("output", &shown(&outcome));
        Ok(Cell { code, outcome })
    }

    /// The call failed because of its code.
    pub(super) fn failed(
        &self,
        error: impl std::error::Error + Send + Sync + 'static,
    ) -> CallError {
        failed(&self.path, error)
    }

    fn tell(&self, what: &'static str, text: &str) {
        self.context.tell(|| TraceEvent::Step {
            what,
            name: self.path.clone(),
            text: text.to_owned(),
        });
    }
}

/// What a model is shown of an outcome: what was printed, then the value or what went wrong, each cut
/// after [`SHOWN`] characters.
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

/// "`a` and `b`", to fill into instructions.
pub(super) fn names<'a>(fields: impl Iterator<Item = &'a Field>) -> String {
    quoted_list(fields.map(|field| &*field.name))
}

/// Refuses a signature that has a field which the module adds.
pub(super) fn refuse_taken(module: &str, signature: &SignatureSpec, added: &[&str]) {
    for name in added {
        assert!(
            signature.field(name).is_none(),
            "`{module}` adds the field `{name}`, which `{}` already has; rename it",
            signature.name
        );
    }
}

/// The path of the module: that of its predictor, without the predictor's own name.
fn path_of(predictor: &Predictor) -> String {
    let path = predictor.path();
    path.rsplit_once('.')
        .map_or(path, |(module, _)| module)
        .to_owned()
}

fn failed(path: &str, error: impl std::error::Error + Send + Sync + 'static) -> CallError {
    CallError::Step {
        step: path.to_owned(),
        source: Arc::new(error),
    }
}

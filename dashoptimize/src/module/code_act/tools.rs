//! The tools of the code, as functions of Python.

use serde_json::{Map, Value};

use super::python::{is_builtin, is_keyword};
use crate::interpreter::{FunctionCall, Host, HostError, is_shallow};
use crate::lm::BoxFuture;
use crate::tool::{ToolFailure, ToolSpec, Toolbox, ToolboxError};

/// Tools under names of Python.
#[derive(Clone, Debug, Default)]
pub(super) struct Tools {
    toolbox: Toolbox,
}

impl Tools {
    /// The tools of a toolbox, whose names must be valid and distinct in Python, too, and must mean nothing
    /// else in code with these inputs.
    pub(super) fn new(toolbox: Toolbox, inputs: &[&str]) -> Result<Self, ToolboxError> {
        let names: Vec<String> = toolbox.specs().map(python_name).collect();
        for (index, name) in names.iter().enumerate() {
            let starts_with_digit = name.starts_with(|first: char| first.is_ascii_digit());
            if starts_with_digit || is_keyword(name) {
                return Err(ToolboxError::InvalidPythonName { name: name.clone() });
            }
            if is_builtin(name) || inputs.contains(&&**name) {
                return Err(ToolboxError::TakenPythonName { name: name.clone() });
            }
            if names[..index].contains(name) {
                return Err(ToolboxError::SamePythonName { name: name.clone() });
            }
        }
        Ok(Self { toolbox })
    }

    /// What the model is told about them.
    pub(super) fn in_words(&self) -> String {
        let mut words = String::new();
        for (index, spec) in self.toolbox.specs().enumerate() {
            if index == 0 {
                words.push_str("\n\nThe code can call these functions:");
            }
            let spec = ToolSpec {
                name: python_name(spec).into(),
                ..spec.clone()
            };
            words.push_str(&format!("\n{}. {}", index + 1, spec.in_words()));
        }
        words
    }

    async fn run(&self, call: FunctionCall) -> Result<Value, HostError> {
        let mut specs = self.toolbox.specs();
        let Some(spec) = specs.find(|spec| python_name(spec) == call.name) else {
            let text = format!("name '{}' is not defined", call.name);
            return Err(HostError::new("NameError", text));
        };
        let arguments = named(spec, call)?;
        let result = self
            .toolbox
            .call(&spec.name, Value::Object(arguments))
            .await;
        result
            .map(python_value)
            .map_err(|failure| exception(&failure))
    }
}

impl Host for Tools {
    fn functions(&self) -> Vec<String> {
        self.toolbox.specs().map(python_name).collect()
    }

    fn call(&self, call: FunctionCall) -> BoxFuture<'_, Result<Value, HostError>> {
        Box::pin(self.run(call))
    }
}

fn python_name(spec: &ToolSpec) -> String {
    spec.name.replace('-', "_")
}

/// The arguments by name: arguments without a name get the names of the tool's parameters, in order.
fn named(spec: &ToolSpec, call: FunctionCall) -> Result<Map<String, Value>, HostError> {
    let schema = spec.json_schema();
    let names = schema["properties"]
        .as_object()
        .map(|names| names.keys().cloned());
    let names: Vec<String> = names.into_iter().flatten().collect();
    let wrong = |text: String| HostError::new("TypeError", format!("{}() {text}", call.name));
    if call.args.len() > names.len() {
        let (most, given) = (names.len(), call.args.len());
        return Err(wrong(format!(
            "takes {most} arguments but {given} were given"
        )));
    }
    let mut arguments: Map<String, Value> = names.into_iter().zip(call.args).collect();
    for (name, value) in call.kwargs {
        if arguments.insert(name.clone(), value).is_some() {
            return Err(wrong(format!("got multiple values for argument '{name}'")));
        }
    }
    Ok(arguments)
}

/// Code can do more with a list or a number than with its text. A value that is nested too deeply for the
/// interpreter stays a text.
fn python_value(result: String) -> Value {
    match serde_json::from_str(&result) {
        Ok(Value::String(_)) | Err(_) => Value::String(result),
        Ok(value) if is_shallow(&value) => value,
        Ok(_) => Value::String(result),
    }
}

fn exception(failure: &ToolFailure) -> HostError {
    let kind = match failure {
        ToolFailure::Arguments(_) => "TypeError",
        _ => "RuntimeError",
    };
    HostError::new(kind, failure.to_string())
}

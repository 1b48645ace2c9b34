//! What the model is told about its work.

use std::sync::{Arc, LazyLock};

use serde_json::{Map, Value};

use super::fields::STEPS;
use crate::lm::BoxFuture;
use crate::module::chain_of_thought::REASONING;
use crate::module::shape::names;
use crate::module::tool_use::{FINISH, THOUGHT, TOOL_ARGS, TOOL_NAME, ToolUse};
use crate::signature::SignatureSpec;
use crate::tool::{Tool, ToolError, ToolSpec, Toolbox};

/// Ends the steps. It is in the list of tools so that the model is told about it, and is never run.
pub(super) struct Finish;

static FINISH_SPEC: LazyLock<ToolSpec> = LazyLock::new(|| {
    let description = "Ends the steps: all that is needed is in the trajectory.";
    ToolSpec::typed(FINISH, description, Vec::new())
});

impl Finish {
    pub(super) fn shared() -> Arc<dyn Tool> {
        Arc::new(Self)
    }
}

impl Tool for Finish {
    fn spec(&self) -> &ToolSpec {
        &FINISH_SPEC
    }

    fn call(&self, _: Map<String, Value>) -> BoxFuture<'_, Result<String, ToolError>> {
        Box::pin(std::future::ready(Ok("done".to_owned())))
    }
}

/// What `react` is told besides the instructions of the signature. `outer` is the signature of the module,
/// with the outputs that it adds.
pub(super) fn tool_use(outer: &SignatureSpec, tools: &Toolbox) -> ToolUse {
    let added = STEPS.len() + REASONING.len();
    let outputs = names(outer.outputs().skip(added));
    let inputs = names(outer.inputs());
    let work = format!(
        "You work as an agent: step by step you use tools to find out what is needed for {outputs}. You \
         are given {inputs}, and in `trajectory` the steps so far. Another reads {outputs} off the \
         trajectory when you are done."
    );
    let mut in_prompt = format!(
        "{work} In each step say in `{THOUGHT}` what is known and what to do next, name one tool in \
         `{TOOL_NAME}`, and give its arguments in `{TOOL_ARGS}` as a JSON object. What comes of it is \
         added to the trajectory. The tools:"
    );
    for (index, spec) in tools.specs().enumerate() {
        in_prompt.push_str(&format!("\n{}. {}", index + 1, spec.in_words()));
    }
    let native = format!(
        "{work} In each step say in short what is known and what to do next, and call a tool. What comes \
         of it is added to the trajectory. When nothing more is needed, say so and call no tool."
    );
    let defs = tools.defs();
    let defs = defs.iter().filter(|def| def.name != FINISH);
    ToolUse {
        in_prompt,
        native,
        defs: defs.cloned().collect(),
    }
}

/// What `extract` is told.
pub(super) fn extracting(signature: &SignatureSpec) -> String {
    let outputs = names(signature.outputs());
    let task = signature.instructions.trim();
    let how = format!(
        "`trajectory` shows what was done to find it out. Give {outputs} from what it shows."
    );
    [task, &how].join("\n\n").trim().to_owned()
}

//! How the predictor of an agent offers tools to its model: described in the prompt, or by the
//! provider's native tool calling.

mod in_text;

use std::sync::Arc;

use serde_json::{Map, Value};

use self::in_text::InText;
use crate::adapter::{demo_turns, push_inputs};
use crate::lm::{ChatReply, FinishReason, Message, ToolCall, ToolDef};
use crate::signature::SignatureSpec;
use crate::state::{Demo, PredictorState};

/// The name that an agent calls when it is done.
pub(super) const FINISH: &str = "finish";

/// The outputs of a predictor that chooses a tool, in their order.
pub(super) const THOUGHT: &str = "next_thought";
pub(super) const TOOL_NAME: &str = "next_tool_name";
pub(super) const TOOL_ARGS: &str = "next_tool_args";

/// What the predictor of an agent says about tools. It follows the instructions and is not part of the state,
/// so that no optimizer can rewrite it.
#[derive(Clone, Debug)]
pub(super) struct ToolUse {
    /// The rules and the tools, for models that are told about them in the prompt.
    pub(super) in_prompt: String,
    /// The rules, for requests that carry the tools.
    pub(super) native: String,
    /// The tools of such requests.
    pub(super) defs: Arc<[ToolDef]>,
}

impl ToolUse {
    /// The state with the rules after its instructions.
    pub(super) fn instructed(
        &self,
        spec: &SignatureSpec,
        state: &PredictorState,
    ) -> PredictorState {
        PredictorState {
            instructions: Some(with_rules(spec, state, &self.in_prompt)),
            ..state.clone()
        }
    }

    /// The constant messages of requests that carry the tools.
    pub(super) fn native_prefix(
        &self,
        spec: &SignatureSpec,
        state: &PredictorState,
    ) -> Vec<Message> {
        let mut messages = self.native_opening(spec, state);
        let demos = state.complete_last(spec);
        messages.extend(demos.flat_map(|demo| native_demo(spec, demo)));
        messages
    }

    /// The constant messages before the demos. They do not describe the form of a reply: the provider knows
    /// how its model calls tools.
    pub(super) fn native_opening(
        &self,
        spec: &SignatureSpec,
        state: &PredictorState,
    ) -> Vec<Message> {
        let mut system = with_rules(spec, state, &self.native);
        system.push_str("\n\n");
        push_inputs(&mut system, spec, state);
        vec![Message::system(system)]
    }
}

fn with_rules(spec: &SignatureSpec, state: &PredictorState, rules: &str) -> String {
    let instructions = state.instructions.as_deref().unwrap_or(&spec.instructions);
    format!("{}\n\n{rules}", instructions.trim())
}

/// A demo as the model would have answered: with a call, which protocols require to be followed by a result,
/// or with a text if it was done.
pub(super) fn native_demo(spec: &SignatureSpec, demo: &Demo) -> Vec<Message> {
    const ID: &str = "call_of_example";
    let thought = text(&demo.outputs, THOUGHT);
    let [user, assistant] = demo_turns(spec, demo, thought);
    let name = text(&demo.outputs, TOOL_NAME);
    if name == FINISH || name.is_empty() {
        return vec![user, assistant];
    }
    let arguments = demo.outputs.get(TOOL_ARGS);
    let arguments = arguments.map_or_else(|| "{}".to_owned(), ToString::to_string);
    let call = ToolCall::new(ID, name, arguments);
    let calling = Message::tool_calls(assistant.content, vec![call]);
    let result = "The result is in the trajectory of the next message.";
    vec![user, calling, Message::tool_result(ID, result)]
}

fn text(outputs: &Map<String, Value>, name: &str) -> String {
    let text = outputs.get(name).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

/// What a model chose in a reply to a request with tools.
#[derive(Debug, PartialEq)]
pub(super) struct Chosen {
    /// The outputs for its first call.
    pub(super) outputs: Vec<Value>,
    /// Its further calls.
    pub(super) more: Vec<ToolCall>,
    /// Whether the calls stood in the text of the reply.
    pub(super) in_text: bool,
}

/// Reads a reply to a request with these tools. A reply without a call means that the model is done.
///
/// # Errors
///
/// If it seems to call a tool, but does not; says what the model is told.
pub(super) fn read_native(reply: &ChatReply, offered: &[ToolDef]) -> Result<Chosen, String> {
    if let Some(chosen) = chosen(&reply.text, &reply.tool_calls, false) {
        return Ok(chosen);
    }
    let why = match in_text::read(&reply.text, offered) {
        InText::Calls(calls) => match chosen("", &calls, true) {
            Some(chosen) => return Ok(chosen),
            None => NOT_READ,
        },
        InText::Unclear(why) => why,
        InText::Nothing if reply.finish == FinishReason::ToolCalls => NOT_READ,
        InText::Nothing => {
            return Ok(Chosen {
                outputs: outputs(&reply.text, &ToolCall::new("", FINISH, "")),
                more: Vec::new(),
                in_text: false,
            });
        }
    };
    Err(not_called(why))
}

/// The calls of a reply that describes its calls in the prompt's form or, as some models do all the same, in
/// the form that they were trained on. `None` if it is not nothing but calls.
pub(super) fn read_text(text: &str, offered: &[ToolDef]) -> Option<Chosen> {
    match in_text::read(text, offered) {
        InText::Calls(calls) => chosen("", &calls, true),
        InText::Nothing | InText::Unclear(_) => None,
    }
}

fn chosen(thought: &str, calls: &[ToolCall], in_text: bool) -> Option<Chosen> {
    let (first, more) = calls.split_first()?;
    Some(Chosen {
        outputs: outputs(thought, first),
        more: more.to_vec(),
        in_text,
    })
}

const NOT_READ: &str = "announces a call of a tool, but has none that can be read";

fn not_called(why: &str) -> String {
    format!(
        "No tool was called: your reply {why}. Call a tool again, and write nothing else around the call; or, \
         if nothing more is needed, say so without a call."
    )
}

/// A call as the outputs of a predictor.
pub(super) fn outputs(thought: &str, call: &ToolCall) -> Vec<Value> {
    let arguments = match call.arguments.trim() {
        "" => Value::Object(Map::new()),
        // If it is not JSON, it stays a text, which the check of arguments may still read.
        text => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
    };
    vec![thought.trim().into(), call.name.as_str().into(), arguments]
}

/// Whether arguments that are not JSON end in the middle. What is left of them may be readable, but it is not
/// what the model meant: a path that is cut is another path.
pub(super) fn are_cut(arguments: &Value) -> bool {
    let text = arguments.as_str().unwrap_or_default().trim();
    let read = serde_json::from_str::<Value>(text);
    text.starts_with(['{', '[']) && read.is_err_and(|error| error.is_eof())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_reply_without_a_call_is_done() {
        let chosen = read_native(&ChatReply::new(" Enough. "), &[]).expect("it is done");
        let done = ["Enough.".into(), FINISH.into(), Value::Object(Map::new())];
        assert_eq!(chosen.outputs, done);
        assert!(chosen.more.is_empty() && !chosen.in_text);
    }

    #[test]
    fn i16_a_reply_that_only_announces_calls_is_not_done() {
        let announced = ChatReply::new("I look.").with_finish(FinishReason::ToolCalls);
        let told = read_native(&announced, &[]).expect_err("there is no call");
        assert!(told.starts_with("No tool was called"), "{told}");
    }

    #[test]
    fn i16_arguments_that_end_in_the_middle_are_cut() {
        let read = |arguments: &str| outputs("", &ToolCall::new("", "remove", arguments)).remove(2);
        for cut in [
            r#"{"path": "/home/us"#,
            r#"{"path": "/home""#,
            "{",
            r#"[{"a": 1}"#,
        ] {
            assert!(are_cut(&read(cut)), "{cut}");
        }
        for whole in [
            "",
            "{}",
            "{'path': 'a'}",
            "null",
            "{\"a\": 1,}",
            "```json\n{}\n```",
        ] {
            assert!(!are_cut(&read(whole)), "{whole}");
        }
    }

    #[test]
    fn arguments_that_are_not_json_stay_a_text() {
        let call = |arguments: &str| ToolCall::new("", "add", arguments);
        assert_eq!(outputs("", &call(r#"{"a": 1"#))[2], r#"{"a": 1"#);
        assert_eq!(outputs("", &call("[1]"))[2], serde_json::json!([1]));
    }

    proptest! {
        #[test]
        fn whatever_is_called_gives_a_value_for_each_output(
            text in "\\PC{0,20}",
            names in proptest::collection::vec("\\PC{0,8}", 0..3),
            arguments in "\\PC{0,20}",
        ) {
            let calls: Vec<ToolCall> = names
                .iter()
                .map(|name| ToolCall::new("", name, arguments.as_str()))
                .collect();
            let mut reply = ChatReply::calling(calls.clone());
            reply.text = text;
            let announced = calls.is_empty();
            let Ok(Chosen { outputs, more, .. }) = read_native(&reply, &[]) else {
                prop_assert!(announced);
                return Ok(());
            };
            prop_assert_eq!(outputs.len(), 3);
            prop_assert!(outputs[0].is_string() && outputs[1].is_string());
            prop_assert_eq!(&more, calls.get(1..).unwrap_or_default());
        }
    }
}

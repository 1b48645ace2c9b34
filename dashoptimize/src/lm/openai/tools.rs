//! Tools and their calls, as the protocol writes them.

use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

use super::strict::{self, Strict};
use crate::lm::{ToolCall, ToolDef};

const FUNCTION: &str = "function";

/// The calls of a message of the model.
pub(super) struct Calls<'a>(pub(super) &'a [ToolCall]);

impl Serialize for Calls<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|call| {
            let ToolCall {
                id,
                name,
                arguments,
            } = call;
            WireCall {
                id,
                kind: FUNCTION,
                function: CalledFunction { name, arguments },
            }
        }))
    }
}

#[derive(Serialize)]
struct WireCall<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    function: CalledFunction<'a>,
}

#[derive(Serialize)]
struct CalledFunction<'a> {
    name: &'a str,
    arguments: &'a str,
}

/// The tools of a request.
pub(super) struct Tools<'a>(pub(super) &'a [ToolDef]);

impl Tools<'_> {
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Tools<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|tool| WireTool {
            kind: FUNCTION,
            function: Function(tool),
        }))
    }
}

#[derive(Serialize)]
struct WireTool<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    function: Function<'a>,
}

struct Function<'a>(&'a ToolDef);

impl Serialize for Function<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ToolDef {
            name,
            description,
            schema,
        } = self.0;
        let mut function = serializer.serialize_struct("Function", 4)?;
        function.serialize_field("name", name)?;
        if !description.is_empty() {
            function.serialize_field("description", description)?;
        }
        // Left out where it is off, which is the default: some servers do not know the field.
        if strict::fits(schema) {
            function.serialize_field("parameters", &Strict(schema))?;
            function.serialize_field("strict", &true)?;
        } else {
            function.serialize_field("parameters", schema)?;
        }
        function.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tools_and_their_calls_have_the_form_of_the_protocol() {
        let tool = |name: &str, description: &str, schema| ToolDef::new(name, description, schema);
        let typed = json!({"type": "object", "properties": {"a": {"type": "integer"}}});
        let open = json!({"type": "object"});
        let tools = [tool("add", "Adds.", typed), tool("log", "", open.clone())];
        let strict = json!({
            "type": "object",
            "properties": {"a": {"anyOf": [{"type": "integer"}, {"type": "null"}]}},
            "required": ["a"],
            "additionalProperties": false,
        });
        assert_eq!(
            serde_json::to_value(Tools(&tools)).expect("plain JSON"),
            json!([
                {"type": "function", "function": {
                    "name": "add", "description": "Adds.", "parameters": strict, "strict": true
                }},
                {"type": "function", "function": {"name": "log", "parameters": open}},
            ])
        );
        let calls = [ToolCall::new("c1", "add", r#"{"a": 1}"#)];
        assert_eq!(
            serde_json::to_value(Calls(&calls)).expect("plain JSON"),
            json!([{
                "id": "c1",
                "type": "function",
                "function": {"name": "add", "arguments": r#"{"a": 1}"#},
            }])
        );
    }
}

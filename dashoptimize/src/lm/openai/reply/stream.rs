//! A reply in pieces: some servers stream although nobody asked them to.

use serde_json::{Map, Value, json};

use super::loose;
use crate::lm::http::{NotAReply, error_in};

/// Whether a body is a stream of server-sent events.
pub(super) fn is_stream(text: &str) -> bool {
    const FIELDS: [&str; 5] = ["data:", "event:", "id:", "retry:", ":"];
    FIELDS.iter().any(|field| text.starts_with(field))
}

/// The pieces put together, as if they had been sent whole.
pub(super) fn joined(text: &str) -> Result<Value, NotAReply> {
    let damaged = |why: &str| NotAReply::Damaged(why.to_owned(), None);
    let mut pieces = Pieces::default();
    for event in events(text) {
        if event.trim() == "[DONE]" {
            pieces.ended = true;
            continue;
        }
        let Ok(event) = loose::parse(&event) else {
            return Err(damaged("an event of its stream cannot be read"));
        };
        if error_in(&event).is_some() {
            return Ok(event);
        }
        pieces.add(&event);
    }
    match pieces.ended {
        true => Ok(pieces.whole()),
        false => Err(damaged("its stream ended before the reply did")),
    }
}

/// The data of each event.
fn events(text: &str) -> Vec<String> {
    let mut events = vec![String::new()];
    for line in text.lines() {
        let data = line.strip_prefix("data:");
        match (data, events.last_mut()) {
            (Some(data), Some(event)) => {
                event.push_str(data);
                event.push('\n');
            }
            // Other fields and comments say nothing of the reply.
            _ if line.trim().is_empty() => events.push(String::new()),
            _ => {}
        }
    }
    events.retain(|event| !event.trim().is_empty());
    events
}

#[derive(Default)]
struct Pieces {
    content: Vec<Value>,
    refusal: String,
    calls: Vec<Value>,
    choice: Map<String, Value>,
    usage: Value,
    ended: bool,
}

impl Pieces {
    fn add(&mut self, event: &Value) {
        if let Some(usage) = event.get("usage").filter(|usage| !usage.is_null()) {
            self.usage = usage.clone();
        }
        let Some(Value::Object(choice)) = event.pointer("/choices/0") else {
            return;
        };
        for (name, value) in choice {
            match name.as_str() {
                "delta" | "message" => self.add_message(value),
                _ if value.is_null() => {}
                _ => {
                    self.ended |= name == "finish_reason";
                    self.choice.insert(name.clone(), value.clone());
                }
            }
        }
    }

    fn add_message(&mut self, message: &Value) {
        match message.get("content") {
            Some(Value::Array(parts)) => self.content.extend(parts.iter().cloned()),
            Some(Value::Null) | None => {}
            Some(text) => self.content.push(text.clone()),
        }
        if let Some(refusal) = message.get("refusal").and_then(Value::as_str) {
            self.refusal.push_str(refusal);
        }
        let calls = message.get("tool_calls").and_then(Value::as_array);
        for call in calls.into_iter().flatten() {
            self.add_call(call);
        }
    }

    /// A call comes in pieces of its arguments, told apart by their index.
    fn add_call(&mut self, piece: &Value) {
        let index = piece.get("index");
        let begun = self
            .calls
            .iter_mut()
            .find(|call| index.is_some() && call.get("index") == index);
        let Some(call) = begun else {
            self.calls.push(piece.clone());
            return;
        };
        let more = piece.pointer("/function/arguments").and_then(Value::as_str);
        match (call.pointer_mut("/function/arguments"), more) {
            (Some(Value::String(arguments)), Some(more)) => arguments.push_str(more),
            (Some(arguments), Some(more)) => *arguments = more.into(),
            (None, Some(more)) => call["function"]["arguments"] = more.into(),
            (_, None) => {}
        }
    }

    fn whole(self) -> Value {
        let mut choice = self.choice;
        choice.insert(
            "message".to_owned(),
            json!({"content": self.content, "refusal": self.refusal, "tool_calls": self.calls}),
        );
        json!({"choices": [choice], "usage": self.usage})
    }
}

//! What a model has written: text, refusal and calls of tools.

use serde_json::{Map, Value};

use super::as_written::is_text_or_parts;
use super::body::Message;
use crate::lm::reply::{ChatReply, FinishReason, Usage};
use crate::lm::tool::ToolCall;

/// What a model has written.
#[derive(Debug, Default)]
pub(super) struct Written {
    text: String,
    refusal: String,
    calls: Vec<ToolCall>,
    /// Whether it has thought, which is paid for although the thoughts are left out.
    thoughts: bool,
}

impl Message {
    pub(super) fn written(self) -> Written {
        let mut written = Written::of_content(self.content.unwrap_or_default());
        written.thoughts |= self.reasoning.is_some() || self.reasoning_content.is_some();
        match self.refusal {
            Some(Value::String(refusal)) => written.refusal.push_str(&refusal),
            // The words are in the text.
            Some(Value::Bool(true)) => written.refusal = written.text.clone(),
            Some(Value::Object(words)) if !words.is_empty() => {
                written.refusal = Value::Object(words).to_string();
            }
            _ => {}
        }
        match self.tool_calls {
            Some(Value::Array(calls)) => written.calls.extend(calls.into_iter().map(call)),
            Some(one @ Value::Object(_)) => written.calls.push(call(one)),
            _ => {}
        }
        if let Some(one @ Value::Object(_)) = self.function_call
            && written.calls.is_empty()
        {
            written.calls.push(call(one));
        }
        written
    }
}

impl Written {
    /// A text, its parts, or JSON that the server has read for us.
    pub(super) fn of_content(content: Value) -> Self {
        let mut written = Self::default();
        match content {
            Value::String(text) => written.text = text,
            parts if !is_text_or_parts(&parts) => written.text = parts.to_string(),
            Value::Array(parts) => parts.into_iter().for_each(|part| written.add(part)),
            part => written.add(part),
        }
        cut_end_of_turn(&mut written.text);
        written
    }

    fn add(&mut self, part: Value) {
        let Value::Object(mut part) = part else {
            self.text.push_str(part.as_str().unwrap_or_default());
            return;
        };
        let kind = part
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_lowercase();
        if ["think", "reason", "thought"]
            .iter()
            .any(|word| kind.contains(word))
            || part.get("thought") == Some(&Value::Bool(true))
        {
            self.thoughts = true;
        } else if kind.contains("tool") || kind.contains("function") {
            self.calls.push(call(Value::Object(part)));
        } else if let Some(refusal) = part.get("refusal").and_then(Value::as_str) {
            self.refusal.push_str(refusal);
        } else {
            let text = part.remove("text").or_else(|| part.remove("content"));
            match text {
                Some(Value::String(text)) => self.text.push_str(&text),
                Some(Value::Object(mut text)) => {
                    let value = text.remove("value").unwrap_or_default();
                    self.text.push_str(value.as_str().unwrap_or_default());
                }
                _ => {}
            }
        }
    }

    /// Whether there is anything that must have cost tokens.
    pub(super) const fn is_something(&self) -> bool {
        !self.text.is_empty() || !self.refusal.is_empty() || !self.calls.is_empty() || self.thoughts
    }

    /// A refusal is paid for like any reply, so it comes back as one, with its usage.
    pub(super) fn into_reply(self, finish: FinishReason, usage: Option<Usage>) -> ChatReply {
        let refused = !self.refusal.trim().is_empty();
        let (text, finish) = match finish {
            FinishReason::Length | FinishReason::ContentFilter => (self.text, finish),
            _ if refused => (self.refusal, FinishReason::Refusal),
            _ => (self.text, finish),
        };
        let mut reply = ChatReply::new(text)
            .with_finish(finish)
            .with_tool_calls(self.calls);
        reply.usage = usage;
        reply
    }
}

/// A call of a tool. What is missing is left empty: the program can find out what the model meant, and a reply
/// that is thrown away is paid for all the same.
fn call(call: Value) -> ToolCall {
    let Value::Object(mut call) = call else {
        return ToolCall::new("", "", "");
    };
    let id = call.remove("id").or_else(|| call.remove("tool_call_id"));
    let mut function = match call.remove("function") {
        Some(Value::Object(function)) => function,
        Some(name @ Value::String(_)) => Map::from_iter([("name".to_owned(), name)]),
        _ => Map::new(),
    };
    let mut take = |name: &str| function.remove(name).or_else(|| call.remove(name));
    let name = take("name");
    let arguments = take("arguments")
        .or_else(|| take("input"))
        .or_else(|| take("parameters"));
    ToolCall::new(as_text(id), as_text(name), as_text(arguments))
}

fn as_text(value: Option<Value>) -> String {
    match value {
        Some(Value::String(text)) => text,
        Some(Value::Null) | None => String::new(),
        Some(json) => json.to_string(),
    }
}

/// Marks with which models end their turn, and how the next turn would start. Servers should leave them out.
const TURNS: [(&str, &str); 10] = [
    ("<|im_end|>", "<|im_start|>"),
    ("<|eot_id|>", "<|start_header_id|>"),
    ("<|eom_id|>", "<|start_header_id|>"),
    ("<|endoftext|>", "<|im_start|>"),
    ("<|end_of_text|>", "<|begin_of_text|>"),
    ("<end_of_turn>", "<start_of_turn>"),
    ("<|end|>", "<|user|>"),
    ("<|return|>", "<|start|>"),
    ("<｜end▁of▁sentence｜>", "<｜User｜>"),
    ("</s>", "<s>"),
];

/// Leaves out the mark at the end of a text, and everything from it on where a further turn follows.
fn cut_end_of_turn(text: &mut String) {
    if !text.contains('<') {
        return;
    }
    let next_turn = TURNS.iter().filter_map(|(end, start)| {
        let mut ends = text.match_indices(end);
        ends.find(|(at, _)| {
            let (before, after) = (&text[..*at], &text[at + end.len()..]);
            after.trim_start().starts_with(start) && !is_html(before, end)
        })
    });
    if let Some(cut) = next_turn.map(|(at, _)| at).min() {
        text.truncate(cut);
    }
    let ends = |text: &str| {
        let trimmed = text.trim_end();
        let mark = TURNS.iter().find(|(end, _)| trimmed.ends_with(end))?;
        (!is_html(text, mark.0)).then(|| trimmed.len() - mark.0.len())
    };
    while let Some(end) = ends(text) {
        text.truncate(end);
    }
}

/// Whether a mark closes what HTML before it opened.
fn is_html(before: &str, end: &str) -> bool {
    end == "</s>" && before.contains("<s>")
}

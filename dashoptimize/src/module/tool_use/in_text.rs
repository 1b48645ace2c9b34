//! Calls of tools in the text of a reply. A server that does not know how its model writes calls passes them
//! on as text, each model in its own form.
//!
//! A call is run only if it is all that the reply says besides thoughts: text that mentions a call, quotes one
//! or explains one runs nothing. Where a reply seems to call a tool but cannot be taken at its word, the model
//! is told so.

use serde_json::{Map, Value};

use crate::adapter::same_name;
use crate::lm::{ToolCall, ToolDef};

/// What the text of a reply says of tools.
#[derive(Debug, PartialEq)]
pub(super) enum InText {
    /// It calls none.
    Nothing,
    /// It is nothing but these calls.
    Calls(Vec<ToolCall>),
    /// It seems to call one, but does not for this reason.
    Unclear(&'static str),
}

const IN_THOUGHTS: &str = "ends within its thoughts";
const NOT_WHOLE: &str = "has a call in its text that is not whole or cannot be read";
const AMONG_WORDS: &str = "has a call in its text among other words";

/// Signs with which models start and end calls.
const TAGS: [(&str, &str); 10] = [
    ("<tool_call>", "</tool_call>"),
    ("<tool_calls>", "</tool_calls>"),
    ("<function_call>", "</function_call>"),
    ("<functioncall>", "</functioncall>"),
    ("<|tool_call|>", "<|/tool_call|>"),
    ("<|tool_call_start|>", "<|tool_call_end|>"),
    ("<|tool_calls_section_begin|>", "<|tool_calls_section_end|>"),
    ("<｜tool▁calls▁begin｜>", "<｜tool▁calls▁end｜>"),
    ("<|python_tag|>", "<|eom_id|>"),
    ("[TOOL_CALLS]", "[/TOOL_CALLS]"),
];

/// Signs of forms in which calls are not read.
const OTHER_FORMS: [&str; 6] = [
    "<invoke name=",
    "<function_calls>",
    "<tool_use>",
    "<tool_code>",
    "<|tool_call_begin|>",
    "<｜tool▁call▁begin｜>",
];

const FUNCTION: (&str, &str) = ("<function=", "</function>");

/// Reads the text of a reply that has no calls of its own.
pub(super) fn read(text: &str, offered: &[ToolDef]) -> InText {
    let Some(text) = after_thoughts(text) else {
        return InText::Unclear(IN_THOUGHTS);
    };
    let text = without_fence(text.trim());
    let is_offered = |call: &ToolCall| offered.iter().any(|tool| same_name(&tool.name, &call.name));
    match whole_calls(text) {
        Some(calls) => InText::Calls(calls),
        None if has_tag(text) => InText::Unclear(match ends_in_call(text) {
            true => AMONG_WORDS,
            false => NOT_WHOLE,
        }),
        None if is_cut_object(text) || is_call_in_words(text, offered) => {
            InText::Unclear(NOT_WHOLE)
        }
        None if objects(text).any(|call| is_offered(&call)) => InText::Unclear(AMONG_WORDS),
        None => InText::Nothing,
    }
}

/// The text after the thoughts of the model; `None` if they do not end.
fn after_thoughts(text: &str) -> Option<&str> {
    const THOUGHTS: [(&str, &str); 4] = [
        ("<think>", "</think>"),
        ("<thinking>", "</thinking>"),
        ("[THINK]", "[/THINK]"),
        ("<seed:think>", "</seed:think>"),
    ];
    for (start, end) in THOUGHTS {
        let rest = text.split_once(end).map(|(_, rest)| rest);
        if text.trim_start().starts_with(start) {
            return rest;
        }
        // Some servers leave out the opening tag.
        if let Some((before, rest)) = text.split_once(end)
            && !has_tag(before)
            && !before.contains('{')
        {
            return Some(rest);
        }
    }
    Some(text)
}

/// The text inside a code fence, if the fence is all there is.
fn without_fence(text: &str) -> &str {
    let inner = text
        .strip_prefix("```")
        .and_then(|rest| rest.strip_suffix("```"));
    let Some(inner) = inner.filter(|inner| !inner.contains("```")) else {
        return text;
    };
    match inner.split_once('\n') {
        Some((language, inner)) if language.chars().all(char::is_alphanumeric) => inner.trim(),
        _ => inner.trim(),
    }
}

/// The calls that a text consists of; `None` if it has anything else.
fn whole_calls(text: &str) -> Option<Vec<ToolCall>> {
    let tagged = TAGS.iter().any(|(start, _)| text.starts_with(start));
    let calls = match tagged || text.starts_with(FUNCTION.0) {
        true => tagged_calls(text)?,
        false => json_calls(text, true)?,
    };
    Some(calls).filter(|calls| !calls.is_empty())
}

/// Blocks of calls, one after the other.
fn tagged_calls(text: &str) -> Option<Vec<ToolCall>> {
    let mut calls = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        if rest.starts_with(FUNCTION.0) {
            rest = push_function(&mut calls, rest)?.trim_start();
            continue;
        }
        let (start, end) = TAGS.iter().find(|(start, _)| rest.starts_with(start))?;
        let inner = &rest[start.len()..];
        // The closing sign is often where the model was told to stop.
        let (inner, after) = inner.split_once(end).unwrap_or((inner, ""));
        calls.extend(block(inner.trim())?);
        rest = after.trim_start();
    }
    Some(calls)
}

/// The calls inside of one block.
fn block(inner: &str) -> Option<Vec<ToolCall>> {
    if inner.starts_with(FUNCTION.0) {
        return tagged_calls(inner);
    }
    let inner = without_fence(inner);
    json_calls(inner, false).or_else(|| named_call(inner).map(|call| vec![call]))
}

/// `name{"a": 1}` or `name[ARGS]{"a": 1}`.
fn named_call(inner: &str) -> Option<ToolCall> {
    let (name, arguments) = inner.split_at(inner.find('{')?);
    let name = name.trim().trim_end_matches("[ARGS]").trim();
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let arguments: Map<String, Value> = serde_json::from_str(arguments).ok()?;
    let is_named = !name.is_empty() && name.chars().all(is_name);
    is_named.then(|| ToolCall::new("", name, Value::from(arguments).to_string()))
}

/// A block `<function=name>…</function>`, and the text after it. Its arguments are an object, or each has a
/// tag of its own.
fn push_function<'t>(calls: &mut Vec<ToolCall>, text: &'t str) -> Option<&'t str> {
    let (name, rest) = text.strip_prefix(FUNCTION.0)?.split_once('>')?;
    let (inner, after) = rest.split_once(FUNCTION.1)?;
    let arguments = match inner.trim() {
        inner if inner.starts_with('{') => serde_json::from_str(inner).ok()?,
        inner => parameters(inner)?,
    };
    calls.push(ToolCall::new(
        "",
        name.trim(),
        Value::from(arguments).to_string(),
    ));
    Some(after)
}

fn parameters(text: &str) -> Option<Map<String, Value>> {
    let mut arguments = Map::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (name, after) = rest.strip_prefix("<parameter=")?.split_once('>')?;
        let (value, after) = after.split_once("</parameter>")?;
        let value = value.strip_prefix('\n').unwrap_or(value);
        let value = value.strip_suffix('\n').unwrap_or(value);
        arguments.insert(name.trim().to_owned(), value.into());
        rest = after.trim_start();
    }
    Some(arguments)
}

/// The calls of a text that is JSON: objects one after the other, or a list of them. `alone` says that no tag
/// tells that they are calls.
fn json_calls(text: &str, alone: bool) -> Option<Vec<ToolCall>> {
    let mut calls = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
        let value = values.next()?.ok()?;
        push_calls(&mut calls, value, alone)?;
        rest = rest[values.byte_offset()..].trim_start();
        rest = rest.strip_prefix([';', ',']).unwrap_or(rest).trim_start();
    }
    Some(calls)
}

fn push_calls(calls: &mut Vec<ToolCall>, value: Value, alone: bool) -> Option<()> {
    match value {
        Value::Array(list) => list
            .into_iter()
            .try_for_each(|one| push_calls(calls, one, alone)),
        Value::Object(fields) => {
            calls.push(call(fields, alone)?);
            Some(())
        }
        _ => None,
    }
}

/// A call as an object. Without a tag it must have a name, arguments, and nothing that calls do not have.
fn call(mut fields: Map<String, Value>, alone: bool) -> Option<ToolCall> {
    const ARGUMENTS: [&str; 4] = ["arguments", "parameters", "args", "input"];
    const NAMES: [&str; 3] = ["name", "tool_name", "function"];
    const OTHERS: [&str; 4] = ["id", "type", "index", "tool_call_id"];
    for wrapping in ["function", "function_call", "tool_call"] {
        if let Some(Value::Object(inner)) = fields.get(wrapping) {
            let inner = inner.clone();
            let only = fields
                .keys()
                .all(|name| name == wrapping || OTHERS.contains(&&**name));
            return call(inner, alone).filter(|_| only);
        }
    }
    let mut take = |names: &[&str]| names.iter().find_map(|name| fields.shift_remove(*name));
    let name = take(&NAMES).and_then(|name| name.as_str().map(str::to_owned))?;
    let arguments = take(&ARGUMENTS);
    let known = fields.keys().all(|name| OTHERS.contains(&&**name));
    if name.trim().is_empty() || !known || (alone && arguments.is_none()) {
        return None;
    }
    let arguments = match arguments {
        Some(Value::String(text)) => text,
        Some(Value::Null) | None => String::new(),
        Some(json) => json.to_string(),
    };
    Some(ToolCall::new("", name.trim(), arguments))
}

/// Whether a sign that starts a call stands where it would start one, and not as a word in a sentence.
fn has_tag(text: &str) -> bool {
    let starts = TAGS.iter().map(|(start, _)| *start).chain([FUNCTION.0]);
    starts.chain(OTHER_FORMS).any(|start| {
        text.match_indices(start).any(|(at, _)| {
            let (before, after) = (&text[..at], text[at + start.len()..].trim_start());
            let line_starts = before.trim_end_matches([' ', '\t']).ends_with('\n');
            before.is_empty()
                || line_starts
                || start == FUNCTION.0
                || after.starts_with(['{', '[', '<'])
        })
    })
}

/// Whether a text after which nothing follows ends in whole calls.
fn ends_in_call(text: &str) -> bool {
    let starts = TAGS.iter().map(|(start, _)| *start).chain([FUNCTION.0]);
    let first = starts.filter_map(|start| text.find(start)).min();
    first.is_some_and(|at| tagged_calls(&text[at..]).is_some())
}

/// Whether a text is the start of a call as an object.
fn is_cut_object(text: &str) -> bool {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let is_object = text.starts_with(['{', '[']) && matches!(values.next(), Some(Err(_)));
    let has = |name: &str| text.contains(name);
    is_object && has("\"name\"") && (has("\"arguments\"") || has("\"parameters\""))
}

/// Whether a text is a call of a tool in Python, such as `[add(a=1)]`, or in the words of agents, `Action: add`
/// and a line with its input.
fn is_call_in_words(text: &str, offered: &[ToolDef]) -> bool {
    let is_offered = |name: &str| offered.iter().any(|tool| *tool.name == *name.trim());
    let code = text.trim_matches(['[', ']', '`']).trim();
    let in_python = code.ends_with(')')
        && code
            .split_once('(')
            .is_some_and(|(name, _)| is_offered(name));
    let mut lines = text.lines().map(str::trim_start);
    let action = lines.find_map(|line| line.strip_prefix("Action:"));
    let in_words =
        action.is_some_and(is_offered) && lines.any(|line| line.starts_with("Action Input:"));
    in_python || in_words
}

/// The calls as objects that stand anywhere in a text.
fn objects(text: &str) -> impl Iterator<Item = ToolCall> {
    // More of them are not calls, and looking at each costs as much as the text is long.
    const MOST: usize = 16;
    let starts = text.match_indices('{').take(MOST);
    starts.filter_map(|(at, _)| {
        let mut values = serde_json::Deserializer::from_str(&text[at..]).into_iter();
        let fields: Map<String, Value> = values.next()?.ok()?;
        call(fields, true)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn offered() -> Vec<ToolDef> {
        ["multiply", "now"]
            .map(|name| ToolDef::new(name, "", json!({})))
            .into()
    }

    fn multiply() -> ToolCall {
        ToolCall::new("", "multiply", r#"{"a":6,"b":7}"#)
    }

    #[test]
    fn a_text_that_is_nothing_but_calls_is_read_in_every_model_s_form() {
        let object = r#"{"name": "multiply", "arguments": {"a": 6, "b": 7}}"#;
        for text in [
            object.to_owned(),
            r#"{"name": "multiply", "parameters": {"a": 6, "b": 7}}"#.to_owned(),
            r#"{"type": "function", "function": {"name": "multiply", "arguments": "{\"a\":6,\"b\":7}"}}"#.to_owned(),
            r#"{"type": "function", "name": "multiply", "parameters": {"a": 6, "b": 7}}"#.to_owned(),
            r#"{"function": "multiply", "arguments": {"a": 6, "b": 7}}"#.to_owned(),
            r#"{"function_call": {"name": "multiply", "arguments": {"a": 6, "b": 7}}}"#.to_owned(),
            format!("[{object}]"),
            format!("```json\n{object}\n```"),
            format!("<tool_call>\n{object}\n</tool_call>"),
            format!("<tool_call>{object}"),
            format!("<tool_call>```json\n{object}\n```</tool_call>"),
            format!("<think>\nI multiply {{6}} <tool_call>.\n</think>\n\n<tool_call>{object}</tool_call>"),
            format!("I multiply.\n</think>\n<tool_call>{object}</tool_call>"),
            format!("[THINK]hm[/THINK]{object}"),
            format!("[TOOL_CALLS][{object}]"),
            "[TOOL_CALLS]multiply{\"a\": 6, \"b\": 7}".to_owned(),
            "[TOOL_CALLS]multiply[ARGS]{\"a\": 6, \"b\": 7}".to_owned(),
            format!("<|python_tag|>{object}<|eom_id|>"),
            format!("<|tool_call|>[{object}]<|/tool_call|>"),
            "<function=multiply>{\"a\": 6, \"b\": 7}</function>".to_owned(),
            "<tool_call>\n<function=multiply>{\"a\":6,\"b\":7}</function>\n</tool_call>".to_owned(),
        ] {
            assert_eq!(read(&text, &offered()), InText::Calls(vec![multiply()]), "{text}");
        }
        let parameters = "<tool_call>\n<function=multiply>\n<parameter=a>\n6\n</parameter>\n<parameter=b>7</parameter>\n</function>\n</tool_call>";
        let texts = ToolCall::new("", "multiply", r#"{"a":"6","b":"7"}"#);
        assert_eq!(read(parameters, &offered()), InText::Calls(vec![texts]));
    }

    #[test]
    fn several_calls_are_read_in_their_order() {
        let now = ToolCall::new("", "now", "{}");
        let first = r#"{"name":"multiply","arguments":{"a":6,"b":7}}"#;
        let second = r#"{"name":"now","arguments":{}}"#;
        for text in [
            format!("[{first},{second}]"),
            format!("{first}\n{second}"),
            format!("{first}; {second}"),
            format!("<tool_call>{first}</tool_call>\n<tool_call>{second}</tool_call>"),
            format!("<tool_call>{first}\n{second}</tool_call>"),
            format!("[TOOL_CALLS][{first}, {second}]"),
        ] {
            let both = InText::Calls(vec![multiply(), now.clone()]);
            assert_eq!(read(&text, &offered()), both, "{text}");
        }
        let without = read("<tool_call>{\"name\": \"now\"}</tool_call>", &offered());
        assert_eq!(without, InText::Calls(vec![ToolCall::new("", "now", "")]));
    }

    #[test]
    fn i16_a_call_that_is_not_all_of_a_whole_reply_is_not_run() {
        let object = r#"{"name": "multiply", "arguments": {"a": 6, "b": 7}}"#;
        for text in [
            format!("I multiply.\n<tool_call>{object}</tool_call>"),
            format!("Use <tool_call>{object}</tool_call> to multiply."),
            format!(
                "<tool_call>{object}</tool_call>\nThat would be the call, but it is not needed."
            ),
            format!("The call would be {object}."),
            format!("For example:\n```json\n{object}\n```\n"),
            format!("{object}\nI am waiting."),
            "<tool_call>{\"name\": \"multiply\", \"arguments\": {\"a\": 6".to_owned(),
            "<tool_call>".to_owned(),
            "<tool_call></tool_call>".to_owned(),
            "<tool_call>multiply 6 and 7</tool_call>".to_owned(),
            "[TOOL_CALLS][{\"name\": \"multiply\"".to_owned(),
            "<|python_tag|>multiply.call(a=6, b=7)".to_owned(),
            "<function=multiply>{\"a\": 6, \"b\": 7".to_owned(),
            "<function=multiply>{\"a\": 6}{\"b\": 7}</function>".to_owned(),
            "{\"name\": \"multiply\", \"arguments\": {\"a\": 6".to_owned(),
            format!("<think>\nThe call is\n<tool_call>{object}</tool_call>"),
            "multiply(6, 7)".to_owned(),
            "[multiply(a=6, b=7)]".to_owned(),
            "`multiply(a=6, b=7)`".to_owned(),
            "Thought: I multiply.\nAction: multiply\nAction Input: {\"a\": 6, \"b\": 7}".to_owned(),
            "<function_calls>\n<invoke name=\"multiply\">\n<parameter name=\"a\">6</parameter>".to_owned(),
            "I multiply.\n<invoke name=\"multiply\"></invoke>".to_owned(),
            "<tool_use>{\"name\": \"multiply\", \"input\": {}}</tool_use>".to_owned(),
            "<|tool_call_begin|>functions.multiply:0<|tool_call_argument_begin|>{\"a\": 6}<|tool_call_end|>".to_owned(),
            "<｜tool▁call▁begin｜>function<｜tool▁sep｜>multiply\n```json\n{\"a\": 6}\n```<｜tool▁call▁end｜>".to_owned(),
        ] {
            let read = read(&text, &offered());
            assert!(matches!(read, InText::Unclear(_)), "{text}: {read:?}");
        }
    }

    #[test]
    fn a_text_that_calls_nothing_is_left_alone() {
        for text in [
            "",
            "That is all: the product is 42.",
            "The tag <tool_call> starts a call.",
            "A call is written `<tool_call>` and ends with `</tool_call>`.",
            "I called multiply with a = 6.",
            "{\"answer\": 42}",
            "{\"name\": \"Ana\", \"age\": 7}",
            "{\"name\": \"multiply\"}",
            "The person is {\"name\": \"Ana\", \"parameters\": {}}",
            "{\"name\": \"multiply\", \"arguments\": {}, \"because\": \"it is an example\"} in words",
            "<think>I could use {\"name\": \"multiply\", \"arguments\": {}}</think>It is 42.",
            "The product multiply(6, 7) is 42.",
            "f(6, 7)",
            "Action: rest",
            "[1, 2]",
            "42",
        ] {
            assert_eq!(read(text, &offered()), InText::Nothing, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(<tool_call>|</tool_call>|<function=|\\[TOOL_CALLS\\]|>|\\{|\\}|\"name\":|\"a\"|,|```|\n|</think>|é){0,16}") {
            let _ = read(&text, &offered());
        }

        #[test]
        fn words_around_a_call_never_run_it(before in "[a-zé .:\n]{0,12}", after in "[a-zé .\n]{0,12}") {
            prop_assume!(!before.trim().is_empty() || !after.trim().is_empty());
            let call = "<tool_call>{\"name\": \"multiply\", \"arguments\": {\"a\": 6}}</tool_call>";
            for call in [call, &call[11..call.len() - 12]] {
                let read = read(&format!("{before}{call}{after}"), &offered());
                prop_assert!(matches!(read, InText::Unclear(_)), "{read:?}");
            }
        }
    }
}

//! Finds the reply in the body of a response.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::{loose, stream};
use crate::lm::error::LmErrorKind;
use crate::lm::http::{ErrorBody, NotAReply, error_in};

/// What is read of a response. Fields that servers fill in different ways are left as they are.
#[derive(Debug, Deserialize)]
pub(super) struct Completion {
    pub(super) choices: Option<Vec<Choice>>,
    pub(super) usage: Option<Value>,
    pub(super) error: Option<Value>,
    pub(super) base_resp: Option<Value>,
    pub(super) x_groq: Option<Value>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Choice {
    pub(super) message: Option<Message>,
    /// A message in pieces, of which a whole response has one.
    pub(super) delta: Option<Message>,
    /// The reply of a server that completes texts.
    pub(super) text: Option<Value>,
    pub(super) finish_reason: Option<Value>,
    pub(super) native_finish_reason: Option<Value>,
    pub(super) finish_details: Option<Value>,
    pub(super) stop_reason: Option<Value>,
    pub(super) error: Option<Value>,
    pub(super) usage: Option<Value>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Message {
    pub(super) content: Option<Value>,
    pub(super) refusal: Option<Value>,
    pub(super) tool_calls: Option<Value>,
    /// The call of a tool before there could be several.
    pub(super) function_call: Option<Value>,
    pub(super) reasoning: Option<IgnoredAny>,
    pub(super) reasoning_content: Option<IgnoredAny>,
}

/// Reads a body that has at least the form of a reply.
pub(super) fn read(body: &[u8]) -> Result<Completion, NotAReply> {
    match serde_json::from_slice::<Completion>(body) {
        Ok(completion) if completion.is_usual() => Ok(completion),
        _ => read_loosely(body),
    }
}

impl Completion {
    /// Whether there is a choice, whose texts are texts.
    fn is_usual(&self) -> bool {
        let choice = self.choices.as_ref().and_then(|choices| choices.first());
        choice.is_some_and(|choice| {
            let mut messages = [&choice.message, &choice.delta].into_iter().flatten();
            messages.all(Message::has_texts) && is_text(choice.text.as_ref())
        })
    }
}

impl Message {
    fn has_texts(&self) -> bool {
        let calls = self.tool_calls.iter().flat_map(|calls| match calls {
            Value::Array(calls) => calls.as_slice(),
            one => std::slice::from_ref(one),
        });
        let mut arguments = calls.map(|call| call.pointer("/function/arguments"));
        let content = self.content.as_ref();
        is_text(content)
            && self.function_call.is_none()
            && arguments.all(|text| text.is_some_and(Value::is_string))
    }
}

fn is_text(value: Option<&Value>) -> bool {
    value.is_none_or(|value| value.is_null() || value.is_string())
}

fn read_loosely(body: &[u8]) -> Result<Completion, NotAReply> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}').trim();
    if stream::is_stream(text) {
        return of_value(stream::joined(text)?);
    }
    match (loose::parse(text), text.chars().next()) {
        (Ok(value), _) => of_value(value),
        (Err(_), None) => Err(damaged("it is empty")),
        (Err(why), Some('{' | '[')) => Err(damaged(&why.to_string())),
        (Err(_), Some(_)) => Err(NotAReply::Foreign("it is not JSON".to_owned())),
    }
}

fn damaged(why: &str) -> NotAReply {
    NotAReply::Damaged(why.to_owned(), None)
}

fn of_value(value: Value) -> Result<Completion, NotAReply> {
    let value = unwrapped(value, MOST_WRAPPINGS);
    if let Some(choices) = value.get("choices").filter(|choices| has_some(choices)) {
        let choices = normal_choices(choices);
        let mut whole = value;
        whole["choices"] = choices;
        let read = Completion::deserialize(whole);
        return read.map_err(|error| NotAReply::Foreign(error.to_string()));
    }
    Err(without_choice(&value))
}

fn has_some(choices: &Value) -> bool {
    match choices {
        Value::Array(list) => !list.is_empty(),
        Value::Object(_) => true,
        _ => false,
    }
}

/// Choices as a list of objects whose messages are objects.
fn normal_choices(choices: &Value) -> Value {
    let list = match choices {
        Value::Array(list) => list.clone(),
        one => vec![one.clone()],
    };
    list.into_iter().map(normal_choice).collect()
}

fn normal_choice(mut choice: Value) -> Value {
    if choice.is_string() {
        return json!({"text": choice});
    }
    for name in ["message", "delta"] {
        if let Some(message) = choice.get_mut(name) {
            match message {
                Value::String(_) | Value::Array(_) => *message = json!({"content": message.take()}),
                Value::Object(_) => {}
                _ => *message = Value::Null,
            }
        }
    }
    choice
}

/// How many layers around a reply are taken off.
const MOST_WRAPPINGS: u32 = 3;

/// The reply in a list of one, in a text, or under a name such as `data`.
fn unwrapped(value: Value, left: u32) -> Value {
    if left == 0 || value.get("choices").is_some() {
        return value;
    }
    let inner = match &value {
        Value::Array(list) => list.first().cloned(),
        Value::String(text) => loose::parse(text).ok(),
        Value::Object(fields) => {
            let names = ["data", "result", "response", "output", "body"];
            let inner = names.iter().find_map(|name| fields.get(*name));
            let inner = inner.map(|inner| unwrapped(inner.clone(), left - 1));
            return inner
                .filter(|inner| inner.get("choices").is_some())
                .unwrap_or(value);
        }
        _ => None,
    };
    inner.map_or(value, |inner| unwrapped(inner, left - 1))
}

/// Why a body without a choice is not a reply.
fn without_choice(value: &Value) -> NotAReply {
    let failure = |error: &Value, otherwise| NotAReply::Failure {
        error: ErrorBody::of(error),
        otherwise,
        cost: None,
    };
    if let Some(error) = error_in(value) {
        return failure(error, LmErrorKind::Server);
    }
    const WORDS: [&str; 6] = [
        "message",
        "detail",
        "error_msg",
        "errmsg",
        "error_message",
        "msg",
    ];
    let says = |name: &&str| {
        let words = value.get(*name);
        words.is_some_and(|words| {
            words.is_array() || words.as_str().is_some_and(|words| !words.is_empty())
        })
    };
    if WORDS.iter().any(says) {
        return failure(value, LmErrorKind::InvalidRequest);
    }
    match value.get("choices") {
        Some(_) => damaged("its `choices` are empty"),
        None => NotAReply::Foreign("it has no `choices`".to_owned()),
    }
}

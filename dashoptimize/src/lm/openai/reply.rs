//! Reads the body of a successful response.

use serde::Deserialize;
use serde_json::Value;

use crate::lm::http::NotAReply;
use crate::lm::reply::{ChatReply, FinishReason, Usage};
use crate::lm::tool::ToolCall;

#[derive(Deserialize)]
struct Completion {
    choices: Option<Vec<Choice>>,
    usage: Option<Value>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    message: Answer,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Answer {
    content: Option<Content>,
    refusal: Option<String>,
    tool_calls: Option<Vec<Call>>,
}

/// What is missing from a call is left empty: the program can find out what the model meant, and a reply
/// that is thrown away is paid for all the same.
#[derive(Deserialize)]
struct Call {
    id: Option<String>,
    function: Option<Called>,
}

#[derive(Deserialize)]
struct Called {
    name: Option<String>,
    /// A text that contains JSON. Some servers send the JSON itself.
    arguments: Option<Value>,
}

impl Call {
    fn into_call(self) -> ToolCall {
        let (name, arguments) = self
            .function
            .map_or((None, None), |called| (called.name, called.arguments));
        let arguments = match arguments {
            Some(Value::String(text)) => text,
            Some(Value::Null) | None => String::new(),
            Some(json) => json.to_string(),
        };
        ToolCall {
            id: self.id.unwrap_or_default(),
            name: name.unwrap_or_default(),
            arguments,
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<Part>),
}

/// Parts other than text, such as the thoughts of a model, are left out.
#[derive(Deserialize)]
struct Part {
    text: Option<String>,
}

impl Content {
    fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Parts(parts) => parts.into_iter().filter_map(|part| part.text).collect(),
        }
    }
}

pub(super) fn decode(body: &[u8]) -> Result<ChatReply, NotAReply> {
    let completion: Completion =
        serde_json::from_slice(body).map_err(|error| NotAReply::Malformed(error.to_string()))?;
    let usage = completion.usage.as_ref().and_then(usage);
    let Some(choice) = completion.choices.unwrap_or_default().into_iter().next() else {
        return Err(match completion.error {
            Some(_) => NotAReply::Failure,
            None => NotAReply::Malformed("it has no `choices`".to_owned()),
        });
    };
    let finish = finish_reason(choice.finish_reason.as_deref());
    // A refusal is paid for like any reply, so it comes back as one, with its usage.
    let refusal = choice.message.refusal.filter(|refusal| !refusal.is_empty());
    let content = choice.message.content.map(Content::into_text);
    let (text, finish) = match (content, refusal) {
        (None, Some(text)) => (text, FinishReason::ContentFilter),
        (content, _) => (content.unwrap_or_default(), finish),
    };
    let calls = choice.message.tool_calls.unwrap_or_default().into_iter();
    let mut reply = ChatReply::new(text)
        .with_finish(finish)
        .with_tool_calls(calls.map(Call::into_call).collect());
    reply.usage = usage;
    Ok(reply)
}

fn finish_reason(name: Option<&str>) -> FinishReason {
    match name {
        Some("stop") => FinishReason::Stop,
        Some("length") => FinishReason::Length,
        Some("content_filter") => FinishReason::ContentFilter,
        Some("tool_calls") => FinishReason::ToolCalls,
        _ => FinishReason::Other,
    }
}

/// The tokens, or `None` where the server does not report both numbers.
fn usage(value: &Value) -> Option<Usage> {
    let number = |pointer| value.pointer(pointer).and_then(Value::as_u64);
    let input = number("/prompt_tokens")?;
    let output = number("/completion_tokens")
        .or_else(|| number("/total_tokens").and_then(|total| total.checked_sub(input)))?;
    let cached = number("/prompt_tokens_details/cached_tokens")
        .or_else(|| number("/prompt_cache_hit_tokens"))
        .unwrap_or(0);
    Some(Usage {
        input,
        cached: cached.min(input),
        output,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(body: &str) -> ChatReply {
        decode(body.as_bytes()).expect(body)
    }

    #[test]
    fn a_whole_reply_is_read() {
        let reply = read(
            r#"{"id":"x","object":"chat.completion","choices":[{"index":0,"finish_reason":"length",
                "logprobs":null,"message":{"role":"assistant","content":"Hi","refusal":null}}],
                "usage":{"prompt_tokens":10,"completion_tokens":3,"total_tokens":13,
                "prompt_tokens_details":{"cached_tokens":4}}}"#,
        );
        let usage = Usage {
            input: 10,
            cached: 4,
            output: 3,
        };
        assert_eq!(reply.text, "Hi");
        assert_eq!(reply.finish, FinishReason::Length);
        assert_eq!(reply.usage, Some(usage));
    }

    #[test]
    fn odd_but_readable_replies_are_read() {
        for (body, text, finish) in [
            (
                r#"{"choices":[{"message":{"content":null},"finish_reason":"length"}]}"#,
                "",
                FinishReason::Length,
            ),
            (
                r#"{"choices":[{"message":{"content":"a"}}],"usage":null}"#,
                "a",
                FinishReason::Other,
            ),
            (
                r#"{"choices":[{"message":{"content":[{"type":"thinking"},{"type":"text","text":"a"},{"text":"b"}]},"finish_reason":"stop"}]}"#,
                "ab",
                FinishReason::Stop,
            ),
            (
                r#"{"choices":[{"message":{"content":null,"refusal":"No."},"finish_reason":"stop"}]}"#,
                "No.",
                FinishReason::ContentFilter,
            ),
            (
                r#"{"choices":[{"message":{"content":"a"},"finish_reason":"eos"}],"usage":{"prompt_tokens":-1}}"#,
                "a",
                FinishReason::Other,
            ),
        ] {
            let reply = read(body);
            assert_eq!(
                (reply.text.as_str(), reply.finish, reply.usage),
                (text, finish, None),
                "{body}"
            );
        }
    }

    #[test]
    fn calls_of_tools_are_read_however_they_are_written() {
        let reply = read(
            r#"{"choices":[{"finish_reason":"tool_calls","message":{"role":"assistant","content":null,
                "tool_calls":[
                    {"id":"c1","type":"function","function":{"name":"add","arguments":"{\"a\":1}"}},
                    {"index":1,"function":{"name":"log","arguments":{"b":[2]}}},
                    {"id":"c3","function":{"name":"now","arguments":null}},
                    {"id":null,"type":"custom"}
                ]}}]}"#,
        );
        assert_eq!(reply.finish, FinishReason::ToolCalls);
        assert_eq!(reply.text, "");
        assert_eq!(
            reply.tool_calls,
            [
                ToolCall::new("c1", "add", r#"{"a":1}"#),
                ToolCall::new("", "log", r#"{"b":[2]}"#),
                ToolCall::new("c3", "now", ""),
                ToolCall::new("", "", ""),
            ]
        );
        let none = read(r#"{"choices":[{"message":{"content":"a","tool_calls":null}}]}"#);
        assert_eq!(none.tool_calls, []);
    }

    #[test]
    fn usage_is_read_from_other_spellings() {
        let with = |usage: &str| {
            read(&format!(
                r#"{{"choices":[{{"message":{{}}}}],"usage":{usage}}}"#
            ))
            .usage
        };
        assert_eq!(
            with(r#"{"prompt_tokens":5,"total_tokens":7}"#),
            Some(Usage::new(5, 2))
        );
        let cached = Usage {
            input: 5,
            cached: 5,
            output: 1,
        };
        let deep = r#"{"prompt_tokens":5,"completion_tokens":1,"prompt_cache_hit_tokens":9}"#;
        assert_eq!(with(deep), Some(cached));
        assert_eq!(with(r#"{"prompt_tokens":5}"#), None);
        assert_eq!(with(r#""free""#), None);
    }

    #[test]
    fn what_is_not_a_reply_says_why() {
        for body in [
            "",
            "{",
            "[]",
            "null",
            "<html>",
            r#"{"choices":[]}"#,
            r#"{"choices":null}"#,
            r#"{"choices":[{"message":{"content":4}}]}"#,
        ] {
            assert!(
                matches!(decode(body.as_bytes()), Err(NotAReply::Malformed(_))),
                "{body}"
            );
        }
        assert!(matches!(
            decode(b"{\"choices\":[{\"message\":{\"content\":\"\xff\"}}]}"),
            Err(NotAReply::Malformed(_))
        ));
        assert!(matches!(
            decode(br#"{"error":{"code":502}}"#),
            Err(NotAReply::Failure)
        ));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(body in proptest::collection::vec(any::<u8>(), 0..512)) {
            let _ = decode(&body);
        }

        #[test]
        fn no_damage_to_a_good_body_panics(at in 0_usize..400, byte in any::<u8>(), cut in 0_usize..400) {
            let good = r#"{"choices":[{"message":{"content":[{"text":"a\u00e9"}],"refusal":null,"tool_calls":[{"id":"a","function":{"name":"b","arguments":"{}"}}]},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":1}}}"#;
            let mut body = good.as_bytes().to_vec();
            let at = at % body.len();
            body[at] = byte;
            body.truncate(cut.max(1));
            let _ = decode(&body);
        }
    }
}

//! The body of a request. It borrows all texts from the request.

use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeSeq, SerializeStruct, Serializer};
use serde_json::Value;

use super::content::WireContent;
use super::strict::{self, Strict};
use super::tools::{Calls, Tools};
use crate::lm::message::{Message, Role};
use crate::lm::params::{Params, ReplyFormat};
use crate::lm::request::ChatRequest;

/// The name under which [`Params::max_tokens`] is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MaxTokensField {
    /// `max_tokens`: what most compatible servers read.
    MaxTokens,
    /// `max_completion_tokens`: what OpenAI expects, and its reasoning models require.
    MaxCompletionTokens,
}

/// The fields that a request sets itself. The user can add others.
pub(super) const OWN_FIELDS: &[&str] = &[
    "model",
    "messages",
    "temperature",
    "top_p",
    "max_tokens",
    "max_completion_tokens",
    "seed",
    "stop",
    "response_format",
    "tools",
    "stream",
    "n",
];

#[derive(serde::Serialize)]
pub(super) struct Body<'a> {
    model: &'a str,
    messages: Messages<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    stop: &'a [String],
    #[serde(skip_serializing_if = "Format::is_text")]
    response_format: Format<'a>,
    #[serde(skip_serializing_if = "Tools::is_empty")]
    tools: Tools<'a>,
    #[serde(flatten)]
    extra: &'a BTreeMap<String, Value>,
}

impl<'a> Body<'a> {
    pub(super) fn new(
        model: &'a str,
        request: &'a ChatRequest,
        limit: MaxTokensField,
        extra: &'a BTreeMap<String, Value>,
    ) -> Self {
        let Params {
            temperature,
            top_p,
            max_tokens,
            seed,
            stop,
        } = &*request.params;
        let (max_tokens, max_completion_tokens) = match limit {
            MaxTokensField::MaxTokens => (*max_tokens, None),
            MaxTokensField::MaxCompletionTokens => (None, *max_tokens),
        };
        Self {
            model,
            messages: Messages(request),
            temperature: *temperature,
            top_p: *top_p,
            max_tokens,
            max_completion_tokens,
            // The protocol's seed is a signed number of 64 bits.
            seed: seed.map(|seed| seed & i64::MAX as u64),
            stop,
            response_format: Format(&request.format),
            tools: Tools(&request.tools),
            extra,
        }
    }

    /// The bytes to send, or the name of a parameter that is not a JSON number.
    pub(super) fn encode(&self, texts: usize) -> Result<Vec<u8>, &'static str> {
        let is_not_json = |number: Option<f64>| number.is_some_and(|number| !number.is_finite());
        if is_not_json(self.temperature) {
            return Err("temperature");
        }
        if is_not_json(self.top_p) {
            return Err("top_p");
        }
        // Room for the frame and for some escaped characters.
        let mut bytes = Vec::with_capacity(texts + texts / 8 + 512);
        match serde_json::to_writer(&mut bytes, self) {
            Ok(()) => Ok(bytes),
            Err(_) => Err("extra field"),
        }
    }
}

struct Messages<'a>(&'a ChatRequest);

impl Serialize for Messages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let request = self.0;
        let count = request.prefix.messages().len() + request.turns.len();
        let mut seq = serializer.serialize_seq(Some(count))?;
        for message in request.messages() {
            seq.serialize_element(&WireMessage(message))?;
        }
        seq.end()
    }
}

struct WireMessage<'a>(&'a Message);

impl Serialize for WireMessage<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Message {
            role,
            content,
            tool_calls,
            answers,
        } = self.0;
        let content = WireContent(content);
        let mut message = serializer.serialize_struct("Message", 3)?;
        message.serialize_field("role", role.as_str())?;
        if *role == Role::Tool {
            message.serialize_field("tool_call_id", answers.as_deref().unwrap_or_default())?;
        }
        match tool_calls.as_slice() {
            [] => message.serialize_field("content", &content)?,
            calls => {
                let content = Some(content).filter(|content| !content.is_empty());
                message.serialize_field("content", &content)?;
                message.serialize_field("tool_calls", &Calls(calls))?;
            }
        }
        message.end()
    }
}

struct Format<'a>(&'a ReplyFormat);

impl Format<'_> {
    fn is_text(&self) -> bool {
        matches!(self.0, ReplyFormat::Text)
    }
}

impl Serialize for Format<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut format = serializer.serialize_struct("Format", 2)?;
        match self.0 {
            ReplyFormat::Text => format.serialize_field("type", "text")?,
            ReplyFormat::JsonObject => format.serialize_field("type", "json_object")?,
            ReplyFormat::JsonSchema { name, schema } => {
                format.serialize_field("type", "json_schema")?;
                format.serialize_field("json_schema", &NamedSchema { name, schema })?;
            }
        }
        format.end()
    }
}

struct NamedSchema<'a> {
    name: &'a str,
    schema: &'a Value,
}

impl Serialize for NamedSchema<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let strict = strict::fits(self.schema);
        let mut named = serializer.serialize_struct("NamedSchema", 3)?;
        named.serialize_field("name", self.name)?;
        named.serialize_field("strict", &strict)?;
        if strict {
            named.serialize_field("schema", &Strict(self.schema))?;
        } else {
            named.serialize_field("schema", self.schema)?;
        }
        named.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lm::Prefix;

    fn request() -> ChatRequest {
        let prefix = Prefix::new(vec![Message::system("Be \"brief\".\n")]);
        ChatRequest::new(prefix, vec![Message::user("héllo")])
    }

    fn text(request: &ChatRequest, limit: MaxTokensField) -> String {
        let extra = BTreeMap::new();
        let body = Body::new("m", request, limit, &extra);
        let bytes = body.encode(request.bytes()).expect("finite numbers");
        String::from_utf8(bytes).expect("JSON is UTF-8")
    }

    #[test]
    fn only_what_is_set_is_sent() {
        assert_eq!(
            text(&request(), MaxTokensField::MaxTokens),
            r#"{"model":"m","messages":[{"role":"system","content":"Be \"brief\".\n"},{"role":"user","content":"héllo"}]}"#
        );
    }

    #[test]
    fn every_parameter_has_its_name() {
        let params = Params::default()
            .with_temperature(0.0)
            .with_top_p(0.5)
            .with_max_tokens(7)
            .with_seed(u64::MAX)
            .with_stop(["END"]);
        let request = request()
            .with_params(params)
            .with_format(ReplyFormat::JsonObject);
        let sent = text(&request, MaxTokensField::MaxCompletionTokens);
        let end = r#","temperature":0.0,"top_p":0.5,"max_completion_tokens":7,"seed":9223372036854775807,"stop":["END"],"response_format":{"type":"json_object"}}"#;
        assert!(sent.ends_with(end), "{sent}");
        assert!(text(&request, MaxTokensField::MaxTokens).contains(r#""max_tokens":7"#));
    }

    #[test]
    fn a_schema_is_strict_where_strict_mode_can_express_it() {
        let sent = |schema: Value| {
            let name = "answer".to_owned();
            let request = request().with_format(ReplyFormat::JsonSchema { name, schema });
            let sent: Value = serde_json::from_str(&text(&request, MaxTokensField::MaxTokens))
                .expect("JSON was written");
            sent["response_format"]["json_schema"].clone()
        };
        let closed =
            json!({"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]});
        let strict = sent(closed);
        assert_eq!(strict["strict"], json!(true));
        assert_eq!(strict["schema"]["additionalProperties"], json!(false));
        let open = json!({"type": "object", "additionalProperties": {"type": "integer"}});
        let loose = sent(open.clone());
        assert_eq!(loose["strict"], json!(false));
        assert_eq!(loose["schema"], open);
    }

    #[test]
    fn a_number_that_is_not_json_is_named() {
        let request = request().with_params(Params::default().with_top_p(f64::NAN));
        let extra = BTreeMap::new();
        let body = Body::new("m", &request, MaxTokensField::MaxTokens, &extra);
        assert_eq!(body.encode(0), Err("top_p"));
    }
}

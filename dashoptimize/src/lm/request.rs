//! What is sent to a model: a constant prefix, shared between calls, and the turn of this call.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::tool::{ToolCall, ToolDef};

/// Who speaks a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The rules of the conversation.
    System,
    /// The one who asks.
    User,
    /// The model.
    Assistant,
    /// A tool that the model called.
    Tool,
}

impl Role {
    /// The name that chat protocols and templates use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Tool => "tool",
        }
    }
}

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub text: String,
    /// The tools that the model called in this message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCall>,
    /// The [id](ToolCall::id) of the call whose result this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<String>,
}

impl Message {
    /// A message of the given role.
    pub fn new(role: Role, text: impl Into<String>) -> Self {
        Self {
            role,
            text: text.into(),
            tool_calls: Vec::new(),
            answers: None,
        }
    }

    /// What the model said when it called tools, to be sent back to it before the results.
    pub fn tool_calls(text: impl Into<String>, calls: Vec<ToolCall>) -> Self {
        Self {
            tool_calls: calls,
            ..Self::new(Role::Assistant, text)
        }
    }

    /// The result of the call with this [id](ToolCall::id).
    pub fn tool_result(id: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            answers: Some(id.into()),
            ..Self::new(Role::Tool, text)
        }
    }

    fn bytes(&self) -> usize {
        let calls: usize = self.tool_calls.iter().map(ToolCall::bytes).sum();
        self.text.len() + calls + self.answers.as_ref().map_or(0, String::len)
    }
}

/// The part of a prompt that is the same in every call of a predictor: system message and demos.
///
/// It is rendered once, shared by all calls, and hashed once. Models may keep work under its
/// [id](Self::id): the embedded model reads a prefix once and not once per call.
#[derive(Debug)]
pub struct Prefix {
    messages: Vec<Message>,
    hasher: Sha256,
    id: [u8; 16],
    bytes: usize,
}

impl Prefix {
    /// A prefix of these messages.
    #[must_use]
    pub fn new(messages: Vec<Message>) -> Arc<Self> {
        let mut hasher = Sha256::new();
        for message in &messages {
            hash_message(&mut hasher, message);
        }
        let id = first_half(hasher.clone());
        let bytes = messages.iter().map(Message::bytes).sum();
        Arc::new(Self {
            messages,
            hasher,
            id,
            bytes,
        })
    }

    /// The messages.
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// A hash of the content: equal for equal prefixes.
    #[must_use]
    pub const fn id(&self) -> [u8; 16] {
        self.id
    }

    /// Length of all texts in bytes.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes
    }
}

/// How the model is to answer. What is `None` is not sent, so that the provider's default holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Params {
    /// Randomness of the reply: 0 always takes the likeliest token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Share of probability that tokens are drawn from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// Largest number of tokens of the reply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u32>,
    /// Seed of the provider's sampling, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Texts that end the reply. They are not part of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stop: Vec<String>,
}

/// The form that the provider is asked to enforce, where it can.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReplyFormat {
    /// Free text.
    #[default]
    Text,
    /// Any JSON object.
    JsonObject,
    /// JSON of this schema (draft 2020-12), under this name.
    JsonSchema {
        /// Name of the schema, in letters, digits, `_` and `-`.
        name: String,
        /// The schema.
        schema: Value,
    },
}

/// One request: the constant [`Prefix`], the turns of this call, and how to answer.
#[derive(Clone, Debug)]
pub struct ChatRequest {
    /// What is the same in every call of the predictor.
    pub prefix: Arc<Prefix>,
    /// The messages of this call, the last of them by the user.
    pub turns: Vec<Message>,
    /// How to answer.
    pub params: Arc<Params>,
    /// The form of the reply that the provider should enforce.
    pub format: Arc<ReplyFormat>,
    /// The tools that the model may call in place of an answer. Only a model with
    /// [native tools](super::ModelInfo::native_tools) takes them; the gateway refuses the call otherwise.
    pub tools: Arc<[ToolDef]>,
    /// Which sample of this very request is asked for. It is part of the key of cache and journal
    /// and never sent, so that sample 1 is drawn anew and not a copy of sample 0.
    pub sample: u32,
}

impl ChatRequest {
    /// A request with provider defaults, free text and no tools.
    #[must_use]
    pub fn new(prefix: Arc<Prefix>, turns: Vec<Message>) -> Self {
        Self {
            prefix,
            turns,
            params: Arc::default(),
            format: Arc::default(),
            tools: Arc::default(),
            sample: 0,
        }
    }

    /// All messages, in order.
    pub fn messages(&self) -> impl Iterator<Item = &Message> {
        self.prefix.messages().iter().chain(&self.turns)
    }

    /// Length of all texts in bytes. No tokenizer in use makes more tokens than that of a text.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let turns: usize = self.turns.iter().map(Message::bytes).sum();
        let tools: usize = self.tools.iter().map(ToolDef::bytes).sum();
        self.prefix.bytes() + turns + tools
    }

    /// The key of this request to this model: equal for equal requests, whoever makes them.
    pub(crate) fn key(&self, model_id: &str) -> RequestKey {
        let mut hasher = self.prefix.hasher.clone();
        for message in &self.turns {
            hash_message(&mut hasher, message);
        }
        hasher.update([u8::MAX]);
        hash_part(&mut hasher, model_id.as_bytes());
        hash_params(&mut hasher, &self.params);
        match &*self.format {
            ReplyFormat::Text => hasher.update([0]),
            ReplyFormat::JsonObject => hasher.update([1]),
            ReplyFormat::JsonSchema { name, schema } => {
                hasher.update([2]);
                hash_part(&mut hasher, name.as_bytes());
                hash_part(&mut hasher, schema.to_string().as_bytes());
            }
        }
        hasher.update(self.sample.to_le_bytes());
        // A request without tools has the key that it had before there were any.
        for ToolDef {
            name,
            description,
            schema,
        } in &*self.tools
        {
            hash_part(&mut hasher, name.as_bytes());
            hash_part(&mut hasher, description.as_bytes());
            hash_part(&mut hasher, schema.to_string().as_bytes());
        }
        RequestKey(first_half(hasher))
    }
}

/// Identity of a request in cache and journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct RequestKey(pub(crate) [u8; 16]);

impl RequestKey {
    /// A number that differs between requests.
    pub(crate) fn number(self) -> u64 {
        u128::from_le_bytes(self.0) as u64
    }
}

fn hash_message(hasher: &mut Sha256, message: &Message) {
    // No role has these numbers.
    const CALL: u8 = 0x10;
    const ANSWERS: u8 = 0x11;
    hasher.update([message.role as u8]);
    hash_part(hasher, message.text.as_bytes());
    for call in &message.tool_calls {
        hasher.update([CALL]);
        for part in [&call.id, &call.name, &call.arguments] {
            hash_part(hasher, part.as_bytes());
        }
    }
    if let Some(id) = &message.answers {
        hasher.update([ANSWERS]);
        hash_part(hasher, id.as_bytes());
    }
}

fn hash_params(hasher: &mut Sha256, params: &Params) {
    let Params {
        temperature,
        top_p,
        max_tokens,
        seed,
        stop,
    } = params;
    hash_option(hasher, temperature.map(f64::to_le_bytes));
    hash_option(hasher, top_p.map(f64::to_le_bytes));
    hash_option(hasher, max_tokens.map(u32::to_le_bytes));
    hash_option(hasher, seed.map(u64::to_le_bytes));
    hasher.update((stop.len() as u64).to_le_bytes());
    for text in stop {
        hash_part(hasher, text.as_bytes());
    }
}

fn hash_option<const N: usize>(hasher: &mut Sha256, bytes: Option<[u8; N]>) {
    match bytes {
        Some(bytes) => {
            hasher.update([1]);
            hasher.update(bytes);
        }
        None => hasher.update([0]),
    }
}

/// Length first, so that no two lists of parts can hash alike.
fn hash_part(hasher: &mut Sha256, bytes: &[u8]) {
    hasher.update((bytes.len() as u64).to_le_bytes());
    hasher.update(bytes);
}

fn first_half(hasher: Sha256) -> [u8; 16] {
    let digest: [u8; 32] = hasher.finalize().into();
    let mut half = [0; 16];
    half.copy_from_slice(&digest[..16]);
    half
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn request() -> ChatRequest {
        let prefix = Prefix::new(vec![Message::new(Role::System, "Be brief.")]);
        ChatRequest::new(prefix, vec![Message::new(Role::User, "2 + 2?")])
    }

    fn with_tool(name: &str, description: &str, schema: Value) -> ChatRequest {
        let tool = ToolDef {
            name: name.to_owned(),
            description: description.to_owned(),
            schema,
        };
        ChatRequest {
            tools: Arc::new([tool]),
            ..request()
        }
    }

    #[test]
    fn requests_without_tools_have_the_keys_of_old_journals() {
        let RequestKey(key) = request().key("m");
        let hex = base16ct::lower::encode_string(&key);
        assert_eq!(
            hex, "c904ebfd2076ecd9578f3d295fdeda0b",
            "as before there were tools"
        );
    }

    #[test]
    fn whatever_a_request_says_of_tools_is_in_its_key() {
        let call = |id: &str, name: &str, arguments: &str| ToolCall::new(id, name, arguments);
        let with_turn = |turn: Message| ChatRequest {
            turns: vec![turn],
            ..request()
        };
        let requests = [
            request(),
            with_tool("add", "", json!({})),
            with_tool("ad", "d", json!({})),
            with_tool("add", "", json!({"type": "object"})),
            with_turn(Message::new(Role::Assistant, "a")),
            with_turn(Message::tool_calls("a", vec![call("1", "add", "{}")])),
            with_turn(Message::tool_calls("a", vec![call("1", "ad", "d{}")])),
            with_turn(Message::tool_calls("a", vec![call("1", "add", "{}"); 2])),
            with_turn(Message::new(Role::Tool, "a")),
            with_turn(Message::tool_result("1", "a")),
            with_turn(Message::tool_result("", "a")),
        ];
        let keys: std::collections::BTreeSet<_> = requests.iter().map(|r| r.key("m")).collect();
        assert_eq!(keys.len(), requests.len());
    }

    #[test]
    fn all_that_is_said_counts_as_bytes() {
        let plain = request().bytes();
        let tool = with_tool("add", "Adds.", json!({"a": 1}));
        assert_eq!(tool.bytes(), plain + 3 + 5 + r#"{"a":1}"#.len());
        let calls = vec![ToolCall::new("c1", "add", "{}")];
        let prefix = Prefix::new(vec![Message::tool_calls("so", calls)]);
        assert_eq!(prefix.bytes(), 2 + 2 + 3 + 2);
        let answered = ChatRequest::new(prefix, vec![Message::tool_result("c1", "4")]);
        assert_eq!(answered.bytes(), 9 + 2 + 1);
    }

    #[test]
    fn plain_messages_are_written_as_before() {
        let message = Message::new(Role::User, "a");
        let written = serde_json::to_string(&message).expect("plain JSON");
        assert_eq!(written, r#"{"role":"user","text":"a"}"#);
        let read: Message = serde_json::from_str(&written).expect("an old message");
        assert_eq!(read, message);
    }
}

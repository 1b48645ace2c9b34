//! What is sent to a model: a constant prefix, shared between calls, and the turns of this call.

use std::sync::Arc;

use super::content::MediaCount;
use super::message::Message;
use super::params::{Params, ReplyFormat};
use super::request_key::{RequestHasher, RequestKey};
use super::tool::ToolDef;

/// The part of a prompt that is the same in every call of a predictor: system message and demos.
///
/// It is rendered once, shared by all calls, and hashed once. A model may keep work under its
/// [id](Self::id): the embedded model reads a prefix once and not once per call.
#[derive(Debug)]
pub struct Prefix {
    messages: Vec<Message>,
    hasher: RequestHasher,
    id: [u8; 16],
    bytes: usize,
    media: MediaCount,
}

impl Prefix {
    /// A prefix of these messages.
    #[must_use]
    pub fn new(messages: Vec<Message>) -> Arc<Self> {
        let mut hasher = RequestHasher::default();
        let mut media = MediaCount::default();
        for message in &messages {
            hasher.message(message);
            media.add(&message.content);
        }
        let id = hasher.clone().finish();
        let bytes = messages.iter().map(Message::bytes).sum();
        Arc::new(Self {
            messages,
            hasher,
            id,
            bytes,
            media,
        })
    }

    /// The messages, in order.
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

/// One request: the constant [`Prefix`], the turns of this call, and how to answer.
///
/// ```
/// use dashoptimize::lm::{ChatRequest, Message, Params, Prefix};
///
/// let prefix = Prefix::new(vec![Message::system("Be brief.")]);
/// let request = ChatRequest::new(prefix, vec![Message::user("What is 2 + 2?")])
///     .with_params(Params::default().with_temperature(0.0));
/// assert_eq!(request.messages().count(), 2);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ChatRequest {
    /// What is the same in every call of the predictor.
    pub prefix: Arc<Prefix>,
    /// The messages of this call. The last one is the user's, or the result of a tool.
    pub turns: Vec<Message>,
    /// How to answer.
    pub params: Arc<Params>,
    /// The format of the reply that the provider should enforce.
    pub format: Arc<ReplyFormat>,
    /// The tools that the model may call instead of answering. Only a model with
    /// [native tools](super::ModelInfo::native_tools) takes them; the gateway refuses the call otherwise.
    pub tools: Arc<[ToolDef]>,
    /// Which sample of this same request is asked for. It is part of the key of cache and journal and
    /// is never sent, so that sample 1 is drawn anew and is not a copy of sample 0.
    pub sample: u32,
}

impl ChatRequest {
    /// A request with the provider's defaults, free text, no tools, and sample 0.
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

    /// Sets how to answer. Default: as the provider does.
    #[must_use]
    pub fn with_params(mut self, params: impl Into<Arc<Params>>) -> Self {
        self.params = params.into();
        self
    }

    /// Sets the format that the provider should enforce. Default free text.
    #[must_use]
    pub fn with_format(mut self, format: impl Into<Arc<ReplyFormat>>) -> Self {
        self.format = format.into();
        self
    }

    /// Sets the tools that the model may call. Default none.
    #[must_use]
    pub fn with_tools(mut self, tools: impl Into<Arc<[ToolDef]>>) -> Self {
        self.tools = tools.into();
        self
    }

    /// Sets which sample of this same request is asked for. Default 0.
    #[must_use]
    pub const fn with_sample(mut self, sample: u32) -> Self {
        self.sample = sample;
        self
    }

    /// All messages, in order.
    pub fn messages(&self) -> impl Iterator<Item = &Message> {
        self.prefix.messages().iter().chain(&self.turns)
    }

    /// Length of all texts in bytes, those of tools included and media excluded. No tokenizer in use
    /// makes more tokens of a text than it has bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let turns: usize = self.turns.iter().map(Message::bytes).sum();
        let tools: usize = self.tools.iter().map(ToolDef::bytes).sum();
        self.prefix.bytes() + turns + tools
    }

    /// The parts of all messages that are not text.
    pub(super) fn media(&self) -> MediaCount {
        let mut media = self.prefix.media;
        for message in &self.turns {
            media.add(&message.content);
        }
        media
    }

    /// The key of this request to this model: equal for equal requests, whoever makes them.
    pub(crate) fn key(&self, model_id: &str) -> RequestKey {
        let mut hasher = self.prefix.hasher.clone();
        for message in &self.turns {
            hasher.message(message);
        }
        hasher.rest(
            model_id,
            &self.params,
            &self.format,
            self.sample,
            &self.tools,
        );
        RequestKey(hasher.finish())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::lm::{Content, ContentPart, Image, Media, Role, Thinking, ToolCall};

    fn request() -> ChatRequest {
        let prefix = Prefix::new(vec![Message::system("Be brief.")]);
        ChatRequest::new(prefix, vec![Message::user("2 + 2?")])
    }

    fn with_tool(name: &str, description: &str, schema: Value) -> ChatRequest {
        request().with_tools([ToolDef::new(name, description, schema)])
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
            with_turn(Message::assistant("a")),
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
    fn every_text_counts_as_bytes() {
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
    fn whatever_a_message_says_is_in_the_key_and_a_hint_is_not() {
        let with = |content: Content| ChatRequest {
            turns: vec![Message::user(content)],
            ..request()
        };
        let media = |media_type: &str, bytes: &[u8]| Media::new(media_type, bytes);
        let requests = [
            request(),
            with("ab".into()),
            with(["a", "b"].map(ContentPart::from).into()),
            with(["ab", ""].map(ContentPart::from).into()),
            with(ContentPart::from(Image::url("ab")).into()),
            with(ContentPart::Image(Image::Data(media("a", b"b"))).into()),
            with(ContentPart::Image(Image::Data(media("", b"ab"))).into()),
            with(ContentPart::Audio(media("a", b"b")).into()),
            with(ContentPart::from(Thinking::new("ab")).into()),
            with(ContentPart::from(Thinking::new("a").with_signature("b")).into()),
        ];
        let keys: std::collections::BTreeSet<_> = requests.iter().map(|r| r.key("m")).collect();
        assert_eq!(keys.len(), requests.len());
        let hinted = with([ContentPart::from("ab"), ContentPart::CachePoint].into());
        assert_eq!(hinted.key("m"), with("ab".into()).key("m"));
    }
}

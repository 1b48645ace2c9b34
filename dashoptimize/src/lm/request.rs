//! What is sent to a model: a constant prefix, shared between calls, and the turn of this call.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

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
}

impl Role {
    /// The name that chat protocols and templates use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
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
}

impl Message {
    /// A message of the given role.
    pub fn new(role: Role, text: impl Into<String>) -> Self {
        Self {
            role,
            text: text.into(),
        }
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
        let bytes = messages.iter().map(|message| message.text.len()).sum();
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
    /// Which sample of this very request is asked for. It is part of the key of cache and journal
    /// and never sent, so that sample 1 is drawn anew and not a copy of sample 0.
    pub sample: u32,
}

impl ChatRequest {
    /// A request with provider defaults and free text.
    #[must_use]
    pub fn new(prefix: Arc<Prefix>, turns: Vec<Message>) -> Self {
        Self {
            prefix,
            turns,
            params: Arc::default(),
            format: Arc::default(),
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
        self.prefix.bytes()
            + self
                .turns
                .iter()
                .map(|message| message.text.len())
                .sum::<usize>()
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
    hasher.update([message.role as u8]);
    hash_part(hasher, message.text.as_bytes());
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

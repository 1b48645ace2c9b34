//! The identity of a request in cache and journal.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use super::content::{Content, ContentPart, Image, Media};
use super::message::Message;
use super::params::{Params, ReplyFormat};
use super::tool::ToolDef;

/// Equal for equal requests to the same model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct RequestKey(pub(crate) [u8; 16]);

impl RequestKey {
    /// The key of the same request when it is made a second time, after the provider failed. Both ends are
    /// kept, so that a resumed run meets both again.
    pub(crate) fn second_try(self) -> Self {
        Self(self.0.map(|byte| !byte))
    }

    /// A number that differs between requests.
    pub(crate) fn number(self) -> u64 {
        u128::from_le_bytes(self.0) as u64
    }
}

impl Serialize for RequestKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:x}", base16ct::HexDisplay(&self.0)))
    }
}

impl<'de> Deserialize<'de> for RequestKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut key = [0; 16];
        match base16ct::lower::decode(&text, &mut key) {
            Ok(read) if read.len() == 16 => Ok(Self(key)),
            _ => Err(D::Error::custom("a key is 32 hexadecimal digits")),
        }
    }
}

/// Hashes the parts of a request, each so that no two requests can hash alike.
#[derive(Clone, Debug, Default)]
pub(super) struct RequestHasher(Sha256);

impl RequestHasher {
    pub(super) fn message(&mut self, message: &Message) {
        // No role has these numbers.
        const CALL: u8 = 0x10;
        const ANSWERS: u8 = 0x11;
        self.content(message.role as u8, &message.content);
        for call in &message.tool_calls {
            self.0.update([CALL]);
            for part in [&call.id, &call.name, &call.arguments] {
                self.bytes(part.as_bytes());
            }
        }
        if let Some(id) = &message.answers {
            self.0.update([ANSWERS]);
            self.bytes(id.as_bytes());
        }
    }

    fn content(&mut self, role: u8, content: &Content) {
        // Neither a role nor one of the numbers above.
        const OF_PARTS: u8 = 0x20;
        let mut parts = content.parts().iter().filter(|part| !part.is_hint());
        // A message of one text has the hash that it had before there were parts.
        if let (Some(ContentPart::Text(text)), None) = (parts.next(), parts.next()) {
            self.0.update([role]);
            self.bytes(text.as_bytes());
            return;
        }
        let parts = content.parts().iter().filter(|part| !part.is_hint());
        self.0.update([OF_PARTS | role]);
        self.0.update((parts.clone().count() as u64).to_le_bytes());
        parts.for_each(|part| self.part(part));
    }

    fn part(&mut self, part: &ContentPart) {
        match part {
            ContentPart::Text(text) => self.tagged(0, text),
            ContentPart::Image(Image::Url(url)) => self.tagged(1, url),
            ContentPart::Image(Image::Data(data)) => self.media(2, data),
            ContentPart::Audio(data) => self.media(3, data),
            ContentPart::Thinking(thinking) => {
                self.tagged(4, &thinking.text);
                self.tagged(5, thinking.signature.as_deref().unwrap_or_default());
            }
            ContentPart::CachePoint => {}
        }
    }

    fn tagged(&mut self, tag: u8, text: &str) {
        self.0.update([tag]);
        self.bytes(text.as_bytes());
    }

    fn media(&mut self, tag: u8, media: &Media) {
        self.tagged(tag, media.media_type());
        self.bytes(media.bytes());
    }

    /// What follows the messages: model, parameters, format, sample and tools.
    pub(super) fn rest(
        &mut self,
        model_id: &str,
        params: &Params,
        format: &ReplyFormat,
        sample: u32,
        tools: &[ToolDef],
    ) {
        self.0.update([u8::MAX]);
        self.bytes(model_id.as_bytes());
        self.params(params);
        self.format(format);
        self.0.update(sample.to_le_bytes());
        // A request without tools has the key that it had before there were any.
        for tool in tools {
            self.bytes(tool.name.as_bytes());
            self.bytes(tool.description.as_bytes());
            self.bytes(tool.schema.to_string().as_bytes());
        }
    }

    fn params(&mut self, params: &Params) {
        let Params {
            temperature,
            top_p,
            max_tokens,
            seed,
            stop,
        } = params;
        self.option(temperature.map(f64::to_le_bytes));
        self.option(top_p.map(f64::to_le_bytes));
        self.option(max_tokens.map(u32::to_le_bytes));
        self.option(seed.map(u64::to_le_bytes));
        self.0.update((stop.len() as u64).to_le_bytes());
        for text in stop {
            self.bytes(text.as_bytes());
        }
    }

    fn format(&mut self, format: &ReplyFormat) {
        match format {
            ReplyFormat::Text => self.0.update([0]),
            ReplyFormat::JsonObject => self.0.update([1]),
            ReplyFormat::JsonSchema { name, schema } => {
                self.tagged(2, name);
                self.bytes(schema.to_string().as_bytes());
            }
        }
    }

    fn option<const N: usize>(&mut self, bytes: Option<[u8; N]>) {
        match bytes {
            Some(bytes) => {
                self.0.update([1]);
                self.0.update(bytes);
            }
            None => self.0.update([0]),
        }
    }

    /// Length first, so that no two lists of texts can hash alike.
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    /// The first half of the hash.
    pub(super) fn finish(self) -> [u8; 16] {
        let digest: [u8; 32] = self.0.finalize().into();
        let mut half = [0; 16];
        half.copy_from_slice(&digest[..16]);
        half
    }
}

//! What a message says: text, and media where the model takes them.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde::{Deserialize, Deserializer};

/// The content of a message: one part, or several in order. It is never empty.
///
/// ```
/// use dashoptimize::lm::{Content, ContentPart, Image};
///
/// let plain = Content::from("What is 2 + 2?");
/// assert_eq!(plain.text(), "What is 2 + 2?");
///
/// let mixed = Content::from([
///     ContentPart::from("What is in this picture?"),
///     ContentPart::from(Image::url("https://example.com/cat.png")),
/// ]);
/// assert_eq!(mixed.parts().len(), 2);
/// assert_eq!(mixed.text(), "What is in this picture?");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content(Parts);

/// A content of one part, which is nearly every one, needs no list.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Parts {
    One(ContentPart),
    Many {
        /// Never exactly one.
        parts: Vec<ContentPart>,
        /// The joined text, where there is more than one.
        joined: Option<String>,
    },
}

impl Content {
    /// The parts, in order.
    #[must_use]
    pub fn parts(&self) -> &[ContentPart] {
        match &self.0 {
            Parts::One(part) => std::slice::from_ref(part),
            Parts::Many { parts, .. } => parts,
        }
    }

    /// The text parts, joined with nothing between them; empty if there is none.
    #[must_use]
    pub fn text(&self) -> &str {
        match &self.0 {
            Parts::Many {
                joined: Some(joined),
                ..
            } => joined,
            _ => texts(self.parts()).next().unwrap_or_default(),
        }
    }

    /// The text, where the content is one text and nothing else.
    pub(super) fn as_plain_text(&self) -> Option<&str> {
        match &self.0 {
            Parts::One(part) => part.as_text(),
            Parts::Many { .. } => None,
        }
    }

    /// The same content without [cache points](ContentPart::CachePoint), which change no reply.
    pub(super) fn without_hints(&self) -> Self {
        let parts = self.parts().iter().filter(|part| !part.is_hint());
        parts.cloned().collect::<Vec<_>>().into()
    }

    /// Length of all texts in bytes. Images and audio are not texts.
    pub(super) fn bytes(&self) -> usize {
        self.parts().iter().map(ContentPart::bytes).sum()
    }
}

fn texts(parts: &[ContentPart]) -> impl Iterator<Item = &str> {
    parts.iter().filter_map(ContentPart::as_text)
}

impl From<ContentPart> for Content {
    fn from(part: ContentPart) -> Self {
        Self(Parts::One(part))
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        ContentPart::Text(text).into()
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<&String> for Content {
    fn from(text: &String) -> Self {
        text.clone().into()
    }
}

impl From<Vec<ContentPart>> for Content {
    /// No part at all is an empty text.
    fn from(mut parts: Vec<ContentPart>) -> Self {
        match parts.len() {
            0 | 1 => parts.pop().unwrap_or_else(|| "".into()).into(),
            _ => {
                let joined = (texts(&parts).count() > 1).then(|| texts(&parts).collect());
                Self(Parts::Many { parts, joined })
            }
        }
    }
}

impl<const N: usize> From<[ContentPart; N]> for Content {
    fn from(parts: [ContentPart; N]) -> Self {
        Vec::from(parts).into()
    }
}

/// One part of a message.
///
/// A model that does not take images or audio refuses a request that has them, with
/// [`LmErrorKind::Unsupported`](super::LmErrorKind::Unsupported); nothing that a model must see to
/// answer is ever left out silently. The two kinds of part that may be left out say so.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ContentPart {
    /// Text. Every model takes it.
    Text(String),
    /// A picture.
    Image(Image),
    /// A sound recording.
    Audio(Media),
    /// What the model thought before it answered. It is for the provider whose model wrote it, where
    /// that provider expects it back; all others leave it out.
    Thinking(Thinking),
    /// A hint that more requests will start with everything up to here, so that the provider may keep it
    /// in its prompt cache. It changes the price of a request and not its reply, so it is not part of the
    /// key of cache and journal, and providers without such a hint leave it out.
    CachePoint,
}

impl ContentPart {
    /// The text, if this is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether a request says the same without it.
    pub(super) const fn is_hint(&self) -> bool {
        matches!(self, Self::CachePoint)
    }

    /// The kind of media, if this is not text.
    pub(super) const fn media_kind(&self) -> Option<MediaKind> {
        match self {
            Self::Image(_) => Some(MediaKind::Image),
            Self::Audio(_) => Some(MediaKind::Audio),
            Self::Text(_) | Self::Thinking(_) | Self::CachePoint => None,
        }
    }

    const fn bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Thinking(thinking) => thinking.bytes(),
            Self::Image(_) | Self::Audio(_) | Self::CachePoint => 0,
        }
    }
}

impl From<&str> for ContentPart {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for ContentPart {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Image> for ContentPart {
    fn from(image: Image) -> Self {
        Self::Image(image)
    }
}

impl From<Thinking> for ContentPart {
    fn from(thinking: Thinking) -> Self {
        Self::Thinking(thinking)
    }
}

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Image {
    /// An address that the provider fetches it from.
    Url(String),
    /// The picture itself.
    Data(Media),
}

impl Image {
    /// A picture that the provider fetches from this address. The address is in the request, and so in
    /// cassettes: it should not contain a key.
    pub fn url(url: impl Into<String>) -> Self {
        Self::Url(url.into())
    }

    /// A picture of this media type, such as `image/png` or `image/jpeg`.
    pub fn data(media_type: impl Into<String>, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self::Data(Media::new(media_type, bytes))
    }
}

/// The bytes of a file, and what they are. Cloning it does not copy the bytes.
///
/// ```
/// use dashoptimize::lm::Media;
///
/// let sound = Media::new("audio/wav", *b"RIFF");
/// assert_eq!(sound.media_type(), "audio/wav");
/// assert_eq!(sound.base64().to_string(), "UklGRg==");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Media {
    media_type: String,
    bytes: Arc<[u8]>,
}

impl Media {
    /// Bytes of this media type, such as `audio/wav`.
    pub fn new(media_type: impl Into<String>, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self {
            media_type: media_type.into(),
            bytes: bytes.into(),
        }
    }

    /// The media type, such as `audio/wav`.
    #[must_use]
    pub fn media_type(&self) -> &str {
        &self.media_type
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes in base64, as JSON protocols carry them. They are encoded while they are written.
    pub fn base64(&self) -> impl fmt::Display + '_ {
        Base64Display::new(&self.bytes, &STANDARD)
    }
}

impl fmt::Debug for Media {
    /// The number of bytes in place of the bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Media({}, {} bytes)", self.media_type, self.bytes.len())
    }
}

impl Serialize for Media {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct AsText<'a>(&'a Media);
        impl Serialize for AsText<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0.base64())
            }
        }
        let mut media = serializer.serialize_struct("Media", 2)?;
        media.serialize_field("media_type", &self.media_type)?;
        media.serialize_field("base64", &AsText(self))?;
        media.end()
    }
}

impl<'de> Deserialize<'de> for Media {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct MediaOnFile {
            media_type: String,
            base64: String,
        }
        let read = MediaOnFile::deserialize(deserializer)?;
        let bytes = STANDARD
            .decode(read.base64)
            .map_err(serde::de::Error::custom)?;
        Ok(Self::new(read.media_type, bytes))
    }
}

/// What a model thought before it answered.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, Deserialize)]
#[non_exhaustive]
pub struct Thinking {
    /// The thoughts, as the provider gives them. May be empty where it gives only a signature.
    pub text: String,
    /// What the provider recognizes its own thoughts by when they are sent back. Default none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
}

impl Thinking {
    /// Thoughts without a signature.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            signature: None,
        }
    }

    /// Sets the signature. Default none.
    #[must_use]
    pub fn with_signature(mut self, signature: impl Into<String>) -> Self {
        self.signature = Some(signature.into());
        self
    }

    const fn bytes(&self) -> usize {
        let signature = match &self.signature {
            Some(signature) => signature.len(),
            None => 0,
        };
        self.text.len() + signature
    }
}

/// A kind of content other than text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MediaKind {
    /// A picture.
    Image,
    /// A sound recording.
    Audio,
}

impl MediaKind {
    /// All kinds.
    pub(super) const ALL: [Self; 2] = [Self::Image, Self::Audio];

    /// The name in messages, in the plural.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Image => "images",
            Self::Audio => "audio",
        }
    }
}

impl fmt::Display for MediaKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How many parts of each kind of media a request has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct MediaCount {
    images: u32,
    audio: u32,
}

impl MediaCount {
    pub(super) const fn of(self, kind: MediaKind) -> u32 {
        match kind {
            MediaKind::Image => self.images,
            MediaKind::Audio => self.audio,
        }
    }

    pub(super) fn add(&mut self, content: &Content) {
        for part in content.parts() {
            match part.media_kind() {
                Some(MediaKind::Image) => self.images = self.images.saturating_add(1),
                Some(MediaKind::Audio) => self.audio = self.audio.saturating_add(1),
                None => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_has_one_form() {
        let text = Content::from("a");
        assert_eq!(Content::from(vec!["a".into()]), text);
        assert_eq!(Content::from([ContentPart::from("a")]), text);
        assert_eq!(Content::from(Vec::new()), Content::from(""));
        let hinted = Content::from([ContentPart::from("a"), ContentPart::CachePoint]);
        assert_eq!(hinted.without_hints(), text);
        assert_eq!(hinted.bytes(), 1);
    }

    #[test]
    fn texts_are_joined() {
        let one = Content::from([Image::url("u").into(), ContentPart::from("a")]);
        assert_eq!(one.text(), "a");
        let more = Content::from(["a", "b", "c"].map(ContentPart::from));
        assert_eq!(more.text(), "abc");
        assert_eq!(Content::from(ContentPart::CachePoint).text(), "");
    }

    #[test]
    fn every_part_survives_a_file_and_bytes_are_not_shown() {
        let parts = vec![
            ContentPart::from("a"),
            Image::url("https://a/b.png").into(),
            Image::data("image/png", [0, 255, 7]).into(),
            ContentPart::Audio(Media::new("audio/mpeg", [1, 2])),
            Thinking::new("hm").with_signature("s").into(),
            ContentPart::CachePoint,
        ];
        let written = serde_json::to_string(&parts).expect("plain JSON");
        assert_eq!(
            written,
            r#"[{"text":"a"},{"image":{"url":"https://a/b.png"}},{"image":{"data":{"media_type":"image/png","base64":"AP8H"}}},{"audio":{"media_type":"audio/mpeg","base64":"AQI="}},{"thinking":{"text":"hm","signature":"s"}},"cache_point"]"#
        );
        let read: Vec<ContentPart> = serde_json::from_str(&written).expect("it was just written");
        assert_eq!(read, parts);
        assert!(serde_json::from_str::<Media>(r#"{"media_type":"a","base64":"?"}"#).is_err());
        let shown = format!("{:?}", parts[2]);
        assert!(shown.contains("image/png, 3 bytes"), "{shown}");
    }
}

//! The content of a message, as the protocol writes it.

use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};

use crate::lm::content::{Content, ContentPart, Image, Media};
use crate::lm::error::{LmError, LmErrorKind};
use crate::lm::message::Role;
use crate::lm::request::ChatRequest;

/// A content as one text, or as a list of parts where it has media. Thoughts and cache points are left
/// out: the protocol has neither, and caches the start of every prompt by itself.
pub(super) struct WireContent<'a>(pub(super) &'a Content);

impl WireContent<'_> {
    /// Whether there is nothing to send.
    pub(super) fn is_empty(&self) -> bool {
        !has_media(self.0) && self.0.text().is_empty()
    }
}

fn has_media(content: &Content) -> bool {
    let parts = content.parts();
    parts.iter().any(|part| part.media_kind().is_some())
}

impl Serialize for WireContent<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !has_media(self.0) {
            return serializer.serialize_str(self.0.text());
        }
        let mut parts = serializer.serialize_seq(None)?;
        for part in self.0.parts().iter().filter_map(wire_part) {
            parts.serialize_element(&part)?;
        }
        parts.end()
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum WirePart<'a> {
    Text { text: &'a str },
    ImageUrl { image_url: WireImage<'a> },
    InputAudio { input_audio: WireAudio<'a> },
}

#[derive(Serialize)]
struct WireImage<'a> {
    url: Address<'a>,
}

#[derive(Serialize)]
struct WireAudio<'a> {
    data: Base64<'a>,
    format: &'static str,
}

/// The address of an image: its own, or a `data:` URL that contains it.
struct Address<'a>(&'a Image);

impl Serialize for Address<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Image::Url(url) => serializer.serialize_str(url),
            Image::Data(media) => serializer.collect_str(&format_args!(
                "data:{};base64,{}",
                media.media_type(),
                media.base64()
            )),
        }
    }
}

struct Base64<'a>(&'a Media);

impl Serialize for Base64<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0.base64())
    }
}

fn wire_part(part: &ContentPart) -> Option<WirePart<'_>> {
    match part {
        ContentPart::Text(text) => Some(WirePart::Text { text }),
        ContentPart::Image(image) => Some(WirePart::ImageUrl {
            image_url: WireImage {
                url: Address(image),
            },
        }),
        ContentPart::Audio(media) => Some(WirePart::InputAudio {
            input_audio: WireAudio {
                data: Base64(media),
                format: audio_format(media)?,
            },
        }),
        ContentPart::Thinking(_) | ContentPart::CachePoint => None,
    }
}

/// The protocol's name of an audio format.
fn audio_format(media: &Media) -> Option<&'static str> {
    match media.media_type() {
        "audio/wav" | "audio/x-wav" | "audio/wave" | "audio/vnd.wave" => Some("wav"),
        "audio/mpeg" | "audio/mp3" => Some("mp3"),
        _ => None,
    }
}

/// Whether the protocol can carry the media of a request. Whether the model behind it takes them is for
/// the server to say.
///
/// # Errors
///
/// [`LmErrorKind::Unsupported`] for media in messages that are not the user's, and for audio that is
/// neither WAV nor MP3.
pub(super) fn check_media(model: &str, request: &ChatRequest) -> Result<(), LmError> {
    for message in request.messages() {
        for part in message.parts() {
            let Some(kind) = part.media_kind() else {
                continue;
            };
            if message.role != Role::User {
                let role = message.role.as_str();
                return Err(unsupported(format!(
                    "`{model}` takes {kind} in messages of the user only, not of the role `{role}`"
                )));
            }
            if let ContentPart::Audio(media) = part
                && audio_format(media).is_none()
            {
                let media_type = media.media_type();
                return Err(unsupported(format!(
                    "`{model}` takes audio as `audio/wav` or `audio/mpeg`, not as `{media_type}`"
                )));
            }
        }
    }
    Ok(())
}

fn unsupported(message: String) -> LmError {
    LmError::new(LmErrorKind::Unsupported, message)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lm::{Message, Prefix, Thinking};

    fn wire(content: impl Into<Content>) -> serde_json::Value {
        serde_json::to_value(WireContent(&content.into())).expect("plain JSON")
    }

    #[test]
    fn media_make_a_list_of_parts() {
        let wav = Media::new("audio/wav", [1, 2]);
        let content = [
            ContentPart::from("Look:"),
            Image::url("https://a/b.png").into(),
            Image::data("image/png", [0, 255, 7]).into(),
            ContentPart::CachePoint,
            ContentPart::Audio(wav),
            Thinking::new("hm").into(),
        ];
        assert_eq!(
            wire(content),
            json!([
                {"type": "text", "text": "Look:"},
                {"type": "image_url", "image_url": {"url": "https://a/b.png"}},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AP8H"}},
                {"type": "input_audio", "input_audio": {"data": "AQI=", "format": "wav"}},
            ])
        );
    }

    #[test]
    fn without_media_the_texts_are_one_text() {
        assert_eq!(wire("a"), json!("a"));
        let parts = [
            Thinking::new("hm").into(),
            ContentPart::from("a"),
            ContentPart::CachePoint,
            ContentPart::from("b"),
        ];
        assert_eq!(wire(parts), json!("ab"));
        assert!(WireContent(&ContentPart::CachePoint.into()).is_empty());
    }

    #[test]
    fn media_that_the_protocol_cannot_carry_are_refused() {
        let check = |message: Message| {
            let request = ChatRequest::new(Prefix::new(Vec::new()), vec![message]);
            check_media("m", &request)
        };
        let image = || ContentPart::from(Image::url("u"));
        assert!(check(Message::user(image())).is_ok());
        assert!(check(Message::tool_result("c", "text")).is_ok());
        let ogg = ContentPart::Audio(Media::new("audio/ogg", []));
        for (message, words) in [
            (Message::assistant(image()), "of the role `assistant`"),
            (Message::tool_result("c", image()), "of the role `tool`"),
            (Message::user(ogg), "not as `audio/ogg`"),
        ] {
            let error = check(message).expect_err("the protocol has no such part");
            assert_eq!(error.kind(), LmErrorKind::Unsupported);
            assert!(error.to_string().contains(words), "{error}");
        }
    }
}

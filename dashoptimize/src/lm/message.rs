//! The messages of a conversation.

use serde::Deserialize;
use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::content::{Content, ContentPart};
use super::tool::ToolCall;

/// The speaker of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
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
///
/// ```
/// use dashoptimize::lm::{ContentPart, Image, Message, Role};
///
/// let question = Message::user("What is 2 + 2?");
/// assert_eq!((question.role, question.text()), (Role::User, "What is 2 + 2?"));
///
/// let about_a_picture = Message::user([
///     ContentPart::from("What is in this picture?"),
///     ContentPart::from(Image::data("image/png", *b"\x89PNG")),
/// ]);
/// assert_eq!(about_a_picture.parts().len(), 2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "MessageOnFile")]
#[non_exhaustive]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub content: Content,
    /// The tools that the model called in this message.
    pub tool_calls: Vec<ToolCall>,
    /// The [id](ToolCall::id) of the call whose result this is.
    pub answers: Option<String>,
}

impl Message {
    /// A message of the given role.
    pub fn new(role: Role, content: impl Into<Content>) -> Self {
        Self {
            role,
            content: content.into(),
            tool_calls: Vec::new(),
            answers: None,
        }
    }

    /// The rules of the conversation.
    pub fn system(content: impl Into<Content>) -> Self {
        Self::new(Role::System, content)
    }

    /// What is asked.
    pub fn user(content: impl Into<Content>) -> Self {
        Self::new(Role::User, content)
    }

    /// What the model answered.
    pub fn assistant(content: impl Into<Content>) -> Self {
        Self::new(Role::Assistant, content)
    }

    /// What the model said when it called tools, to be sent back to it before the results.
    pub fn tool_calls(content: impl Into<Content>, calls: Vec<ToolCall>) -> Self {
        Self {
            tool_calls: calls,
            ..Self::assistant(content)
        }
    }

    /// The result of the call with this [id](ToolCall::id).
    pub fn tool_result(id: impl Into<String>, content: impl Into<Content>) -> Self {
        Self {
            answers: Some(id.into()),
            ..Self::new(Role::Tool, content)
        }
    }

    /// The text parts, joined with nothing between them.
    #[must_use]
    pub fn text(&self) -> &str {
        self.content.text()
    }

    /// The parts of the content, in order.
    #[must_use]
    pub fn parts(&self) -> &[ContentPart] {
        self.content.parts()
    }

    /// The same message without [cache points](ContentPart::CachePoint), which change no reply.
    pub(super) fn without_hints(&self) -> Self {
        Self {
            content: self.content.without_hints(),
            ..self.clone()
        }
    }

    /// Length of all texts in bytes. Images and audio are not texts.
    pub(super) fn bytes(&self) -> usize {
        let calls: usize = self.tool_calls.iter().map(ToolCall::bytes).sum();
        self.content.bytes() + calls + self.answers.as_ref().map_or(0, String::len)
    }
}

/// A content that is one text is a `text`, any other a list of `parts`.
impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut message = serializer.serialize_struct("Message", 4)?;
        message.serialize_field("role", &self.role)?;
        match self.content.as_plain_text() {
            Some(text) => message.serialize_field("text", text)?,
            None => message.serialize_field("parts", self.parts())?,
        }
        if !self.tool_calls.is_empty() {
            message.serialize_field("tool_calls", &self.tool_calls)?;
        }
        if let Some(answers) = &self.answers {
            message.serialize_field("answers", answers)?;
        }
        message.end()
    }
}

/// A message as it is read.
#[derive(Deserialize)]
struct MessageOnFile {
    role: Role,
    text: Option<String>,
    parts: Option<Vec<ContentPart>>,
    #[serde(default)]
    tool_calls: Vec<ToolCall>,
    #[serde(default)]
    answers: Option<String>,
}

impl TryFrom<MessageOnFile> for Message {
    type Error = &'static str;

    fn try_from(read: MessageOnFile) -> Result<Self, Self::Error> {
        let content = match (read.text, read.parts) {
            (Some(text), None) => text.into(),
            (None, Some(parts)) => parts.into(),
            _ => return Err("a message has either `text` or `parts`"),
        };
        Ok(Self {
            role: read.role,
            content,
            tool_calls: read.tool_calls,
            answers: read.answers,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lm::Image;

    #[test]
    fn a_message_of_text_is_written_as_a_text() {
        let message = Message::user("a");
        let written = serde_json::to_string(&message).expect("plain JSON");
        assert_eq!(written, r#"{"role":"user","text":"a"}"#);
        let read: Message = serde_json::from_str(&written).expect("it was just written");
        assert_eq!(read, message);
        let calls = vec![ToolCall::new("c", "f", "{}")];
        let written = serde_json::to_string(&Message::tool_calls("", calls)).expect("plain JSON");
        assert_eq!(
            written,
            r#"{"role":"assistant","text":"","tool_calls":[{"id":"c","name":"f","arguments":"{}"}]}"#
        );
        let written = serde_json::to_string(&Message::tool_result("c", "1")).expect("plain JSON");
        assert_eq!(written, r#"{"role":"tool","text":"1","answers":"c"}"#);
    }

    #[test]
    fn any_other_message_is_written_as_its_parts() {
        let message = Message::user([ContentPart::from("a"), Image::url("u").into()]);
        let written = serde_json::to_string(&message).expect("plain JSON");
        assert_eq!(
            written,
            r#"{"role":"user","parts":[{"text":"a"},{"image":{"url":"u"}}]}"#
        );
        let read: Message = serde_json::from_str(&written).expect("it was just written");
        assert_eq!(read, message);
        let both = r#"{"role":"user","text":"a","parts":[]}"#;
        assert!(serde_json::from_str::<Message>(both).is_err());
    }
}

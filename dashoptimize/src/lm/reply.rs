//! The reply of a model.

use serde::{Deserialize, Serialize};

use super::tool::ToolCall;

/// One reply of a model.
///
/// ```
/// use dashoptimize::lm::{ChatReply, FinishReason, Usage};
///
/// let reply = ChatReply::new("4").with_usage(Usage::new(12, 1));
/// assert_eq!(reply.finish, FinishReason::Stop);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChatReply {
    /// The text, as the model wrote it.
    pub text: String,
    /// Why the model stopped. It decides before the text is read: a reply that was cut, refused or
    /// filtered is not an answer, whatever its text says.
    pub finish: FinishReason,
    /// Tokens read and written. `None` where the provider does not report them.
    pub usage: Option<Usage>,
    /// The tools that the model calls, in its order. Only the reply to a request with tools has any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCall>,
}

impl ChatReply {
    /// A reply that the model finished, of unknown usage and without calls of tools.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            finish: FinishReason::Stop,
            usage: None,
            tool_calls: Vec::new(),
        }
    }

    /// A reply that calls these tools and has no text.
    #[must_use]
    pub fn calling(calls: Vec<ToolCall>) -> Self {
        Self {
            finish: FinishReason::ToolCalls,
            tool_calls: calls,
            ..Self::new("")
        }
    }

    /// Sets why the model stopped. Default [`FinishReason::Stop`].
    #[must_use]
    pub const fn with_finish(mut self, finish: FinishReason) -> Self {
        self.finish = finish;
        self
    }

    /// Sets the tools that the model calls. Default none.
    #[must_use]
    pub fn with_tool_calls(mut self, calls: Vec<ToolCall>) -> Self {
        self.tool_calls = calls;
        self
    }

    /// Length of all texts in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.text.len() + self.tool_calls.iter().map(ToolCall::bytes).sum::<usize>()
    }

    /// Sets the tokens read and written. Default unknown.
    #[must_use]
    pub fn with_usage(mut self, usage: Usage) -> Self {
        self.usage = Some(usage);
        self
    }
}

/// Why a model stopped writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FinishReason {
    /// It was done, or reached a stop string.
    Stop,
    /// It reached the limit of tokens: the text is cut.
    Length,
    /// The provider's content filter withheld the reply or the rest of it.
    ContentFilter,
    /// It refuses: the text says why.
    Refusal,
    /// It calls tools and waits for their results.
    ToolCalls,
    /// Any other reason, or none that is known. The text is taken for whole.
    Other,
}

/// Tokens of one call, or of many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Usage {
    /// Tokens of the prompt, those from a prefix cache included.
    pub input: u64,
    /// Tokens of the prompt that came from a prefix cache.
    pub cached: u64,
    /// Tokens of the reply.
    pub output: u64,
}

impl Usage {
    /// Tokens of a prompt and its reply, none of them from a prefix cache.
    #[must_use]
    pub const fn new(input: u64, output: u64) -> Self {
        Self {
            input,
            cached: 0,
            output,
        }
    }

    /// Sets how many tokens of the prompt came from a prefix cache. Default 0.
    #[must_use]
    pub const fn with_cached(mut self, tokens: u64) -> Self {
        self.cached = tokens;
        self
    }

    /// Tokens of prompt and reply together.
    #[must_use]
    pub const fn total(self) -> u64 {
        self.input.saturating_add(self.output)
    }
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.input = self.input.saturating_add(other.input);
        self.cached = self.cached.saturating_add(other.cached);
        self.output = self.output.saturating_add(other.output);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_of_old_journals_are_read_and_written_as_before() {
        let old = r#"{"text":"a","finish":"stop","usage":null}"#;
        let reply: ChatReply = serde_json::from_str(old).expect("an old reply");
        assert_eq!(reply, ChatReply::new("a"));
        assert_eq!(serde_json::to_string(&reply).expect("plain JSON"), old);
    }

    #[test]
    fn tool_calls_are_kept() {
        let reply = ChatReply::calling(vec![ToolCall::new("c1", "add", "{\"a\": ")]);
        let written = serde_json::to_string(&reply).expect("plain JSON");
        let read: ChatReply = serde_json::from_str(&written).expect("it was just written");
        assert_eq!(read, reply);
        assert_eq!(read.finish, FinishReason::ToolCalls);
    }
}

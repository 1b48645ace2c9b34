//! Replies that are not answers.

use std::fmt;

use crate::adapter::one_line;
use crate::error_text::debug_is_message;

/// Why a reply is not an answer, whatever its text says.
///
/// Nothing is read from such a reply: no output, no demo, and no call of a tool. A reply that the
/// provider's filter withheld is not here; it is an [`LmError`](crate::lm::LmError) of the kind
/// [`ContentPolicy`](crate::lm::LmErrorKind::ContentPolicy), as a prompt is that the filter rejects.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unanswered {
    /// It reached the limit of tokens, so its end is missing.
    #[non_exhaustive]
    Cut {
        /// [`max_tokens`](crate::lm::Params::max_tokens) of the request. `None` where the request sets no
        /// limit, so that the reply reached the one of the model or of its provider.
        limit: Option<u32>,
        /// The reply up to the cut.
        reply: String,
    },
    /// The model refuses.
    #[non_exhaustive]
    Refused {
        /// Its words.
        words: String,
    },
}

debug_is_message!(Unanswered);

impl Unanswered {
    /// A reply that was cut at this limit.
    pub(crate) fn cut(limit: Option<u32>, reply: &str) -> Self {
        Self::Cut {
            limit,
            reply: reply.to_owned(),
        }
    }

    /// A refusal in these words.
    pub(crate) fn refused(words: &str) -> Self {
        Self::Refused {
            words: words.to_owned(),
        }
    }

    /// What the model wrote.
    #[must_use]
    pub fn reply(&self) -> &str {
        match self {
            Self::Cut { reply, .. } => reply,
            Self::Refused { words } => words,
        }
    }
}

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cut {
                limit: Some(limit),
                reply,
            } => {
                write!(
                    f,
                    "the reply was cut at `max_tokens`, which is {limit}, so it is not an answer; set a \
                     higher `max_tokens`, or a shorter prompt if the context is full; "
                )?;
                wrote(f, reply)
            }
            Self::Cut { limit: None, reply } => {
                write!(
                    f,
                    "the reply was cut at the largest number of tokens that the provider allows where the \
                     request sets no `max_tokens`, so it is not an answer; set a higher `max_tokens`, or a \
                     shorter prompt if the context is full; "
                )?;
                wrote(f, reply)
            }
            Self::Refused { words } if words.trim().is_empty() => {
                f.write_str("the model refuses to answer, and does not say why")
            }
            Self::Refused { words } => {
                write!(f, "the model refuses to answer: {}", excerpt(words))
            }
        }
    }
}

/// The words of a model on one line, as far as they fit into a message.
fn excerpt(words: &str) -> String {
    const LONGEST: usize = 300;
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

fn wrote(f: &mut fmt::Formatter<'_>, reply: &str) -> fmt::Result {
    match reply.trim() {
        "" => f.write_str("the model wrote nothing of the answer, but may have written thoughts"),
        _ => write!(f, "the model wrote: {}", one_line(reply)),
    }
}

impl std::error::Error for Unanswered {}

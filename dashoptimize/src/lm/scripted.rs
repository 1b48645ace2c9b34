//! A model that answers from code.

use super::{BoxFuture, ChatModel, ChatReply, ChatRequest, LmError, Permit};

/// A model that answers from code.
pub struct Scripted {
    answer: Box<dyn Fn(&ChatRequest) -> Result<ChatReply, LmError> + Send + Sync>,
}

impl Scripted {
    /// A model that answers with this function.
    pub fn new(
        answer: impl Fn(&ChatRequest) -> Result<ChatReply, LmError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            answer: Box::new(answer),
        }
    }
}

impl std::fmt::Debug for Scripted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Scripted")
    }
}

impl ChatModel for Scripted {
    fn chat<'a>(
        &'a self,
        request: &'a ChatRequest,
        _permit: Permit<'a>,
    ) -> BoxFuture<'a, Result<ChatReply, LmError>> {
        Box::pin(std::future::ready((self.answer)(request)))
    }
}

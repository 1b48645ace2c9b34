//! OpenAI's chat completions as a [`Protocol`].

use std::collections::BTreeMap;

use serde_json::Value;

use super::body::{Body, MaxTokensField};
use super::content::check_media;
use super::{failure, reply};
use crate::lm::error::{LmError, LmErrorKind};
use crate::lm::http::{ErrorBody, NotAReply, Protocol};
use crate::lm::reply::ChatReply;
use crate::lm::request::ChatRequest;

/// What is the same in every request to one model.
pub(super) struct ChatCompletions {
    pub(super) model: String,
    pub(super) max_tokens_field: MaxTokensField,
    /// The fields that the user added to the body.
    pub(super) extra: BTreeMap<String, Value>,
}

impl Protocol for ChatCompletions {
    fn encode(&self, request: &ChatRequest) -> Result<Vec<u8>, LmError> {
        check_media(&self.model, request)?;
        let body = Body::new(&self.model, request, self.max_tokens_field, &self.extra);
        body.encode(request.bytes()).map_err(|field| {
            let message = format!(
                "the {field} of a request to `{}` cannot be written as a JSON number; use a finite one",
                self.model
            );
            LmError::new(LmErrorKind::InvalidRequest, message)
        })
    }

    fn decode(&self, body: &[u8]) -> Result<ChatReply, NotAReply> {
        reply::decode(body)
    }

    fn classify(&self, status: Option<u16>, error: &ErrorBody) -> Option<LmErrorKind> {
        failure::classify(status, error)
    }

    fn advice(&self, kind: LmErrorKind, error: &ErrorBody) -> Option<&'static str> {
        failure::advice(kind, error)
    }
}

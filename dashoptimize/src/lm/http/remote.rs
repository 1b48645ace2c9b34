//! Sends requests and reads responses.

use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use reqwest::header::HeaderMap;
use reqwest::{Client, Response};

use super::endpoint::Endpoint;
use super::error_body::{ErrorBody, text_of};
use super::failure::{FailedAttempt, kind_of_status, kind_of_words};
use super::key::{AskForKey, KeyHeader};
use super::protocol::{NotAReply, Protocol};
use super::redact::Redactor;
use super::retry_after;
use crate::lm::error::{LmError, LmErrorKind};
use crate::lm::reply::ChatReply;
use crate::lm::request::ChatRequest;
use crate::lm::secret::Secret;

/// A model behind HTTP: one protocol, spoken to one server.
pub(in crate::lm) struct RemoteModel<P> {
    /// The model's name, as messages show it.
    pub(super) model: String,
    pub(super) protocol: P,
    pub(super) endpoint: Endpoint,
    /// The headers of every request, a fixed key among them.
    pub(super) headers: HeaderMap,
    pub(super) key_header: KeyHeader,
    pub(super) ask_for_key: Option<AskForKey>,
    /// Hides what is never shown, except keys that are asked for.
    pub(super) redactor: Redactor,
    pub(super) timeout: Duration,
    pub(super) connect_timeout: Duration,
    pub(super) max_reply_bytes: usize,
    /// Built at the first call: this reads the certificates of the system, which takes milliseconds.
    pub(super) client: OnceLock<Result<Client, LmError>>,
}

impl<P: Protocol> RemoteModel<P> {
    /// Sends one request, once, and waits for its reply.
    ///
    /// # Errors
    ///
    /// Where the request cannot be encoded, the key cannot be had, or the attempt fails or takes longer
    /// than the time limit.
    pub(in crate::lm) async fn chat(&self, request: &ChatRequest) -> Result<ChatReply, LmError> {
        match tokio::time::timeout(self.timeout, self.attempt(request)).await {
            Ok(result) => result,
            Err(_) => Err(self.too_slow()),
        }
    }

    async fn attempt(&self, request: &ChatRequest) -> Result<ChatReply, LmError> {
        let client = self.client.get_or_init(|| self.build_client());
        let client = client.as_ref().map_err(Clone::clone)?;
        let body = self.protocol.encode(request)?;
        let key = match &self.ask_for_key {
            Some(ask) => Some(ask().await?),
            None => None,
        };
        let asked = key.as_ref().map(Redactor::of);
        match self.send(client, body, key.as_ref()).await {
            Ok(reply) => Ok(self.without_secrets(reply, asked.as_ref())),
            Err(failed) => Err(self.explain(failed, asked.as_ref())),
        }
    }

    fn build_client(&self) -> Result<Client, LmError> {
        let mut builder = Client::builder()
            .connect_timeout(self.connect_timeout)
            // A redirected POST loses its body, or shows its key to another server.
            .redirect(reqwest::redirect::Policy::none())
            // The gateway retries, and counts what it sends.
            .retry(reqwest::retry::never())
            .user_agent(concat!("dashoptimize/", env!("CARGO_PKG_VERSION")));
        if self.endpoint.is_loopback() {
            builder = builder.no_proxy();
        }
        builder.build().map_err(|error| {
            let message = "the HTTP client cannot be set up; check the certificates of the system";
            LmError::new(LmErrorKind::Model, message).caused_by(&error.without_url())
        })
    }

    async fn send(
        &self,
        client: &Client,
        body: Vec<u8>,
        key: Option<&Secret>,
    ) -> Result<ChatReply, FailedAttempt> {
        let mut headers = self.headers.clone();
        if let Some(key) = key {
            self.key_header.add(key, &mut headers)?;
        }
        let request = client.post(self.endpoint.url.clone()).headers(headers);
        let response = request.body(body).send().await?;
        let status = response.status();
        let retry_after = retry_after::read(response.headers(), SystemTime::now());
        if !status.is_success() {
            let words = ErrorBody::read(&explanation(response).await);
            let failed = self.refused(status.as_u16(), words);
            return Err(failed.after(retry_after));
        }
        let body = self.read_body(response).await?;
        let decoded = self.protocol.decode(&body);
        decoded.map_err(|not| self.not_a_reply(not, &body).after(retry_after))
    }

    async fn read_body(&self, mut response: Response) -> Result<Vec<u8>, FailedAttempt> {
        let announced = response.content_length().unwrap_or(0);
        let limit = self.max_reply_bytes;
        let room = usize::try_from(announced).unwrap_or(limit).min(limit);
        // A false announcement must not allocate the whole limit in advance.
        let mut body = Vec::with_capacity(room.min(64 << 10));
        while let Some(chunk) = response.chunk().await? {
            if chunk.len() > limit - body.len() {
                let why = format!("it is longer than {limit} bytes");
                return Err(FailedAttempt::new(LmErrorKind::Protocol, why));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// Without a class from the provider, the status decides.
    fn refused(&self, status: u16, error: ErrorBody) -> FailedAttempt {
        let kind = self.protocol.classify(Some(status), &error);
        let kind = kind.unwrap_or_else(|| kind_of_status(status));
        FailedAttempt::refused(kind, Some(status), error)
    }

    /// The status said success, but the body is not a reply.
    fn not_a_reply(&self, not: NotAReply, body: &[u8]) -> FailedAttempt {
        match not {
            NotAReply::Failure {
                error,
                otherwise,
                cost,
            } => match error.status {
                Some(status) => self.refused(status, error).costing(cost),
                None => {
                    let kind = self.protocol.classify(None, &error);
                    let kind = kind.or_else(|| kind_of_words(&error)).unwrap_or(otherwise);
                    FailedAttempt::refused(kind, None, error).costing(cost)
                }
            },
            NotAReply::Damaged(why, cost) => {
                FailedAttempt::new(LmErrorKind::Protocol, with_start(why, body)).costing(cost)
            }
            NotAReply::Foreign(why) => {
                FailedAttempt::new(LmErrorKind::NotAReply, with_start(why, body))
            }
        }
    }

    fn too_slow(&self) -> LmError {
        let why = format!("no answer within {:?}", self.timeout);
        self.explain(FailedAttempt::new(LmErrorKind::Timeout, why), None)
    }

    fn explain(&self, failed: FailedAttempt, asked: Option<&Redactor>) -> LmError {
        let advice = self.protocol.advice(failed.kind, &failed.error);
        failed.into_error(&self.model, &self.endpoint.host, advice, |text| {
            let text = self.redactor.message(text);
            asked.map_or(text.clone(), |asked| asked.message(&text))
        })
    }

    /// Servers echo what they were sent, also in replies.
    fn without_secrets(&self, mut reply: ChatReply, asked: Option<&Redactor>) -> ChatReply {
        let clean = |text: &mut String| {
            let taken = self.redactor.reply(std::mem::take(text));
            *text = match asked {
                Some(asked) => asked.reply(taken),
                None => taken,
            };
        };
        clean(&mut reply.text);
        for call in &mut reply.tool_calls {
            clean(&mut call.id);
            clean(&mut call.name);
            clean(&mut call.arguments);
        }
        reply
    }
}

/// What a server says of a failure. The status tells its kind, so that an explanation which is too long, too
/// slow or broken is just cut.
async fn explanation(mut response: Response) -> Vec<u8> {
    const MOST_BYTES: usize = 64 << 10;
    const TIME: Duration = Duration::from_secs(2);
    let mut words = Vec::new();
    let read = async {
        while words.len() < MOST_BYTES
            && let Ok(Some(chunk)) = response.chunk().await
        {
            words.extend_from_slice(&chunk);
        }
    };
    // What was read by then is kept.
    let _ = tokio::time::timeout(TIME, read).await;
    words.truncate(MOST_BYTES);
    words
}

/// What is wrong with a body, and how the body starts.
fn with_start(why: String, body: &[u8]) -> String {
    match text_of(body).trim() {
        "" => why,
        start => format!("{why}; it starts: {start}"),
    }
}

impl<P> RemoteModel<P> {
    /// The host of the server, for `Debug` and messages. Nothing else of its address is shown.
    pub(in crate::lm) fn host(&self) -> &str {
        &self.endpoint.host
    }

    /// The model's name.
    pub(in crate::lm) fn model(&self) -> &str {
        &self.model
    }

    pub(in crate::lm) const fn protocol(&self) -> &P {
        &self.protocol
    }

    /// How long one attempt may take in total.
    pub(in crate::lm) const fn timeout(&self) -> Duration {
        self.timeout
    }
}

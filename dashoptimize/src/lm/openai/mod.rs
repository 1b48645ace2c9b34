//! A client of OpenAI's chat completions, and of the many servers that speak the same protocol.

mod body;
mod builder;
mod endpoint;
mod failure;
mod model_id;
mod redact;
mod reply;
mod retry_after;
mod strict;
mod tools;

pub use body::MaxTokensField;
pub use builder::OpenAiBuilder;

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::{Client, Response};
use serde_json::Value;

use self::body::Body;
use self::endpoint::Endpoint;
use self::failure::Said;
use self::reply::NoReply;
use super::{
    BoxFuture, ChatModel, ChatReply, ChatRequest, LmError, LmErrorKind, ModelInfo, Permit, Secret,
};

/// A chat model behind OpenAI's protocol: OpenAI's own, or any server that speaks it, such as vLLM,
/// llama.cpp, Ollama or a proxy. Clones share connections. It needs a Tokio runtime.
///
/// A proxy of the environment (`HTTPS_PROXY`, `NO_PROXY`) is used, but not to reach this machine.
///
/// Each call is one HTTP request; only what the request sets is sent. It does not stream and asks for
/// one choice. A refusal comes back as a reply that ends with
/// [`ContentFilter`](super::FinishReason::ContentFilter), because it is paid for.
///
/// ```
/// use dashoptimize::lm::{ChatModel, LmError, OpenAi, Price};
///
/// # fn main() -> Result<(), LmError> {
/// let lm = OpenAi::builder("llama-3.2-3b")
///     .base_url("http://localhost:8000/v1")
///     .price(Price::FREE)
///     .build()?;
/// assert_eq!(lm.info().id, "openai/llama-3.2-3b@localhost:8000");
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct OpenAi {
    parts: Arc<Parts>,
}

struct Parts {
    /// Made at the first call: it reads the certificates of the system, which takes milliseconds.
    client: OnceLock<Result<Client, LmError>>,
    connect_timeout: Duration,
    model: String,
    endpoint: Endpoint,
    key: Key,
    headers: HeaderMap,
    /// What is never shown, beside keys that are asked for.
    secrets: Vec<Secret>,
    timeout: Duration,
    max_reply_bytes: usize,
    max_tokens_field: MaxTokensField,
    extra: BTreeMap<String, Value>,
    info: ModelInfo,
}

type AskKey = Arc<dyn Fn() -> BoxFuture<'static, Result<Secret, LmError>> + Send + Sync>;

enum Key {
    None,
    /// The key, and the header that it makes.
    Value(Secret, HeaderValue),
    Asked(AskKey),
}

impl OpenAi {
    /// A client of this model with the settings of the environment: `OPENAI_API_KEY`, and where they
    /// are set `OPENAI_BASE_URL`, `OPENAI_ORG_ID` and `OPENAI_PROJECT_ID`.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), dashoptimize::lm::LmError> {
    /// let lm = dashoptimize::lm::OpenAi::from_env("gpt-4o-mini")?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`OpenAiBuilder::build`]: above all, [`LmErrorKind::Auth`] where there is no key and the
    /// server is OpenAI's own.
    pub fn from_env(model: impl Into<String>) -> Result<Self, LmError> {
        Self::builder(model).env().build()
    }

    /// The same as [`from_env`](Self::from_env).
    ///
    /// # Errors
    ///
    /// As [`from_env`](Self::from_env).
    pub fn new(model: impl Into<String>) -> Result<Self, LmError> {
        Self::from_env(model)
    }

    /// Settings of a client of this model. Nothing is read from the environment unless
    /// [`OpenAiBuilder::env`] is called.
    pub fn builder(model: impl Into<String>) -> OpenAiBuilder {
        OpenAiBuilder::new(model.into())
    }

    fn of(parts: Parts) -> Self {
        Self {
            parts: Arc::new(parts),
        }
    }
}

impl ChatModel for OpenAi {
    fn chat<'a>(
        &'a self,
        request: &'a ChatRequest,
        _permit: Permit<'a>,
    ) -> BoxFuture<'a, Result<ChatReply, LmError>> {
        let parts = &*self.parts;
        Box::pin(async move {
            let attempt = parts.attempt(request);
            match tokio::time::timeout(parts.timeout, attempt).await {
                Ok(done) => done,
                Err(_) => Err(parts.too_slow()),
            }
        })
    }

    fn info(&self) -> ModelInfo {
        self.parts.info.clone()
    }
}

impl Parts {
    async fn attempt(&self, request: &ChatRequest) -> Result<ChatReply, LmError> {
        let client = self.client.get_or_init(|| self.connect());
        let client = client.as_ref().map_err(Clone::clone)?;
        let body = self.encode(request)?;
        let asked = match &self.key {
            Key::Asked(ask) => Some(ask().await?),
            _ => None,
        };
        let secrets = || self.secrets.iter().chain(&asked);
        let sent = self.send(client, body, asked.as_ref()).await;
        sent.map(|mut reply| {
            reply.text = redact::reply(reply.text, secrets());
            for call in &mut reply.tool_calls {
                let arguments = std::mem::take(&mut call.arguments);
                call.arguments = redact::reply(arguments, secrets());
            }
            reply
        })
        .map_err(|problem| problem.into_error(self, secrets()))
    }

    fn connect(&self) -> Result<Client, LmError> {
        let mut builder = Client::builder()
            .connect_timeout(self.connect_timeout)
            // A redirected POST loses its body or shows its key to another server.
            .redirect(reqwest::redirect::Policy::none())
            // Retries are the gateway's, which counts them.
            .retry(reqwest::retry::never())
            .user_agent(concat!("dashoptimize/", env!("CARGO_PKG_VERSION")));
        if self.endpoint.is_loopback() {
            builder = builder.no_proxy();
        }
        builder.build().map_err(|error| {
            let message = "the HTTP client cannot be set up; check the certificates of the system";
            LmError::new(LmErrorKind::Model, message).with_source(error.without_url())
        })
    }

    fn encode(&self, request: &ChatRequest) -> Result<Vec<u8>, LmError> {
        let body = Body::new(&self.model, request, self.max_tokens_field, &self.extra);
        body.encode(request.bytes()).map_err(|field| {
            let message = format!(
                "the {field} of a request to `{}` is not a number that JSON can say; give a finite one",
                self.model
            );
            LmError::new(LmErrorKind::InvalidRequest, message)
        })
    }

    async fn send(
        &self,
        client: &Client,
        body: Vec<u8>,
        asked: Option<&Secret>,
    ) -> Result<ChatReply, Problem> {
        let mut headers = self.headers.clone();
        match (&self.key, asked) {
            (Key::Value(_, bearer), _) if !headers.contains_key(AUTHORIZATION) => {
                headers.insert(AUTHORIZATION, bearer.clone());
            }
            (_, Some(key)) => {
                headers.insert(AUTHORIZATION, bearer(key)?);
            }
            _ => {}
        }
        let request = client.post(self.endpoint.url.clone()).headers(headers);
        let response = request.body(body).send().await.map_err(Problem::broken)?;
        let status = response.status();
        let retry_after = retry_after::read(response.headers(), SystemTime::now());
        let body = self.read_body(response).await?;
        if !status.is_success() {
            let said = failure::read(&body);
            return Err(Problem::failed(status.as_u16(), said, retry_after));
        }
        match reply::decode(&body) {
            Ok(reply) => Ok(reply),
            Err(NoReply::Failure) => {
                let said = failure::read(&body);
                let status = said.status.unwrap_or(500);
                Err(Problem::failed(status, said, retry_after))
            }
            Err(NoReply::Broken(why)) => Err(Problem::new(LmErrorKind::Protocol, why)),
        }
    }

    async fn read_body(&self, mut response: Response) -> Result<Vec<u8>, Problem> {
        let announced = response.content_length().unwrap_or(0);
        let limit = self.max_reply_bytes;
        let room = usize::try_from(announced).unwrap_or(limit).min(limit);
        // A false announcement must not reserve all of the limit at once.
        let mut body = Vec::with_capacity(room.min(64 << 10));
        while let Some(chunk) = response.chunk().await.map_err(Problem::broken)? {
            if chunk.len() > limit - body.len() {
                let why = format!("it is longer than {limit} bytes");
                return Err(Problem::new(LmErrorKind::Protocol, why));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn too_slow(&self) -> LmError {
        let why = format!("no answer within {:?}", self.timeout);
        Problem::new(LmErrorKind::Timeout, why).into_error(self, self.secrets.iter())
    }
}

/// What went wrong, before it is put in words and secrets are taken out.
struct Problem {
    kind: LmErrorKind,
    said: Said,
    status: Option<u16>,
    retry_after: Option<Duration>,
    source: Option<reqwest::Error>,
}

impl Problem {
    fn new(kind: LmErrorKind, message: String) -> Self {
        let said = Said {
            message,
            ..Said::default()
        };
        Self {
            kind,
            said,
            status: None,
            retry_after: None,
            source: None,
        }
    }

    /// The connection could not be made, or broke.
    fn broken(error: reqwest::Error) -> Self {
        // The URL may hold a key.
        let error = error.without_url();
        let kind = if error.is_timeout() {
            LmErrorKind::Timeout
        } else if error.is_body() || error.is_decode() {
            LmErrorKind::Protocol
        } else {
            LmErrorKind::Connection
        };
        let mut problem = Self::new(kind, deepest(&error));
        problem.source = Some(error);
        problem
    }

    /// The server says that it failed.
    fn failed(status: u16, said: Said, retry_after: Option<Duration>) -> Self {
        Self {
            kind: failure::kind(status, &said),
            said,
            status: Some(status),
            retry_after,
            source: None,
        }
    }

    /// Says which model, where, what and what to do.
    fn into_error<'s>(self, parts: &Parts, secrets: impl Iterator<Item = &'s Secret>) -> LmError {
        let mut message = format!(
            "`{}` at {} {}",
            parts.model,
            parts.endpoint.host,
            failure::happened(self.kind)
        );
        if !self.said.message.is_empty() {
            message.push_str(": ");
            message.push_str(&redact::message(&self.said.message, secrets));
        }
        if let Some(advice) = failure::advice(self.kind, &self.said) {
            message.push_str("; ");
            message.push_str(advice);
        }
        let mut error = LmError::new(self.kind, message);
        if let Some(status) = self.status {
            error = error.with_status(status);
        }
        if let Some(wait) = self.retry_after {
            error = error.with_retry_after(wait);
        }
        match self.source {
            Some(source) => error.with_source(source),
            None => error,
        }
    }
}

impl From<BadKey> for Problem {
    fn from(_: BadKey) -> Self {
        Self::new(LmErrorKind::Auth, BAD_KEY.to_owned())
    }
}

const BAD_KEY: &str = "the key holds characters that no HTTP header can; check where it comes from";

/// A key that cannot be sent.
struct BadKey;

impl From<BadKey> for LmError {
    fn from(_: BadKey) -> Self {
        Self::new(LmErrorKind::Auth, BAD_KEY)
    }
}

fn bearer(key: &Secret) -> Result<HeaderValue, BadKey> {
    let text = format!("Bearer {}", key.expose());
    let mut value = HeaderValue::from_str(&text).map_err(|_| BadKey)?;
    value.set_sensitive(true);
    Ok(value)
}

/// The words of the innermost error: the outer ones only say that something was sent.
fn deepest(error: &dyn Error) -> String {
    let mut deepest = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string()
}

impl fmt::Debug for OpenAi {
    /// Neither the base URL's path nor header values: both can hold keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenAi")
            .field("model", &self.parts.model)
            .field("host", &self.parts.endpoint.host)
            .field("timeout", &self.parts.timeout)
            .field("max_tokens_field", &self.parts.max_tokens_field)
            .field("info", &self.parts.info)
            .finish_non_exhaustive()
    }
}

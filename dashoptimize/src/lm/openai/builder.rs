//! Settings of the client.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::time::Duration;

use reqwest::header::AUTHORIZATION;
use serde_json::Value;

use super::body::{MaxTokensField, OWN_FIELDS};
use super::client::OpenAi;
use super::hosts::{OPENAI_URL, has_list_prices, is_openai};
use super::model_id::Identity;
use super::protocol::ChatCompletions;
use crate::lm::chat_model::{MediaSupport, ModelInfo};
use crate::lm::error::{LmError, LmErrorKind};
use crate::lm::http::{Endpoint, HttpSettings, KeyHeader, KeySource, invalid_setting};
use crate::lm::price::Price;
use crate::lm::prices::longest_reply;
use crate::lm::secret::Secret;

/// Settings of an [`OpenAi`] client. See [`OpenAi::builder`].
#[must_use]
pub struct OpenAiBuilder {
    model: String,
    id: Option<String>,
    http: HttpSettings,
    price: Option<Price>,
    max_output_tokens: Option<u32>,
    max_tokens_field: Option<MaxTokensField>,
    native_tools: bool,
    max_image_tokens: Option<u32>,
    max_audio_tokens: Option<u32>,
    extra: BTreeMap<String, Value>,
}

/// OpenAI's key is a bearer token.
const KEY_HEADER: KeyHeader = KeyHeader {
    name: AUTHORIZATION,
    scheme: "Bearer ",
};

impl OpenAi {
    /// A client of this model with the settings of the environment: `OPENAI_API_KEY` and, if they are
    /// set, `OPENAI_BASE_URL`, `OPENAI_ORG_ID` and `OPENAI_PROJECT_ID`.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), dashoptimize::lm::LmError> {
    /// let lm = dashoptimize::lm::OpenAi::from_env("gpt-4o-mini")?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`OpenAiBuilder::build`]: above all [`LmErrorKind::Auth`], where no key is set and the
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
}

impl OpenAiBuilder {
    fn new(model: String) -> Self {
        Self {
            model,
            id: None,
            http: HttpSettings::default(),
            price: None,
            max_output_tokens: None,
            max_tokens_field: None,
            native_tools: true,
            max_image_tokens: None,
            max_audio_tokens: None,
            extra: BTreeMap::new(),
        }
    }

    /// Reads key, base URL, organization and project from the environment variables `OPENAI_API_KEY`,
    /// `OPENAI_BASE_URL`, `OPENAI_ORG_ID` and `OPENAI_PROJECT_ID`, where they are set and not empty.
    pub fn env(self) -> Self {
        self.variables(|name| std::env::var(name).ok())
    }

    fn variables(mut self, get: impl Fn(&str) -> Option<String>) -> Self {
        let get = |name| get(name).filter(|value| !value.trim().is_empty());
        if let Some(url) = get("OPENAI_BASE_URL") {
            self = self.base_url(url);
        }
        if let Some(key) = get("OPENAI_API_KEY") {
            self = self.api_key(key);
        }
        if let Some(organization) = get("OPENAI_ORG_ID") {
            self = self.organization(organization);
        }
        if let Some(project) = get("OPENAI_PROJECT_ID") {
            self = self.project(project);
        }
        self
    }

    /// Sets the address of the server, such as `http://localhost:8000/v1`. Default
    /// `https://api.openai.com/v1`.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.http.base_url = Some(url.into());
        self
    }

    /// Sets the key. Default none, which OpenAI's own servers do not allow and others may.
    pub fn api_key(mut self, key: impl Into<Secret>) -> Self {
        self.http.key = KeySource::Fixed(key.into());
        self
    }

    /// Sets a function that is asked for the key before each attempt, for keys that expire during a run.
    /// The time it takes counts towards the [`timeout`](Self::timeout).
    ///
    /// ```
    /// use dashoptimize::lm::{LmError, LmErrorKind, OpenAi, Secret};
    ///
    /// # fn main() -> Result<(), LmError> {
    /// let lm = OpenAi::builder("gpt-4o-mini")
    ///     .api_key_with(|| async {
    ///         std::fs::read_to_string("/run/secrets/token")
    ///             .map(Secret::new)
    ///             .map_err(|error| LmError::new(LmErrorKind::Auth, "no token").caused_by(&error))
    ///     })
    ///     .build()?;
    /// # Ok(()) }
    /// ```
    pub fn api_key_with<F, Fut>(mut self, ask: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Secret, LmError>> + Send + 'static,
    {
        self.http.key = KeySource::asked(ask);
        self
    }

    /// Adds a header to every request. Its value is treated as a key: it is never shown.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<Secret>) -> Self {
        self.http.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the organization that is billed. Default: the one of the key.
    pub fn organization(self, id: impl Into<Secret>) -> Self {
        self.header("openai-organization", id)
    }

    /// Sets the project that is billed. Default: the one of the key.
    pub fn project(self, id: impl Into<Secret>) -> Self {
        self.header("openai-project", id)
    }

    /// Sets how long one attempt may take in total. Default 120 s.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.http.timeout = timeout;
        self
    }

    /// Sets how long making a connection may take. Default 10 s.
    pub const fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.http.connect_timeout = timeout;
        self
    }

    /// Sets the largest response that is read, in bytes. Default 32 MiB.
    pub const fn max_reply_bytes(mut self, bytes: usize) -> Self {
        self.http.max_reply_bytes = bytes;
        self
    }

    /// Sets the price of a token. Default: the [list price](Price::of) where the server is OpenAI's,
    /// Anthropic's or Google's own, unknown otherwise. For a model that costs nothing, pass
    /// [`Price::FREE`].
    pub const fn price(mut self, price: Price) -> Self {
        self.price = Some(price);
        self
    }

    /// Sets the length in tokens of the longest reply that the model gives where a request sets no
    /// limit. It is not sent. Default: the one in the same table, unknown otherwise.
    pub const fn max_output_tokens(mut self, tokens: u32) -> Self {
        self.max_output_tokens = Some(tokens);
        self
    }

    /// Sets the name of the field that limits the length of a reply. Default `max_completion_tokens` for
    /// OpenAI's own servers, where all chat models read it and reasoning models read nothing else;
    /// `max_tokens` for all others, most of which ignore the newer name.
    pub const fn max_tokens_field(mut self, field: MaxTokensField) -> Self {
        self.max_tokens_field = Some(field);
        self
    }

    /// Sets the largest number of tokens that one image counts as, which budgets in tokens or dollars
    /// need to know. It is not sent. Default unknown: such a budget then refuses requests with images.
    pub const fn max_image_tokens(mut self, tokens: u32) -> Self {
        self.max_image_tokens = Some(tokens);
        self
    }

    /// Sets the largest number of tokens that one sound recording counts as, which budgets in tokens or
    /// dollars need to know. It is not sent. Default unknown: such a budget then refuses requests with
    /// audio. Where the provider charges more for audio than for text, give the higher
    /// [`price`](Self::price).
    pub const fn max_audio_tokens(mut self, tokens: u32) -> Self {
        self.max_audio_tokens = Some(tokens);
        self
    }

    /// Sets whether the server takes tools. Default `true`, as OpenAI and most servers do; where one
    /// does not, programs describe their tools in the prompt.
    pub const fn native_tools(mut self, taken: bool) -> Self {
        self.native_tools = taken;
        self
    }

    /// Adds a field to the body of every request, such as `reasoning_effort`. It becomes part of the
    /// model's [id](ModelInfo::id), because it can change the replies.
    ///
    /// ```
    /// use dashoptimize::lm::{ChatModel, LmError, OpenAi};
    ///
    /// # fn main() -> Result<(), LmError> {
    /// let lm = OpenAi::builder("o4-mini")
    ///     .api_key("sk-...")
    ///     .body_field("reasoning_effort", "low")
    ///     .build()?;
    /// assert_eq!(lm.info().id, "openai/o4-mini#reasoning_effort=low");
    /// # Ok(()) }
    /// ```
    pub fn body_field(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.extra.insert(name.into(), value.into());
        self
    }

    /// Sets the model's [id](ModelInfo::id), under which replies are cached and journaled.
    ///
    /// The default holds everything that decides which model answers: `openai/<model>`; where the base URL
    /// is not OpenAI's own, `@` with scheme, host and port, and a hash of path and query unless the path is
    /// just `/v1`; the fields added to the body; and hashes of the added headers. Headers that carry a key,
    /// by their name (`api-key`, `authorization`, `x-token` and the like), and those that say who pays or
    /// asks are left out, so that replies stay valid when a key changes. If a key does select a deployment,
    /// or a path or a query holds a key that changes, set an id.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Builds the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`LmErrorKind::Auth`] where the server is OpenAI's own and no key is set, or the key cannot be
    /// sent; [`LmErrorKind::InvalidRequest`] where another setting is wrong.
    pub fn build(self) -> Result<OpenAi, LmError> {
        let endpoint = self.http.endpoint(OPENAI_URL, "/chat/completions")?;
        let host = &endpoint.host;
        self.check(host)?;
        let info = self.info(&endpoint);
        let max_tokens_field = self.max_tokens_field.unwrap_or(if is_openai(host) {
            MaxTokensField::MaxCompletionTokens
        } else {
            MaxTokensField::MaxTokens
        });
        let protocol = ChatCompletions {
            model: self.model.clone(),
            max_tokens_field,
            extra: self.extra,
        };
        let remote = self
            .http
            .connect(self.model, endpoint, KEY_HEADER, protocol)?;
        Ok(OpenAi::of(remote, info))
    }

    fn check(&self, host: &str) -> Result<(), LmError> {
        if self.model.trim().is_empty() {
            return Err(invalid_setting("the name of the model is empty"));
        }
        let is_own = |name: &&String| OWN_FIELDS.contains(&name.as_str());
        if let Some(field) = self.extra.keys().find(is_own) {
            return Err(invalid_setting(format!(
                "the field `{field}` is set from each request; leave it out of `body_field`"
            )));
        }
        if is_openai(host) && self.http.has_no_key(&KEY_HEADER) {
            let message = format!(
                "no key for `{}` at {host}; set OPENAI_API_KEY and use `OpenAi::from_env`, or pass one \
                 with `OpenAi::builder(..).api_key(..)`",
                self.model
            );
            return Err(LmError::new(LmErrorKind::Auth, message));
        }
        Ok(())
    }

    fn info(&self, endpoint: &Endpoint) -> ModelInfo {
        let listed = has_list_prices(&endpoint.host).then_some(&*self.model);
        let identity = Identity {
            model: &self.model,
            endpoint,
            fields: &self.extra,
            headers: &self.http.headers,
        };
        let mut info = ModelInfo::new(self.id.clone().unwrap_or_else(|| identity.id()));
        info.price = self.price.or_else(|| listed.and_then(Price::of));
        info.max_output_tokens = self
            .max_output_tokens
            .or_else(|| listed.and_then(longest_reply));
        info.native_tools = self.native_tools;
        info.images = bounded(self.max_image_tokens);
        info.audio = bounded(self.max_audio_tokens);
        info
    }
}

/// The protocol carries media; whether the model takes them is for the server to say.
fn bounded(tokens: Option<u32>) -> MediaSupport {
    tokens.map_or(MediaSupport::Unbounded, MediaSupport::UpTo)
}

impl fmt::Debug for OpenAiBuilder {
    /// Neither base URL nor header values: both can contain keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenAiBuilder")
            .field("model", &self.model)
            .field("timeout", &self.http.timeout)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lm::ChatModel;

    fn from(variables: &[(&str, &str)]) -> Result<OpenAi, LmError> {
        OpenAi::builder("gpt-4o-mini")
            .variables(|name| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            })
            .build()
    }

    #[test]
    fn without_a_key_openai_is_refused_and_other_servers_are_not() {
        for variables in [&[][..], &[("OPENAI_API_KEY", " \n")]] {
            let error = from(variables).expect_err("there is no key");
            assert_eq!(error.kind(), LmErrorKind::Auth);
            for words in ["gpt-4o-mini", "api.openai.com", "OPENAI_API_KEY"] {
                assert!(error.to_string().contains(words), "{error}");
            }
        }
        let other = from(&[("OPENAI_BASE_URL", "http://localhost:8000/v1")]);
        let info = other.expect("a server without a key").info();
        assert_eq!(info.id, "openai/gpt-4o-mini@http://localhost:8000");
        assert_eq!(
            info.price, None,
            "the list price is not that of another server"
        );
    }

    #[test]
    fn the_table_fills_what_is_known() {
        let info = from(&[("OPENAI_API_KEY", "sk-1")]).expect("a key").info();
        assert_eq!(info.id, "openai/gpt-4o-mini");
        assert_eq!(info.price, Price::of("gpt-4o-mini"));
        assert_eq!(info.max_output_tokens, Some(16_384));
    }

    #[test]
    fn wrong_settings_are_refused_without_showing_secrets() {
        let builder = || OpenAi::builder("m").base_url("http://h/v1");
        for wrong in [
            builder().api_key("hush\nhush"),
            builder().header("x-key", "hush\u{1}"),
            builder().header("x key", "hush"),
            builder().base_url("hush://hush:hush@h"),
            builder().body_field("stream", true),
        ] {
            let shown = format!("{wrong:?}");
            let error = wrong.build().expect_err("a wrong setting");
            for text in [shown, error.to_string(), format!("{error:?}")] {
                assert!(!text.contains("hush"), "{text}");
            }
        }
    }
}

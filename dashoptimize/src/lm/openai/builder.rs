//! Settings of the client.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use super::body::{MaxTokensField, OWN_FIELDS};
use super::endpoint::{Endpoint, OPENAI_URL};
use super::model_id::model_id;
use super::{AskKey, Key, OpenAi, Parts, bearer};
use crate::lm::{LmError, LmErrorKind, ModelInfo, Price, Secret, longest_reply};

/// Settings of an [`OpenAi`] client. See [`OpenAi::builder`].
#[must_use]
pub struct OpenAiBuilder {
    model: String,
    id: Option<String>,
    base_url: Option<String>,
    key: KeySetting,
    headers: Vec<(String, Secret)>,
    timeout: Duration,
    connect_timeout: Duration,
    max_reply_bytes: usize,
    price: Option<Price>,
    max_output_tokens: Option<u32>,
    max_tokens_field: Option<MaxTokensField>,
    native_tools: bool,
    extra: BTreeMap<String, Value>,
}

enum KeySetting {
    None,
    Value(Secret),
    Asked(AskKey),
}

impl OpenAiBuilder {
    pub(super) fn new(model: String) -> Self {
        Self {
            model,
            id: None,
            base_url: None,
            key: KeySetting::None,
            headers: Vec::new(),
            timeout: Duration::from_secs(120),
            connect_timeout: Duration::from_secs(10),
            max_reply_bytes: 32 << 20,
            price: None,
            max_output_tokens: None,
            max_tokens_field: None,
            native_tools: true,
            extra: BTreeMap::new(),
        }
    }

    /// Takes key, base URL, organization and project from `OPENAI_API_KEY`, `OPENAI_BASE_URL`,
    /// `OPENAI_ORG_ID` and `OPENAI_PROJECT_ID`, where they are set and not empty.
    pub fn env(self) -> Self {
        self.variables(|name| std::env::var(name).ok())
    }

    pub(super) fn variables(mut self, get: impl Fn(&str) -> Option<String>) -> Self {
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
        self.base_url = Some(url.into());
        self
    }

    /// Sets the key. Default none, which only servers other than OpenAI's own may allow.
    pub fn api_key(mut self, key: impl Into<Secret>) -> Self {
        self.key = KeySetting::Value(key.into());
        self
    }

    /// Sets a function that is asked for the key before each attempt, for keys that live shorter than
    /// a run. Its time counts against the [`timeout`](Self::timeout).
    ///
    /// ```
    /// use dashoptimize::lm::{LmError, LmErrorKind, OpenAi, Secret};
    ///
    /// # fn main() -> Result<(), LmError> {
    /// let lm = OpenAi::builder("gpt-4o-mini")
    ///     .api_key_with(|| async {
    ///         std::fs::read_to_string("/run/secrets/token")
    ///             .map(Secret::new)
    ///             .map_err(|error| LmError::new(LmErrorKind::Auth, "no token").with_source(error))
    ///     })
    ///     .build()?;
    /// # Ok(()) }
    /// ```
    pub fn api_key_with<F, Fut>(mut self, ask: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Secret, LmError>> + Send + 'static,
    {
        self.key = KeySetting::Asked(Arc::new(move || Box::pin(ask())));
        self
    }

    /// Adds a header to every request. Its value is treated like a key: it is never shown.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<Secret>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the organization that is billed. Default that of the key.
    pub fn organization(self, id: impl Into<Secret>) -> Self {
        self.header("openai-organization", id)
    }

    /// Sets the project that is billed. Default that of the key.
    pub fn project(self, id: impl Into<Secret>) -> Self {
        self.header("openai-project", id)
    }

    /// Sets how long one attempt may take in all. Default 120 s.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets how long making a connection may take. Default 10 s.
    pub const fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets the largest response that is read, in bytes. Default 32 MiB.
    pub const fn max_reply_bytes(mut self, bytes: usize) -> Self {
        self.max_reply_bytes = bytes;
        self
    }

    /// Sets the price of a token. Default: the [list price](Price::of) where the server is OpenAI's,
    /// Anthropic's or Google's own, unknown otherwise. For a model that costs nothing, say
    /// [`Price::FREE`].
    pub const fn price(mut self, price: Price) -> Self {
        self.price = Some(price);
        self
    }

    /// Sets the longest reply in tokens that the model gives where a request sets no limit. It is not
    /// sent. Default: that of the same table, unknown otherwise.
    pub const fn max_output_tokens(mut self, tokens: u32) -> Self {
        self.max_output_tokens = Some(tokens);
        self
    }

    /// Sets the field that carries the limit of a reply's length. Default `max_completion_tokens` for
    /// OpenAI's own servers, where all chat models read it and reasoning models read nothing else;
    /// `max_tokens` for all others, which mostly ignore the newer name.
    pub const fn max_tokens_field(mut self, field: MaxTokensField) -> Self {
        self.max_tokens_field = Some(field);
        self
    }

    /// Sets whether the server takes tools. Default `true`, as of OpenAI and most servers; where one
    /// does not, programs describe their tools in the prompt.
    pub const fn native_tools(mut self, taken: bool) -> Self {
        self.native_tools = taken;
        self
    }

    /// Adds a field to the body of every request, such as `reasoning_effort`. It becomes part of the
    /// model's [id](ModelInfo::id), since it can change the replies.
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

    /// Sets the model's [id](ModelInfo::id), under which replies are cached and journaled. Default
    /// `openai/<model>`, with `@<host>` where the server is not OpenAI's own, and the fields added to
    /// the body.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// [`LmErrorKind::Auth`] where the server is OpenAI's own and there is no key, or a key cannot be
    /// sent; [`LmErrorKind::InvalidRequest`] where another setting is wrong.
    pub fn build(self) -> Result<OpenAi, LmError> {
        let base_url = self.base_url.as_deref().unwrap_or(OPENAI_URL);
        // The URL is not shown: it may hold a key.
        let endpoint = Endpoint::new(base_url)
            .map_err(|why| wrong(format!("the base URL cannot be used: {why}")))?;
        if self.model.trim().is_empty() {
            return Err(wrong("the name of the model is empty"));
        }
        let field = self
            .extra
            .keys()
            .find(|name| OWN_FIELDS.contains(&name.as_str()));
        if let Some(field) = field {
            return Err(wrong(format!(
                "the field `{field}` is set from each request; leave it out of `body_field`"
            )));
        }
        let info = self.info(&endpoint);
        let headers = header_map(&self.headers)?;
        let key = self.key.resolve(&self.model, &endpoint, &headers)?;
        let mut secrets = endpoint.secrets();
        secrets.extend(self.headers.into_iter().map(|(_, value)| value));
        if let Key::Value(key, _) = &key {
            secrets.push(key.clone());
        }
        let max_tokens_field = self.max_tokens_field.unwrap_or(if endpoint.is_openai() {
            MaxTokensField::MaxCompletionTokens
        } else {
            MaxTokensField::MaxTokens
        });
        Ok(OpenAi::of(Parts {
            client: OnceLock::new(),
            connect_timeout: self.connect_timeout,
            model: self.model,
            endpoint,
            key,
            headers,
            secrets,
            timeout: self.timeout,
            max_reply_bytes: self.max_reply_bytes,
            max_tokens_field,
            extra: self.extra,
            info,
        }))
    }

    fn info(&self, endpoint: &Endpoint) -> ModelInfo {
        let listed = endpoint.has_list_prices().then_some(&*self.model);
        let mut info = ModelInfo::new(match &self.id {
            Some(id) => id.clone(),
            None => model_id(&self.model, endpoint, &self.extra),
        });
        info.price = self.price.or_else(|| listed.and_then(Price::of));
        info.max_output_tokens = self
            .max_output_tokens
            .or_else(|| listed.and_then(longest_reply));
        info.native_tools = self.native_tools;
        info
    }
}

impl KeySetting {
    fn resolve(
        self,
        model: &str,
        endpoint: &Endpoint,
        headers: &HeaderMap,
    ) -> Result<Key, LmError> {
        match self {
            Self::Asked(ask) => Ok(Key::Asked(ask)),
            Self::Value(key) if !key.is_empty() => {
                let header = bearer(&key)?;
                Ok(Key::Value(key, header))
            }
            _ if endpoint.is_openai() && !headers.contains_key(AUTHORIZATION) => Err(LmError::new(
                LmErrorKind::Auth,
                format!(
                    "no key for `{model}` at {}; set OPENAI_API_KEY and use `OpenAi::from_env`, or \
                     give one with `OpenAi::builder(..).api_key(..)`",
                    endpoint.host
                ),
            )),
            _ => Ok(Key::None),
        }
    }
}

fn header_map(headers: &[(String, Secret)]) -> Result<HeaderMap, LmError> {
    let mut map = HeaderMap::with_capacity(headers.len() + 2);
    map.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in headers {
        let key = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| wrong(format!("`{name}` is no name of an HTTP header")))?;
        let mut value = HeaderValue::from_str(value.expose())
            .map_err(|_| wrong(format!("the value of the header `{name}` cannot be sent")))?;
        value.set_sensitive(true);
        map.insert(key, value);
    }
    Ok(map)
}

fn wrong(message: impl Into<String>) -> LmError {
    LmError::new(LmErrorKind::InvalidRequest, message)
}

impl fmt::Debug for OpenAiBuilder {
    /// Neither base URL nor header values: both can hold keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenAiBuilder")
            .field("model", &self.model)
            .field("timeout", &self.timeout)
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
        assert_eq!(info.id, "openai/gpt-4o-mini@localhost:8000");
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

    #[test]
    fn added_fields_are_part_of_the_id() {
        let id = |value: Value| {
            let builder = OpenAi::builder("m")
                .base_url("http://h")
                .body_field("a", value);
            builder.build().expect("good settings").info().id
        };
        assert_eq!(id(5.into()), "openai/m@h#a=5");
        assert_ne!(
            id("a long text, with spaces".into()),
            id("a long text, with space".into())
        );
    }
}

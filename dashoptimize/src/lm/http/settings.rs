//! The settings that every provider's builder offers.

use std::sync::OnceLock;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

use super::endpoint::Endpoint;
use super::key::{KeyHeader, KeySource};
use super::protocol::Protocol;
use super::redact::Redactor;
use super::remote::RemoteModel;
use crate::lm::error::{LmError, LmErrorKind};
use crate::lm::secret::Secret;

/// Settings of a client over HTTP.
pub(in crate::lm) struct HttpSettings {
    /// The address of the server; the provider's own by default.
    pub(in crate::lm) base_url: Option<String>,
    pub(in crate::lm) key: KeySource,
    /// Headers of every request. Their values are treated as keys.
    pub(in crate::lm) headers: Vec<(String, Secret)>,
    /// How long one attempt may take in total.
    pub(in crate::lm) timeout: Duration,
    /// How long making a connection may take.
    pub(in crate::lm) connect_timeout: Duration,
    /// The largest response that is read, in bytes.
    pub(in crate::lm) max_reply_bytes: usize,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            base_url: None,
            key: KeySource::Absent,
            headers: Vec::new(),
            timeout: Duration::from_secs(120),
            connect_timeout: Duration::from_secs(10),
            max_reply_bytes: 32 << 20,
        }
    }
}

impl HttpSettings {
    /// The address of requests: the base URL, or the default one, with the path of the protocol.
    ///
    /// # Errors
    ///
    /// Where the base URL is not the address of a server. The message does not show it, since it may
    /// contain a key.
    pub(in crate::lm) fn endpoint(
        &self,
        default_url: &str,
        path: &str,
    ) -> Result<Endpoint, LmError> {
        let base_url = self.base_url.as_deref().unwrap_or(default_url);
        Endpoint::new(base_url, path)
            .map_err(|why| invalid_setting(format!("the base URL cannot be used: {why}")))
    }

    /// Whether no request would carry a key, neither from the key setting nor in a header of the user.
    pub(in crate::lm) fn has_no_key(&self, header: &KeyHeader) -> bool {
        let is_key = |(name, _): &(String, Secret)| header.name.as_str().eq_ignore_ascii_case(name);
        self.key.is_absent() && !self.headers.iter().any(is_key)
    }

    /// A client of this model that speaks this protocol.
    ///
    /// # Errors
    ///
    /// [`LmErrorKind::InvalidRequest`] where a header cannot be sent, [`LmErrorKind::Auth`] where the
    /// key cannot.
    pub(in crate::lm) fn connect<P: Protocol>(
        self,
        model: String,
        endpoint: Endpoint,
        key_header: KeyHeader,
        protocol: P,
    ) -> Result<RemoteModel<P>, LmError> {
        let mut headers = header_map(P::HEADERS, &self.headers)?;
        let mut redactor = Redactor::default();
        endpoint.hide_in(&mut redactor);
        for (_, value) in &self.headers {
            redactor.hide_header(value);
        }
        let ask_for_key = match self.key {
            KeySource::Asked(ask) => Some(ask),
            KeySource::Fixed(key) if !key.is_empty() => {
                // A header that the user gave takes precedence.
                if !headers.contains_key(&key_header.name) {
                    key_header.add(&key, &mut headers)?;
                }
                redactor.hide(key.expose());
                None
            }
            KeySource::Fixed(_) | KeySource::Absent => None,
        };
        Ok(RemoteModel {
            model,
            protocol,
            endpoint,
            headers,
            key_header,
            ask_for_key,
            redactor,
            timeout: self.timeout,
            connect_timeout: self.connect_timeout,
            max_reply_bytes: self.max_reply_bytes,
            client: OnceLock::new(),
        })
    }
}

/// The headers of every request but the key. Those of the user replace those of the protocol.
fn header_map(
    of_protocol: &'static [(&'static str, &'static str)],
    of_user: &[(String, Secret)],
) -> Result<HeaderMap, LmError> {
    let mut map = HeaderMap::with_capacity(of_protocol.len() + of_user.len() + 2);
    map.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in of_protocol {
        map.insert(*name, HeaderValue::from_static(value));
    }
    for (name, value) in of_user {
        let key = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| invalid_setting(format!("`{name}` is not the name of an HTTP header")))?;
        let mut value = HeaderValue::from_str(value.expose()).map_err(|_| {
            invalid_setting(format!("the value of the header `{name}` cannot be sent"))
        })?;
        value.set_sensitive(true);
        map.insert(key, value);
    }
    Ok(map)
}

/// An error of a builder: a setting that is wrong.
pub(in crate::lm) fn invalid_setting(message: impl Into<String>) -> LmError {
    LmError::new(LmErrorKind::InvalidRequest, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_the_user_replace_those_of_the_protocol_and_are_not_shown() {
        let of_protocol = &[("x-version", "1"), ("x-other", "2")];
        let of_user = [("X-Version".to_owned(), Secret::new("hush"))];
        let headers = header_map(of_protocol, &of_user).expect("good headers");
        assert_eq!(headers["x-version"], "hush");
        assert_eq!(headers["x-other"], "2");
        assert_eq!(headers[CONTENT_TYPE], "application/json");
        assert!(!format!("{headers:?}").contains("hush"));
        let unsendable = [("x-key".to_owned(), Secret::new("hush\u{1}"))];
        let error = header_map(&[], &unsendable).expect_err("a control character");
        assert!(!error.to_string().contains("hush"), "{error}");
    }
}

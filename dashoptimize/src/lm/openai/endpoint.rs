//! Where requests go.

use std::borrow::Cow;
use std::net::IpAddr;

use reqwest::Url;

use crate::lm::Secret;

pub(super) const OPENAI_URL: &str = "https://api.openai.com/v1";

/// The address of the chat completions of a server.
pub(super) struct Endpoint {
    pub(super) url: Url,
    /// Host, and port where it is not the usual one. Nothing else of the URL is ever shown: user
    /// names, paths and queries can hold keys.
    pub(super) host: String,
}

impl Endpoint {
    /// Reads a base URL such as `https://api.openai.com/v1`. A query is kept; `/chat/completions` is
    /// added unless it is there.
    pub(super) fn new(base_url: &str) -> Result<Self, &'static str> {
        const TAIL: &str = "/chat/completions";
        let mut url = Url::parse(base_url.trim()).map_err(|_| "it is no URL")?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("it does not begin with `http://` or `https://`");
        }
        let host = url.host_str().ok_or("it has no host")?;
        let host = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        let path = url.path().trim_end_matches('/');
        if !path.ends_with(TAIL) {
            let path = format!("{path}{TAIL}");
            url.set_path(&path);
        }
        Ok(Self { url, host })
    }

    /// Whether this is OpenAI itself, in any of its regions.
    pub(super) fn is_openai(&self) -> bool {
        self.host == "api.openai.com" || self.host.ends_with(".api.openai.com")
    }

    /// Whether the price table holds for this server: it is one of those who made the models.
    pub(super) fn has_list_prices(&self) -> bool {
        const MAKERS: [&str; 2] = ["api.anthropic.com", "generativelanguage.googleapis.com"];
        self.is_openai() || MAKERS.contains(&self.host.as_str())
    }

    /// Whether this is the machine itself, which no proxy can reach for us.
    pub(super) fn is_loopback(&self) -> bool {
        let host = self.url.host_str().unwrap_or_default();
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }

    /// The parts of the URL that can be keys.
    pub(super) fn secrets(&self) -> Vec<Secret> {
        let password = self.url.password().map(Cow::Borrowed);
        let queries = self.url.query_pairs().map(|(_, value)| value);
        queries.chain(password).map(Secret::new).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_built_from_the_base() {
        for (base, url, host) in [
            (
                OPENAI_URL,
                "https://api.openai.com/v1/chat/completions",
                "api.openai.com",
            ),
            (
                "http://localhost:8000/v1/",
                "http://localhost:8000/v1/chat/completions",
                "localhost:8000",
            ),
            (
                "http://[::1]:1",
                "http://[::1]:1/chat/completions",
                "[::1]:1",
            ),
            (
                "https://a.b/x/chat/completions?v=1",
                "https://a.b/x/chat/completions?v=1",
                "a.b",
            ),
        ] {
            let endpoint = Endpoint::new(base).unwrap_or_else(|why| panic!("{base}: {why}"));
            assert_eq!((endpoint.url.as_str(), endpoint.host.as_str()), (url, host));
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for base in [
            "",
            "api.openai.com/v1",
            "ftp://a/b",
            "mailto:a@b",
            "https://",
        ] {
            assert!(Endpoint::new(base).is_err(), "{base}");
        }
    }

    #[test]
    fn the_machine_itself_is_known() {
        let is = |base| Endpoint::new(base).is_ok_and(|endpoint| endpoint.is_loopback());
        assert!(is("http://localhost:1") && is("http://127.0.0.1") && is("http://[::1]:1"));
        assert!(!is("http://10.0.0.1") && !is("http://localhost.example"));
    }

    #[test]
    fn only_openai_is_openai() {
        let is = |base| Endpoint::new(base).is_ok_and(|endpoint| endpoint.is_openai());
        assert!(is("https://eu.api.openai.com/v1"));
        assert!(!is("https://api.openai.com.evil.example/v1"));
        assert!(!is("https://notapi.openai.com/v1"));
    }
}

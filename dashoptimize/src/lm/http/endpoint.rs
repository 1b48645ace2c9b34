//! Where requests go.

use std::borrow::Cow;
use std::net::IpAddr;

use reqwest::Url;

use crate::lm::secret::Secret;

/// The address that requests of one protocol are sent to.
pub(in crate::lm) struct Endpoint {
    pub(super) url: Url,
    /// Host, and port where it is not the usual one. Nothing else of the URL is ever shown: user
    /// names, paths and queries can contain keys.
    pub(in crate::lm) host: String,
}

impl Endpoint {
    /// Reads a base URL such as `https://api.openai.com/v1`. A query is kept; the path of the protocol,
    /// such as `/chat/completions`, is added unless the URL already ends with it.
    ///
    /// # Errors
    ///
    /// Says why the text is not the address of a server, without repeating it.
    pub(super) fn new(base_url: &str, path: &str) -> Result<Self, &'static str> {
        let mut url = Url::parse(base_url.trim()).map_err(|_| "it is not a URL")?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("it does not start with `http://` or `https://`");
        }
        let host = url.host_str().ok_or("it has no host")?;
        let host = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        let base = url.path().trim_end_matches('/');
        if !base.ends_with(path) {
            let full = format!("{base}{path}");
            url.set_path(&full);
        }
        Ok(Self { url, host })
    }

    /// Whether this is the machine itself, which a proxy cannot reach.
    pub(super) fn is_loopback(&self) -> bool {
        let host = self.url.host_str().unwrap_or_default();
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }

    /// The parts of the URL that may be keys.
    pub(super) fn secrets(&self) -> Vec<Secret> {
        let password = self.url.password().map(Cow::Borrowed);
        let queries = self.url.query_pairs().map(|(_, value)| value);
        queries.chain(password).map(Secret::new).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(base: &str) -> Result<Endpoint, &'static str> {
        Endpoint::new(base, "/chat/completions")
    }

    #[test]
    fn the_address_is_built_from_the_base() {
        for (base, url, host) in [
            (
                "https://api.openai.com/v1",
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
            let endpoint = at(base).unwrap_or_else(|why| panic!("{base}: {why}"));
            assert_eq!((endpoint.url.as_str(), endpoint.host.as_str()), (url, host));
        }
    }

    #[test]
    fn what_is_not_an_address_is_refused() {
        for base in [
            "",
            "api.openai.com/v1",
            "ftp://a/b",
            "mailto:a@b",
            "https://",
        ] {
            assert!(at(base).is_err(), "{base}");
        }
    }

    #[test]
    fn the_machine_itself_is_recognized() {
        let is = |base| at(base).is_ok_and(|endpoint| endpoint.is_loopback());
        assert!(is("http://localhost:1") && is("http://127.0.0.1") && is("http://[::1]:1"));
        assert!(!is("http://10.0.0.1") && !is("http://localhost.example"));
    }
}

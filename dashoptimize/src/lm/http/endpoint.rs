//! Where requests go.

use std::net::IpAddr;

use reqwest::Url;

use super::redact::Redactor;

/// The address that requests of one protocol are sent to.
pub(in crate::lm) struct Endpoint {
    pub(super) url: Url,
    /// Host, and port where it is not the usual one. Nothing else of the URL is ever shown: user
    /// names, paths and queries can contain keys.
    pub(in crate::lm) host: String,
    /// The path of the base URL, without that of the protocol.
    base: String,
}

impl Endpoint {
    /// Reads a base URL such as `https://api.openai.com/v1`. A query is kept; the path of the protocol,
    /// such as `/chat/completions`, is added unless the URL already ends with it.
    ///
    /// # Errors
    ///
    /// Says why the text is not the address of a server, without repeating it.
    pub(super) fn new(base_url: &str, path: &str) -> Result<Self, String> {
        let mut url = parse(base_url.trim())?;
        let host = url.host_str().ok_or("it has no host")?;
        let host = match url.port() {
            Some(0) => return Err("the port 0 is not one that a server can have".to_owned()),
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        url.set_fragment(None);
        let base = url.path().trim_end_matches('/');
        let base = base.strip_suffix(path).unwrap_or(base).to_owned();
        url.set_path(&format!("{base}{path}"));
        Ok(Self { url, host, base })
    }

    /// Scheme, host and port.
    pub(in crate::lm) fn origin(&self) -> String {
        format!("{}://{}", self.url.scheme(), self.host)
    }

    /// The path of the base URL.
    pub(in crate::lm) fn base(&self) -> &str {
        &self.base
    }

    /// The query, as it is sent.
    pub(in crate::lm) fn query(&self) -> Option<&str> {
        self.url.query()
    }

    /// Whether this is the machine itself, which a proxy cannot reach.
    pub(super) fn is_loopback(&self) -> bool {
        let host = self.url.host_str().unwrap_or_default();
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }

    /// Hides the parts of the URL that are or may be keys.
    pub(super) fn hide_in(&self, redactor: &mut Redactor) {
        self.hide_user(redactor);
        for segment in self.base.split('/').filter(|segment| !is_usual(segment)) {
            hide_setting(redactor, segment);
        }
        for pair in self.query().unwrap_or_default().split('&') {
            match pair.split_once('=') {
                Some((_, value)) if !value.is_empty() => hide_value(redactor, value),
                Some((name, _)) => hide_value(redactor, name),
                None => hide_value(redactor, pair),
            }
        }
    }

    /// User name and password are sent in base64 as one text.
    fn hide_user(&self, redactor: &mut Redactor) {
        let (user, password) = (self.url.username(), self.url.password());
        let password = password.unwrap_or_default();
        if user.is_empty() && password.is_empty() {
            return;
        }
        hide_value(redactor, password);
        // With a password the user is a name; alone it is a key.
        if password.is_empty() {
            hide_value(redactor, user);
        }
        redactor.hide(&format!("{}:{}", decoded(user), decoded(password)));
    }
}

fn parse(text: &str) -> Result<Url, String> {
    let has_scheme = |scheme: &str| {
        let start = text.get(..scheme.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    if !has_scheme("http://") && !has_scheme("https://") {
        return Err("it does not start with `http://` or `https://`".to_owned());
    }
    // The parser would take the start of the path for the host.
    if text
        .split_once("://")
        .is_some_and(|(_, rest)| rest.starts_with('/'))
    {
        return Err("it has no host".to_owned());
    }
    let url = Url::parse(text).map_err(|error| match error.to_string() {
        words if words.contains("port") => "its port is not a number from 1 to 65535".to_owned(),
        words => format!("it is not a URL ({words})"),
    })?;
    match url.host_str() {
        Some("http" | "https") => Err("it starts with two schemes".to_owned()),
        _ => Ok(url),
    }
}

/// Names that stand in the paths of many servers, so that they are not keys.
fn is_usual(segment: &str) -> bool {
    const USUAL: [&str; 24] = [
        "api",
        "openai",
        "chat",
        "completions",
        "deployments",
        "models",
        "engines",
        "inference",
        "proxy",
        "gateway",
        "beta",
        "compatible-mode",
        "compat",
        "serving-endpoints",
        "endpoints",
        "v1beta",
        "v1beta1",
        "projects",
        "locations",
        "accounts",
        "publishers",
        "google",
        "anthropic",
        "serve",
    ];
    segment.len() < 6 || USUAL.contains(&segment)
}

fn hide_setting(redactor: &mut Redactor, text: &str) {
    redactor.hide_setting(text);
    redactor.hide_setting(&decoded(text));
}

fn hide_value(redactor: &mut Redactor, text: &str) {
    redactor.hide(text);
    redactor.hide(&decoded(text));
}

/// The text without percent-encoding.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let hex = text.get(at + 1..at + 3);
        let hex = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (byte, hex) {
            (b'%', Some(hex)) => {
                out.push(hex);
                at += 3;
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(base: &str) -> Result<Endpoint, String> {
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
            (
                "HTTPS://A.b:443/x/chat/completions/#top",
                "https://a.b/x/chat/completions",
                "a.b",
            ),
        ] {
            let endpoint = at(base).unwrap_or_else(|why| panic!("{base}: {why}"));
            assert_eq!((endpoint.url.as_str(), endpoint.host.as_str()), (url, host));
        }
    }

    #[test]
    fn what_is_not_an_address_is_refused_with_its_fault() {
        let scheme = "does not start with `http://`";
        for (base, fault) in [
            ("", scheme),
            ("api.openai.com/v1", scheme),
            ("localhost:8000/v1", scheme),
            ("ftp://a/b", scheme),
            ("mailto:a@b", scheme),
            ("http:/a/v1", scheme),
            ("https://", "host"),
            ("http:///v1", "no host"),
            ("http://:80/v1", "host"),
            ("http://h:65536/v1", "port is not a number from 1 to 65535"),
            (
                "http://h:99999999999",
                "port is not a number from 1 to 65535",
            ),
            ("http://h:-1/v1", "port is not a number"),
            ("http://h:80a/v1", "port is not a number"),
            ("http://h:0/v1", "port 0"),
            ("http://a b/v1", "it is not a URL"),
            ("http://[::1/v1", "it is not a URL"),
            ("http://1.2.3.256/v1", "it is not a URL"),
            ("https://https://api.openai.com/v1", "two schemes"),
        ] {
            let why = at(base).err().unwrap_or_default();
            assert!(why.contains(fault), "{base}: {why}");
        }
    }

    #[test]
    fn the_machine_itself_is_recognized() {
        let is = |base| at(base).is_ok_and(|endpoint| endpoint.is_loopback());
        assert!(is("http://localhost:1") && is("http://127.0.0.1") && is("http://[::1]:1"));
        assert!(!is("http://10.0.0.1") && !is("http://localhost.example"));
    }

    #[test]
    fn i13_keys_in_a_url_are_hidden_wherever_they_stand() {
        for (base, quoted) in [
            (
                "http://h/tok-a1b2c3/v1",
                "Cannot POST /tok-a1b2c3/v1/chat/completions",
            ),
            (
                "http://h/v1?hush-hush-9",
                "GET /v1/chat/completions?hush-hush-9",
            ),
            ("http://h/v1?key=hush%2Fhush", "the key hush/hush"),
            ("http://h/v1?key=hush%2Fhush", "the key hush%2Fhush"),
            ("http://h/v1?hush-hush=", "?hush-hush="),
            ("http://user:p4ss%40word@h/v1", "p4ss@word"),
            ("http://user:p4ssword@h/v1", "Basic dXNlcjpwNHNzd29yZA=="),
            ("http://hush-hush@h/v1", "hush-hush"),
        ] {
            let mut redactor = Redactor::default();
            at(base).expect("an address").hide_in(&mut redactor);
            let shown = redactor.message(quoted);
            assert!(shown.contains("[redacted]"), "{base}: {shown}");
            for secret in ["tok-", "hush", "p4ss", "word", "dXNl", "a1b2"] {
                assert!(!shown.contains(secret), "{base}: {shown}");
            }
        }
        let mut redactor = Redactor::default();
        at("http://h/api/v1?v=1")
            .expect("an address")
            .hide_in(&mut redactor);
        let usual = "Cannot POST /api/v1/chat/completions?v=1";
        assert_eq!(redactor.message(usual), usual);
    }
}

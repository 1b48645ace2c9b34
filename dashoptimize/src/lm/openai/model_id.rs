//! The id of a model, under which replies are cached and journaled: two clients have the same id only if the
//! same model answers them.

use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::lm::http::Endpoint;
use crate::lm::secret::Secret;

/// What identifies a model.
pub(super) struct Identity<'a> {
    pub(super) model: &'a str,
    pub(super) endpoint: &'a Endpoint,
    /// The fields that the user added to the body.
    pub(super) fields: &'a BTreeMap<String, Value>,
    pub(super) headers: &'a [(String, Secret)],
}

/// The path of OpenAI's base URL, which most servers have as well.
const USUAL_BASE: &str = "/v1";

impl Identity<'_> {
    /// `openai/gpt-4o-mini`, `openai/llama@http://localhost:8000`, `openai/m@https://host/1f0c…`,
    /// `openai/o3#reasoning_effort=low`.
    pub(super) fn id(&self) -> String {
        let mut id = format!("openai/{}", self.model);
        // The name could end like the rest of an id.
        if self.model.contains("@http") || self.model.contains('#') {
            id.push('~');
            id.push_str(&hash(self.model));
        }
        if !self.is_openai() {
            id.push('@');
            id.push_str(&self.address());
        }
        for (place, part) in self.parts().enumerate() {
            id.push(if place == 0 { '#' } else { '&' });
            id.push_str(&part);
        }
        id
    }

    fn is_openai(&self) -> bool {
        self.endpoint.origin() == "https://api.openai.com" && self.has_usual_path()
    }

    fn has_usual_path(&self) -> bool {
        self.endpoint.base() == USUAL_BASE && self.endpoint.query().is_none()
    }

    /// Scheme, host and port, and a hash of the rest, which may contain a key.
    fn address(&self) -> String {
        let origin = self.endpoint.origin();
        if self.has_usual_path() {
            return origin;
        }
        let query = self
            .endpoint
            .query()
            .map_or_else(String::new, |query| format!("?{query}"));
        format!(
            "{origin}/{}",
            hash(&format!("{}{query}", self.endpoint.base()))
        )
    }

    fn parts(&self) -> impl Iterator<Item = String> {
        let fields = self.fields.iter();
        let fields = fields.map(|(name, value)| format!("{}={}", shown_name(name), shown(value)));
        let headers = self.headers.iter().filter(|(name, _)| selects(name));
        let mut headers: Vec<_> = headers
            .map(|(name, value)| format!("{}:{}", name.to_lowercase(), hash(value.expose())))
            .collect();
        headers.sort();
        fields.chain(headers)
    }
}

/// Whether a header can decide which model answers. One that carries a key, or says who pays and who asks,
/// does not: replies stay valid when a key changes.
fn selects(header: &str) -> bool {
    const KEYS: [&str; 8] = [
        "auth",
        "key",
        "token",
        "secret",
        "cookie",
        "password",
        "credential",
        "signature",
    ];
    const OTHERS: [&str; 10] = [
        "openai-organization",
        "openai-project",
        "user-agent",
        "accept",
        "accept-encoding",
        "content-type",
        "traceparent",
        "x-request-id",
        "http-referer",
        "x-title",
    ];
    let name = header.to_lowercase();
    !KEYS.iter().any(|key| name.contains(key)) && !OTHERS.contains(&&*name)
}

fn shown_name(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    match name.chars().all(is_plain) {
        true => name.to_owned(),
        false => hash(name),
    }
}

/// A number or a plain word as it is, and any other value by its hash: ids are shown in tables, and a value
/// may be a key. A text that looks like another kind of value is hashed, so that it is not taken for it.
fn shown(value: &Value) -> String {
    let json = value.to_string();
    let is_word = |text: &str| {
        let plain = text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        plain && (1..=12).contains(&text.len()) && !matches!(text, "true" | "false" | "null")
    };
    match value {
        Value::String(text) if is_word(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) if json.len() <= 8 => json,
        _ => hash(&json),
    }
}

/// 48 bits of a hash, with a sign that no shown value has.
fn hash(text: &str) -> String {
    let digest = Sha256::digest(text);
    format!("~{}", base16ct::lower::encode_string(&digest[..6]))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use crate::lm::{ChatModel, OpenAi, OpenAiBuilder};

    fn at(base: &str) -> OpenAiBuilder {
        OpenAi::builder("m").base_url(base)
    }

    fn id(builder: OpenAiBuilder) -> String {
        builder.build().expect("good settings").info().id
    }

    #[test]
    fn clients_that_differ_in_what_answers_have_different_ids() {
        let with =
            |name: &str, value: serde_json::Value| at("http://h:1/v1").body_field(name, value);
        let clients = [
            at("http://h:1/v1"),
            at("https://h:1/v1"),
            at("http://h:2/v1"),
            at("http://g:1/v1"),
            at("http://h:1"),
            at("http://h:1/depA/v1"),
            at("http://h:1/depB/v1"),
            at("http://h:1/depA"),
            at("http://h:1/v1?api-version=1"),
            at("http://h:1/v1?api-version=2"),
            at("https://eu.api.openai.com/v1").api_key("k"),
            at("https://api.openai.com/v1").api_key("k"),
            at("https://api.openai.com/v2").api_key("k"),
            OpenAi::builder("n").base_url("http://h:1/v1"),
            OpenAi::builder("m@http://h:1").api_key("k"),
            OpenAi::builder("m#k=1").base_url("http://h:1/v1"),
            with("k", json!(1)),
            with("k", json!("1")),
            with("k", json!(1.0)),
            with("k", json!(true)),
            with("k", json!("true")),
            with("k", json!(null)),
            with("k", json!("null")),
            with("k", json!(["a"])),
            with("k", json!("[\"a\"]")),
            with("k", json!("a")),
            with("k=1&l", json!(1)),
            with("k", json!(1)).body_field("l", 1),
            at("http://h:1/v1").header("x-deployment", "a"),
            at("http://h:1/v1").header("x-deployment", "b"),
            at("http://h:1/v1").header("x-route", "a"),
        ];
        let count = clients.len();
        let ids: BTreeSet<_> = clients.into_iter().map(id).collect();
        assert_eq!(ids.len(), count, "{ids:#?}");
    }

    #[test]
    fn keys_and_ways_to_write_an_address_do_not_change_an_id() {
        let same = [
            at("http://h/v1"),
            at("HTTP://H:80/v1/#top"),
            at("http://h/v1/chat/completions"),
            at("http://user:pass@h/v1"),
            at("http://h/v1").api_key("one"),
            at("http://h/v1").api_key("two"),
            at("http://h/v1")
                .header("X-Api-Key", "one")
                .header("Authorization", "Bearer two"),
            at("http://h/v1").organization("o").project("p"),
        ];
        let ids: BTreeSet<_> = same.into_iter().map(id).collect();
        assert_eq!(ids.len(), 1, "{ids:#?}");
        let headers = |first: &str, second: &str| {
            id(at("http://h/v1").header(first, "a").header(second, "a"))
        };
        assert_eq!(headers("x-a", "X-B"), headers("x-b", "X-A"));
    }

    #[test]
    fn ids_are_readable_and_show_nothing_that_may_be_a_key() {
        assert_eq!(id(OpenAi::builder("m").api_key("k")), "openai/m");
        assert_eq!(id(at("http://h:1/v1")), "openai/m@http://h:1");
        let effort = at("http://h/v1")
            .body_field("reasoning_effort", "low")
            .body_field("top_k", 5);
        assert_eq!(id(effort), "openai/m@http://h#reasoning_effort=low&top_k=5");
        let secret = at("https://hush-9:hush-9@h/hush-9/v1?hush-9&key=hush-9")
            .body_field("user", "hush-9")
            .header("x-team", "hush-9");
        let id = id(secret);
        assert!(
            id.starts_with("openai/m@https://h/~") && !id.contains("hush"),
            "{id}"
        );
    }
}

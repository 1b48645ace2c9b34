//! The id of a model, under which replies are cached and journaled.

use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::hosts::is_openai;

/// `openai/gpt-4o-mini`, `openai/llama@localhost:8000`, `openai/o3#reasoning_effort=low`.
pub(super) fn model_id(model: &str, host: &str, extra: &BTreeMap<String, Value>) -> String {
    let mut id = format!("openai/{model}");
    if !is_openai(host) {
        id.push('@');
        id.push_str(host);
    }
    for (place, (name, value)) in extra.iter().enumerate() {
        id.push(if place == 0 { '#' } else { '&' });
        id.push_str(name);
        id.push('=');
        id.push_str(&short(value));
    }
    id
}

/// A short word as it is, any other value by its hash: ids are shown in tables.
fn short(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if text.len() <= 16 && text.chars().all(is_word) {
        return text;
    }
    let digest = Sha256::digest(value.to_string());
    base16ct::lower::encode_string(&digest[..4])
}

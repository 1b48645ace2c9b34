//! The identity of data, taken from its content.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::error_text::debug_is_message;
use crate::signature::Row;

/// A hash of the content of one row, or of rows in their order.
///
/// Equal content has an equal id, on every machine. An id is written as 32 lower-case hexadecimal
/// digits, in text as in serde: the first half of a SHA-256 digest.
///
/// ```
/// use dashoptimize::evaluate::Dataset;
///
/// let one = Dataset::from_vec_serde(vec!["a", "b"])?;
/// let other = Dataset::from_vec_serde(vec!["b", "a"])?;
/// assert_ne!(one.content_id(), other.content_id());
/// # Ok::<(), dashoptimize::evaluate::DataError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentId([u8; 16]);

impl ContentId {
    /// The id of a row of a signature.
    pub(super) fn of_row(row: &impl Row) -> Self {
        Self::of_fields(row.to_fields())
    }

    /// The id of named values.
    pub(super) fn of_fields(fields: Map<String, Value>) -> Self {
        Self::of_value(&Value::Object(fields))
    }

    /// The id of a plain serde value.
    pub(super) fn of_serde(row: &impl Serialize) -> Result<Self, serde_json::Error> {
        serde_json::to_value(row).map(|value| Self::of_value(&value))
    }

    /// The id of rows in this order.
    pub(super) fn of_rows(rows: impl Iterator<Item = Self>) -> Self {
        let mut hasher = Sha256::new();
        for row in rows {
            hasher.update(row.0);
        }
        Self::finish(hasher)
    }

    /// The id of a row as JSON. The order of the keys does not matter.
    pub(super) fn of_value(value: &Value) -> Self {
        let mut hasher = Sha256::new();
        hash_value(&mut hasher, value);
        Self::finish(hasher)
    }

    fn finish(hasher: Sha256) -> Self {
        let digest: [u8; 32] = hasher.finalize().into();
        let mut half = [0; 16];
        half.copy_from_slice(&digest[..16]);
        Self(half)
    }
}

/// Hashes each value with a tag and its length, so that no two values are hashed from the same bytes.
fn hash_value(hasher: &mut Sha256, value: &Value) {
    match value {
        Value::Null => hasher.update([0]),
        Value::Bool(truth) => hasher.update([1, u8::from(*truth)]),
        Value::Number(number) => hash_text(hasher, 2, &number.to_string()),
        Value::String(text) => hash_text(hasher, 3, text),
        Value::Array(items) => {
            hash_length(hasher, 4, items.len());
            for item in items {
                hash_value(hasher, item);
            }
        }
        Value::Object(entries) => {
            // Whether the map itself is sorted depends on a feature that any crate can turn on.
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            hash_length(hasher, 5, entries.len());
            for (key, value) in entries {
                hash_text(hasher, 3, key);
                hash_value(hasher, value);
            }
        }
    }
}

fn hash_text(hasher: &mut Sha256, tag: u8, text: &str) {
    hash_length(hasher, tag, text.len());
    hasher.update(text.as_bytes());
}

fn hash_length(hasher: &mut Sha256, tag: u8, length: usize) {
    hasher.update([tag]);
    hasher.update((length as u64).to_le_bytes());
}

impl fmt::Display for ContentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// A text that is not a [`ContentId`].
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("a content id is 32 hexadecimal digits, not `{text}`")]
pub struct ContentIdError {
    text: String,
}

debug_is_message!(ContentIdError);

impl FromStr for ContentId {
    type Err = ContentIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_id = text.len() == 32 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
        let id = is_id.then(|| u128::from_str_radix(text, 16).ok()).flatten();
        id.map(|id| Self(id.to_be_bytes()))
            .ok_or_else(|| ContentIdError {
                text: text.to_owned(),
            })
    }
}

impl Serialize for ContentId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ContentId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

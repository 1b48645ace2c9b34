//! The content of a file, as far as it is compared with types.
//!
//! The runtime reads the same form again when the program starts; a test keeps the two in agreement.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::distinct::Distinct;

/// The format that the runtime reads and writes.
const FORMAT: u64 = 1;

/// The whole file. Keys with `_` are read so that a file of another form is found here.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(rename = "format")]
    _format: u64,
    pub(super) predictors: Distinct<StoredPredictor>,
    #[serde(rename = "program")]
    _program: String,
    #[serde(default, rename = "provenance")]
    _provenance: Option<Map<String, Value>>,
    #[serde(rename = "tool")]
    _tool: String,
}

/// One predictor.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredPredictor {
    #[serde(rename = "adapter")]
    _adapter: String,
    #[serde(default)]
    pub(super) demos: Vec<StoredDemo>,
    #[serde(default)]
    pub(super) fields: Distinct<StoredProse>,
    #[serde(deserialize_with = "fingerprint")]
    pub(super) fingerprint: u64,
    #[serde(default, rename = "instructions", deserialize_with = "prose")]
    _instructions: (),
    #[serde(default, rename = "nearest")]
    _nearest: Option<StoredNearest>,
    #[serde(default, rename = "params")]
    _params: Map<String, Value>,
    #[serde(default, rename = "prompt", deserialize_with = "prose")]
    _prompt: (),
    pub(super) signature: StoredSignature,
}

/// How many demos a call is shown, and by what they are compared.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredNearest {
    #[serde(rename = "by")]
    _by: String,
    #[serde(rename = "k")]
    _k: usize,
}

/// Prose of one field.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredProse {
    #[serde(default, rename = "desc", deserialize_with = "prose")]
    _desc: (),
    #[serde(default, rename = "prefix", deserialize_with = "prose")]
    _prefix: (),
}

/// A worked example.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredDemo {
    pub(super) inputs: Map<String, Value>,
    #[serde(default, rename = "origin")]
    _origin: Option<String>,
    pub(super) outputs: Map<String, Value>,
}

/// A signature as `name: type`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredSignature {
    pub(super) inputs: Vec<String>,
    pub(super) outputs: Vec<String>,
}

impl File {
    /// Reads a file. The path is for messages.
    pub(super) fn parse(text: &str, path: &str) -> Result<Self, String> {
        /// What every format has in common.
        #[derive(Deserialize)]
        struct Head {
            format: u64,
        }
        let unreadable = |error: serde_json::Error| {
            format!(
                "`{path}` is not an artifact of dashoptimize: {error}; save it again, or mend it"
            )
        };
        // Read first, so that a newer file is reported as newer and not as broken.
        let head: Head = serde_json::from_str(text).map_err(unreadable)?;
        if head.format != FORMAT {
            return Err(format!(
                "`{path}` has format {}, but this version of dashoptimize reads format {FORMAT}; \
                 use the version that wrote the file, or tune again",
                head.format
            ));
        }
        serde_json::from_str(text).map_err(unreadable)
    }
}

fn fingerprint<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let text = String::deserialize(deserializer)?;
    u64::from_str_radix(&text, 16).map_err(|_| {
        serde::de::Error::custom(format_args!(
            "a fingerprint is 16 hexadecimal digits, not `{text}`"
        ))
    })
}

/// A text, its lines, or nothing. The content does not matter here.
fn prose<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null | Value::String(_) => Ok(()),
        Value::Array(lines) if lines.iter().all(Value::is_string) => Ok(()),
        _ => Err(serde::de::Error::custom(
            "expected a text or a list of lines",
        )),
    }
}

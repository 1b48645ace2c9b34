//! The lines of a cassette.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error_text::{debug_is_message, with_causes};
use crate::lm::{
    ChatReply, ChatRequest, FailureCost, LmError, LmErrorKind, MediaSupport, Message, ModelInfo,
    Params, Price, ReplyFormat, ToolDef,
};

/// A cassette that cannot be written or read.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum CassetteError {
    /// The file cannot be opened, read or written.
    #[error("the cassette {} cannot be {action}: {}", path.display(), with_causes(cause))]
    File {
        /// The file.
        path: PathBuf,
        /// What could not be done: `opened`, `read` or `written`.
        action: &'static str,
        /// The error of the system.
        cause: io::Error,
    },
    /// A line is not a line of a cassette. A last line that was cut off, for example by a crash, is left
    /// out without an error.
    #[error("line {line} of the cassette {} is damaged: {why}; repair it or record again", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// The file contains the replies of another model.
    #[error(
        "the cassette {} is of the model `{recorded}`, not of `{model}`; record to another file",
        path.display()
    )]
    OtherModel {
        /// The file.
        path: PathBuf,
        /// The model in the file.
        recorded: String,
        /// The model that was to be recorded.
        model: String,
    },
}

debug_is_message!(CassetteError);

/// The first line.
#[derive(Serialize, Deserialize)]
struct Head {
    /// Version of the format.
    cassette: u32,
    model: RecordedModel,
}

#[derive(Serialize, Deserialize)]
struct RecordedModel {
    id: String,
    price: Option<Price>,
    max_output_tokens: Option<u32>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    native_tools: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_image_tokens: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_audio_tokens: Option<u32>,
}

const VERSION: u32 = 1;

/// A request as it is written, without hints, which change no reply.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Asked {
    pub(super) messages: Vec<Message>,
    #[serde(default)]
    pub(super) params: Params,
    #[serde(default)]
    pub(super) format: ReplyFormat,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) tools: Vec<ToolDef>,
    #[serde(default)]
    pub(super) sample: u32,
}

impl Asked {
    pub(super) fn new(request: &ChatRequest) -> Self {
        Self {
            messages: request.messages().map(Message::without_hints).collect(),
            params: (*request.params).clone(),
            format: (*request.format).clone(),
            tools: request.tools.to_vec(),
            sample: request.sample,
        }
    }

    /// The request as it is read from a file: reading a number may change its last bit.
    pub(super) fn read_back(&self) -> Result<Self, serde_json::Error> {
        serde_json::from_str(&serde_json::to_string(self)?)
    }

    /// Equal for equal requests, if both come from a file.
    pub(super) fn key(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}

/// One call. Exactly one of `reply` and `error` is set.
#[derive(Serialize, Deserialize)]
pub(super) struct Call {
    pub(super) request: Asked,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reply: Option<ChatReply>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<RecordedFailure>,
}

#[derive(Serialize, Deserialize)]
struct RecordedFailure {
    kind: LmErrorKind,
    message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retry_after: Option<Duration>,
    /// What it was billed, where its kind does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cost: Option<FailureCost>,
}

impl Call {
    pub(super) fn new(request: &ChatRequest, result: &Result<ChatReply, LmError>) -> Self {
        Self {
            request: Asked::new(request),
            reply: result.as_ref().ok().cloned(),
            error: result.as_ref().err().map(|error| RecordedFailure {
                kind: error.kind(),
                message: error.message().to_owned(),
                status: error.status(),
                retry_after: error.retry_after(),
                cost: Some(error.cost())
                    .filter(|cost| *cost != LmError::new(error.kind(), "").cost()),
            }),
        }
    }

    pub(super) fn into_parts(self) -> Result<(Asked, Result<ChatReply, LmError>), String> {
        match (self.reply, self.error) {
            (Some(reply), None) => Ok((self.request, Ok(reply))),
            (None, Some(failure)) => Ok((self.request, Err(failure.into_error()))),
            _ => Err("it must have either `reply` or `error`".to_owned()),
        }
    }
}

impl RecordedFailure {
    fn into_error(self) -> LmError {
        let mut error = LmError::new(self.kind, self.message);
        if let Some(status) = self.status {
            error = error.with_status(status);
        }
        if let Some(wait) = self.retry_after {
            error = error.with_retry_after(wait);
        }
        match self.cost {
            Some(cost) => error.with_cost(cost),
            None => error,
        }
    }
}

/// The content of a file.
pub(super) struct Tape {
    pub(super) info: ModelInfo,
    /// The calls and their lines, from 1.
    pub(super) calls: Vec<(usize, Call)>,
    /// Bytes of the file up to the end of the last whole line.
    pub(super) whole: usize,
}

/// Reads a file; `None` if it is empty.
pub(super) fn read(path: &Path, bytes: &[u8]) -> Result<Option<Tape>, CassetteError> {
    let mut tape: Option<Tape> = None;
    let mut end = 0;
    for (number, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let number = number + 1;
        end += line.len();
        if line.trim_ascii().is_empty() {
            continue;
        }
        let damaged = |why: String| CassetteError::Line {
            path: path.to_owned(),
            line: number,
            why,
        };
        let read = match &mut tape {
            None => read_head(line).map(|info| {
                tape = Some(Tape {
                    info,
                    calls: Vec::new(),
                    whole: end,
                });
            }),
            Some(tape) => read_call(line).map(|call| {
                tape.calls.push((number, call));
                tape.whole = end;
            }),
        };
        match read {
            Ok(()) => {}
            // The last line of a process that was killed.
            Err(_) if !line.ends_with(b"\n") => break,
            Err(why) => return Err(damaged(why)),
        }
    }
    Ok(tape)
}

fn read_head(line: &[u8]) -> Result<ModelInfo, String> {
    let head: Head = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    if head.cassette != VERSION {
        return Err(format!(
            "it has version {}, and this program reads version {VERSION}",
            head.cassette
        ));
    }
    let mut info = ModelInfo::new(head.model.id);
    info.price = head.model.price;
    info.max_output_tokens = head.model.max_output_tokens;
    info.native_tools = head.model.native_tools;
    info.images = replayed(head.model.max_image_tokens);
    info.audio = replayed(head.model.max_audio_tokens);
    Ok(info)
}

const fn most_tokens(support: MediaSupport) -> Option<u32> {
    match support {
        MediaSupport::UpTo(tokens) if tokens > 0 => Some(tokens),
        _ => None,
    }
}

/// A recording takes every kind of media: a request that was not recorded fails in any case.
fn replayed(tokens: Option<u32>) -> MediaSupport {
    tokens.map_or(MediaSupport::Unbounded, MediaSupport::UpTo)
}

fn read_call(line: &[u8]) -> Result<Call, String> {
    serde_json::from_slice(line).map_err(|error| error.to_string())
}

pub(super) fn head_line(info: &ModelInfo) -> Result<Vec<u8>, serde_json::Error> {
    line(&Head {
        cassette: VERSION,
        model: RecordedModel {
            id: info.id.clone(),
            price: info.price,
            max_output_tokens: info.max_output_tokens,
            native_tools: info.native_tools,
            max_image_tokens: most_tokens(info.images),
            max_audio_tokens: most_tokens(info.audio),
        },
    })
}

pub(super) fn call_line(call: &Call) -> Result<Vec<u8>, serde_json::Error> {
    line(call)
}

fn line(value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    Ok(line)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_file_panics(bytes in proptest::collection::vec(any::<u8>(), 0..256)) {
            let _ = read(Path::new("x"), &bytes);
        }

        #[test]
        fn a_key_survives_the_file(temperature in any::<f64>().prop_filter("finite", |t| t.is_finite())) {
            let params = Params { temperature: Some(temperature), ..Params::default() };
            let asked = Asked { messages: Vec::new(), params, format: ReplyFormat::Text, tools: Vec::new(), sample: 0 };
            let on_file: Asked = serde_json::from_str(&serde_json::to_string(&asked)?)?;
            prop_assert_eq!(asked.read_back()?.key()?, on_file.key()?);
        }
    }
}

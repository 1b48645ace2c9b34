//! Writes requests and replies to a file.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::file::{self, Call, CassetteError};
use crate::lm::{
    BoxFuture, ChatModel, ChatReply, ChatRequest, Lm, LmError, LmErrorKind, ModelInfo, Permit,
};

/// A model that writes every request and its reply or failure to a file, for [`Replay`](super::Replay).
///
/// It has the id of the model that it wraps. Every attempt is one call and one line, the retries of the
/// gateway included; replies that come from a cache or a journal are not recorded.
///
/// ```
/// use dashoptimize::lm::{Lm, Recorder, Replay, Scripted};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("answers.jsonl");
/// let recorder = Recorder::new(Scripted::replies(["4"]), &path)?;
/// let lm = Lm::new(recorder);
/// // ... calls ...
/// let again = Replay::open(&path)?;
/// # Ok(()) }
/// ```
pub struct Recorder {
    inner: Lm,
    path: PathBuf,
    /// `None` after a write that failed: the file then ends in part of a line.
    file: Mutex<Option<File>>,
}

impl Recorder {
    /// Records a model to this file. A file that exists is appended to, after its last whole line.
    ///
    /// # Errors
    ///
    /// Where the file cannot be opened, is damaged, or contains the replies of another model.
    pub fn new(inner: impl Into<Lm>, path: impl AsRef<Path>) -> Result<Self, CassetteError> {
        let inner = inner.into();
        let path = path.as_ref().to_owned();
        let file = open(&path, inner.info())?;
        Ok(Self {
            inner,
            path,
            file: Mutex::new(Some(file)),
        })
    }

    fn write(&self, call: &Call) -> Result<(), LmError> {
        let mut slot = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut file = slot
            .take()
            .ok_or_else(|| self.unwritten("an earlier write failed"))?;
        let line = file::call_line(call).map_err(io::Error::from);
        line.and_then(|line| file.write_all(&line))
            .map_err(|error| self.unwritten(&error.to_string()))?;
        *slot = Some(file);
        Ok(())
    }

    fn unwritten(&self, why: &str) -> LmError {
        let path = self.path.display();
        LmError::new(
            LmErrorKind::Model,
            format!(
                "the cassette {path} cannot be written: {why}; check the disk and record again"
            ),
        )
    }
}

/// Opens a file at its end, and writes the first line if the file is empty.
fn open(path: &Path, info: &ModelInfo) -> Result<File, CassetteError> {
    let failed = |action| {
        move |cause| CassetteError::File {
            path: path.to_owned(),
            action,
            cause,
        }
    };
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    let mut file = options.open(path).map_err(failed("opened"))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(failed("read"))?;
    let (whole, missing) = match file::read(path, &bytes)? {
        Some(tape) if tape.info.id == info.id => {
            let ended = bytes[..tape.whole].ends_with(b"\n");
            let line_end: &[u8] = if ended { b"" } else { b"\n" };
            (tape.whole, line_end.to_vec())
        }
        Some(tape) => {
            return Err(CassetteError::OtherModel {
                path: path.to_owned(),
                recorded: tape.info.id,
                model: info.id.clone(),
            });
        }
        None => {
            let head = file::head_line(info).map_err(io::Error::from);
            (0, head.map_err(failed("written"))?)
        }
    };
    file.set_len(whole as u64)
        .and_then(|()| file.write_all(&missing))
        .map_err(failed("written"))?;
    Ok(file)
}

impl ChatModel for Recorder {
    fn chat<'a>(
        &'a self,
        request: &'a ChatRequest,
        permit: Permit<'a>,
    ) -> BoxFuture<'a, Result<ChatReply, LmError>> {
        Box::pin(async move {
            let result = self.inner.model().chat(request, permit).await;
            self.write(&Call::new(request, &result))?;
            result
        })
    }

    fn info(&self) -> ModelInfo {
        self.inner.info().clone()
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder")
            .field("inner", &self.inner)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

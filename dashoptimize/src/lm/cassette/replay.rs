//! Answers from a file.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::file::{self, Asked, CassetteError};
use super::nearest;
use crate::lm::{
    BoxFuture, ChatModel, ChatReply, ChatRequest, LmError, LmErrorKind, ModelInfo, Permit,
};

/// A model that answers from what a [`Recorder`](super::Recorder) wrote, under the same id.
///
/// A request that was recorded several times gets its results in order, failures included, and from then
/// on the last one again. A request that was not recorded fails with [`LmErrorKind::Model`], and the
/// error says how it differs from the nearest one that was.
///
/// It takes images and audio, whatever the recorded model took.
pub struct Replay {
    info: ModelInfo,
    path: PathBuf,
    requests: Vec<Recorded>,
    index: HashMap<String, usize>,
}

/// One request, and its results in order.
struct Recorded {
    asked: Asked,
    line: usize,
    results: Vec<Result<ChatReply, LmError>>,
    given: AtomicUsize,
}

impl Replay {
    /// Reads a file. A last line that was cut off is left out.
    ///
    /// # Errors
    ///
    /// Where the file cannot be read, is empty, or has a damaged line.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, CassetteError> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|cause| CassetteError::File {
            path: path.to_owned(),
            action: "read",
            cause,
        })?;
        let damaged = |line, why| CassetteError::Line {
            path: path.to_owned(),
            line,
            why,
        };
        let tape = file::read(path, &bytes)?
            .ok_or_else(|| damaged(1, "the line that names the model is missing".to_owned()))?;
        let mut replay = Self {
            info: tape.info,
            path: path.to_owned(),
            requests: Vec::new(),
            index: HashMap::new(),
        };
        for (line, call) in tape.calls {
            let (asked, result) = call.into_parts().map_err(|why| damaged(line, why))?;
            let key = asked
                .key()
                .map_err(|error| damaged(line, error.to_string()))?;
            replay.add(key, asked, line, result);
        }
        Ok(replay)
    }

    fn add(&mut self, key: String, asked: Asked, line: usize, result: Result<ChatReply, LmError>) {
        let next = self.requests.len();
        let place = *self.index.entry(key).or_insert(next);
        if place == next {
            self.requests.push(Recorded {
                asked,
                line,
                results: Vec::new(),
                given: AtomicUsize::new(0),
            });
        }
        self.requests[place].results.push(result);
    }

    fn answer(&self, request: &ChatRequest) -> Result<ChatReply, LmError> {
        let asked = Asked::new(request);
        match self.find(&asked) {
            Some(place) => self.requests[place].next(),
            None => Err(self.unknown(&asked)),
        }
    }

    fn find(&self, asked: &Asked) -> Option<usize> {
        let key = asked.read_back().and_then(|asked| asked.key()).ok()?;
        self.index.get(&key).copied()
    }

    fn unknown(&self, asked: &Asked) -> LmError {
        let recorded = self.requests.iter().map(|recorded| &recorded.asked);
        let why = match nearest::find(recorded, asked) {
            Some(place) => {
                let nearest = &self.requests[place];
                let difference = nearest::difference(&nearest.asked, asked);
                format!("the nearest one is on line {}: {difference}", nearest.line)
            }
            None => "it contains no request".to_owned(),
        };
        let path = self.path.display();
        LmError::new(
            LmErrorKind::Model,
            format!("the cassette {path} does not contain this request; {why}; record it again"),
        )
    }
}

impl Recorded {
    fn next(&self) -> Result<ChatReply, LmError> {
        let last = self.results.len() - 1;
        let given = self.given.fetch_add(1, Ordering::Relaxed);
        self.results[given.min(last)].clone()
    }
}

impl ChatModel for Replay {
    fn chat<'a>(
        &'a self,
        request: &'a ChatRequest,
        _permit: Permit<'a>,
    ) -> BoxFuture<'a, Result<ChatReply, LmError>> {
        Box::pin(async move { self.answer(request) })
    }

    fn info(&self) -> ModelInfo {
        self.info.clone()
    }
}

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay")
            .field("info", &self.info)
            .field("path", &self.path)
            .field("requests", &self.requests.len())
            .finish_non_exhaustive()
    }
}

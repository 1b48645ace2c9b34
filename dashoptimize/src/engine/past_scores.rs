//! What earlier attempts at a run measured, so that a changed metric or program is noticed.

use std::collections::HashMap;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::evaluation::Part;
use super::file_if_any::text_if_any;
use super::folder_error::FolderError;
use crate::evaluate::Measured;

const FILE: &str = "evaluations.jsonl";

/// What earlier attempts at a run measured. Nothing is kept for a run in memory.
///
/// A metric and the code of a program are functions, of which a run folder holds no more than a name and what
/// the user says of them. But an evaluation that needs no new call must give the scores that it gave before,
/// so if it does not, one of them is not what it was.
pub(super) struct PastScores {
    path: Option<PathBuf>,
    known: Mutex<HashMap<(u32, String), PastScore>>,
}

/// What was measured of a candidate on all rows of a part. One line of the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct PastScore {
    candidate: u32,
    part: String,
    /// The score by which the candidate is compared.
    score: Option<f64>,
    /// A hash of the scores of all rows.
    rows: String,
}

impl PastScores {
    /// Reads the file in this folder, if there is one.
    pub(super) fn open(folder: Option<&Path>) -> Result<Self, FolderError> {
        let path = folder.map(|folder| folder.join(FILE));
        let text = match &path {
            Some(path) => text_if_any(path)?.unwrap_or_default(),
            None => String::new(),
        };
        // A line that was cut off by a crash is one evaluation that nothing is compared with.
        let lines = text
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok());
        let known = lines.map(|score: PastScore| (score.key(), score)).collect();
        Ok(Self {
            path,
            known: Mutex::new(known),
        })
    }

    /// Notes what was measured of a candidate. It must be what an earlier attempt measured if no call was made
    /// for it.
    pub(super) fn note(
        &self,
        candidate: u32,
        part: Part,
        measured: &Measured,
        is_replay: bool,
    ) -> Result<(), FolderError> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        let now = PastScore::new(candidate, part, measured);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get(&now.key()) {
            Some(before) if *before == now => return Ok(()),
            Some(before) if is_replay => {
                return Err(FolderError::OtherScores {
                    path: path.parent().unwrap_or(path).to_owned(),
                    candidate,
                    part: part.to_string(),
                    before: before.in_words(),
                    now: now.in_words(),
                });
            }
            _ => {}
        }
        append(path, &now).map_err(FolderError::io("write", path))?;
        known.insert(now.key(), now);
        Ok(())
    }
}

impl PastScore {
    fn new(candidate: u32, part: Part, measured: &Measured) -> Self {
        let mut hasher = Sha256::new();
        for score in measured.scores() {
            hasher.update(score.unwrap_or(f64::NAN).to_le_bytes());
        }
        Self {
            candidate,
            part: part.as_str().to_owned(),
            score: measured.score(),
            rows: base16ct::lower::encode_string(&hasher.finalize()[..8]),
        }
    }

    fn key(&self) -> (u32, String) {
        (self.candidate, self.part.clone())
    }

    fn in_words(&self) -> String {
        match self.score {
            Some(score) => format!("{score:.4}"),
            None => "unknown".to_owned(),
        }
    }
}

fn append(path: &Path, score: &PastScore) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    file.write_all(format!("{}\n", serde_json::to_string(score)?).as_bytes())
}

//! The folder of a run: what it is, the journal, the results, the artifact.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value;

use super::evaluation::Part;
use crate::evaluate::Outcome;
use crate::lm::{Journal, RecordedFailures};

/// A run folder that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// A file cannot be read or written.
    #[error("cannot {what} `{}`: {reason}", path.display())]
    Io {
        /// Read, write, …
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The folder holds another run.
    #[error(
        "`{}` holds another run: its {differs} differ from this run's; use another folder, or \
         delete this one to start anew",
        path.display()
    )]
    OtherRun {
        /// The folder.
        path: PathBuf,
        /// What differs: names of the manifest's entries.
        differs: String,
    },
}

/// The folder of a run, or nothing for a run in memory.
pub(super) struct Folder {
    path: Option<PathBuf>,
}

/// The file that the results of an evaluation stream to.
pub(super) struct Results {
    file: Option<(BufWriter<File>, PathBuf)>,
}

const MANIFEST: &str = "manifest.json";
const FAILED: &str = "failed.txt";

impl Folder {
    /// Opens or makes the folder for the run that the manifest describes.
    pub(super) fn open(path: Option<&Path>, manifest: &Value) -> Result<Self, FolderError> {
        let folder = Self {
            path: path.map(Path::to_owned),
        };
        if let Some(path) = path {
            let results = path.join("results");
            fs::create_dir_all(&results).map_err(io_error("make", &results))?;
            folder.check_manifest(path, manifest)?;
        }
        Ok(folder)
    }

    /// The journal. Where the last sitting ended with failures, their calls are tried again; the
    /// journal says so itself, so that the note is not needed any more.
    pub(super) fn journal(&self) -> Result<Journal, super::Stop> {
        let Some(path) = &self.path else {
            return Ok(Journal::in_memory());
        };
        let failed = path.join(FAILED);
        let failures = if failed.exists() {
            RecordedFailures::Forget
        } else {
            RecordedFailures::Keep
        };
        let journal = Journal::open(&path.join("journal.jsonl"), failures)?;
        if failures == RecordedFailures::Forget {
            fs::remove_file(&failed).map_err(io_error("delete", &failed))?;
        }
        Ok(journal)
    }

    /// Notes that this sitting ended with failures.
    pub(super) fn note_failure(&self, stop: &super::Stop) {
        // The folder is what failed, perhaps; the error that ended the run is the one to show.
        let _ = self.write(FAILED, &format!("{stop}\n"));
    }

    /// The file for the results of one evaluation. What an earlier sitting wrote is written again.
    pub(super) fn results(&self, candidate: u32, part: Part) -> Result<Results, FolderError> {
        let Some(path) = &self.path else {
            return Ok(Results { file: None });
        };
        let name = format!("results/{candidate:04}-{}.jsonl", part.as_str());
        let path = path.join(name);
        let file = File::create(&path).map_err(io_error("write", &path))?;
        Ok(Results {
            file: Some((BufWriter::new(file), path)),
        })
    }

    /// Writes a file whole or not at all.
    pub(super) fn write(&self, name: &str, text: &str) -> Result<(), FolderError> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        let path = path.join(name);
        let temporary = path.with_extension("tmp");
        fs::write(&temporary, text)
            .and_then(|()| fs::rename(&temporary, &path))
            .map_err(io_error("write", &path))
    }

    /// Where a file of this name lies, for a run that has a folder.
    pub(super) fn file(&self, name: &str) -> Option<PathBuf> {
        self.path.as_ref().map(|path| path.join(name))
    }

    fn check_manifest(&self, path: &Path, manifest: &Value) -> Result<(), FolderError> {
        let file = path.join(MANIFEST);
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return self.write(MANIFEST, &format!("{manifest:#}\n"));
            }
            Err(error) => return Err(io_error("read", &file)(error)),
        };
        let before: Value = serde_json::from_str(&text)
            .map_err(|error| io_error("read", &file)(io::Error::from(error)))?;
        let differs = differences(&before, manifest);
        if differs.is_empty() {
            return Ok(());
        }
        Err(FolderError::OtherRun {
            path: path.to_owned(),
            differs: differs.join(", "),
        })
    }
}

impl Results {
    /// Appends the outcome of a row.
    pub(super) fn write(&mut self, row: usize, outcome: &Outcome) -> Result<(), FolderError> {
        #[derive(Serialize)]
        struct Line<'a> {
            row: usize,
            #[serde(flatten)]
            outcome: &'a Outcome,
        }
        let Some((file, path)) = &mut self.file else {
            return Ok(());
        };
        serde_json::to_writer(&mut *file, &Line { row, outcome })
            .map_err(io::Error::from)
            .and_then(|()| file.write_all(b"\n"))
            .map_err(io_error("write", path))
    }

    /// Writes out what is still in memory.
    pub(super) fn finish(self) -> Result<(), FolderError> {
        match self.file {
            Some((mut file, path)) => file.flush().map_err(io_error("write", &path)),
            None => Ok(()),
        }
    }
}

/// The entries whose values differ.
fn differences(before: &Value, now: &Value) -> Vec<String> {
    let (Value::Object(before), Value::Object(now)) = (before, now) else {
        return vec!["manifests".to_owned()];
    };
    let mut names: Vec<&String> = before.keys().chain(now.keys()).collect();
    names.sort();
    names.dedup();
    names
        .into_iter()
        .filter(|name| before.get(*name) != now.get(*name))
        .cloned()
        .collect()
}

fn io_error(what: &'static str, path: &Path) -> impl Fn(io::Error) -> FolderError + use<> {
    let path = path.to_owned();
    move |source| FolderError::Io {
        what,
        path: path.clone(),
        reason: source.to_string(),
    }
}

//! The files that say why each candidate was let in or turned away.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::record::{Made, Numbered, Record};
use crate::engine::folder_error::FolderError;

const EVENTS: &str = "events.jsonl";
const CANDIDATES: &str = "candidates";

/// Writes `events.jsonl` and `candidates/`, or nothing if the run is in memory.
///
/// Each attempt at a run writes both again from the start. It takes the same decisions, so that the files of a
/// run that was interrupted end as those of one that was not.
pub(in crate::engine) struct AdmissionLog {
    folder: Option<PathBuf>,
    events: Option<File>,
    lines: u64,
    made: BTreeSet<u32>,
}

impl AdmissionLog {
    /// The log in this folder. What an earlier attempt wrote is deleted when the first line is written.
    pub(in crate::engine) const fn new(folder: Option<PathBuf>) -> Self {
        Self {
            folder,
            events: None,
            lines: 0,
            made: BTreeSet::new(),
        }
    }

    /// Writes a line.
    pub(in crate::engine) fn write(&mut self, record: &Record<'_>) -> Result<(), FolderError> {
        let Some(folder) = self.folder.clone() else {
            return Ok(());
        };
        let path = folder.join(EVENTS);
        let numbered = Numbered::new(self.lines, record);
        self.lines += 1;
        let line = serde_json::to_string(&numbered).map(|line| line + "\n");
        let written = line.map_err(io::Error::from).and_then(|line| {
            let events = self.events(&folder)?;
            events.write_all(line.as_bytes())
        });
        written.map_err(FolderError::io("write", &path))
    }

    /// Writes the file of the candidate with this number, if it is not written yet.
    pub(super) fn note<'m>(
        &mut self,
        candidate: u32,
        made: impl FnOnce() -> Made<'m>,
    ) -> Result<(), FolderError> {
        let Some(folder) = self.folder.clone() else {
            return Ok(());
        };
        if !self.made.insert(candidate) {
            return Ok(());
        }
        let path = folder.join(CANDIDATES).join(format!("{candidate:04}.json"));
        let text = serde_json::to_string_pretty(&made()).map(|text| text + "\n");
        let written = text.map_err(io::Error::from).and_then(|text| {
            self.events(&folder)?;
            fs::write(&path, text)
        });
        written.map_err(FolderError::io("write", &path))
    }

    /// The open file of events. Both kinds of file start empty in each attempt.
    fn events(&mut self, folder: &Path) -> io::Result<&mut File> {
        if self.events.is_none() {
            let candidates = folder.join(CANDIDATES);
            match fs::remove_dir_all(&candidates) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => fs::create_dir_all(&candidates)?,
            }
            self.events = Some(File::create(folder.join(EVENTS))?);
        }
        self.events
            .as_mut()
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

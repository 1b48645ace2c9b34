//! The folder of a run: its manifest, journal, results and artifact.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::differences::differences;
use super::evaluation::Part;
use super::file_if_any::json_if_any;
use super::folder_error::FolderError;
use super::looks::Looks;
use super::past_scores::PastScores;
use super::results_file::{ResultsFile, TrialsFile};
use super::shown_fields::ShownFields;
use super::stop::Stop;
use crate::artifact::file;
use crate::lm::{Journal, RecordedFailures};

const MANIFEST: &str = "manifest.json";
const FAILED: &str = "failed.txt";

/// The folder of a run, or nothing if the run is in memory.
pub(super) struct RunFolder {
    path: Option<PathBuf>,
    past: PastScores,
    looks: Looks,
}

impl RunFolder {
    /// Opens or makes the folder for the run that the manifest describes.
    pub(super) fn open(path: Option<&Path>, manifest: &Value) -> Result<Self, FolderError> {
        if let Some(path) = path {
            let results = path.join("results");
            fs::create_dir_all(&results).map_err(FolderError::io("make", &results))?;
        }
        let folder = Self {
            path: path.map(Path::to_owned),
            past: PastScores::open(path)?,
            looks: Looks::open(path)?,
        };
        if let Some(path) = path {
            folder.check_manifest(path, manifest)?;
        }
        Ok(folder)
    }

    /// What earlier attempts at the run measured.
    pub(super) const fn past(&self) -> &PastScores {
        &self.past
    }

    /// The looks at the hold-out by earlier attempts at the run.
    pub(super) const fn looks(&self) -> &Looks {
        &self.looks
    }

    /// The journal. If the last attempt at the run ended with failures, their calls are made again.
    /// The journal records that, so the note about the failures is deleted.
    pub(super) fn journal(&self) -> Result<Journal, Stop> {
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
            fs::remove_file(&failed).map_err(FolderError::io("delete", &failed))?;
        }
        Ok(journal)
    }

    /// Notes that this attempt at the run ended with failures.
    pub(super) fn note_failure(&self, stop: &Stop) {
        // Perhaps it is the folder that failed; the error that ended the run is the one to show.
        let _ = self.write(FAILED, &format!("{stop}\n"));
    }

    /// The files for the results of one evaluation. An earlier attempt's results are written again.
    pub(super) fn results(
        &self,
        candidate: u32,
        part: Part,
        shown: ShownFields,
    ) -> Result<ResultsFile, FolderError> {
        let name = match part {
            Part::Whole => part.as_str().to_owned(),
            _ => format!("{candidate:04}-{}", part.as_str()),
        };
        match &self.path {
            Some(path) => ResultsFile::create(&path.join("results"), &name, shown),
            None => Ok(ResultsFile::nowhere(shown)),
        }
    }

    /// The file for the trials of an optimizer.
    pub(super) fn trials(&self, shown: ShownFields) -> TrialsFile {
        TrialsFile::new(self.file("results/trials.jsonl"), shown)
    }

    /// Writes a file completely or not at all.
    pub(super) fn write(&self, name: &str, text: &str) -> Result<(), FolderError> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        let path = path.join(name);
        file::replace(&path, text).map_err(FolderError::io("write", &path))
    }

    /// The path of a file with this name, if the run has a folder.
    pub(super) fn file(&self, name: &str) -> Option<PathBuf> {
        self.path.as_ref().map(|path| path.join(name))
    }

    fn check_manifest(&self, path: &Path, manifest: &Value) -> Result<(), FolderError> {
        let Some(before) = json_if_any(&path.join(MANIFEST))? else {
            return self.write(MANIFEST, &format!("{manifest:#}\n"));
        };
        let differs = differences(&before, manifest);
        if differs.is_empty() {
            return Ok(());
        }
        Err(FolderError::OtherRun {
            path: path.to_owned(),
            differs,
        })
    }
}

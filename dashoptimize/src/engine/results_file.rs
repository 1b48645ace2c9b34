//! The file to which the results of an evaluation are streamed.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use serde::Serialize;

use super::folder_error::FolderError;
use crate::evaluate::Outcome;

/// The file to which the results of an evaluation are streamed; nothing for a run in memory.
pub(super) struct ResultsFile {
    file: Option<(BufWriter<File>, PathBuf)>,
}

impl ResultsFile {
    /// An empty file at this path.
    pub(super) fn create(path: PathBuf) -> Result<Self, FolderError> {
        let file = File::create(&path).map_err(FolderError::io("write", &path))?;
        Ok(Self {
            file: Some((BufWriter::new(file), path)),
        })
    }

    /// Keeps nothing.
    pub(super) const fn nowhere() -> Self {
        Self { file: None }
    }

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
            .map_err(FolderError::io("write", path))
    }

    /// Writes out what is still in memory.
    pub(super) fn finish(self) -> Result<(), FolderError> {
        match self.file {
            Some((mut file, path)) => file.flush().map_err(FolderError::io("write", &path)),
            None => Ok(()),
        }
    }
}

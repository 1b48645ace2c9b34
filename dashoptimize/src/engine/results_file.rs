//! The files to which the results of an evaluation are streamed.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::evaluated_row::EvaluatedRow;
use super::folder_error::FolderError;
use super::result_line::{ResultLine, TrialOfLine};
use super::rollout::Rollout;
use super::shown_fields::ShownFields;
use super::trial::Trial;
use super::wrong_rows;
use crate::evaluate::measured::Tally;
use crate::evaluate::{Measured, RowOrigin};

/// The files to which the results of an evaluation are streamed; nothing for a run in memory.
pub(super) struct ResultsFile {
    shown: ShownFields,
    files: Option<(OpenFile, OpenFile)>,
}

/// A file that is being written.
struct OpenFile {
    file: BufWriter<File>,
    path: PathBuf,
}

impl ResultsFile {
    /// Empty files: a line of JSON for each row, and a text for each row that is not right.
    pub(super) fn create(
        folder: &Path,
        name: &str,
        shown: ShownFields,
    ) -> Result<Self, FolderError> {
        let lines = OpenFile::create(folder.join(format!("{name}.jsonl")))?;
        let wrong = OpenFile::create(folder.join(format!("{name}-wrong.txt")))?;
        Ok(Self {
            shown,
            files: Some((lines, wrong)),
        })
    }

    /// Keeps nothing.
    pub(super) const fn nowhere(shown: ShownFields) -> Self {
        Self { shown, files: None }
    }

    /// Appends a row with these fields.
    pub(super) fn write<O>(
        &mut self,
        fields: impl FnOnce() -> Map<String, Value>,
        row: &EvaluatedRow<O>,
    ) -> Result<(), FolderError> {
        let Some((lines, wrong)) = &mut self.files else {
            return Ok(());
        };
        let fields = fields();
        let shown = (self.shown.inputs(&fields), self.shown.gold(&fields));
        let line = ResultLine::new(row.index, row.origin.as_ref(), shown, &row.rollout);
        lines.write_line(&line)?;
        wrong.write(|file| wrong_rows::write(file, &line, row.score(), row.rollout.range))
    }

    /// Writes out what is still in memory.
    pub(super) fn finish(self) -> Result<(), FolderError> {
        let Some((lines, wrong)) = self.files else {
            return Ok(());
        };
        lines.finish()?;
        wrong.finish()
    }

    /// Writes out what is still in memory, and says in the names of the files that rows are missing.
    pub(super) fn stop(mut self) -> Result<(), FolderError> {
        let Some((lines, wrong)) = self.files.take() else {
            return Ok(());
        };
        for file in [lines, wrong] {
            let path = file.path.clone();
            file.finish()?;
            rename_as_stopped(&path).map_err(FolderError::io("rename", &path))?;
        }
        Ok(())
    }
}

/// `0007-val-wrong.txt` becomes `0007-val-stopped-wrong.txt`.
fn rename_as_stopped(path: &Path) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let (number, rest) = name.split_at(name.find(['.']).unwrap_or(name.len()));
    let stopped = match number.strip_suffix("-wrong") {
        Some(number) => format!("{number}-stopped-wrong{rest}"),
        None => format!("{number}-stopped{rest}"),
    };
    fs::rename(path, path.with_file_name(stopped))
}

/// The file of the trials of an optimizer, which is made when the first of them ended.
pub(super) struct TrialsFile {
    shown: ShownFields,
    path: Option<PathBuf>,
    file: Option<OpenFile>,
    tally: Option<Tally>,
}

impl TrialsFile {
    /// The file of this path; nothing without a path.
    pub(super) const fn new(path: Option<PathBuf>, shown: ShownFields) -> Self {
        Self {
            shown,
            path,
            file: None,
            tally: None,
        }
    }

    /// What all trials so far measured together.
    pub(super) fn measured(&self) -> Option<Measured> {
        Some(self.tally.clone()?.finish())
    }

    /// Appends the rollouts of these trials, each with the fields of its row and where that came from.
    pub(super) fn write<'t, M: 't>(
        &mut self,
        trials: impl Iterator<Item = (&'t Trial<M>, &'t Rollout)> + Clone,
        row_of: impl Fn(&Trial<M>) -> (Map<String, Value>, Option<&'t RowOrigin>),
    ) -> Result<(), FolderError> {
        for (_, rollout) in trials.clone() {
            let new = || Tally::new(rollout.range);
            let tally = self.tally.get_or_insert_with(new);
            tally.push(&rollout.outcome, rollout.broken_checks());
        }
        let Some(path) = &self.path else {
            return Ok(());
        };
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(OpenFile::create(path.clone())?),
        };
        for (trial, rollout) in trials {
            let (fields, origin) = row_of(trial);
            let shown = (self.shown.inputs(&fields), self.shown.gold(&fields));
            let mut line = ResultLine::new(trial.row(), origin, shown, rollout);
            line.trial = Some(TrialOfLine {
                candidate: trial.candidate().id(),
                from: trial.candidate().origin(),
                part: trial.part().as_str(),
                sample: trial.sample_index(),
            });
            file.write_line(&line)?;
        }
        file.write(Write::flush)
    }
}

impl OpenFile {
    fn create(path: PathBuf) -> Result<Self, FolderError> {
        let file = File::create(&path).map_err(FolderError::io("write", &path))?;
        Ok(Self {
            file: BufWriter::new(file),
            path,
        })
    }

    fn write_line(&mut self, line: &ResultLine<'_>) -> Result<(), FolderError> {
        self.write(|file| {
            serde_json::to_writer(&mut *file, line)?;
            file.write_all(b"\n")
        })
    }

    fn write(
        &mut self,
        write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> Result<(), FolderError> {
        write(&mut self.file).map_err(FolderError::io("write", &self.path))
    }

    fn finish(mut self) -> Result<(), FolderError> {
        self.write(Write::flush)
    }
}

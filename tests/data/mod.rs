//! Data sets: what is read, what is refused with which message, and how rows are split.

mod files;
mod parts;
mod plain;
mod tables;

use std::fs;
use std::path::PathBuf;

use dashoptimize::evaluate::{
    ContentId, DataError, Dataset, Example, Loader, Ratio, RowProblem, Splits, SplitsBuilder,
};
use dashoptimize::signature::Row;
use dashoptimize::{FieldType, signature};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tempfile::TempDir;

/// Sort a ticket.
#[signature]
#[derive(Clone, Debug, PartialEq)]
struct Ticket {
    #[input]
    message: String,
    #[input]
    urgency: f64,
    #[input]
    tags: Vec<String>,
    #[output]
    label: Label,
    #[output]
    note: Option<String>,
}

#[derive(Clone, Debug, PartialEq, FieldType)]
#[field(rename_all = "snake_case")]
enum Label {
    Refund,
    CardLost,
}

fn ticket(message: &str) -> Ticket {
    Ticket {
        message: message.to_owned(),
        urgency: 0.5,
        tags: vec![],
        label: Label::Refund,
        note: None,
    }
}

fn tickets(numbers: std::ops::Range<usize>) -> Vec<Ticket> {
    numbers
        .map(|number| ticket(&format!("ticket {number}")))
        .collect()
}

fn ticket_line(message: &str) -> String {
    Value::Object(ticket(message).to_fields()).to_string()
}

/// A plain serde struct.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plain {
    text: String,
    count: u32,
    kind: Kind,
    #[serde(default)]
    tags: Vec<String>,
    note: Option<String>,
    sure: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Good,
    Bad,
}

/// A folder with one file.
struct OneFile {
    _folder: TempDir,
    path: PathBuf,
}

fn file(content: impl AsRef<[u8]>) -> OneFile {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join("data");
    fs::write(&path, content).expect("the folder can be written");
    OneFile {
        _folder: folder,
        path,
    }
}

fn lines(lines: &[String]) -> OneFile {
    file(lines.join("\n"))
}

/// The problems as `line: field problem`.
fn problems<T>(result: Result<T, DataError>) -> Vec<String> {
    match result {
        Err(DataError::Rows { problems, .. }) => problems
            .iter()
            .map(
                |RowProblem {
                     line,
                     field,
                     problem,
                     ..
                 }| match field {
                    Some(field) => format!("{line}: `{field}` {problem}"),
                    None => format!("{line}: {problem}"),
                },
            )
            .collect(),
        Err(other) => panic!("other error: {other}"),
        Ok(_) => panic!("the file was loaded"),
    }
}

fn jsonl(content: impl AsRef<[u8]>) -> Result<Dataset<Ticket>, DataError> {
    Dataset::from_jsonl(file(content).path)
}

fn csv(content: impl AsRef<[u8]>) -> Result<Dataset<Ticket>, DataError> {
    let file = file(content);
    Dataset::from_csv(&file.path)
}

//! What a file says of a program, borrowed: `include_prompt!` writes it out as const data, and at run
//! time it is taken from the file's content.

use super::json::FileJson;
use crate::signature::{Fingerprint, Role};

/// One predictor in a file.
#[derive(Clone, Copy, Debug)]
pub struct FilePredictor<'a> {
    /// Its path.
    pub path: &'a str,
    /// The fingerprint of its signature.
    pub fingerprint: Fingerprint,
    /// Its signature in words, inputs first.
    pub fields: &'a [FileField<'a>],
    /// The names of the fields that it has prose for.
    pub prose: &'a [&'a str],
    /// How many demos it has.
    pub demos: usize,
    /// The values of its demos: demo by demo, inputs first.
    pub values: &'a [FileValue<'a>],
}

/// One field of a signature in a file.
#[derive(Clone, Copy, Debug)]
pub struct FileField<'a> {
    /// Given or produced.
    pub role: Role,
    /// Its name.
    pub name: &'a str,
    /// Its type in words.
    pub ty: &'a str,
}

/// One value of a demo in a file.
#[derive(Clone, Copy, Debug)]
pub struct FileValue<'a> {
    /// Index of the demo.
    pub demo: usize,
    /// Given or produced.
    pub role: Role,
    /// Name of its field.
    pub name: &'a str,
    /// Whether the value is of the type of its field.
    pub check: ValueCheck<'a>,
}

/// How it is known whether a value is of the type of its field.
#[derive(Clone, Copy, Debug)]
pub enum ValueCheck<'a> {
    /// At compile time the comparison checks the value itself.
    ToDo(FileJson<'a>),
    /// At run time `Ty::check` did; the problem that it found, or nothing.
    Done(&'a str),
}

//! The result of reading a reply, and the error for a reply that cannot be read.

use serde_json::Value;

use crate::error_text::debug_is_message;
use crate::signature::ValueError;

/// Outputs read from a reply.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Parsed {
    /// The outputs, in the order of the spec.
    pub values: Vec<Value>,
    /// What was repaired to read them, and which checks they break.
    pub receipt: Receipt,
}

impl Parsed {
    /// These outputs, given in the order of the spec, and how they were read.
    #[must_use]
    pub const fn new(values: Vec<Value>, receipt: Receipt) -> Self {
        Self { values, receipt }
    }
}

/// What the reader repaired, and which `check`s the values break. It is empty for a reply that is
/// written as asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Receipt {
    /// The repairs, in the order of the fields.
    pub repairs: Vec<Repair>,
    /// The broken `check`s, in the order of the fields.
    pub broken_checks: Vec<BrokenCheck>,
}

impl Receipt {
    /// Adds a repair, unless it repeats the last one.
    pub(super) fn repaired(&mut self, field: &str, done: impl Into<String>) {
        let repair = Repair::new(field, done);
        if self.repairs.last() != Some(&repair) {
            self.repairs.push(repair);
        }
    }
}

/// One thing that was repaired.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Repair {
    /// The field. It is empty if the repair concerns the reply as a whole.
    pub field: String,
    /// What was done, such as `extracted the number 0.8 from "about 0.8"`.
    pub done: String,
}

impl Repair {
    /// A repair of this field, or of the reply as a whole if `field` is empty.
    pub fn new(field: impl Into<String>, done: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            done: done.into(),
        }
    }
}

/// A `check` that a value breaks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct BrokenCheck {
    /// The field.
    pub field: String,
    /// The rule, such as `must be from 0 to 1`.
    pub rule: String,
}

impl BrokenCheck {
    /// A rule that the value of this field breaks.
    pub fn new(field: impl Into<String>, rule: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            rule: rule.into(),
        }
    }
}

/// The error for a reply that cannot be read as the outputs of the signature.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("the reply cannot be read: {}; the model wrote: {}", self.problem_list(), one_line(.reply))]
#[non_exhaustive]
pub struct ParseError {
    /// What is wrong, for every output that could not be read.
    pub problems: Vec<ParseProblem>,
    /// The reply, as the model wrote it.
    pub reply: String,
}

debug_is_message!(ParseError);

impl ParseError {
    /// These problems with this reply.
    pub fn new(problems: Vec<ParseProblem>, reply: impl Into<String>) -> Self {
        Self {
            problems,
            reply: reply.into(),
        }
    }

    /// The problems on one line.
    pub(super) fn problem_list(&self) -> String {
        let problems: Vec<String> = self.problems.iter().map(ToString::to_string).collect();
        problems.join("; ")
    }
}

/// What is wrong with one output.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` {problem}")]
#[non_exhaustive]
pub struct ParseProblem {
    /// The field, or the path to a place in its value.
    pub field: String,
    /// What is wrong, worded to follow the name of the field, such as `is missing`.
    pub problem: String,
}

debug_is_message!(ParseProblem);

impl ParseProblem {
    /// A problem with the value of this field.
    pub fn new(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            problem: problem.into(),
        }
    }
}

impl From<&ValueError> for ParseProblem {
    fn from(error: &ValueError) -> Self {
        Self::new(error.path(), error.problem())
    }
}

/// The reply on one line, shortened to fit into a message.
pub(crate) fn one_line(reply: &str) -> String {
    const LONGEST: usize = 200;
    let line = reply.escape_debug().to_string();
    match line.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("\"{}…\"", &line[..cut]),
        None => format!("\"{line}\""),
    }
}

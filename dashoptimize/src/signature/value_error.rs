//! A value that does not fit its field.

use std::fmt;

use serde_json::Value;

use crate::error_text::debug_is_message;

/// A value that does not fit its field.
#[derive(Clone, PartialEq, Eq)]
pub struct ValueError {
    path: Vec<PathStep>,
    problem: String,
}

debug_is_message!(ValueError);

#[derive(Clone, Debug, PartialEq, Eq)]
enum PathStep {
    Name(String),
    Index(usize),
}

impl ValueError {
    /// A problem with the value itself, worded to follow the name of the field, such as
    /// `must be a number, not "abc"`.
    pub fn new(problem: impl Into<String>) -> Self {
        Self {
            path: Vec::new(),
            problem: problem.into(),
        }
    }

    /// `must be <wanted>, not <the value, shortened>`.
    #[must_use]
    pub fn mismatch(wanted: &str, found: &Value) -> Self {
        Self::new(format!("must be {wanted}, not {}", brief(found)))
    }

    /// The same problem, inside the field or property with this name.
    #[must_use]
    pub fn in_field(mut self, name: impl Into<String>) -> Self {
        self.path.insert(0, PathStep::Name(name.into()));
        self
    }

    /// The same problem, inside the item at this index.
    #[must_use]
    pub fn in_item(mut self, index: usize) -> Self {
        self.path.insert(0, PathStep::Index(index));
        self
    }

    /// Where the problem is, such as `address.lines[2]`; empty at the top.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = String::new();
        for step in &self.path {
            match step {
                PathStep::Name(name) if path.is_empty() => path.push_str(name),
                PathStep::Name(name) => {
                    path.push('.');
                    path.push_str(name);
                }
                PathStep::Index(index) => path.push_str(&format!("[{index}]")),
            }
        }
        path
    }

    /// What is wrong.
    #[must_use]
    pub fn problem(&self) -> &str {
        &self.problem
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            write!(f, "the value {}", self.problem)
        } else {
            write!(f, "`{}` {}", self.path(), self.problem)
        }
    }
}

impl std::error::Error for ValueError {}

/// The value, shortened to fit into a message.
fn brief(value: &Value) -> String {
    const LONGEST: usize = 60;
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text,
    }
}

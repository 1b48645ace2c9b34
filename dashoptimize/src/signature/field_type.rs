//! Types that may stand in a field, and how they become JSON and come back.

use std::fmt;

use serde_json::Value;

use super::ty::Ty;

/// A type that may stand in a field of a `#[signature]` struct.
///
/// It is implemented for text, numbers, `bool`, `Option`, `Vec`, `Box` and maps with text keys, and
/// derived for enums and structs with `#[derive(FieldType)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a signature field",
    label = "the model cannot be told how to write this type",
    note = "derive `dashoptimize::FieldType` for `{Self}`, or mark the field `#[skip]`"
)]
pub trait FieldType: Clone + fmt::Debug + Send + Sync + 'static {
    /// The shape of the type.
    const TYPE: Ty;

    /// The value as JSON of the shape [`TYPE`](Self::TYPE).
    fn into_json(self) -> Value;

    /// A copy of the value as JSON.
    fn to_json(&self) -> Value {
        self.clone().into_json()
    }

    /// Reads a value of the shape [`TYPE`](Self::TYPE). This is exact: what models write loosely is
    /// set right before, by the adapter's reader.
    ///
    /// # Errors
    ///
    /// Where the value is of another shape, with the path to the place.
    fn from_json(value: Value) -> Result<Self, ValueError>;
}

/// A value that does not fit its field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueError {
    path: Vec<PathStep>,
    problem: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum PathStep {
    Name(String),
    Index(usize),
}

impl ValueError {
    /// A problem at this very value, in words that end the sentence "`field` …", such as
    /// `must be a number, not "abc"`.
    pub fn new(problem: impl Into<String>) -> Self {
        Self {
            path: Vec::new(),
            problem: problem.into(),
        }
    }

    /// `must be <wanted>, not <a short form of the value>`.
    #[must_use]
    pub fn mismatch(wanted: &str, found: &Value) -> Self {
        Self::new(format!("must be {wanted}, not {}", brief(found)))
    }

    /// The same problem, inside the field or property of this name.
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

/// The value, cut to what a message can carry.
fn brief(value: &Value) -> String {
    const LONGEST: usize = 60;
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text,
    }
}

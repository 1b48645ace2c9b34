//! One field of a signature.

use super::ty::{Text, Ty};

/// Whether a field is given to the model or produced by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Given.
    Input,
    /// Produced.
    Output,
}

impl Role {
    /// `input` or `output`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Output => "output",
        }
    }

    /// `self == other`, at compile time.
    pub(crate) const fn is(self, other: Self) -> bool {
        self as u8 == other as u8
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A field of a signature.
///
/// Name, role, type and checks are fixed by the program. Description and prefix are prose that an
/// optimizer may rewrite.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The name, as prompt, data and artifacts spell it.
    pub name: Text,
    /// Given or produced.
    pub role: Role,
    /// Type of the value.
    pub ty: Ty,
    /// What the field means (doc comment or `desc`); may be empty.
    pub desc: Text,
    /// Label of the field in prose, such as `Question:`. Inferred from the name where not set.
    pub prefix: Text,
    /// Rules on the value, in the order of the source.
    pub checks: std::borrow::Cow<'static, [Check]>,
}

/// A rule on a field's value.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// What must hold.
    pub constraint: Constraint,
    /// What follows when it does not.
    pub on_fail: OnFail,
}

/// What follows when a value breaks a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFail {
    /// The value stands; the broken rule is reported beside it (`check`).
    Report,
    /// The reply is rejected, which triggers the declared repair (`assert`).
    Reject,
}

/// What must hold of a value. Every constraint can be said in words, so that the prompt states it
/// and a repair can quote it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Constraint {
    /// A number from `min` to `max`, both included. An open end is infinite.
    Range {
        /// Smallest value.
        min: f64,
        /// Largest value.
        max: f64,
    },
    /// A text or list of `min` to `max` characters or items, both included.
    Length {
        /// Fewest.
        min: usize,
        /// Most. `usize::MAX` is no limit.
        max: usize,
    },
    /// A test written in Rust, over the value as JSON, and its words.
    Custom {
        /// What must hold, in words, such as `must be a valid ISBN`.
        words: &'static str,
        /// The test.
        test: fn(&serde_json::Value) -> bool,
    },
}

/// Two tests of a user's own are equal where their words are: addresses of functions mean nothing.
impl PartialEq for Constraint {
    fn eq(&self, other: &Self) -> bool {
        match (*self, *other) {
            (
                Self::Range { min, max },
                Self::Range {
                    min: min2,
                    max: max2,
                },
            ) => (min, max) == (min2, max2),
            (
                Self::Length { min, max },
                Self::Length {
                    min: min2,
                    max: max2,
                },
            ) => (min, max) == (min2, max2),
            (Self::Custom { words, .. }, Self::Custom { words: words2, .. }) => words == words2,
            _ => false,
        }
    }
}

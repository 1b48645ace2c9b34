//! One field of a signature.

use std::borrow::Cow;

use serde_json::Value;

use super::constraint::Check;
use super::label;
use super::text::Text;
use super::ty::Ty;
use super::value_error::ValueError;

/// Whether a field is given to the model or produced by it.
///
/// A field has one of these two roles, so the enum can be matched exhaustively.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Given to the model.
    Input,
    /// Produced by the model.
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

    /// `self == other`, also in a `const fn`.
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
#[non_exhaustive]
pub struct Field {
    /// The name, as the prompt, the data and the artifacts spell it.
    pub name: Text,
    /// Whether it is given or produced.
    pub role: Role,
    /// The type of the value.
    pub ty: Ty,
    /// What the field means (doc comment or `desc`); may be empty.
    pub desc: Text,
    /// Label of the field in prose, such as `Question:`. It is derived from the name unless it is set.
    pub prefix: Text,
    /// Rules for the value, in the order of the source.
    pub checks: Cow<'static, [Check]>,
    /// What a value must be besides being of the type.
    pub(crate) reads: Reads,
}

/// Whether the type of a field in Rust reads a value. It belongs to the type in Rust and is no part of a
/// comparison.
#[derive(Clone, Copy)]
pub(crate) struct Reads(Option<ReadValue>);

/// Reads a value and drops it.
pub type ReadValue = fn(&Value) -> Result<(), ValueError>;

impl Reads {
    /// The type reads every value of its shape.
    pub(crate) const ALL: Self = Self(None);

    /// The type may refuse a value.
    pub(crate) const fn some(reads: Option<ReadValue>) -> Self {
        Self(reads)
    }

    /// Why the type refuses the value, if it does.
    pub(crate) fn refusal(self, value: &Value) -> Option<ValueError> {
        self.0?(value).err()
    }
}

impl PartialEq for Reads {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl std::fmt::Debug for Reads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_none() { "All" } else { "Some" })
    }
}

impl Field {
    /// An input. Its prefix is derived from the name; it has no description and no checks.
    pub fn input(name: impl Into<Text>, ty: Ty) -> Self {
        Self::new(name.into(), Role::Input, ty)
    }

    /// An output. Its prefix is derived from the name; it has no description and no checks.
    ///
    /// ```
    /// use dashoptimize::signature::{Field, Ty};
    ///
    /// let field = Field::output("top_answer", Ty::Str).with_desc("the answer in one word");
    /// assert_eq!(field.prefix, "Top Answer:");
    /// ```
    pub fn output(name: impl Into<Text>, ty: Ty) -> Self {
        Self::new(name.into(), Role::Output, ty)
    }

    pub(super) fn new(name: Text, role: Role, ty: Ty) -> Self {
        Self {
            prefix: label::infer(&name).into(),
            name,
            role,
            ty,
            desc: Cow::Borrowed(""),
            checks: Cow::Borrowed(&[]),
            reads: Reads::ALL,
        }
    }

    /// Sets what the field means.
    #[must_use]
    pub fn with_desc(mut self, desc: impl Into<Text>) -> Self {
        self.desc = desc.into();
        self
    }

    /// Sets the label of the field in prose, such as `Question:`.
    #[must_use]
    pub fn with_prefix(mut self, prefix: impl Into<Text>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Sets the rules for the value.
    #[must_use]
    pub fn with_checks(mut self, checks: impl Into<Cow<'static, [Check]>>) -> Self {
        self.checks = checks.into();
        self
    }

    /// A field as const data.
    #[must_use]
    pub const fn from_static(
        name: &'static str,
        role: Role,
        ty: Ty,
        desc: &'static str,
        prefix: &'static str,
        checks: &'static [Check],
    ) -> Self {
        Self {
            name: Cow::Borrowed(name),
            role,
            ty,
            desc: Cow::Borrowed(desc),
            prefix: Cow::Borrowed(prefix),
            checks: Cow::Borrowed(checks),
            reads: Reads::ALL,
        }
    }
}

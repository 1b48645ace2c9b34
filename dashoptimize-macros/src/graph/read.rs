//! A name that is read.

use proc_macro2::Span;

/// A name that is read, and where.
#[derive(Clone)]
pub(crate) struct Read {
    pub(crate) name: String,
    pub(crate) span: Span,
    pub(crate) how: How,
}

/// How a name is read, which says whether only a step or an input can be meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// `query.text`, `n + 1`
    Value,
    /// `f(parse)`, which may be a function.
    Passed,
    /// `shout(text)`, which is a function unless a step or an input has this name.
    Called,
    /// In tokens that are not an expression.
    Guessed,
}

//! What resolving works with.

use std::collections::BTreeMap;

use crate::diagnostics::Diagnostics;

/// Its methods are in the files that each check one thing.
pub(super) struct Resolver<'e> {
    pub(super) errors: &'e mut Diagnostics,
    /// The fields of the generated struct, with the paths of their nodes.
    pub(super) fields: BTreeMap<String, String>,
}

/// How much of some work can be compiled.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sound {
    All,
    /// Steps of the blocks inside; it has no value.
    Inside,
    No,
}

impl Sound {
    pub(super) const fn unless(broken: bool) -> Self {
        match broken {
            true => Self::No,
            false => Self::All,
        }
    }
}

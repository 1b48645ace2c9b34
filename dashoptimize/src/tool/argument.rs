//! One argument of a tool, as the check of a call sees it.

use crate::signature::{Property, Ty};

/// One argument of a tool.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Argument {
    pub(super) property: Property,
    pub(super) required: bool,
}

impl Argument {
    /// An argument that is required unless its type is optional.
    pub(super) fn typed(property: &Property) -> Self {
        Self {
            property: property.clone(),
            required: !matches!(*property.ty, Ty::Optional(_)),
        }
    }
}

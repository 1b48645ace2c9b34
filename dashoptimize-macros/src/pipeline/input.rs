//! An input of a pipeline as the user wrote it.

use proc_macro2::Ident;
use syn::{Attribute, Type};

/// `question: String`
pub(crate) struct Input {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
}

//! What code generation works with.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::checked::Checked;
use super::ident::local;
use crate::crate_path::CratePath;
use crate::pipeline::ast::Pipeline;

/// What code generation works with.
pub(in crate::pipeline) struct Writer<'a> {
    pub(super) krate: &'a CratePath,
    /// The types of its nodes.
    pub(super) checked: Checked<'a>,
    /// `::dashoptimize::__private`
    pub(super) private: TokenStream,
    /// `::dashoptimize::module`
    pub(super) module: TokenStream,
    /// How many slots there are so far.
    slots: usize,
    pub(super) for_whom: ForWhom,
}

/// Who reads the expansion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::pipeline) enum ForWhom {
    /// Steps with mistakes are left out.
    Compiler,
    /// Steps with mistakes are written as they are, so that names in them can be completed.
    Editor,
}

impl<'a> Writer<'a> {
    pub(in crate::pipeline) fn new(
        krate: &'a CratePath,
        pipeline: &'a Pipeline,
        for_whom: ForWhom,
    ) -> Self {
        Self {
            krate,
            checked: Checked::of(pipeline),
            private: quote!(#krate::__private),
            module: quote!(#krate::module),
            slots: 0,
            for_whom,
        }
    }

    pub(super) fn slot(&mut self) -> Ident {
        self.slots += 1;
        local(&format!("__slot_{}", self.slots))
    }
}

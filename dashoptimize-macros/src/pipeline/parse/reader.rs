//! What reading works with.

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::quote;
use syn::{Attribute, Expr};

use super::put_away;
use crate::diagnostics::Diagnostics;
use crate::module::{ModuleOption, take_options};

/// Reads steps. Mistakes are reported; what has one is kept as tokens and marked as broken.
pub(super) struct Reader<'e> {
    pub(super) errors: &'e mut Diagnostics,
}

/// What a block is the body of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    Pipeline,
    /// An arm, the body of a map, a block in braces.
    Step,
    /// It assigns instead of evaluating to a value.
    Loop,
}

impl Reader<'_> {
    /// The options of a step.
    pub(super) fn options(&mut self, attrs: &mut Vec<Attribute>) -> Vec<ModuleOption> {
        let options = take_options(attrs, self.errors);
        for attr in attrs.iter().filter(|attr| !attr.path().is_ident("doc")) {
            self.errors.under(
                attr.path(),
                "a step has no attributes but `#[with(…)]` and docs",
            );
        }
        options
    }
}

/// The value of an option of the step itself and not of its module.
pub(super) fn take(options: &mut Vec<ModuleOption>, key: &str) -> Option<Expr> {
    let index = options.iter().position(|option| option.key == key)?;
    Some(options.remove(index).value)
}

/// The braces of a block, with what was put away in it.
pub(super) fn braces(block: &syn::Block) -> Group {
    let statements = &block.stmts;
    let inner: TokenStream = put_away::in_block(block).unwrap_or_else(|| quote!(#(#statements)*));
    let mut braces = Group::new(Delimiter::Brace, inner);
    braces.set_span(block.brace_token.span.join());
    braces
}

//! What reading works with.

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::quote;
use syn::{Attribute, Expr};

use super::calls::Calls;
use super::put_away;
use crate::diagnostics::Diagnostics;
use crate::module::{ModuleOption, take_options};

/// Reads steps. Mistakes are reported; what has one is kept as tokens and marked as broken.
pub(super) struct Reader<'e> {
    pub(super) errors: &'e mut Diagnostics,
    /// The pipelines of this macro call.
    pub(super) pipelines: &'e [String],
    /// The output of the pipeline.
    pub(super) output: &'e syn::Type,
    /// Whether it is a `Result`.
    pub(super) output_is_result: bool,
    /// Whether the value of what is read is the output of the pipeline.
    pub(super) at_end: bool,
    /// Whether a loop in plain code is read.
    pub(super) in_code_loop: bool,
    /// The names of the inputs and of the steps so far.
    pub(super) values: Vec<String>,
    /// How many of them are inputs.
    pub(super) inputs: usize,
    /// The names that were made with `let mut`.
    pub(super) mutable: Vec<String>,
    /// How many statements so far may end the pipeline.
    pub(super) exits: usize,
    /// How many expressions so far were refused, so that they cannot be compiled.
    pub(super) refused: usize,
}

/// What a block is the body of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    Pipeline,
    /// A part of the last expression of a pipeline, whose value is the output too.
    Output,
    /// An arm, the body of a map, a block in braces.
    Step,
    /// A loop, which assigns instead of evaluating to a value.
    Loop,
    /// A part of a statement, which does so too.
    Statement,
}

impl Within {
    pub(super) const fn has_value(self) -> bool {
        matches!(self, Self::Pipeline | Self::Output | Self::Step)
    }

    pub(super) const fn is_output(self) -> bool {
        matches!(self, Self::Pipeline | Self::Output)
    }
}

impl<'e> Reader<'e> {
    pub(super) const fn calls(&self) -> Calls<'e> {
        Calls {
            pipelines: self.pipelines,
        }
    }

    /// Reads something whose value is the output of the pipeline, or is not.
    pub(super) fn with_end<T>(&mut self, at_end: bool, read: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.at_end, at_end);
        let value = read(self);
        self.at_end = outer;
        value
    }

    /// Reports what a step cannot do.
    pub(super) fn refuse_at(&mut self, span: Span, message: impl Into<String>) {
        self.errors.at(span, message);
        self.refused += 1;
    }

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

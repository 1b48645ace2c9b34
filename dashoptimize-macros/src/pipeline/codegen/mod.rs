//! What a pipeline expands to. Nothing here can fail.
//!
//! ```text
//! pub struct RagInput { pub question: String }
//! pub type RagOutput = Answer;
//! pub struct Rag { pub query: ChainOfThought<WriteQuery>, … }     item.rs
//! type __Rag_query = …;    a type that is not a module is one error here     node.rs
//! impl Rag { pub const GRAPH … pub fn new(lm) … }
//! impl FromLm, Module, Clone, Debug for Rag
//! async fn forward(…) {
//!     let query = &{ … };                a single step             block.rs
//!     run(&[&[], &[0]], |step| … )       several                   table.rs
//! }
//! ```
//!
//! The value of a step is read through a reference under the step's name. In a block of several steps each
//! fills a `Slot`. Editors get the steps one after another, because they know the types of names better than
//! those of slots.

mod block;
mod code;
mod graph;
mod item;
mod node;
mod table;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

pub(super) use self::item::{for_editor, pipeline};
use self::node::Checked;
use crate::crate_path::CratePath;
use crate::pipeline::ast::Pipeline;
use crate::place::reported_at;

/// What code generation works with.
pub(super) struct Writer<'a> {
    pub(super) krate: &'a CratePath,
    /// The types of its nodes.
    checked: Checked<'a>,
    /// `::dashoptimize::__private`
    private: TokenStream,
    /// `::dashoptimize::module`
    module: TokenStream,
    /// How many slots there are so far.
    slots: usize,
    for_whom: ForWhom,
}

/// Who reads the expansion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ForWhom {
    /// Steps with mistakes are left out.
    Compiler,
    /// Steps with mistakes are written as they are, so that names in them can be completed.
    Editor,
}

/// How the value of a name is accessed.
#[derive(Clone)]
enum Binding {
    /// A reference under the name itself.
    Here,
    /// A slot that will hold it.
    Slot(Ident),
    /// A slot that holds it.
    Filled(Ident),
}

/// A name and how its value is accessed.
#[derive(Clone)]
struct Name {
    ident: Ident,
    binding: Binding,
}

/// The names that can be read, innermost last.
#[derive(Clone, Default)]
struct Scope(Vec<Name>);

impl Scope {
    fn find(&self, name: &str) -> Option<&Name> {
        let mut names = self.0.iter().rev();
        names.find(|known| crate::graph::names::plain(&known.ident) == name)
    }

    /// The same when these slots are filled.
    fn filled(&self, slots: &[Ident]) -> Self {
        let mut filled = self.clone();
        for name in &mut filled.0 {
            if let Binding::Slot(slot) = &name.binding
                && slots.contains(slot)
            {
                name.binding = Binding::Filled(slot.clone());
            }
        }
        filled
    }

    fn add(&mut self, ident: &Ident, binding: Binding) {
        self.0.push(Name {
            ident: ident.clone(),
            binding,
        });
    }
}

impl<'a> Writer<'a> {
    pub(super) fn new(krate: &'a CratePath, pipeline: &'a Pipeline, for_whom: ForWhom) -> Self {
        Self {
            krate,
            checked: Checked::of(pipeline),
            private: quote!(#krate::__private),
            module: quote!(#krate::module),
            slots: 0,
            for_whom,
        }
    }

    fn slot(&mut self) -> Ident {
        self.slots += 1;
        local(&format!("__slot_{}", self.slots))
    }
}

/// A name that cannot conflict with the user's names.
fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// A generated name that rustc reports under the user's token.
fn under(name: &str, span: Span) -> Ident {
    Ident::new(name, reported_at(span))
}

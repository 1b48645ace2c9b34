//! Blocks of several steps: each starts as soon as the steps that it reads have ended.
//!
//! ```text
//! let __slot_1 = &Slot::new();
//! …
//! run(&[&[], &[0]], &move |__step| match __step {
//!     0 => <Query as Module>::__start(&__this.query, __context, 0, …, __slot_1),
//!     _ => Box::pin(async move { __slot_2.put(…); Ok(()) }),
//! })
//! .await?;
//! ```
//!
//! A call of a module that only reads values is started when these are available. Other steps start
//! immediately and wait for each value where they read it; in a `match`, only the branch that is taken
//! waits. There is one function with an arm for each step, and not one future in which they all wait, because
//! rustc takes several times as long to compile an `await`.

use std::slice;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::Expr;

use super::block::{End, end_of};
use super::code::may_fail;
use super::ident::under;
use super::scope::{Binding, Scope};
use super::writer::Writer;
use crate::graph::names::plain;
use crate::graph::names::root;
use crate::graph::order::before;
use crate::graph::reads::reads_of;
use crate::graph::{Block, Node, Step, Work};

/// The steps of a block that are written so far.
#[derive(Default)]
struct Table {
    /// Which steps each waits for before it starts.
    after: Vec<Vec<usize>>,
    /// How each starts.
    started: Vec<TokenStream>,
    /// What they fill.
    slots: Vec<Ident>,
    /// What the end of the block fills, if it is a step.
    output: Option<Ident>,
}

impl Writer<'_> {
    pub(super) fn table(
        &mut self,
        block: &Block,
        end: &End<'_>,
        scope: &Scope,
        path: &str,
    ) -> TokenStream {
        let mut scope = scope.clone();
        let mut table = Table::default();
        for (index, step) in block.steps.iter().enumerate() {
            let made: Vec<Ident> = step.names.iter().map(|_| self.slot()).collect();
            let filled = scope.filled(&table.slots);
            let (after, started) = match (is_given_all(step, &filled), &made[..]) {
                (Some(node), [slot]) => (
                    before(&block.steps[..index], &step.work),
                    self.start(node, index, slot, &filled, path),
                ),
                _ => (Vec::new(), self.waiting(step, index, &made, &scope, path)),
            };
            table.after.push(after);
            table.started.push(started);
            for (name, slot) in step.names.iter().zip(&made) {
                scope.add(name, Binding::Slot(slot.clone()));
            }
            table.slots.extend(made);
        }
        let unread = unread(block, end);
        let result = self.result(block, end, &mut table, &scope, path);
        let private = &self.private;
        let Table { slots, output, .. } = &table;
        let output: Vec<&Ident> = output.iter().collect();
        let after = table.after.iter().map(|after| quote!(&[#(#after),*]));
        let last = table.started.len().saturating_sub(1);
        let arms = table.started.iter().enumerate().map(|(index, started)| {
            let index = match index < last {
                true => quote!(#index),
                false => quote!(_),
            };
            quote!(#index => #started)
        });
        quote!({
            #(let #slots = &#private::Slot::new();)*
            #(let #output = #private::Slot::new();)*
            {
                #(let #output = &#output;)*
                #private::run(
                    &[#(#after),*],
                    &move |__step: ::core::primitive::usize| match __step { #(#arms,)* },
                )
                .await?;
            }
            // rustc's own warning, under the user's token.
            #(let #unread = ();)*
            #result
        })
    }

    /// A step that itself waits for what it reads.
    fn waiting(
        &mut self,
        step: &Step,
        index: usize,
        slots: &[Ident],
        scope: &Scope,
        path: &str,
    ) -> TokenStream {
        let value = self.value(step, index, scope, path);
        let ty = step.ty.as_ref().map(|ty| quote!(: #ty));
        let places: Vec<Span> = step.names.iter().map(Ident::span).collect();
        self.filling(slots, &places, &ty, &value)
    }

    /// A value that cannot be in a slot is reported at its place.
    fn filling(
        &self,
        slots: &[Ident],
        places: &[Span],
        ty: &Option<TokenStream>,
        value: &TokenStream,
    ) -> TokenStream {
        let (krate, private) = (self.krate, &self.private);
        let values = places.iter().enumerate();
        let values: Vec<Ident> = values
            .map(|(index, place)| under(&format!("__value_{index}"), *place))
            .collect();
        quote! {
            ::std::boxed::Box::pin(async move {
                let (#(#values),*) #ty = #value;
                #(#slots.put(#private::slot_value(#values));)*
                ::core::result::Result::Ok::<(), #krate::call::CallError>(())
            })
        }
    }

    /// The value of the block. If its end has something to do, that is one more step.
    fn result(
        &mut self,
        block: &Block,
        end: &End<'_>,
        table: &mut Table,
        scope: &Scope,
        path: &str,
    ) -> TokenStream {
        if end.is_there() {
            return self.ending(end, block, &scope.filled(&table.slots), path);
        }
        let slot = self.slot();
        let value = self.ending(end, block, scope, path);
        let started = self.filling(slice::from_ref(&slot), &[end_of(block)], &None, &value);
        table.after.push(Vec::new());
        table.started.push(started);
        table.output = Some(slot.clone());
        quote!(#slot.into_inner())
    }
}

/// The call of a module that waits only for steps of its own block.
fn is_given_all<'s>(step: &'s Step, filled: &Scope) -> Option<&'s Node> {
    let Work::Node(node) = &step.work else {
        return None;
    };
    let is_there = |name: &str| {
        let found = filled.find(name).map(|name| &name.binding);
        !matches!(found, Some(Binding::Slot(_)))
    };
    let is_given = |value: &Expr| {
        let is_place = root(value).is_some_and(|root| filled.find(&plain(root)).is_some());
        is_place || !matches!(value, Expr::Call(_)) && !may_wait(&value.to_token_stream())
    };
    let all_there = reads_of(&step.work).iter().all(|read| is_there(&read.name));
    let all_given = node.fields.iter().all(|field| is_given(&field.value));
    (all_there && all_given && step.ty.is_none()).then_some(node)
}

/// Whether code contains an `await` or a `?`.
fn may_wait(tokens: &TokenStream) -> bool {
    may_fail(tokens) || has_await(tokens)
}

fn has_await(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == "await",
        TokenTree::Group(group) => has_await(&group.stream()),
        _ => false,
    })
}

/// Steps that nothing reads.
fn unread<'a>(block: &'a Block, end: &End<'_>) -> Vec<&'a Ident> {
    let works = block.steps.iter().map(|step| &step.work);
    let mut read: Vec<String> = works
        .chain(&block.tail)
        .flat_map(reads_of)
        .map(|read| read.name)
        .collect();
    if let End::Values(names) = end {
        read.extend(names.iter().map(plain));
    }
    let changed = block
        .steps
        .iter()
        .filter(|step| matches!(step.work, Work::Loop(_)));
    read.extend(changed.flat_map(|step| step.names.iter().map(plain)));
    let names = block.steps.iter().flat_map(|step| &step.names);
    names.filter(|name| !read.contains(&plain(name))).collect()
}

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

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::Expr;

use super::block::{End, end_of, type_of};
use super::code::may_fail;
use super::ident::under;
use super::scope::{Binding, Scope};
use super::writer::Writer;
use crate::graph::names::plain;
use crate::graph::names::root;
use crate::graph::order::before;
use crate::graph::reads::reads_of;
use crate::graph::{Block, Node, Step, Work};
use crate::place::{all_at, call_at, parentheses_at, value_at};

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
        let ty = type_of(step).map(|ty| quote!(: #ty));
        let names = step.names.iter().enumerate();
        let names: Vec<Ident> = names
            .map(|(index, name)| under(&format!("__value_{index}"), name.span()))
            .collect();
        self.filling(slots, &names, &ty, &value, &step.tokens)
    }

    /// A value that cannot be in a slot is reported at its name, and a future that is not `Send` under what
    /// was written.
    fn filling(
        &self,
        slots: &[Ident],
        values: &[Ident],
        ty: &Option<TokenStream>,
        value: &TokenStream,
        written: &TokenStream,
    ) -> TokenStream {
        let (krate, private) = (self.krate, &self.private);
        // A value that is borrowed from the step is reported there as well.
        let owned = values.iter().map(|value| {
            let owned = all_at(value.span(), quote!(#private::slot_value));
            let value = parentheses_at(value.span(), value.to_token_stream());
            quote!(#owned #value)
        });
        let future = quote! {
            async move {
                let (#(#values),*) #ty = #value;
                #(#slots.put(#owned);)*
                ::core::result::Result::Ok::<(), #krate::call::CallError>(())
            }
        };
        call_at(written, quote!(::std::boxed::Box::pin), future)
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
        let written = &block.tail_tokens;
        let names = [under("__output", end_of(block))];
        let started = self.filling(slice::from_ref(&slot), &names, &None, &value, written);
        table.after.push(Vec::new());
        table.started.push(started);
        table.output = Some(slot.clone());
        value_at(written, &quote!(#slot.into_inner()))
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
    let all_given = node.values().all(is_given);
    let is_plain = step.ty.is_none() && step.pat.is_none();
    (all_there && all_given && is_plain).then_some(node)
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

/// Steps that nothing after them reads.
fn unread<'a>(block: &'a Block, end: &End<'_>) -> Vec<&'a Ident> {
    let mut unread: Vec<&Ident> = Vec::new();
    for step in &block.steps {
        forget(&mut unread, &names_of(&step.work));
        match step.is_let() {
            true => unread.extend(&step.names),
            // It changes a value that another one made.
            false => forget(
                &mut unread,
                &step.names.iter().map(plain).collect::<Vec<_>>(),
            ),
        }
    }
    forget(
        &mut unread,
        &block.tail.iter().flat_map(names_of).collect::<Vec<_>>(),
    );
    if let End::Values(changes) = end {
        forget(
            &mut unread,
            &changes.names.iter().map(plain).collect::<Vec<_>>(),
        );
    }
    unread.retain(|name| !plain(name).starts_with("__"));
    unread
}

fn names_of(work: &Work) -> Vec<String> {
    reads_of(work).into_iter().map(|read| read.name).collect()
}

fn forget(unread: &mut Vec<&Ident>, read: &[String]) {
    unread.retain(|name| !read.contains(&plain(name)));
}

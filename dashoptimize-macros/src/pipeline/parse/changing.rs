//! Statements that change a `let mut` and have a value as well, as several statements:
//!
//! ```text
//! let last = words.pop();            let __lifted_changed = { let mut words = words; … (words.pop(), words) };
//!                                    words = __lifted_changed.1;
//!                                    let last = __lifted_changed.0;
//! if let Some(x) = words.pop() { … } let __lifted_head = words.pop(); if let Some(x) = __lifted_head { … }
//! (a, b) = (b, a);                   let __lifted_assigned = (b, a); a = __lifted_assigned.0; …
//! ```

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::spanned::Spanned;
use syn::{Expr, ExprAssign, Local, Stmt};

use super::plain::{assigns, root_of};
use super::reader::Reader;
use crate::graph::names::{bound, plain};
use crate::graph::parts::{for_each_inside, for_each_pattern};

impl Reader<'_> {
    /// The statements that such a statement becomes; `None` if it is not one.
    pub(super) fn changing_value(&self, statement: &Stmt) -> Option<Vec<TokenStream>> {
        let (expr, end) = match statement {
            Stmt::Local(local) if local.attrs.is_empty() => return self.changing_let(local),
            Stmt::Expr(Expr::Assign(assign), Some(_)) => return several(assign),
            Stmt::Expr(expr, end) => (expr, end),
            _ => return None,
        };
        let mut expr = expr.clone();
        let head = match &mut expr {
            Expr::If(choice) => match &mut *choice.cond {
                Expr::Let(pattern) => self.changing_head(&mut pattern.expr)?,
                _ => return None,
            },
            Expr::Match(route) => self.changing_head(&mut route.expr)?,
            _ => return None,
        };
        Some(vec![head, quote!(#expr #end)])
    }

    /// Whether code changes a `let mut` and has a value.
    pub(super) fn is_changing(&self, expr: &Expr) -> bool {
        !self.changed(expr).is_empty()
    }

    fn changing_let(&self, local: &Local) -> Option<Vec<TokenStream>> {
        let init = local.init.as_ref()?;
        let names = self.changed(&init.expr);
        if names.is_empty() {
            return None;
        }
        let (pat, value) = (&local.pat, &init.expr);
        let changed = lifted("changed", value.span());
        let diverge = init.diverge.as_ref();
        let diverge = diverge.map(|(word, diverge)| quote!(#word #diverge));
        let made = quote! {
            let #changed = {
                #(#[allow(unused_mut)] let mut #names = #names;)*
                let __value = #value;
                (__value, (#(#names,)*))
            };
        };
        let index = (0..names.len()).map(syn::Index::from);
        let changes = names
            .iter()
            .zip(index)
            .map(|(name, index)| quote!(#name = #changed.1.#index;));
        let mut pieces = vec![made];
        pieces.extend(changes);
        pieces.push(quote!(let #pat = #changed.0 #diverge;));
        Some(pieces)
    }

    fn changing_head(&self, head: &mut Expr) -> Option<TokenStream> {
        if !self.is_changing(head) {
            return None;
        }
        let name = lifted("head", head.span());
        let value = std::mem::replace(head, syn::parse_quote!(#name));
        Some(quote!(let #name = #value;))
    }

    /// The `let mut`s that code changes for certain. A module is called in a step of its own.
    fn changed(&self, expr: &Expr) -> Vec<Ident> {
        if self.calls().in_step(expr).is_some() {
            return Vec::new();
        }
        let mut expr = expr.clone();
        let mut names: Vec<Ident> = Vec::new();
        for_each_inside(&mut expr, &mut |part| {
            let place = match part {
                Expr::Assign(assign) => Some(&*assign.left),
                Expr::Binary(binary) if assigns(&binary.op) => Some(&*binary.left),
                Expr::MethodCall(call) if changes(&call.method) => Some(&*call.receiver),
                Expr::Reference(reference) if reference.mutability.is_some() => {
                    Some(&*reference.expr)
                }
                // It may be called at any time.
                Expr::Closure(_) | Expr::Async(_) => {
                    *part = Expr::Verbatim(TokenStream::new());
                    None
                }
                _ => None,
            };
            let name = place.and_then(root_of).cloned();
            let is_new =
                |name: &Ident| self.mutable.contains(&plain(name)) && !names.contains(name);
            let name = name.filter(is_new);
            names.extend(name);
        });
        for_each_pattern(&mut expr, &mut |pat| {
            let bound = bound(pat);
            names.retain(|name| !bound.contains(name));
        });
        names
    }
}

/// `(a, b) = …`
fn several(assign: &ExprAssign) -> Option<Vec<TokenStream>> {
    let Expr::Tuple(tuple) = &*assign.left else {
        return None;
    };
    let name = lifted("assigned", assign.eq_token.span);
    let value = &assign.right;
    let mut pieces = vec![quote!(let #name = #value;)];
    for (index, place) in tuple.elems.iter().enumerate() {
        let index = syn::Index::from(index);
        match place {
            Expr::Infer(_) => {}
            place if root_of(place).is_some() => pieces.push(quote!(#place = #name.#index;)),
            _ => return None,
        }
    }
    Some(pieces)
}

/// A name that only these statements use.
fn lifted(name: &str, span: Span) -> Ident {
    Ident::new(&format!("__lifted_{name}"), span)
}

/// Methods of the standard library that change what they are called on and have a value.
fn changes(method: &Ident) -> bool {
    const NAMES: [&str; 19] = [
        "drain",
        "entry",
        "get_or_insert_with",
        "insert",
        "next",
        "next_back",
        "pop",
        "pop_back",
        "pop_first",
        "pop_front",
        "pop_last",
        "push",
        "remove",
        "remove_entry",
        "replace",
        "retain",
        "split_off",
        "swap_remove",
        "take",
    ];
    NAMES.iter().any(|name| method == name)
}

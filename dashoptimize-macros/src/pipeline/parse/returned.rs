//! `return` in a loop. The loop is left with the output in a value of its own, and what follows it ends the
//! pipeline:
//!
//! ```text
//! let mut __returned = Returned::<Output>::not_yet();
//! for item in items { …; if is_found { __returned = Returned::with(item); break; } }
//! if __returned.is_there() { return __returned.output(); }
//! ```

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Block, Expr, Stmt};

use super::early::is_early;
use super::reader::Reader;
use crate::crate_path::CratePath;
use crate::graph::parts::for_each_inside;

/// What holds the output until the loop has ended.
pub(super) const RETURNED: &str = "__lifted_returned";

impl Reader<'_> {
    /// The statements that a loop with a `return` in it becomes; `None` if it is not one.
    pub(super) fn returning(&mut self, statement: &Stmt) -> Option<Vec<TokenStream>> {
        let Stmt::Expr(looping, _) = statement else {
            return None;
        };
        if !matches!(looping, Expr::ForLoop(_) | Expr::While(_) | Expr::Loop(_)) {
            return None;
        }
        let mut looping = looping.clone();
        let name = Ident::new(RETURNED, self.first_return(&looping)?);
        let taken = match self.calls().in_step(&looping) {
            Some(_) => {
                let taken = self.take(body_of(&mut looping)?, &name);
                taken && self.first_return(&looping).is_none()
            }
            None => {
                self.take_plain(&mut looping, &name);
                true
            }
        };
        let (output, returned) = (&self.output, returned());
        taken.then(|| {
            vec![
                quote!(let mut #name = #returned::<#output>::not_yet();),
                looping.to_token_stream(),
                quote!(if #name.is_there() { return #name.output(); }),
            ]
        })
    }

    /// Whether a value is returned anywhere inside.
    pub(super) fn returns_inside(&self, expr: &Expr) -> bool {
        self.first_return(expr).is_some()
    }

    /// Where a `return` with a value is that is not in a closure.
    fn first_return(&self, looping: &Expr) -> Option<Span> {
        let mut found = None;
        each_return(&mut looping.clone(), &mut |expr| {
            if let (Expr::Return(end), None) = (&*expr, self.failure(expr))
                && end.expr.is_some()
            {
                found = found.or(Some(end.return_token.span));
            }
        });
        found
    }

    /// In plain code, a label leads out of any depth.
    fn take_plain(&self, looping: &mut Expr, name: &Ident) {
        let Some(label) = label_of(looping) else {
            return;
        };
        let label = label
            .get_or_insert_with(|| syn::parse_quote!('__returned:))
            .name
            .clone();
        let returned = returned();
        each_return(looping, &mut |expr| {
            if let Some(value) = self.value_of(expr) {
                *expr = syn::parse_quote!({
                    #name = #returned::with(#value);
                    break #label
                });
            }
        });
    }

    /// The value that a `return` ends the pipeline with.
    fn value_of(&self, expr: &Expr) -> Option<Expr> {
        match expr {
            Expr::Return(end) if self.failure(expr).is_none() => end.expr.as_deref().cloned(),
            _ => None,
        }
    }

    /// Where a loop that calls modules may be left, a `return` is a change and a `break`. Whether anything was
    /// taken.
    fn take(&self, body: &mut Block, name: &Ident) -> bool {
        let mut taken = false;
        let mut statements = Vec::new();
        for mut statement in std::mem::take(&mut body.stmts) {
            let mut after = None;
            match &mut statement {
                Stmt::Expr(expr @ Expr::Return(_), _) => {
                    if let Some(value) = self.value_of(expr) {
                        taken = true;
                        let returned = returned();
                        statements.push(syn::parse_quote!(#name = #returned::with(#value);));
                        statement = syn::parse_quote!(break;);
                    }
                }
                Stmt::Expr(Expr::If(choice), _) if is_early(choice) => {
                    taken |= self.take_choice(choice, name);
                }
                Stmt::Expr(looping @ (Expr::ForLoop(_) | Expr::While(_) | Expr::Loop(_)), _) => {
                    let leaves = body_of(looping).is_some_and(|body| self.take(body, name));
                    taken |= leaves;
                    after = leaves.then(|| syn::parse_quote!(if #name.is_there() { break; }));
                }
                Stmt::Local(local) => {
                    let diverge = local.init.as_mut().and_then(|init| init.diverge.as_mut());
                    if let Some((_, Expr::Block(diverge))) =
                        diverge.map(|(at, expr)| (at, &mut **expr))
                    {
                        taken |= self.take(&mut diverge.block, name);
                    }
                }
                _ => {}
            }
            statements.push(statement);
            statements.extend(after);
        }
        body.stmts = statements;
        taken
    }

    fn take_choice(&self, choice: &mut syn::ExprIf, name: &Ident) -> bool {
        let then = self.take(&mut choice.then_branch, name);
        let other = match &mut choice.else_branch {
            Some((_, other)) => match &mut **other {
                Expr::If(other) => self.take_choice(other, name),
                _ => false,
            },
            None => false,
        };
        then || other
    }
}

pub(super) fn returned() -> TokenStream {
    let krate = CratePath::default();
    quote!(#krate::__private::Returned)
}

/// Every `return` that is not in a closure or an `async` block, which it would leave instead.
fn each_return(expr: &mut Expr, each: &mut dyn FnMut(&mut Expr)) {
    for_each_inside(expr, &mut |part| match part {
        Expr::Closure(_) | Expr::Async(_) => *part = Expr::Verbatim(part.to_token_stream()),
        Expr::Return(_) => each(part),
        _ => {}
    });
}

fn body_of(looping: &mut Expr) -> Option<&mut Block> {
    match looping {
        Expr::ForLoop(inner) => Some(&mut inner.body),
        Expr::While(inner) => Some(&mut inner.body),
        Expr::Loop(inner) => Some(&mut inner.body),
        _ => None,
    }
}

fn label_of(looping: &mut Expr) -> Option<&mut Option<syn::Label>> {
    match looping {
        Expr::ForLoop(inner) => Some(&mut inner.label),
        Expr::While(inner) => Some(&mut inner.label),
        Expr::Loop(inner) => Some(&mut inner.label),
        _ => None,
    }
}

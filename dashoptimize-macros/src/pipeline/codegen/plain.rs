//! Blocks of plain code: statements as Rust has them.
//!
//! As everywhere in a pipeline, a call of a function is awaited if the function is async, and the values of
//! steps are copied, and not moved, where code names them.

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{ToTokens, quote};
use syn::{Block, Expr, ExprBlock, Pat, Stmt};

use super::code::{last_span, read_names};
use super::ident::under;
use super::scope::Scope;
use super::writer::Writer;
use crate::graph::names::{bound, plain, root};
use crate::graph::parts::{for_each_inside, for_each_pattern};
use crate::place::all_at;

impl Writer<'_> {
    pub(super) fn plain(&self, block: &ExprBlock, scope: &Scope) -> TokenStream {
        let mut expr = Expr::Block(block.clone());
        let read = read_names(&expr.to_token_stream(), scope).into_iter();
        let mut names: Vec<String> = read.map(plain).collect();
        for_each_pattern(&mut expr, &mut |pat: &Pat| {
            let bound: Vec<String> = bound(pat).iter().map(plain).collect();
            names.retain(|name| !bound.contains(name));
        });
        for_each_inside(&mut expr, &mut |part| self.copy_arguments(part, &names));
        if let Expr::Block(block) = &mut expr {
            self.settle_block(&mut block.block, &names);
        }
        expr.into_token_stream()
    }

    /// Places in the values of steps where a value is wanted.
    fn copy_arguments(&self, expr: &mut Expr, names: &[String]) {
        match expr {
            Expr::Call(call) => call.args.iter_mut().for_each(|arg| self.copy(arg, names)),
            Expr::MethodCall(call) => call.args.iter_mut().for_each(|arg| self.copy(arg, names)),
            Expr::Tuple(tuple) => tuple
                .elems
                .iter_mut()
                .for_each(|elem| self.copy(elem, names)),
            Expr::Array(array) => array
                .elems
                .iter_mut()
                .for_each(|elem| self.copy(elem, names)),
            Expr::Struct(literal) => {
                let fields = literal.fields.iter_mut();
                fields.for_each(|field| {
                    let is_short = field.colon_token.is_none();
                    self.copy(&mut field.expr, names);
                    if is_short {
                        field.colon_token = Some(syn::parse_quote!(:));
                    }
                });
            }
            Expr::Assign(assign) => self.copy(&mut assign.right, names),
            _ => {}
        }
    }

    fn copy(&self, expr: &mut Expr, names: &[String]) {
        if !root(expr).is_some_and(|root| names.contains(&plain(root))) {
            return;
        }
        let private = &self.private;
        let end = last_span(expr);
        let copy = under("__copy", end);
        let mut argument = Group::new(Delimiter::Parenthesis, quote!(&#expr));
        argument.set_span(end);
        let read = all_at(end, quote!(#private::read));
        *expr = Expr::Verbatim(quote!({ let #copy = #read #argument; #copy }));
    }

    fn settle_block(&self, block: &mut Block, names: &[String]) {
        for statement in &mut block.stmts {
            match statement {
                Stmt::Local(local) => {
                    if let Some(init) = &mut local.init {
                        self.copy(&mut init.expr, names);
                        self.settle(&mut init.expr, names);
                        let diverge = init.diverge.iter_mut();
                        diverge.for_each(|(_, diverge)| self.settle(diverge, names));
                    }
                }
                Stmt::Expr(expr, None) => {
                    self.copy(expr, names);
                    self.settle(expr, names);
                }
                Stmt::Expr(expr, Some(_)) => self.settle(expr, names),
                Stmt::Macro(_) | Stmt::Item(_) => {}
            }
        }
    }

    /// Calls at the roots of statements and of the heads of `if`, `match` and loops.
    fn settle(&self, expr: &mut Expr, names: &[String]) {
        match expr {
            Expr::Call(call) if !makes_a_struct(&call.func) => {
                let settled = self.settled(&call.to_token_stream(), call);
                *expr = Expr::Verbatim(settled);
            }
            Expr::Try(attempt) => self.settle(&mut attempt.expr, names),
            Expr::Paren(paren) => self.settle(&mut paren.expr, names),
            Expr::Assign(assign) => self.settle(&mut assign.right, names),
            Expr::Return(end) => end
                .expr
                .iter_mut()
                .for_each(|expr| self.settle(expr, names)),
            Expr::Break(end) => end
                .expr
                .iter_mut()
                .for_each(|expr| self.settle(expr, names)),
            Expr::Block(inner) => self.settle_block(&mut inner.block, names),
            Expr::Unsafe(inner) => self.settle_block(&mut inner.block, names),
            Expr::Loop(inner) => self.settle_block(&mut inner.body, names),
            Expr::While(inner) => {
                self.settle(&mut inner.cond, names);
                self.settle_block(&mut inner.body, names);
            }
            Expr::ForLoop(inner) => {
                self.settle(&mut inner.expr, names);
                self.settle_block(&mut inner.body, names);
            }
            Expr::Let(inner) => self.settle(&mut inner.expr, names),
            Expr::If(inner) => {
                self.settle(&mut inner.cond, names);
                self.settle_block(&mut inner.then_branch, names);
                let other = inner.else_branch.iter_mut();
                other.for_each(|(_, other)| self.settle(other, names));
            }
            Expr::Match(inner) => {
                self.settle(&mut inner.expr, names);
                let arms = inner.arms.iter_mut();
                arms.for_each(|arm| {
                    self.copy(&mut arm.body, names);
                    self.settle(&mut arm.body, names);
                });
            }
            _ => {}
        }
    }
}

/// `Some(x)`, `Place(x)`
fn makes_a_struct(function: &Expr) -> bool {
    let Expr::Path(path) = function else {
        return false;
    };
    let last = path.path.segments.last();
    last.is_some_and(|last| last.ident.to_string().starts_with(char::is_uppercase))
}

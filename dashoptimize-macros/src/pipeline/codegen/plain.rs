//! Blocks of plain code: statements as Rust has them.
//!
//! As everywhere in a pipeline, a call of a function is awaited if the function is async, and the values of
//! steps are copied, and not moved, where code names them.

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{ToTokens, quote};
use syn::{BinOp, Block, Expr, ExprBlock, Pat, Stmt};

use super::code::{last_span, read_names};
use super::consumes::consumes;
use super::ident::under;
use super::scope::Scope;
use super::writer::Writer;
use crate::graph::names::{bound, plain, root};
use crate::graph::parts::{for_each_inside, for_each_pattern};
use crate::place::all_at;

impl Writer<'_> {
    pub(super) fn plain(&self, block: &ExprBlock, scope: &Scope) -> TokenStream {
        let mut expr = Expr::Block(block.clone());
        let names = own_names(&mut expr, scope);
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

    /// Code that copies fields of the values of steps where a value is wanted, so that nothing is moved out of
    /// them.
    pub(super) fn with_copies(&self, expr: &Expr, scope: &Scope) -> TokenStream {
        let mut expr = expr.clone();
        let names = own_names(&mut expr, scope);
        if !names.is_empty() {
            self.copy_fields(&mut expr, &names);
        }
        expr.into_token_stream()
    }

    fn copy_fields(&self, expr: &mut Expr, names: &[String]) {
        match expr {
            Expr::Call(call) => {
                let args = call.args.iter_mut();
                args.for_each(|arg| self.copy_field(arg, names));
            }
            Expr::MethodCall(call) => {
                match consumes(&call.method) {
                    true => self.copy_first(&mut call.receiver, names),
                    false => self.copy_fields(&mut call.receiver, names),
                }
                let args = call.args.iter_mut();
                args.for_each(|arg| self.copy_field(arg, names));
            }
            Expr::Tuple(tuple) => {
                let elems = tuple.elems.iter_mut();
                elems.for_each(|elem| self.copy_field(elem, names));
            }
            Expr::Array(array) => {
                let elems = array.elems.iter_mut();
                elems.for_each(|elem| self.copy_field(elem, names));
            }
            Expr::Struct(literal) => {
                let fields = literal.fields.iter_mut();
                fields.for_each(|field| self.copy_field(&mut field.expr, names));
            }
            Expr::Binary(binary) if matches!(binary.op, BinOp::Add(_)) => {
                self.copy_first(&mut binary.left, names);
                self.copy_fields(&mut binary.right, names);
            }
            Expr::Paren(paren) => self.copy_fields(&mut paren.expr, names),
            Expr::Reference(reference) => self.copy_fields(&mut reference.expr, names),
            Expr::Try(attempt) => self.copy_fields(&mut attempt.expr, names),
            Expr::Await(wait) => self.copy_fields(&mut wait.base, names),
            _ => {}
        }
    }

    fn copy_field(&self, expr: &mut Expr, names: &[String]) {
        match expr {
            Expr::Field(_) if root(expr).is_some() => self.copy(expr, names),
            expr => self.copy_fields(expr, names),
        }
    }

    /// The same where something follows, before which there can be no block.
    fn copy_first(&self, expr: &mut Expr, names: &[String]) {
        let is_field = matches!(expr, Expr::Field(_));
        match self.copied(expr, names).filter(|_| is_field) {
            Some(copied) => *expr = Expr::Verbatim(copied),
            None => self.copy_fields(expr, names),
        }
    }

    fn copy(&self, expr: &mut Expr, names: &[String]) {
        if let Some(copied) = self.copied(expr, names) {
            let copy = under("__copy", last_span(expr));
            *expr = Expr::Verbatim(quote!({ let #copy = #copied; #copy }));
        }
    }

    /// A copy of a place in one of these values.
    fn copied(&self, expr: &Expr, names: &[String]) -> Option<TokenStream> {
        root(expr).filter(|root| names.contains(&plain(root)))?;
        let private = &self.private;
        let end = last_span(expr);
        let mut argument = Group::new(Delimiter::Parenthesis, quote!(&#expr));
        argument.set_span(end);
        let read = all_at(end, quote!(#private::read));
        Some(quote!(#read #argument))
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

    /// A call in a head, in which temporary values live as long as what follows.
    fn settle_head(&self, expr: &mut Expr, names: &[String]) {
        if !borrows_a_temporary(expr) {
            self.settle(expr, names);
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
                self.settle_head(&mut inner.expr, names);
                self.settle_block(&mut inner.body, names);
            }
            Expr::Let(inner) => self.settle_head(&mut inner.expr, names),
            Expr::If(inner) => {
                self.settle(&mut inner.cond, names);
                self.settle_block(&mut inner.then_branch, names);
                let other = inner.else_branch.iter_mut();
                other.for_each(|(_, other)| self.settle(other, names));
            }
            Expr::Match(inner) => {
                self.settle_head(&mut inner.expr, names);
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

/// Whether a call is given a reference to a value that lives no longer than the statement.
fn borrows_a_temporary(expr: &Expr) -> bool {
    match expr {
        Expr::Try(attempt) => borrows_a_temporary(&attempt.expr),
        Expr::Call(call) => call.args.iter().any(|arg| match arg {
            Expr::Reference(reference) => {
                root(&reference.expr).is_none() && !matches!(*reference.expr, Expr::Lit(_))
            }
            arg => matches!(arg, Expr::MethodCall(_)),
        }),
        _ => false,
    }
}

/// The values of steps that code reads under names which it does not bind anew.
fn own_names(expr: &mut Expr, scope: &Scope) -> Vec<String> {
    let read = read_names(&expr.to_token_stream(), scope).into_iter();
    let mut names: Vec<String> = read.map(plain).collect();
    for_each_pattern(expr, &mut |pat: &Pat| {
        let bound: Vec<String> = bound(pat).iter().map(plain).collect();
        names.retain(|name| !bound.contains(name));
    });
    names
}

/// `Some(x)`, `Place(x)`
fn makes_a_struct(function: &Expr) -> bool {
    let Expr::Path(path) = function else {
        return false;
    };
    let last = path.path.segments.last();
    last.is_some_and(|last| last.ident.to_string().starts_with(char::is_uppercase))
}

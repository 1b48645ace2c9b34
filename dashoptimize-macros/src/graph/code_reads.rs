//! What an expression reads, by its syntax: what it binds itself is not among it.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::{Block, Expr, ExprClosure, Item, Macro, Pat, Stmt};

use super::format_string;
use super::loose_reads::loose_reads;
use super::names::{bound, plain};
use super::parts::for_each_part;
use super::read::{How, Read};
use crate::macro_call;

/// The names that an expression reads from outside itself.
pub(super) fn code_reads(expr: &Expr) -> Vec<Read> {
    let mut reading = Reading::default();
    // The walk over parts is shared with what changes them.
    reading.expr(&mut expr.clone());
    reading.found
}

#[derive(Default)]
struct Reading {
    found: Vec<Read>,
    /// What the expression binds itself, innermost last.
    local: Vec<String>,
}

impl Reading {
    fn read(&mut self, ident: &Ident, how: How) {
        let name = plain(ident);
        if !self.local.contains(&name) {
            let span = ident.span();
            self.found.push(Read { name, span, how });
        }
    }

    fn bind(&mut self, pat: &Pat) {
        self.local.extend(bound(pat).iter().map(plain));
    }

    /// Names that are bound inside are forgotten after it.
    fn inside(&mut self, read: impl FnOnce(&mut Self)) {
        let known = self.local.len();
        read(self);
        self.local.truncate(known);
    }

    fn expr(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Path(path) => {
                if let Some(ident) = ident(path) {
                    self.read(ident, How::Value);
                }
            }
            Expr::Call(call) => {
                match &mut *call.func {
                    Expr::Path(path) => {
                        if let Some(ident) = ident(path) {
                            self.read(ident, How::Called);
                        }
                    }
                    function => self.expr(function),
                }
                self.arguments(call.args.iter_mut());
            }
            Expr::MethodCall(call) => {
                self.expr(&mut call.receiver);
                self.arguments(call.args.iter_mut());
            }
            Expr::Binary(binary) => {
                self.expr(&mut binary.left);
                self.expr(&mut binary.right);
            }
            Expr::Closure(closure) => self.closure(closure),
            Expr::Async(inner) => self.block(&mut inner.block),
            Expr::Block(inner) => self.block(&mut inner.block),
            Expr::Const(inner) => self.block(&mut inner.block),
            Expr::Loop(inner) => self.block(&mut inner.body),
            Expr::TryBlock(inner) => self.block(&mut inner.block),
            Expr::Unsafe(inner) => self.block(&mut inner.block),
            Expr::Let(pattern) => {
                self.expr(&mut pattern.expr);
                self.bind(&pattern.pat);
            }
            Expr::If(choice) => {
                self.inside(|reading| {
                    reading.expr(&mut choice.cond);
                    reading.block(&mut choice.then_branch);
                });
                if let Some((_, other)) = &mut choice.else_branch {
                    self.expr(other);
                }
            }
            Expr::While(repeat) => self.inside(|reading| {
                reading.expr(&mut repeat.cond);
                reading.block(&mut repeat.body);
            }),
            Expr::ForLoop(map) => {
                self.expr(&mut map.expr);
                self.inside(|reading| {
                    reading.bind(&map.pat);
                    reading.block(&mut map.body);
                });
            }
            Expr::Match(route) => {
                self.expr(&mut route.expr);
                for arm in &mut route.arms {
                    self.inside(|reading| {
                        reading.pattern(&mut arm.pat);
                        reading.expr(&mut arm.body);
                    });
                }
            }
            Expr::Macro(call) => self.macro_call(&call.mac),
            Expr::Verbatim(tokens) => self.loose(tokens),
            other => for_each_part(other, &mut |part| self.expr(part)),
        }
    }

    /// A name alone may be that of a function.
    fn arguments<'a>(&mut self, arguments: impl Iterator<Item = &'a mut Expr>) {
        for argument in arguments {
            match argument {
                Expr::Path(path) => {
                    if let Some(ident) = ident(path) {
                        self.read(ident, How::Passed);
                    }
                }
                argument => self.expr(argument),
            }
        }
    }

    fn pattern(&mut self, pat: &mut Pat) {
        match pat {
            Pat::Guard(guarded) => {
                self.bind(&guarded.pat);
                self.expr(&mut guarded.guard);
            }
            pat => self.bind(pat),
        }
    }

    fn closure(&mut self, closure: &mut ExprClosure) {
        self.inside(|reading| {
            closure.inputs.iter().for_each(|input| match input {
                Pat::Type(typed) => reading.bind(&typed.pat),
                input => reading.bind(input),
            });
            reading.expr(&mut closure.body);
        });
    }

    fn block(&mut self, block: &mut Block) {
        self.inside(|reading| {
            let items = block.stmts.iter().filter_map(|stmt| match stmt {
                Stmt::Item(Item::Fn(item)) => Some(plain(&item.sig.ident)),
                _ => None,
            });
            reading.local.extend(items);
            block
                .stmts
                .iter_mut()
                .for_each(|stmt| reading.statement(stmt));
        });
    }

    fn statement(&mut self, statement: &mut Stmt) {
        match statement {
            Stmt::Local(local) => {
                if let Some(init) = &mut local.init {
                    self.expr(&mut init.expr);
                    if let Some((_, diverge)) = &mut init.diverge {
                        self.expr(diverge);
                    }
                }
                match &local.pat {
                    Pat::Type(typed) => self.bind(&typed.pat),
                    pat => self.bind(pat),
                }
            }
            Stmt::Expr(expr, _) => self.expr(expr),
            Stmt::Macro(call) => self.macro_call(&call.mac),
            Stmt::Item(_) => {}
        }
    }

    fn macro_call(&mut self, mac: &Macro) {
        let Some(mut arguments) = macro_call::arguments(mac) else {
            return self.loose(&mac.tokens);
        };
        if let Some(pat) = arguments.pattern().cloned() {
            return self.inside(|reading| {
                reading.expr(&mut arguments.exprs[0]);
                reading.bind(&pat);
                arguments.exprs[1..]
                    .iter_mut()
                    .for_each(|guard| reading.expr(guard));
            });
        }
        let formats = macro_call::formats(mac);
        let mut named: Vec<String> = Vec::new();
        let mut format = None;
        for argument in &mut arguments.exprs {
            match argument {
                Expr::Assign(assign) if formats => {
                    named.push(assign.left.to_token_stream().to_string());
                    self.expr(&mut assign.right);
                }
                Expr::Lit(literal) if formats && format.is_none() => {
                    format = Some(literal.lit.clone())
                }
                argument => self.expr(argument),
            }
        }
        if let Some(syn::Lit::Str(text)) = format {
            let names = format_string::names(&text.value()).into_iter();
            for name in names.filter(|name| !named.contains(name)) {
                self.read(&Ident::new(&name, text.span()), How::Value);
            }
        }
    }

    fn loose(&mut self, tokens: &TokenStream) {
        let found = loose_reads(tokens).into_iter();
        let local = &self.local;
        self.found
            .extend(found.filter(|read| !local.contains(&read.name)));
    }
}

fn ident(path: &syn::ExprPath) -> Option<&Ident> {
    match path.qself {
        None => path.path.get_ident(),
        Some(_) => None,
    }
}

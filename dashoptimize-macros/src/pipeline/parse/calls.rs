//! Which code calls modules.
//!
//! At the root of a step, `Path { … }` is a call of a module. Inside other code it may be a struct as well, so
//! there it is a call if it names a module of the runtime with its signature, another pipeline of this macro
//! call, or is followed by a field.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Block, Expr, ExprCall, ExprStruct, Path, Stmt};

use super::node::is_variant;
use crate::graph::parts::{for_each_part, is_lazy};
use crate::macro_call;
use crate::module::Kind;

/// Where code calls a module.
#[derive(Clone, Copy)]
pub(super) struct Calls<'p> {
    /// The pipelines of this macro call.
    pub(super) pipelines: &'p [String],
}

impl Calls<'_> {
    /// Whether a struct literal inside of code is a call of a module.
    pub(super) fn is_call(self, literal: &ExprStruct) -> bool {
        let Some(last) = literal.path.segments.last() else {
            return false;
        };
        let (name, alone) = (last.ident.to_string(), literal.path.segments.len() == 1);
        let is_kind = !last.arguments.is_none() && Kind::over_type(&name).is_some();
        alone && (is_kind || self.pipelines.contains(&name))
    }

    /// Whether this is a module and not a function: `Predict::<Ask>`, or another pipeline of this macro call.
    pub(super) fn is_module(self, function: &Expr) -> bool {
        let Expr::Path(path) = function else {
            return false;
        };
        let (Some(last), 1) = (path.path.segments.last(), path.path.segments.len()) else {
            return false;
        };
        let name = last.ident.to_string();
        let is_kind = !last.arguments.is_none() && Kind::over_type(&name).is_some();
        is_kind || self.pipelines.contains(&name)
    }

    /// `Predict::<Ask>` of `Predict::<Ask>::new()`: the module that a function without a model makes.
    pub(super) fn made(self, call: &ExprCall) -> Option<Path> {
        let Expr::Path(function) = &*call.func else {
            return None;
        };
        let mut segments = function.path.segments.iter();
        let (module, constructor) = (segments.next()?, segments.next()?);
        let name = module.ident.to_string();
        let is_module = Kind::from_name(&name).is_some() || self.pipelines.contains(&name);
        let is_new = segments.next().is_none() && constructor.ident == "new";
        (is_module && is_new && call.args.is_empty()).then(|| module.clone().into())
    }

    /// `Node { … }.answer`: whether this is a call of a module and fields of its output.
    pub(super) fn is_output(self, expr: &Expr) -> bool {
        match expr {
            Expr::Field(field) => match &*field.base {
                Expr::Struct(literal) => !is_variant(&literal.path),
                base => self.is_output(base),
            },
            Expr::Struct(literal) => self.is_call(literal),
            _ => false,
        }
    }

    /// Where the first module is called inside of code.
    pub(super) fn inside(self, expr: &Expr) -> Option<Span> {
        let mut found = None;
        self.find(&mut expr.clone(), &mut found);
        found
    }

    /// Where the first module is called in the body of a step, in which roots are calls.
    pub(super) fn in_block(self, block: &Block) -> Option<Span> {
        let mut found = None;
        for statement in &block.stmts {
            let mut root = |expr: &Expr| {
                found = found
                    .or_else(|| at_root(expr))
                    .or_else(|| self.in_step(expr));
            };
            match statement {
                Stmt::Local(local) => {
                    let init = local.init.iter();
                    init.for_each(|init| {
                        root(&init.expr);
                        init.diverge.iter().for_each(|(_, diverge)| root(diverge));
                    });
                }
                Stmt::Expr(Expr::Assign(assign), _) => root(&assign.right),
                Stmt::Expr(expr, _) => root(expr),
                Stmt::Macro(call) => {
                    let expr = Expr::Macro(syn::ExprMacro {
                        attrs: Vec::new(),
                        mac: call.mac.clone(),
                    });
                    root(&expr);
                }
                Stmt::Item(_) => {}
            }
        }
        found
    }

    /// The same for the expression of a step.
    pub(super) fn in_step(self, expr: &Expr) -> Option<Span> {
        let branch = |expr: &Expr| at_root(expr).or_else(|| self.in_step(expr));
        match expr {
            Expr::Block(inner) => self.in_block(&inner.block),
            Expr::ForLoop(map) => self.inside(&map.expr).or_else(|| self.in_block(&map.body)),
            Expr::While(repeat) => self
                .inside(&repeat.cond)
                .or_else(|| self.in_block(&repeat.body)),
            Expr::Loop(repeat) => self.in_block(&repeat.body),
            Expr::If(choice) => {
                let other = || {
                    choice
                        .else_branch
                        .as_ref()
                        .and_then(|(_, other)| branch(other))
                };
                let then = || self.in_block(&choice.then_branch);
                self.inside(&choice.cond).or_else(then).or_else(other)
            }
            Expr::Match(route) => {
                let arms = || route.arms.iter().find_map(|arm| branch(&arm.body));
                self.inside(&route.expr).or_else(arms)
            }
            Expr::Paren(paren) => self.in_step(&paren.expr),
            Expr::Group(group) => self.in_step(&group.expr),
            expr => self.inside(expr),
        }
    }

    fn find(self, expr: &mut Expr, found: &mut Option<Span>) {
        if found.is_some() {
            return;
        }
        if self.is_output(expr) {
            *found = at_root(expr);
            return;
        }
        match expr {
            Expr::Closure(closure) => self.find(&mut closure.body, found),
            Expr::Async(inner) => *found = self.in_block(&inner.block),
            Expr::Unsafe(inner) => *found = self.in_block(&inner.block),
            Expr::Block(_)
            | Expr::ForLoop(_)
            | Expr::While(_)
            | Expr::Loop(_)
            | Expr::If(_)
            | Expr::Match(_) => {
                *found = self.in_code(expr);
            }
            Expr::Macro(call) => *found = self.in_macro(&call.mac),
            Expr::Binary(binary) if is_lazy(&binary.op) => {
                self.find(&mut binary.left, found);
                self.find(&mut binary.right, found);
            }
            other => for_each_part(other, &mut |part| self.find(part, found)),
        }
    }

    /// In blocks inside of code, only what is a call for certain counts.
    fn in_code(self, expr: &Expr) -> Option<Span> {
        self.loose(expr.to_token_stream())
    }

    fn in_macro(self, mac: &syn::Macro) -> Option<Span> {
        match macro_call::arguments(mac) {
            Some(arguments) => arguments
                .exprs
                .iter()
                .find_map(|argument| self.inside(argument)),
            None => self.loose(mac.tokens.clone()),
        }
    }

    /// Where the head of a `match`, an `if` or a loop has a call of a module without parentheses.
    pub(super) fn in_head(self, tokens: &TokenStream) -> Option<Span> {
        let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
        let is_head = |token: &TokenTree| {
            let TokenTree::Ident(word) = token else {
                return false;
            };
            ["match", "if", "for", "while"]
                .iter()
                .any(|head| word == head)
        };
        let head = tokens.iter().position(is_head)?;
        let flat = tokens[head..]
            .iter()
            .filter(|token| !matches!(token, TokenTree::Group(_)));
        self.loose(flat.cloned().collect())
    }

    /// In tokens: `Predict::<Qa> { … }`.
    pub(super) fn loose(self, tokens: TokenStream) -> Option<Span> {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        tokens
            .iter()
            .enumerate()
            .find_map(|(index, token)| match token {
                TokenTree::Group(group) => self.loose(group.stream()),
                TokenTree::Ident(ident) => {
                    let name = ident.to_string();
                    let next = tokens.get(index + 1);
                    let is_kind =
                        Kind::over_type(&name).is_some() && is_turbofish(&tokens[index + 1..]);
                    let is_pipeline = self.pipelines.contains(&name) && next.is_some_and(is_braces);
                    (is_kind || is_pipeline).then(|| ident.span())
                }
                _ => None,
            })
    }
}

fn is_turbofish(tokens: &[TokenTree]) -> bool {
    let mut signs = tokens.iter().map_while(|token| match token {
        TokenTree::Punct(punct) => Some(punct.as_char()),
        _ => None,
    });
    signs.next() == Some(':') && signs.next() == Some(':') && signs.next() == Some('<')
}

fn is_braces(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == proc_macro2::Delimiter::Brace)
}

/// Where a module is called at the root of an expression.
fn at_root(expr: &Expr) -> Option<Span> {
    match expr {
        Expr::Struct(literal) if is_variant(&literal.path) => None,
        Expr::Struct(literal) => {
            let last = literal.path.segments.last();
            Some(last.map_or_else(|| literal.path.span(), |last| last.ident.span()))
        }
        Expr::Field(field) => at_root(&field.base),
        Expr::MethodCall(call) => at_root(&call.receiver),
        Expr::Try(attempt) => at_root(&attempt.expr),
        Expr::Await(wait) => at_root(&wait.base),
        Expr::Index(index) => at_root(&index.expr),
        Expr::Group(group) => at_root(&group.expr),
        Expr::Paren(paren) if !matches!(*paren.expr, Expr::Struct(_)) => at_root(&paren.expr),
        Expr::Binary(binary) if is_lazy(&binary.op) => at_root(&binary.left),
        _ => None,
    }
}

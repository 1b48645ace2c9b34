//! Statements of plain code: `n += 1;`, `words.sort();`, `log(&text)?;`, `if … { n = 0; }`.
//!
//! They work on a copy of each `let mut` that they change, which is its value from there on.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{BinOp, Expr, UnOp};

use super::block::Read;
use super::lift::Lifted;
use super::reader::{Reader, Within};
use crate::graph::names::{plain, root};
use crate::graph::parts::for_each_inside;
use crate::graph::{Step, StepKind, Work};

impl Reader<'_> {
    pub(super) fn plain(
        &mut self,
        mut expr: Expr,
        within: Within,
        unnamed: Ident,
        tokens: TokenStream,
    ) -> Read {
        let mut names = changed(&mut expr);
        names.retain(|name| self.mutable.contains(&plain(name)));
        let mut lifted = Lifted::new();
        let before = self.refused;
        self.refuse_self(&tokens);
        self.lift(&mut expr, &mut lifted);
        let work = match &names[..] {
            [] => quote!({ #expr; }),
            names => quote!({
                #(#[allow(unused_mut)] let mut #names = #names;)*
                #expr;
                (#(#names),*)
            }),
        };
        let work = match syn::parse2(work) {
            Ok(code) if self.refused == before => Work::Code(code),
            _ => Work::Raw(tokens.clone()),
        };
        let kind = match within {
            _ if names.is_empty() => StepKind::Let,
            Within::Loop | Within::Statement => StepKind::Assign,
            _ => StepKind::Change,
        };
        let name = names.first().cloned().unwrap_or(unnamed);
        let broken = matches!(work, Work::Raw(_));
        let mut step = Step {
            work: lifted.before(work, &tokens),
            broken,
            ..Step::new(kind, name, tokens)
        };
        if !names.is_empty() {
            step.names = names;
        }
        Read::Step(Box::new(step))
    }
}

/// The names that code may change, by its syntax.
fn changed(expr: &mut Expr) -> Vec<Ident> {
    let mut names: Vec<Ident> = Vec::new();
    for_each_inside(expr, &mut |part| {
        let place = match part {
            Expr::Assign(assign) => Some(&*assign.left),
            Expr::Binary(binary) if assigns(&binary.op) => Some(&*binary.left),
            Expr::MethodCall(call) => Some(&*call.receiver),
            Expr::Reference(reference) if reference.mutability.is_some() => Some(&*reference.expr),
            _ => None,
        };
        let name = place.and_then(root_of).cloned();
        names.extend(name.filter(|name| !names.contains(name)));
    });
    if let Expr::Macro(call) = expr
        && ["write", "writeln"]
            .iter()
            .any(|name| call.mac.path.is_ident(name))
        && let Some(arguments) = crate::macro_call::arguments(&call.mac)
    {
        names.extend(arguments.exprs.first().and_then(root_of).cloned());
    }
    names
}

pub(super) const fn assigns(op: &BinOp) -> bool {
    matches!(
        op,
        BinOp::AddAssign(_)
            | BinOp::SubAssign(_)
            | BinOp::MulAssign(_)
            | BinOp::DivAssign(_)
            | BinOp::RemAssign(_)
            | BinOp::BitXorAssign(_)
            | BinOp::BitAndAssign(_)
            | BinOp::BitOrAssign(_)
            | BinOp::ShlAssign(_)
            | BinOp::ShrAssign(_)
    )
}

/// The name at the root of what is changed: `words` of `words[0].text` and of `*words`.
pub(super) fn root_of(place: &Expr) -> Option<&Ident> {
    match place {
        Expr::Index(index) => root_of(&index.expr),
        Expr::Field(field) => root_of(&field.base),
        Expr::MethodCall(call) => root_of(&call.receiver),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => root_of(&unary.expr),
        Expr::Paren(paren) => root_of(&paren.expr),
        Expr::Try(attempt) => root_of(&attempt.expr),
        place => root(place),
    }
}

//! Which expressions are steps and not plain code.

use proc_macro2::TokenStream;
use syn::{BinOp, Expr};

use super::put_away;
use crate::editor::{self, without_marker};

/// The tokens as an expression, if what the user typed is one.
pub(super) fn whole(tokens: &TokenStream) -> syn::Result<Expr> {
    if editor::asks() {
        // Otherwise the marker would decide.
        syn::parse2::<Expr>(without_marker(tokens.clone()))?;
    }
    syn::parse2(tokens.clone())
}

/// Whether an expression calls modules at its root.
pub(super) fn is_flow(expr: &Expr) -> bool {
    match expr {
        Expr::Struct(_) | Expr::ForLoop(_) | Expr::Match(_) | Expr::If(_) => true,
        Expr::Macro(_) => put_away::in_place_of(expr).is_some(),
        Expr::Field(field) => is_node(&field.base),
        Expr::MethodCall(call) => is_node(&call.receiver),
        Expr::Try(attempt) => is_node(&attempt.expr),
        Expr::Await(wait) => is_node(&wait.base),
        Expr::Index(index) => is_node(&index.expr),
        Expr::Binary(binary) => matches!(binary.op, BinOp::Or(_)) && is_flow(&binary.left),
        Expr::Paren(paren) => is_flow(&paren.expr),
        Expr::Group(group) => is_flow(&group.expr),
        _ => false,
    }
}

/// Whether a call of a module is at the root of a chain of dots.
fn is_node(expr: &Expr) -> bool {
    matches!(expr, Expr::Struct(_)) || (!matches!(expr, Expr::Binary(_)) && is_dotted(expr))
}

fn is_dotted(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Field(_) | Expr::MethodCall(_) | Expr::Try(_) | Expr::Await(_) | Expr::Index(_)
    ) && is_flow(expr)
}

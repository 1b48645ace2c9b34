//! `return` in a branch of a step that has a value. The branch has the output in place of the value, and what
//! follows ends the pipeline:
//!
//! ```text
//! let text = match found { Ok(text) => text, Err(error) => return error.to_string() };
//!
//! let __lifted_way = match found { Ok(text) => Ok(text), Err(error) => Err(Returned::with(error.to_string())) };
//! let Ok(text) = __lifted_way else { return Returned::of(__lifted_way); };
//! ```

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{Block, Expr, Pat, Stmt};

use super::reader::Reader;
use super::returned::returned;

impl Reader<'_> {
    /// The statements that such a step becomes; `None` if it is not one.
    pub(super) fn returning_value(&self, statement: &Stmt) -> Option<Vec<TokenStream>> {
        let Stmt::Local(local) = statement else {
            return None;
        };
        let mut local = local.clone();
        let init = local.init.as_mut().filter(|init| init.diverge.is_none())?;
        let is_branching = matches!(&*init.expr, Expr::Match(_) | Expr::If(_));
        if !is_branching || !self.returns(&init.expr) {
            return None;
        }
        self.settle_way(&mut init.expr);
        let way = Ident::new("__lifted_way", init.expr.span());
        let (attrs, value, returned) = (&local.attrs, &init.expr, returned());
        let (pat, ty) = match &local.pat {
            Pat::Type(typed) => (typed.pat.to_token_stream(), typed.ty.to_token_stream()),
            pat => (pat.to_token_stream(), quote!(_)),
        };
        let (ok, output) = (quote!(::core::result::Result::Ok), &self.output);
        Some(vec![
            quote!(#(#attrs)* let #way: ::core::result::Result<#ty, #returned<#output>> = #value;),
            quote!(let #ok(#pat) = #way else { return #returned::of(#way); };),
        ])
    }

    /// Whether a branch ends with a `return` of a value.
    fn returns(&self, expr: &Expr) -> bool {
        let block = |block: &Block| match block.stmts.last() {
            Some(Stmt::Expr(expr, _)) => self.returns(expr),
            _ => false,
        };
        match expr {
            Expr::Return(end) => end.expr.is_some() && self.failure(expr).is_none(),
            Expr::Match(route) => route.arms.iter().any(|arm| self.returns(&arm.body)),
            Expr::If(choice) => {
                let other = choice.else_branch.as_ref();
                block(&choice.then_branch) || other.is_some_and(|(_, other)| self.returns(other))
            }
            Expr::Block(inner) => inner.label.is_none() && block(&inner.block),
            _ => false,
        }
    }

    /// Makes `Ok` of each value and `Err` of each output.
    fn settle_way(&self, expr: &mut Expr) {
        match expr {
            Expr::Match(route) => {
                let arms = route.arms.iter_mut();
                arms.for_each(|arm| self.settle_way(&mut arm.body));
            }
            Expr::If(choice) => {
                self.settle_block_way(&mut choice.then_branch);
                if let Some((_, other)) = &mut choice.else_branch {
                    self.settle_way(other);
                }
            }
            Expr::Block(inner) if inner.label.is_none() => self.settle_block_way(&mut inner.block),
            Expr::Return(end) => {
                // An error ends the pipeline by itself.
                if self.failure(&Expr::Return(end.clone())).is_none() {
                    let (value, returned) = (&end.expr, returned());
                    *expr = syn::parse_quote!(
                        ::core::result::Result::Err(#returned::with(#value))
                    );
                }
            }
            value => *value = syn::parse_quote!(::core::result::Result::Ok(#value)),
        }
    }

    fn settle_block_way(&self, block: &mut Block) {
        match block.stmts.last_mut() {
            Some(Stmt::Expr(expr, end)) if end.is_none() || matches!(expr, Expr::Return(_)) => {
                self.settle_way(expr);
                *end = None;
            }
            _ => {}
        }
    }
}

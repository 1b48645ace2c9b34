//! Tokens that cannot be read yet, put away into a macro call, which may hold any tokens.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::quote;
use syn::{Expr, Macro, Stmt};

const NAME: &str = "__steps";

/// What was put away in place of an expression.
pub(super) fn in_place_of(expr: &Expr) -> Option<TokenStream> {
    match expr {
        Expr::Macro(call) => steps(&call.mac),
        _ => None,
    }
}

/// What was put away in place of statements.
pub(super) fn in_block(block: &syn::Block) -> Option<TokenStream> {
    match &block.stmts[..] {
        [Stmt::Macro(call)] => steps(&call.mac),
        _ => None,
    }
}

fn steps(call: &Macro) -> Option<TokenStream> {
    call.path.is_ident(NAME).then(|| call.tokens.clone())
}

/// The call that the tokens are put away into.
pub(super) fn put_away(tokens: TokenStream) -> TokenStream {
    let last = tokens.clone().into_iter().last();
    let mut steps = Group::new(Delimiter::Brace, tokens);
    steps.set_span(match last {
        Some(TokenTree::Group(group)) => group.span_close(),
        Some(token) => token.span(),
        None => Span::call_site(),
    });
    let name = Ident::new(NAME, Span::call_site());
    quote!(#name! #steps)
}

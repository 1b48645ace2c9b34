//! Generated tokens that rustc reports under the user's.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::quote;

/// `path(args)`, reported as if it were `written`: the path takes the place of the first token, the
/// parentheses that of the last.
pub(crate) fn call_at(written: &TokenStream, path: TokenStream, args: TokenStream) -> TokenStream {
    let args = arguments_at(written, args);
    at(written, path).into_iter().chain([args]).collect()
}

/// Parentheses that take the place of the last token of `written`.
fn arguments_at(written: &TokenStream, args: TokenStream) -> TokenTree {
    let mut args = Group::new(Delimiter::Parenthesis, args);
    args.set_span(ends(written).1);
    TokenTree::Group(args)
}

/// Tokens that take the place of the first token of `written`.
fn at(written: &TokenStream, tokens: TokenStream) -> TokenStream {
    let first = ends(written).0;
    let moved = tokens.into_iter().map(|mut token| {
        token.set_span(first);
        token
    });
    moved.collect()
}

/// `function::<ty>()`, reported as if it were `ty`.
pub(crate) fn turbofish_at(function: TokenStream, ty: &TokenStream) -> TokenStream {
    let before = at(ty, quote!(#function::<));
    let after = at(ty, quote!(>));
    let arguments = arguments_at(ty, TokenStream::new());
    quote!(#before #ty #after #arguments)
}

/// The places of the first and the last token.
fn ends(written: &TokenStream) -> (Span, Span) {
    let mut spans = written.clone().into_iter().map(|token| token.span());
    let first = spans.next().unwrap_or_else(Span::call_site);
    (first, spans.last().unwrap_or(first))
}

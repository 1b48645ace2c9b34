//! Generated tokens that rustc reports under the user's.

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};

use crate::editor;

/// The place of generated tokens that rustc reports under the user's. An editor does not report them,
/// and must not navigate from the user's token to them.
pub(crate) fn reported_at(span: Span) -> Span {
    if editor::asks() {
        Span::call_site()
    } else {
        span
    }
}

/// `(path)(args)`, reported as if it were `written`: the first parentheses take the place of the
/// first token, the second that of the last. Names keep their spans; otherwise editors would navigate
/// from `written` to what they name.
pub(crate) fn call_at(written: &TokenStream, path: TokenStream, args: TokenStream) -> TokenStream {
    let (first, last) = ends(written);
    let (path, args) = (parentheses_at(first, path), parentheses_at(last, args));
    quote!(#path #args)
}

/// A value that rustc reports as if it were `written`.
pub(crate) fn value_at(written: &TokenStream, value: &TokenStream) -> TokenStream {
    let (name, held) = held_at("__value", written);
    quote!({
        let #name = (#value,);
        #held
    })
}

/// A name for a tuple of one value, and that value: a field, whose first token takes the place of the first
/// one that was written, and its last token that of the last.
pub(crate) fn held_at(name: &str, written: &impl ToTokens) -> (Ident, TokenStream) {
    let (first, last) = ends(&written.to_token_stream());
    let name = Ident::new(name, reported_at(first));
    let mut field = Literal::usize_unsuffixed(0);
    field.set_span(reported_at(last));
    let held = quote!(#name.#field);
    (name, held)
}

/// `(receiver).method(args)`, reported as if it were `args`.
pub(crate) fn method_call_at(
    receiver: TokenStream,
    method: &Ident,
    args: TokenStream,
) -> TokenStream {
    let (first, last) = ends(&args);
    let (receiver, args) = (parentheses_at(first, receiver), parentheses_at(last, args));
    quote!(#receiver.#method #args)
}

/// The first and the last token.
fn ends(written: &TokenStream) -> (Span, Span) {
    let mut spans = written.clone().into_iter().map(|token| token.span());
    let first = spans.next().unwrap_or_else(Span::call_site);
    (first, spans.last().unwrap_or(first))
}

/// Generated tokens, all reported at this place.
pub(crate) fn all_at(span: Span, tokens: TokenStream) -> TokenStream {
    let span = reported_at(span);
    let placed = tokens.into_iter().map(|token| match token {
        TokenTree::Group(group) => {
            let mut placed = Group::new(group.delimiter(), all_at(span, group.stream()));
            placed.set_span(span);
            placed.into()
        }
        // A local name keeps what it refers to.
        TokenTree::Ident(mut ident) if ident.to_string().starts_with("__") => {
            ident.set_span(ident.span().located_at(span));
            ident.into()
        }
        mut token => {
            token.set_span(span);
            token
        }
    });
    placed.collect()
}

/// `(tokens)`, the parentheses at this place.
pub(crate) fn parentheses_at(span: Span, tokens: TokenStream) -> TokenTree {
    let mut group = Group::new(Delimiter::Parenthesis, tokens);
    group.set_span(span);
    TokenTree::Group(group)
}

/// A keyword of a generated item or expression, which rustc reports from there on.
pub(crate) fn keyword_at(span: Span, keyword: &str) -> Ident {
    Ident::new(keyword, reported_at(span))
}

/// What is generated between these delimiters, up to which rustc reports an item.
pub(crate) fn group_at(span: Span, delimiter: Delimiter, tokens: TokenStream) -> TokenTree {
    let mut group = Group::new(delimiter, tokens);
    group.set_span(reported_at(span));
    TokenTree::Group(group)
}

/// `(function::<ty>)()`, reported as if it were `ty`.
pub(crate) fn turbofish_at(function: &TokenStream, ty: &TokenStream) -> TokenStream {
    call_at(ty, quote!(#function::<#ty>), TokenStream::new())
}

/// `()`, reported at this place.
pub(crate) fn nothing_at(span: Span) -> TokenTree {
    parentheses_at(span, TokenStream::new())
}

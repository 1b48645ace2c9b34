//! Generated tokens that rustc reports under the user's.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::quote;

use crate::editor;

/// The place of tokens of ours that rustc reports under the user's. An editor does not report them,
/// and must not lead from the user's token to them.
pub(crate) fn reported_at(span: Span) -> Span {
    if editor::asks() {
        Span::call_site()
    } else {
        span
    }
}

/// `(path)(args)`, reported as if it were `written`: the first parentheses take the place of the
/// first token, the second those of the last. Names keep their spans, or editors would lead from
/// `written` to what they name.
pub(crate) fn call_at(written: &TokenStream, path: TokenStream, args: TokenStream) -> TokenStream {
    let spans: Vec<Span> = written
        .clone()
        .into_iter()
        .map(|token| token.span())
        .collect();
    let first = spans.first().copied().unwrap_or_else(Span::call_site);
    let last = spans.last().copied().unwrap_or(first);
    [(path, first), (args, last)]
        .map(|(tokens, span)| {
            let mut group = Group::new(Delimiter::Parenthesis, tokens);
            group.set_span(span);
            TokenTree::Group(group)
        })
        .into_iter()
        .collect()
}

/// `(function::<ty>)()`, reported as if it were `ty`.
pub(crate) fn turbofish_at(function: &TokenStream, ty: &TokenStream) -> TokenStream {
    call_at(ty, quote!(#function::<#ty>), TokenStream::new())
}

/// `()`, reported at this place.
pub(crate) fn nothing_at(span: Span) -> TokenTree {
    let mut arguments = Group::new(Delimiter::Parenthesis, TokenStream::new());
    arguments.set_span(span);
    TokenTree::Group(arguments)
}

//! Generated tokens that rustc reports under the user's.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};

/// `path(args)`, reported as if it were `written`: the path takes the place of the first token, the
/// parentheses that of the last.
pub(crate) fn call_at(written: &TokenStream, path: TokenStream, args: TokenStream) -> TokenStream {
    let spans: Vec<Span> = written
        .clone()
        .into_iter()
        .map(|token| token.span())
        .collect();
    let first = spans.first().copied().unwrap_or_else(Span::call_site);
    let last = spans.last().copied().unwrap_or(first);
    let path = path.into_iter().map(|mut token| {
        token.set_span(first);
        token
    });
    let mut args = Group::new(Delimiter::Parenthesis, args);
    args.set_span(last);
    path.chain([TokenTree::Group(args)]).collect()
}

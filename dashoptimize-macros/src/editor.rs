//! What editors need from a macro in addition to correct code.
//!
//! An editor takes whatever a macro puts at the place of a user's token for the meaning of that token. So
//! tokens that exist only for the messages of rustc have another place in an editor; see
//! [`reported_at`](crate::place::reported_at).
//!
//! To complete code at the cursor, `rust-analyzer` expands a call twice: as it is, and with a marker at
//! the cursor, which is a name or the end of one. It finds the marker in the second expansion and takes
//! types and names from the same place of the first. So both must be equal up to there, although the
//! marker often completes what was half-typed.

use std::env;
use std::sync::LazyLock;

use proc_macro2::{Group, Ident, TokenStream, TokenTree};

/// Whether `rust-analyzer` expands this call. The code is correct even if the answer is wrong.
pub(crate) fn asks() -> bool {
    static ASKS: LazyLock<bool> = LazyLock::new(|| {
        let program = env::current_exe().ok();
        let name = program
            .as_deref()
            .and_then(|path| path.file_stem()?.to_str());
        name.is_some_and(|name| name.starts_with("rust-analyzer"))
    });
    *ASKS
}

/// The current and the former marker of `rust-analyzer`.
const MARKERS: [&str; 2] = ["raCompletionMarker", "intellijRulezz"];

/// The tokens as they are in the user's file.
pub(crate) fn without_marker(tokens: TokenStream) -> TokenStream {
    tokens.into_iter().filter_map(typed).collect()
}

fn typed(token: TokenTree) -> Option<TokenTree> {
    match token {
        TokenTree::Group(group) => {
            let mut typed = Group::new(group.delimiter(), without_marker(group.stream()));
            typed.set_span(group.span());
            Some(typed.into())
        }
        TokenTree::Ident(ident) => {
            let text = ident.to_string();
            match MARKERS.iter().find(|marker| text.contains(*marker)) {
                None => Some(ident.into()),
                Some(marker) if text == *marker => None,
                Some(marker) => Some(Ident::new(&text.replace(marker, ""), ident.span()).into()),
            }
        }
        token => Some(token),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_is_taken_out_of_the_user_s_tokens() {
        for (marked, typed) in [
            ("f(plan.raCompletionMarker, 2)", "f(plan.,2)"),
            ("{ quesraCompletionMarker }", "{ques}"),
            ("plan.teraCompletionMarkerxt", "plan.text"),
            ("intellijRulezz", ""),
            ("a { b: [c] }", "a{b:[c]}"),
        ] {
            let tokens: TokenStream = marked.parse().expect("tokens");
            let text = without_marker(tokens).to_string();
            assert_eq!(text.replace(' ', ""), typed);
        }
    }
}

//! `Option<Option<T>>`: `Some(None)` and `None` are the same JSON.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::Type;

use crate::diagnostics::Diagnostics;

/// Rejects a type that contains an `Option` of an `Option`, as far as the tokens tell.
pub(crate) fn refuse_nested_option(ty: &Type, errors: &mut Diagnostics) {
    if is_nested(ty.to_token_stream()) {
        errors.under(
            ty,
            "an `Option` of an `Option` has two values for `null`; write one `Option`, or an enum",
        );
    }
}

/// Whether `Option <` is followed by another one, with nothing but paths and `Box <` between them.
fn is_nested(ty: TokenStream) -> bool {
    let mut in_option = false;
    for token in ty {
        match token {
            TokenTree::Group(group) if is_nested(group.stream()) => return true,
            TokenTree::Group(_) => in_option = false,
            TokenTree::Ident(ident) if ident == "Option" => {
                if in_option {
                    return true;
                }
                in_option = true;
            }
            TokenTree::Ident(ident) => {
                let transparent = ["Box", "std", "core", "option", "boxed"];
                in_option = in_option && transparent.iter().any(|name| ident == name);
            }
            TokenTree::Punct(punct) => {
                in_option = in_option && matches!(punct.as_char(), '<' | ':')
            }
            TokenTree::Literal(_) => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn only_an_option_directly_in_an_option_is_refused() {
        let cases: [(Type, bool); 7] = [
            (parse_quote!(Option<Option<u8>>), true),
            (
                parse_quote!(Vec<Option<Box<std::option::Option<u8>>>>),
                true,
            ),
            (parse_quote!(HashMap<String, Option<Option<T>>>), true),
            (parse_quote!(Option<Vec<Option<u8>>>), false),
            (parse_quote!(Pair<Option<u8>, Option<u8>>), false),
            (parse_quote!(Option<mine::Option2>), false),
            (parse_quote!(Option<Maybe<u8>>), false),
        ];
        for (ty, expected) in cases {
            assert_eq!(
                is_nested(ty.to_token_stream()),
                expected,
                "{}",
                ty.to_token_stream()
            );
        }
    }
}

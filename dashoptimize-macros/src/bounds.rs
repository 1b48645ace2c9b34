//! Bounds under which a generated impl is there.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{GenericArgument, PathArguments, Type};

/// The types of the prelude that can be compared, shown, made empty, and written and read by serde.
const ABLE: [&str; 15] = [
    "String", "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "isize", "u8", "u16", "u32",
    "u64", "usize",
];

/// A `where` clause with a bound on each of these types.
///
/// rustc checks every bound of every impl, which is a tenth of what a signature costs it. So a type is named once,
/// and not at all if it is one of std that meets each of the bounds that this is used for.
///
/// `for<'__a>` makes rustc check a bound where the impl is used, not here, so that a type without the trait is
/// not an error (rust-lang/rust#48214).
pub(crate) fn if_all<'a>(
    types: impl Iterator<Item = &'a Type>,
    bound: &TokenStream,
) -> TokenStream {
    let mut seen = HashSet::new();
    let bounds: Vec<_> = types
        .filter(|ty| !is_able(ty) && seen.insert(ty.to_token_stream().to_string()))
        .map(|ty| quote!(for<'__a> #ty: #bound,))
        .collect();
    match bounds.is_empty() {
        true => TokenStream::new(),
        false => quote!(where #(#bounds)*),
    }
}

/// Whether the tokens tell that a type of std meets the bounds: one of `ABLE`, or an `Option` or `Vec` of one.
fn is_able(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let Some(last) = path.path.segments.last() else {
        return false;
    };
    if path.qself.is_some() || path.path.segments.len() > 1 || path.path.leading_colon.is_some() {
        return false;
    }
    match &last.arguments {
        PathArguments::None => ABLE.iter().any(|name| last.ident == name),
        PathArguments::AngleBracketed(arguments)
            if last.ident == "Option" || last.ident == "Vec" =>
        {
            let mut arguments = arguments.args.iter();
            matches!((arguments.next(), arguments.next()), (Some(GenericArgument::Type(of)), None) if is_able(of))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    fn clause(types: &[Type]) -> String {
        if_all(types.iter(), &quote!(Bound)).to_string()
    }

    #[test]
    fn types_of_std_that_meet_the_bounds_have_none() {
        let types: [Type; 5] = [
            parse_quote!(String),
            parse_quote!(f64),
            parse_quote!(Vec<u8>),
            parse_quote!(Option<Vec<String>>),
            parse_quote!(bool),
        ];
        assert_eq!(clause(&types), "");
    }

    #[test]
    fn every_other_type_has_one_bound() {
        let types: [Type; 7] = [
            parse_quote!(Turn),
            parse_quote!(Vec<Turn>),
            parse_quote!(crate::String),
            parse_quote!(Turn),
            parse_quote!(Option<&'static str>),
            parse_quote!(<Turn as Of>::String),
            parse_quote!(String<u8>),
        ];
        let bounds = quote! {
            where
                for<'__a> Turn: Bound,
                for<'__a> Vec<Turn>: Bound,
                for<'__a> crate::String: Bound,
                for<'__a> Option<&'static str>: Bound,
                for<'__a> <Turn as Of>::String: Bound,
                for<'__a> String<u8>: Bound,
        };
        assert_eq!(clause(&types), bounds.to_string());
    }
}

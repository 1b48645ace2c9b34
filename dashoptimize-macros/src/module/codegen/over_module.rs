//! A module over another module.
//!
//! ```text
//! pub struct Best(BestOfN<<Best as OverModule>::Part>);
//! impl OverModule for Best { type Argument = Argument<{…}>; type Part = …; }
//! impl FromLm for Best { fn from_lm(…) … }
//! impl Module for Best { … }
//! impl Best { pub fn new(…) … }
//! impl Clone, Debug for Best
//! ```
//!
//! `Part` is the user's type, or a stand-in where that is no module; the runtime's
//! `private/over_module.rs` says how. So a type that does not fit makes one error, that of `is_module`.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned;

use super::super::ast::Module;
use super::{argument_of, module_trait, new, set};
use crate::crate_path::CratePath;
use crate::place::reported_at;

/// What the name holds, and the items beside it.
pub(super) fn parts(
    krate: &CratePath,
    module: &Module,
    constructor: &str,
) -> (TokenStream, Vec<TokenStream>) {
    let Module { ident, made_of, .. } = module;
    let name = &made_of.name;
    let inner = quote! {
        #krate::module::#name<<#ident as #krate::__private::OverModule>::Part>
    };
    let argument = argument_of(krate, &made_of.argument);
    let made = quote!(<Self as #krate::module::FromLm>::from_lm(lm.into()));
    let new = new(krate, module, &made);
    let items = vec![
        over_module(krate, ident, &argument),
        from_lm(krate, module, &argument, constructor),
        module_trait(krate, ident, &inner),
        quote!(impl #ident { #new }),
    ];
    (inner, items)
}

/// What is reported under the type in the angle brackets.
fn under(argument: &impl ToTokens) -> Span {
    Span::call_site().located_at(reported_at(argument.span()))
}

fn over_module(krate: &CratePath, ident: &Ident, argument: &TokenStream) -> TokenStream {
    let private = quote!(#krate::__private);
    // It may be less visible than the name.
    let part = quote_spanned! {under(argument)=>
        type Part = <Self::Argument as #private::Part<#argument>>::Part;
    };
    quote! {
        #[automatically_derived]
        impl #private::OverModule for #ident {
            type Argument = #private::Argument<{
                #[allow(unused_imports)]
                use #private::Otherwise as _;
                #private::number(
                    #private::Is::<#argument>::MODULE,
                    #private::Is::<#argument>::SIGNATURE,
                )
            }>;
            #part
        }
    }
}

fn from_lm(
    krate: &CratePath,
    module: &Module,
    argument: &TokenStream,
    constructor: &str,
) -> TokenStream {
    let private = quote!(#krate::__private);
    let Module { ident, made_of, .. } = module;
    let (name, kind) = (&made_of.name, made_of.kind);
    let of_self = quote!(<Self as #private::OverModule>::Argument);
    let is_module = quote_spanned! {under(&made_of.argument)=>
        #private::is_module::<<Self as #private::OverModule>::Argument, #argument>();
    };
    let constructor = Ident::new(constructor, name.span());
    let needs = kind.needs.iter().map(|needed| {
        let option = module.options.iter().find(|option| option.key == needed);
        option.map(|option| &option.value)
    });
    let rest = module.options.iter();
    let rest = rest.filter(|option| !kind.needs.iter().any(|needed| option.key == needed));
    let part = quote!(#private::part::<#of_self, #argument, _>(__lm));
    let made = set(
        quote!(#krate::module::#name::#constructor(#part, #(#needs,)*)),
        rest,
    );
    quote! {
        #[automatically_derived]
        impl #krate::module::FromLm for #ident {
            fn from_lm(__lm: #krate::lm::Lm) -> Self {
                #[allow(unused_imports)]
                use #krate::module::Module as _;
                #is_module
                Self(<#of_self as #private::Close<_, _>>::close(#made))
            }
        }
    }
}

//! A module over another module.
//!
//! ```text
//! pub struct Best(BestOfN<<Best as OverModule>::Part>);
//! impl OverModule for Best { type Part = …; }
//! impl FromLm for Best { fn from_lm(…) … }
//! impl Module for Best { … }
//! impl Best { pub fn new(…) … }
//! impl Clone, Debug for Best
//! ```
//!
//! `Part` is the user's type. If it is not a module, that is one error, caused by the check; see
//! `private/checked.rs` of the runtime.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Ident};

use super::super::ast::Module;
use super::delegate::module_trait;
use super::making::{new, set};
use super::path::argument_of;
use crate::crate_path::CratePath;
use crate::editor;
use crate::place::{all_at, call_at, reported_at};

/// The content of the struct, and the other items.
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
    let part = part(krate, argument);
    // It may be less visible than the name.
    let part = quote_spanned!(under(argument)=> type Part = #part;);
    quote! {
        #[automatically_derived]
        impl #private::OverModule for #ident {
            #part
        }
    }
}

/// The type in the angle brackets, known to the compiler only if it is a module.
fn part(krate: &CratePath, argument: &TokenStream) -> TokenStream {
    // An editor understands a type better than a check.
    if editor::asks() {
        return argument.clone();
    }
    let private = quote!(#krate::__private);
    quote! {
        <#private::Checked<{
            #[allow(unused_imports)]
            use #private::Otherwise as _;
            const IS_SIGNATURE: ::core::primitive::bool = #private::Is::<#argument>::SIGNATURE;
            <#argument as #private::NoSignature<IS_SIGNATURE>>::SOUND
                && <#argument as #private::SomeModule<IS_SIGNATURE>>::SOUND
        }> as #private::Known<#argument>>::Type
    }
}

fn from_lm(
    krate: &CratePath,
    module: &Module,
    argument: &TokenStream,
    constructor: &str,
) -> TokenStream {
    let Module { ident, made_of, .. } = module;
    let (name, kind) = (&made_of.name, made_of.kind);
    let constructor = Ident::new(constructor, name.span());
    let needs = kind.needs.iter().map(|needed| {
        let option = module.options.iter().find(|option| option.key == needed);
        option.map(|option| &option.value)
    });
    let rest = module.options.iter();
    let rest = rest.filter(|option| !kind.needs.iter().any(|needed| option.key == needed));
    let made = made_on(krate, argument, |part| {
        let constructor = quote!(#krate::module::#name::#constructor);
        let args = quote!(#part, #(#needs,)*);
        let made = match judged(module) {
            // What a closure returns is a type of the constructor: rustc reports it under the call.
            Some(closure) => {
                let constructor = all_at(closure.span(), constructor);
                call_at(&closure.to_token_stream(), constructor, args)
            }
            None => quote!(#constructor(#args)),
        };
        set(made, rest)
    });
    quote! {
        #[automatically_derived]
        impl #krate::module::FromLm for #ident {
            fn from_lm(__lm: #krate::lm::Lm) -> Self {
                #[allow(unused_imports)]
                use #krate::module::ModuleExt as _;
                Self { inner: #made }
            }
        }
    }
}

/// The closure that the constructor takes.
fn judged(module: &Module) -> Option<&Expr> {
    let closures = ["reward", "by", "reduce"];
    let mut options = module.options.iter();
    let option = options.find(|option| closures.iter().any(|key| option.key == key))?;
    Some(&option.value)
}

/// What is made of the module in the angle brackets or, if that is not a module, of a stand-in, so that the
/// options are checked in any case.
fn made_on(
    krate: &CratePath,
    argument: &TokenStream,
    make: impl FnOnce(TokenStream) -> TokenStream,
) -> TokenStream {
    if editor::asks() {
        return make(quote!(<#argument as #krate::module::FromLm>::from_lm(__lm)));
    }
    let private = quote!(#krate::__private);
    let maker = quote!(#private::Maker<__IS_MODULE>);
    let made = make(quote!(#private::part::<#maker, #argument, _>(__lm)));
    quote!({
        #[allow(unused_imports)]
        use #private::Otherwise as _;
        const __IS_MODULE: ::core::primitive::bool = #private::Is::<#argument>::MODULE;
        <#maker as #private::Close<_, _>>::close(#made)
    })
}

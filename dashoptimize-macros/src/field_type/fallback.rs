//! What a type with mistakes expands to: the errors, and a stand-in impl for its uses.

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use super::attributes::Attributes;
use crate::diagnostics::Diagnostics;

pub(super) fn expand(item: TokenStream, errors: &syn::Error) -> TokenStream {
    let errors = errors.to_compile_error();
    let Ok(item) = syn::parse2::<DeriveInput>(item) else {
        return errors;
    };
    let name = &item.ident;
    // Mistakes in the attributes are already among the errors.
    let krate = Attributes::of_container(&item, &mut Diagnostics::default()).krate;
    let (generics, arguments, bounds) = item.generics.split_for_impl();
    let bounds = match item.generics.params.is_empty() {
        true => quote!(),
        false => {
            let predicates = bounds.map(|bounds| &bounds.predicates);
            quote! {
                where
                    Self: ::core::clone::Clone + ::core::fmt::Debug + ::core::marker::Send
                        + ::core::marker::Sync + 'static,
                    #predicates
            }
        }
    };
    quote! {
        #errors

        #[automatically_derived]
        impl #generics #krate::signature::FieldType for #name #arguments #bounds {
            const TYPE: #krate::signature::Ty = #krate::signature::Ty::Json;

            fn into_json(self) -> #krate::__private::Value {
                ::core::unreachable!()
            }

            fn from_json(
                _: #krate::__private::Value,
            ) -> ::core::result::Result<Self, #krate::signature::ValueError> {
                ::core::unreachable!()
            }
        }
    }
}

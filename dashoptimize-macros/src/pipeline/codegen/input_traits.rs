//! What the inputs of a pipeline can do if all of their types can: be shown, compared, made empty, and be
//! the body of a request. An input such as a handle to a database need not be able to do any of this.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Attribute;
use syn::ext::IdentExt;

use super::ident::local;
use crate::bounds::if_all;
use crate::if_there::if_there;
use crate::pipeline::input::Input;

pub(super) fn input_traits(private: &TokenStream, name: &Ident, inputs: &[Input]) -> TokenStream {
    let cfgs: Vec<TokenStream> = inputs.iter().map(cfgs).collect();
    let idents: Vec<&Ident> = inputs.iter().map(|input| &input.ident).collect();
    let labels: Vec<String> = idents
        .iter()
        .map(|ident| ident.unraw().to_string())
        .collect();
    let (shown, count) = (name.to_string(), inputs.len());
    let values: Vec<Ident> = (0..count)
        .map(|index| local(&format!("__value_{index}")))
        .collect();
    let equal = inputs.iter().map(|input| {
        let ident = &input.ident;
        let cfgs: Vec<_> = input.attrs.iter().filter(|attr| is_cfg(attr)).collect();
        if_there(&cfgs, &quote!(self.#ident == __other.#ident))
    });
    let if_all = |bound: TokenStream| if_all_inputs(inputs, &bound);
    let debug = if_all(quote!(::core::fmt::Debug));
    let partial_eq = if_all(quote!(::core::cmp::PartialEq));
    let default = if_all(quote!(::core::default::Default));
    let serialize = if_all(quote!(#private::serde::Serialize));
    let deserialize = if_all(quote!(#private::serde::de::DeserializeOwned));
    quote! {
        const _: () = {
            #[automatically_derived]
            impl ::core::fmt::Debug for #name #debug {
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    #private::show_struct(#shown, &[#(#cfgs (#labels, &self.#idents)),*], f)
                }
            }

            #[automatically_derived]
            impl ::core::cmp::PartialEq for #name #partial_eq {
                fn eq(&self, __other: &Self) -> ::core::primitive::bool {
                    true #(&& #equal)*
                }
            }

            #[automatically_derived]
            impl ::core::default::Default for #name #default {
                fn default() -> Self {
                    Self { #(#cfgs #idents: ::core::default::Default::default()),* }
                }
            }

            #[automatically_derived]
            impl #private::serde::Serialize for #name #serialize {
                fn serialize<__S: #private::serde::Serializer>(
                    &self,
                    __serializer: __S,
                ) -> ::core::result::Result<__S::Ok, __S::Error> {
                    #[allow(unused_mut)]
                    let mut __inputs = #private::InputWriter::start(__serializer, #shown, #count);
                    #(#cfgs __inputs.put(#labels, &self.#idents);)*
                    __inputs.end()
                }
            }

            #[automatically_derived]
            impl<'de> #private::serde::Deserialize<'de> for #name #deserialize {
                fn deserialize<__D: #private::serde::Deserializer<'de>>(
                    __deserializer: __D,
                ) -> ::core::result::Result<Self, __D::Error> {
                    #[allow(unused_mut)]
                    let mut __inputs = #private::InputReader::read(__deserializer);
                    #(#cfgs let #values = __inputs.take(#labels);)*
                    // `?` takes rustc longer.
                    match __inputs.finish() {
                        #[allow(unused_variables)]
                        ::core::result::Result::Ok(__inputs) => ::core::result::Result::Ok(Self {
                            #(#cfgs #idents: __inputs.value(#values)),*
                        }),
                        ::core::result::Result::Err(__error) => ::core::result::Result::Err(__error),
                    }
                }
            }
        };
    }
}

fn cfgs(input: &Input) -> TokenStream {
    let cfgs = input.attrs.iter().filter(|attr| is_cfg(attr));
    quote!(#(#cfgs)*)
}

fn is_cfg(attr: &Attribute) -> bool {
    attr.path().is_ident("cfg")
}

/// A bound on the type of each input.
fn if_all_inputs(inputs: &[Input], bound: &TokenStream) -> TokenStream {
    // A bound cannot have a `#[cfg]`.
    let inputs = inputs
        .iter()
        .filter(|input| !input.attrs.iter().any(is_cfg));
    if_all(inputs.map(|input| &input.ty), bound)
}

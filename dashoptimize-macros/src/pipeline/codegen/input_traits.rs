//! What the inputs of a pipeline can do if all of their types can: be shown, compared, made empty, and be
//! the body of a request. An input such as a handle to a database need not be able to do any of this.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Attribute;
use syn::ext::IdentExt;

use crate::pipeline::ast::Input;

pub(super) fn input_traits(private: &TokenStream, name: &Ident, inputs: &[Input]) -> TokenStream {
    let cfgs: Vec<TokenStream> = inputs.iter().map(cfgs).collect();
    let idents: Vec<&Ident> = inputs.iter().map(|input| &input.ident).collect();
    let labels: Vec<String> = idents
        .iter()
        .map(|ident| ident.unraw().to_string())
        .collect();
    let (shown, count) = (name.to_string(), inputs.len());
    let if_all = |bound: TokenStream| if_all(inputs, &bound);
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
                    let mut __shown = f.debug_struct(#shown);
                    #(#cfgs __shown.field(#labels, &self.#idents);)*
                    __shown.finish()
                }
            }

            #[automatically_derived]
            impl ::core::cmp::PartialEq for #name #partial_eq {
                fn eq(&self, __other: &Self) -> ::core::primitive::bool {
                    #(#cfgs if self.#idents != __other.#idents {
                        return false;
                    })*
                    true
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
                    use #private::serde::ser::SerializeStruct as __Fields;
                    let mut __fields = __serializer.serialize_struct(#shown, #count)?;
                    #(#cfgs __Fields::serialize_field(&mut __fields, #labels, &self.#idents)?;)*
                    __Fields::end(__fields)
                }
            }

            #[automatically_derived]
            impl<'de> #private::serde::Deserialize<'de> for #name #deserialize {
                fn deserialize<__D: #private::serde::Deserializer<'de>>(
                    __deserializer: __D,
                ) -> ::core::result::Result<Self, __D::Error> {
                    let mut __inputs = #private::InputReader::read(__deserializer)?;
                    ::core::result::Result::Ok(Self {
                        #(#cfgs #idents: __inputs.take(#labels)?),*
                    })
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

/// `for<'__a>` makes rustc check a bound where the impl is used, not here (rust-lang/rust#48214).
fn if_all(inputs: &[Input], bound: &TokenStream) -> TokenStream {
    // A bound cannot have a `#[cfg]`.
    let inputs = inputs
        .iter()
        .filter(|input| !input.attrs.iter().any(is_cfg));
    let types = inputs.map(|input| &input.ty);
    quote!(where #(for<'__a> #types: #bound,)*)
}

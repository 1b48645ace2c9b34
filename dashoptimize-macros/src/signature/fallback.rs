//! What a signature with mistakes expands to: the errors, the user's struct, and stand-ins for everything
//! that uses of the struct need. None of it runs: the build fails.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{Attribute, Data, DeriveInput, Fields, Meta, Type, Visibility};

use super::arguments::Arguments;
use super::codegen::names;
use super::field::not_data;
use super::role::{Role, meant_role, take_role_attributes};
use crate::crate_path::CratePath;
use crate::diagnostics::Diagnostics;
use crate::options::SetOption;
use crate::stand_in::clone_and_debug;

pub(super) fn expand(args: TokenStream, item: &TokenStream, errors: &syn::Error) -> TokenStream {
    let errors = errors.to_compile_error();
    match syn::parse2::<DeriveInput>(item.clone()) {
        Ok(mut item) => {
            // Mistakes in the arguments are already among the errors.
            let krate = Arguments::parse(args, &mut Diagnostics::default()).krate;
            let fields = StandInField::all(&mut item);
            let stand_ins = stand_ins(&item, &krate, &fields);
            quote!(#errors #item #stand_ins)
        }
        // Not a type, or not yet: it is returned as it is.
        Err(_) => quote!(#errors #item),
    }
}

struct StandInField {
    ident: Ident,
    vis: Visibility,
    ty: Type,
    cfgs: Vec<Attribute>,
    role: Option<Role>,
}

impl StandInField {
    /// The fields; our attributes are removed from the struct.
    fn all(item: &mut DeriveInput) -> Vec<Self> {
        let Data::Struct(data) = &mut item.data else {
            return Vec::new();
        };
        let unlabeled: Vec<bool> = data.fields.iter().map(is_unlabeled).collect();
        let fields = data.fields.iter_mut();
        let mut fields: Vec<Self> = fields.filter_map(Self::of).collect();
        remove(&mut data.fields, &unlabeled);
        guess_roles(&mut fields);
        fields
    }

    fn of(field: &mut syn::Field) -> Option<Self> {
        let roles = take_role_attributes(field);
        if not_data(field.ty.to_token_stream()).is_some() {
            // Otherwise the type is one more error.
            field.ty = syn::parse_quote!(::std::string::String);
        }
        let cfgs = field
            .attrs
            .iter()
            .filter(|attr| attr.path().is_ident("cfg"));
        Some(Self {
            ident: field.ident.clone()?,
            vis: field.vis.clone(),
            ty: field.ty.clone(),
            cfgs: cfgs.cloned().collect(),
            role: roles.first().and_then(meant_role),
        })
    }
}

/// Whether a row has no value for the field: `#[output(gold = none)]`.
fn is_unlabeled(field: &syn::Field) -> bool {
    field.attrs.iter().any(|attr| match &attr.meta {
        Meta::List(list) if attr.path().is_ident("output") => {
            let options = SetOption::list(list.tokens.clone(), "", &mut Diagnostics::default());
            options.iter().any(|option| option.key == "gold")
        }
        _ => false,
    })
}

fn remove(fields: &mut Fields, removed: &[bool]) {
    if let Fields::Named(fields) = fields {
        let all = std::mem::take(&mut fields.named).into_iter().zip(removed);
        fields.named = all
            .filter(|(_, removed)| !**removed)
            .map(|(field, _)| field)
            .collect();
    }
}

/// A field without a role gets the most likely one, so that uses of it are not further errors: an input
/// if an input follows, otherwise an output. If a struct has no outputs, its last field is one.
fn guess_roles(fields: &mut [StandInField]) {
    let last_input = fields
        .iter()
        .rposition(|field| field.role == Some(Role::Input));
    let has_output = fields.iter().any(|field| field.role == Some(Role::Output));
    let first_output = fields
        .iter()
        .position(|field| field.role == Some(Role::Output));
    let last = fields.len().saturating_sub(1);
    for (index, field) in fields.iter_mut().enumerate() {
        field.role.get_or_insert(match (last_input, first_output) {
            (Some(input), _) if index < input => Role::Input,
            (_, Some(output)) if index < output => Role::Input,
            _ if !has_output && index < last => Role::Input,
            _ => Role::Output,
        });
    }
}

fn stand_ins(item: &DeriveInput, krate: &CratePath, fields: &[StandInField]) -> TokenStream {
    let names = names(&item.ident);
    // The fields of a generic struct need its parameters, which the stand-ins do not have.
    let fields = match item.generics.params.is_empty() {
        true => fields,
        false => &[],
    };
    let of_role = |role| fields.iter().filter(move |field| field.role == Some(role));
    let [input, output, partial] = &names;
    let structs = [
        stand_in_struct(
            &item.vis,
            input,
            of_role(Role::Input).map(StandInField::plain),
        ),
        stand_in_struct(
            &item.vis,
            output,
            of_role(Role::Output).map(StandInField::plain),
        ),
        stand_in_struct(
            &item.vis,
            partial,
            of_role(Role::Output).map(StandInField::optional),
        ),
    ];
    let records = [input, output].map(|name| stand_in_record(krate, name));
    let row = stand_in_row(item, krate, &names);
    quote!(#(#structs)* const _: () = { #(#records)* #row };)
}

impl StandInField {
    fn plain(&self) -> TokenStream {
        let ty = &self.ty;
        self.of_type(&quote!(#ty))
    }

    fn optional(&self) -> TokenStream {
        let ty = &self.ty;
        self.of_type(&quote!(::core::option::Option<#ty>))
    }

    fn of_type(&self, ty: &TokenStream) -> TokenStream {
        let (ident, vis, cfgs) = (&self.ident, &self.vis, &self.cfgs);
        quote!(#(#cfgs)* #vis #ident: #ty)
    }
}

fn stand_in_struct(
    vis: &Visibility,
    name: &Ident,
    fields: impl Iterator<Item = TokenStream>,
) -> TokenStream {
    let clone_and_debug = clone_and_debug(name);
    quote! {
        #[allow(dead_code, missing_docs)]
        #vis struct #name { #(#fields),* }

        #clone_and_debug

        #[automatically_derived]
        impl ::core::cmp::PartialEq for #name {
            fn eq(&self, _: &Self) -> ::core::primitive::bool {
                ::core::unreachable!()
            }
        }

        #[automatically_derived]
        impl ::core::default::Default for #name {
            fn default() -> Self {
                ::core::unreachable!()
            }
        }
    }
}

fn stand_in_record(krate: &CratePath, name: &Ident) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl #krate::signature::Record for #name {
            fn into_values(self) -> ::std::vec::Vec<#krate::__private::Value> {
                ::core::unreachable!()
            }

            fn from_values(
                _: ::std::vec::Vec<#krate::__private::Value>,
            ) -> ::core::result::Result<Self, #krate::signature::ValueError> {
                ::core::unreachable!()
            }
        }

        #[automatically_derived]
        impl #krate::__private::serde::Serialize for #name {
            fn serialize<__S: #krate::__private::serde::Serializer>(
                &self,
                _: __S,
            ) -> ::core::result::Result<__S::Ok, __S::Error> {
                ::core::unreachable!()
            }
        }

        #[automatically_derived]
        impl<'de> #krate::__private::serde::Deserialize<'de> for #name {
            fn deserialize<__D: #krate::__private::serde::Deserializer<'de>>(
                _: __D,
            ) -> ::core::result::Result<Self, __D::Error> {
                ::core::unreachable!()
            }
        }
    }
}

fn stand_in_row(item: &DeriveInput, krate: &CratePath, names: &[Ident; 3]) -> TokenStream {
    let name = &item.ident;
    let [input, output, partial] = names;
    let (generics, arguments, bounds) = item.generics.split_for_impl();
    // The bounds that a generic row would need are not the mistake to report.
    let bounds = match item.generics.params.is_empty() {
        true => quote!(),
        false => {
            let predicates = bounds.map(|bounds| &bounds.predicates);
            quote!(where Self: ::core::marker::Send + ::core::marker::Sync + 'static, #predicates)
        }
    };
    quote! {
        #[automatically_derived]
        impl #generics #krate::signature::Row for #name #arguments #bounds {
            const FIELDS: &'static [#krate::signature::Field] = &[];

            fn from_fields(
                _: #krate::__private::Fields,
            ) -> ::core::result::Result<Self, #krate::signature::RowError> {
                ::core::unreachable!()
            }

            fn to_fields(&self) -> #krate::__private::Fields {
                ::core::unreachable!()
            }
        }

        #[automatically_derived]
        impl #generics #krate::signature::Signature for #name #arguments #bounds {
            type Input = #input;
            type Output = #output;
            type Partial = #partial;

            const SPEC: &'static #krate::signature::SignatureSpec =
                &#krate::__private::spec("", "", &[]);
        }

        #[automatically_derived]
        impl #generics #krate::evaluate::Example<#input> for #name #arguments #bounds {
            fn input(&self) -> #input {
                ::core::unreachable!()
            }

            fn fields(&self) -> #krate::__private::Fields {
                ::core::unreachable!()
            }
        }
    }
}

//! What the runtime knows about a signature: `Record`, `Row`, `Signature`, `Example`.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::plan::{Plan, PlannedField};
use crate::crate_path::not_recommended;
use crate::signature::role::Role;

pub(super) fn impls(plan: &Plan<'_>) -> TokenStream {
    let input = record(plan, &plan.input, Role::Input);
    let output = record(plan, &plan.output, Role::Output);
    let row = row(plan);
    let signature = signature(plan);
    let example = example(plan);
    quote!(#input #output #row #signature #example)
}

fn record(plan: &Plan<'_>, name: &Ident, role: Role) -> TokenStream {
    let Plan {
        private, runtime, ..
    } = plan;
    let into = plan.of_role(role).map(|planned| {
        let PlannedField { field, codec, .. } = planned;
        let ident = &field.ident;
        planned.cfg(quote!((#codec.into_json)(self.#ident)))
    });
    let read = plan.of_role(role).map(|planned| {
        let PlannedField {
            field,
            codec,
            value,
            ..
        } = planned;
        let name = &field.name;
        planned.cfg(quote!(let #value = __values.next(#name, &#codec);))
    });
    let from = plan.of_role(role).map(|planned| {
        let PlannedField { field, value, .. } = planned;
        let ident = &field.ident;
        planned.cfg(quote!(#ident: __values.value(#value)))
    });
    quote! {
        #[automatically_derived]
        impl #runtime::Record for #name {
            fn into_values(self) -> ::std::vec::Vec<#private::Value> {
                ::std::vec::Vec::from([#(#into),*])
            }

            fn from_values(
                __values: ::std::vec::Vec<#private::Value>,
            ) -> ::core::result::Result<Self, #runtime::ValueError> {
                let mut __values = #private::ValueReader::new(__values);
                #(#read)*
                let __values = __values.finish()?;
                ::core::result::Result::Ok(Self { #(#from),* })
            }
        }
    }
}

fn row(plan: &Plan<'_>) -> TokenStream {
    let Plan {
        private,
        runtime,
        row,
        ..
    } = plan;
    let take = plan.labeled().map(|planned| {
        let PlannedField {
            field,
            codec,
            value,
            ..
        } = planned;
        let name = &field.name;
        planned.cfg(quote!(let #value = __row.take(#name, &#codec);))
    });
    let built = plan.fields.iter().filter(|planned| planned.field.has_gold);
    let build = built.map(|planned| {
        let PlannedField {
            field,
            codec,
            value,
            ..
        } = planned;
        let ident = &field.ident;
        planned.cfg(match field.role {
            Role::Skip => quote!(#ident: #codec()),
            Role::Input | Role::Output => quote!(#ident: __row.value(#value)),
        })
    });
    let named = plan.labeled().map(|planned| {
        let PlannedField { field, codec, .. } = planned;
        let (ident, name) = (&field.ident, &field.name);
        planned.cfg(quote!((#name, (#codec.to_json)(&self.#ident))))
    });
    let fields = match plan.has_unlabeled() {
        true => quote!(__ROW_FIELDS),
        false => quote!(__FIELDS),
    };
    let defaults = plan.defaults();
    quote! {
        #[automatically_derived]
        impl #runtime::Row for #row {
            const FIELDS: &'static [#runtime::Field] = #fields;

            fn from_fields(
                __fields: #private::Fields,
            ) -> ::core::result::Result<Self, #runtime::RowError> {
                let mut __row = #private::RowReader::new(__fields, #defaults);
                #(#take)*
                let __row = __row.finish()?;
                ::core::result::Result::Ok(Self { #(#build),* })
            }

            fn to_fields(&self) -> #private::Fields {
                #private::fields(::std::vec::Vec::from([#(#named),*]))
            }
        }
    }
}

fn signature(plan: &Plan<'_>) -> TokenStream {
    let Plan {
        signature,
        private,
        runtime,
        row,
        input,
        output,
        partial,
        ..
    } = plan;
    let name = row.to_string();
    let instructions = match &signature.instructions {
        Some(words) => quote!(#words),
        None => {
            let words = default_instructions(plan);
            quote!(#words)
        }
    };
    let not_recommended = not_recommended();
    quote! {
        #[automatically_derived]
        #not_recommended
        impl #runtime::Signature for #row {
            type Input = #input;
            type Output = #output;
            type Partial = #partial;

            const SPEC: &'static #runtime::SignatureSpec =
                &#private::spec(#name, #instructions, __FIELDS);
        }
    }
}

/// DSPy's instruction for a signature without one.
fn default_instructions(plan: &Plan<'_>) -> String {
    let names = |role| {
        let names = plan
            .of_role(role)
            .map(|planned| format!("`{}`", planned.field.name));
        names.collect::<Vec<_>>().join(", ")
    };
    let (given, made) = (names(Role::Input), names(Role::Output));
    format!("Given the fields {given}, produce the fields {made}.")
}

/// Only the inputs reach a program; gold values stay in the row.
fn example(plan: &Plan<'_>) -> TokenStream {
    let Plan {
        signature,
        private,
        row,
        input,
        runtime,
        ..
    } = plan;
    let krate = &signature.krate;
    let fields = plan.of_role(Role::Input).map(|planned| {
        let ident = &planned.field.ident;
        let codec = &planned.codec;
        planned.cfg(quote!(#ident: (#codec.clone)(&self.#ident)))
    });
    quote! {
        #[automatically_derived]
        impl #krate::evaluate::Example<#input> for #row {
            const ROLES: ::core::option::Option<&'static [#runtime::Field]> =
                ::core::option::Option::Some(<Self as #runtime::Row>::FIELDS);

            fn input(&self) -> #input {
                #input { #(#fields),* }
            }

            fn fields(&self) -> #private::Fields {
                #runtime::Row::to_fields(self)
            }
        }
    }
}

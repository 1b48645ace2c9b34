//! The types generated with the row: its inputs, its outputs, its outputs so far.

use proc_macro2::{Delimiter, Ident, TokenStream};
use quote::quote;
use syn::{Attribute, Visibility};

use super::plan::{Plan, PlannedField};
use crate::bounds::if_all;
use crate::if_there::if_there;
use crate::place::{group_at, keyword_at};
use crate::signature::field::Field;
use crate::signature::role::Role;
use crate::words::Words;

pub(super) fn definitions(plan: &Plan<'_>) -> TokenStream {
    let row = plan.row;
    let given = definition(
        plan,
        &plan.input,
        Role::Input,
        &format!("The inputs of [`{row}`]."),
    );
    let made = definition(
        plan,
        &plan.output,
        Role::Output,
        &format!("The outputs of [`{row}`]."),
    );
    let partial = partial(plan);
    quote!(#given #made #partial)
}

fn definition(plan: &Plan<'_>, name: &Ident, role: Role, doc: &str) -> TokenStream {
    let vis = &plan.signature.item.vis;
    let allows = allows(&plan.signature.item.attrs);
    let fields = plan.of_role(role).map(|planned| {
        let Field { vis, ident, ty, .. } = planned.field;
        let docs = docs(planned.field);
        planned.cfg(quote!(#docs #vis #ident: #ty))
    });
    let derives = &plan.signature.derives;
    let derives = (!derives.is_empty()).then(|| quote!(#[derive(#(#derives),*)]));
    let item = item(vis, name, quote!(#(#fields),*));
    quote! {
        #[doc = #doc]
        #(#allows)*
        #derives
        #item
    }
}

fn partial(plan: &Plan<'_>) -> TokenStream {
    let name = &plan.partial;
    let vis = &plan.signature.item.vis;
    let allows = allows(&plan.signature.item.attrs);
    let doc = format!(
        "The outputs of [`{}`] received so far, while a reply streams in.",
        plan.row
    );
    let fields = plan.of_role(Role::Output).map(|planned| {
        let Field { vis, ident, ty, .. } = planned.field;
        let docs = docs(planned.field);
        planned.cfg(quote!(#docs #vis #ident: ::core::option::Option<#ty>))
    });
    let item = item(vis, name, quote!(#(#fields),*));
    quote! {
        #[doc = #doc]
        #(#allows)*
        #[derive(Default)]
        #item
    }
}

/// A struct. A name that is taken is reported under the name of the signature.
fn item(vis: &Visibility, name: &Ident, fields: TokenStream) -> TokenStream {
    let keyword = keyword_at(name.span(), "struct");
    let fields = group_at(name.span(), Delimiter::Brace, fields);
    quote!(#vis #keyword #name #fields)
}

/// The lints that the user allowed for the struct are allowed for its parts.
fn allows(attrs: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attrs.iter().filter(|attr| attr.path().is_ident("allow"))
}

/// The docs of a field: its own, its description, or its name, so that every field is documented.
fn docs(field: &Field) -> TokenStream {
    let docs = &field.docs;
    match &field.desc {
        _ if !docs.is_empty() => quote!(#(#docs)*),
        Some(Words::Literal(desc)) => quote!(#[doc = #desc]),
        _ => {
            let doc = format!("The field `{}`.", field.name);
            quote!(#[doc = #doc])
        }
    }
}

/// What the user derives is not written a second time.
pub(super) fn impls(plan: &Plan<'_>) -> TokenStream {
    let private = &plan.private;
    let sides = [(&plan.input, Role::Input), (&plan.output, Role::Output)];
    let sides = sides.map(|(name, role)| {
        let fields: Vec<_> = plan.of_role(role).collect();
        let impls = [
            ("Clone", clone(name, &fields, Wrap::Plain)),
            ("Debug", debug(private, name, &fields, Wrap::Plain)),
            ("PartialEq", partial_eq(name, &fields)),
            ("Default", default(name, &fields)),
            ("Serialize", serialize(plan, name, role)),
            ("Deserialize", deserialize(plan, name, role)),
        ];
        let own = impls.into_iter().filter(|(name, _)| !plan.derives(name));
        own.map(|(_, tokens)| tokens).collect::<TokenStream>()
    });
    let fields: Vec<_> = plan.of_role(Role::Output).collect();
    let partial = [
        clone(&plan.partial, &fields, Wrap::Option),
        debug(private, &plan.partial, &fields, Wrap::Option),
        partial_eq(&plan.partial, &fields),
    ];
    quote!(#(#sides)* #(#partial)*)
}

/// Whether the fields of a struct are of their own types or `Option`s of them.
#[derive(Clone, Copy)]
enum Wrap {
    Plain,
    Option,
}

fn clone(name: &Ident, fields: &[&PlannedField<'_>], wrap: Wrap) -> TokenStream {
    let fields = fields.iter().map(|planned| {
        let ident = &planned.field.ident;
        let codec = &planned.codec;
        planned.cfg(match wrap {
            Wrap::Plain => quote!(#ident: (#codec.clone)(&self.#ident)),
            Wrap::Option => quote!(#ident: #codec.clone_option(&self.#ident)),
        })
    });
    quote! {
        #[automatically_derived]
        impl ::core::clone::Clone for #name {
            fn clone(&self) -> Self {
                Self { #(#fields),* }
            }
        }
    }
}

fn debug(
    private: &TokenStream,
    name: &Ident,
    fields: &[&PlannedField<'_>],
    wrap: Wrap,
) -> TokenStream {
    let shown = name.to_string();
    let fields = fields.iter().map(|planned| {
        let ident = &planned.field.ident;
        let codec = &planned.codec;
        let label = ident.to_string();
        planned.cfg(match wrap {
            Wrap::Plain => quote!((#label, (#codec.show)(&self.#ident))),
            Wrap::Option => quote!((#label, (#codec.show_option)(&self.#ident))),
        })
    });
    quote! {
        #[automatically_derived]
        impl ::core::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                #private::show_struct(#shown, &[#(#fields),*], f)
            }
        }
    }
}

/// Two values can be compared if all fields can. The impl is not marked as derived, because lints on
/// derives ask for `Eq`, which a float lacks.
fn partial_eq(name: &Ident, fields: &[&PlannedField<'_>]) -> TokenStream {
    let bounds = if_all_fields(fields, &quote!(::core::cmp::PartialEq));
    let fields = fields.iter().map(|planned| {
        let (ident, cfgs) = (&planned.field.ident, &planned.field.cfgs);
        let equal = quote!(self.#ident == other.#ident);
        if_there(cfgs, &equal)
    });
    quote! {
        impl ::core::cmp::PartialEq for #name
        #bounds
        {
            fn eq(&self, other: &Self) -> ::core::primitive::bool {
                true #(&& #fields)*
            }
        }
    }
}

fn default(name: &Ident, fields: &[&PlannedField<'_>]) -> TokenStream {
    let bounds = if_all_fields(fields, &quote!(::core::default::Default));
    let fields = fields.iter().map(|planned| {
        let ident = &planned.field.ident;
        planned.cfg(quote!(#ident: ::core::default::Default::default()))
    });
    quote! {
        #[automatically_derived]
        impl ::core::default::Default for #name
        #bounds
        {
            fn default() -> Self {
                Self { #(#fields),* }
            }
        }
    }
}

/// A bound on the type of each field.
fn if_all_fields(fields: &[&PlannedField<'_>], bound: &TokenStream) -> TokenStream {
    // A bound cannot have a `#[cfg]`.
    let fields = fields
        .iter()
        .filter(|planned| planned.field.cfgs.is_empty());
    if_all(fields.map(|planned| &planned.field.ty), bound)
}

/// JSON as in data and artifacts, so that the types can be the body of a request and of a response.
fn serialize(plan: &Plan<'_>, name: &Ident, role: Role) -> TokenStream {
    let private = &plan.private;
    let role = role.in_runtime(&plan.runtime);
    quote! {
        #[automatically_derived]
        impl #private::serde::Serialize for #name {
            fn serialize<__S: #private::serde::Serializer>(
                &self,
                __serializer: __S,
            ) -> ::core::result::Result<__S::Ok, __S::Error> {
                #private::write_record(self, __FIELDS, #role, __serializer)
            }
        }
    }
}

fn deserialize(plan: &Plan<'_>, name: &Ident, role: Role) -> TokenStream {
    let private = &plan.private;
    let role = role.in_runtime(&plan.runtime);
    let defaults = plan.defaults();
    quote! {
        #[automatically_derived]
        impl<'de> #private::serde::Deserialize<'de> for #name {
            fn deserialize<__D: #private::serde::Deserializer<'de>>(
                __deserializer: __D,
            ) -> ::core::result::Result<Self, __D::Error> {
                #private::read_record(__FIELDS, #role, #defaults, __deserializer)
            }
        }
    }
}

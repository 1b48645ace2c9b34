//! The const data: codecs, checks, fields.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

use super::plan::{Plan, PlannedField};
use crate::place::call_at;
use crate::signature::fit::{integer, is_sure};
use crate::signature::role::Role;
use crate::signature::rule::{Bounds, Constraint, OnFail, Rule, number};
use crate::words::Words;

pub(super) fn consts(plan: &Plan<'_>) -> TokenStream {
    let codecs = plan
        .fields
        .iter()
        .map(|planned| planned.cfg(codec(plan, planned)));
    let checks = plan.fields.iter().map(|planned| checks(plan, planned));
    let fields = plan
        .spoken()
        .map(|planned| planned.cfg(field(plan, planned)));
    let fields: Vec<TokenStream> = fields.collect();
    let runtime = &plan.runtime;
    let rows = plan.has_unlabeled().then(|| {
        let labeled = plan
            .labeled()
            .map(|planned| planned.cfg(field(plan, planned)));
        quote!(const __ROW_FIELDS: &[#runtime::Field] = &[#(#labeled),*];)
    });
    let defaults = defaults(plan);
    quote! {
        #(#codecs)*
        #(#checks)*
        const __FIELDS: &[#runtime::Field] = &[#(#fields),*];
        #rows
        #defaults
    }
}

/// The values of fields that data may leave out.
fn defaults(plan: &Plan<'_>) -> Option<TokenStream> {
    let private = &plan.private;
    let defaults: Vec<TokenStream> = plan
        .spoken()
        .filter_map(|planned| {
            let PlannedField { field, codec, .. } = planned;
            let (name, default) = (&field.name, field.default.as_ref()?);
            Some(planned.cfg(quote!((#name, || (#codec.into_json)(#default())))))
        })
        .collect();
    (!defaults.is_empty()).then(|| {
        quote! {
            const __DEFAULTS: #private::Defaults = &[#(#defaults),*];
        }
    })
}

/// The user's type is the turbofish of a bound: a type that cannot be a field is reported under the
/// field's type, and only there.
fn codec(plan: &Plan<'_>, planned: &PlannedField<'_>) -> TokenStream {
    let private = &plan.private;
    let name = &planned.codec;
    let ty = &planned.field.ty;
    match planned.field.role {
        Role::Skip => quote!(const #name: fn() -> #ty = #private::skipped_field::<#ty>();),
        Role::Input | Role::Output => quote! {
            const #name: #private::FieldCodec<#ty> = #private::signature_field::<#ty>();
        },
    }
}

fn field(plan: &Plan<'_>, planned: &PlannedField<'_>) -> TokenStream {
    let Plan {
        private, runtime, ..
    } = plan;
    let PlannedField {
        field,
        codec,
        checks,
        ..
    } = planned;
    let name = &field.name;
    let role = field.role.in_runtime(runtime);
    let empty = Words::new("", Span::call_site());
    let desc = field.desc.as_ref().unwrap_or(&empty);
    let prefix = field.prefix.as_ref().unwrap_or(&empty);
    let checks = match field.rules.is_empty() {
        true => quote!(&[]),
        false => checks.to_token_stream(),
    };
    quote! {
        #private::field(#name, #role, #codec.ty, #desc, #prefix, #checks, #codec.reads)
    }
}

fn checks(plan: &Plan<'_>, planned: &PlannedField<'_>) -> Option<TokenStream> {
    let rules = &planned.field.rules;
    if rules.is_empty() {
        return None;
    }
    let runtime = &plan.runtime;
    let name = &planned.checks;
    let fitting = rules
        .iter()
        .filter_map(|rule| fits_type(plan, planned, rule));
    let fitting = fitting.map(|fits| planned.cfg(quote!(const _: () = #fits;)));
    let rules = rules.iter().map(|rule| check(plan, planned, rule));
    let checks = planned.cfg(quote!(const #name: &[#runtime::Check] = &[#(#rules),*];));
    Some(quote!(#(#fitting)* #checks))
}

/// A range on a text, or a length on a number, is rejected under the rule, where the tokens of the type do not tell.
fn fits_type(plan: &Plan<'_>, planned: &PlannedField<'_>, rule: &Rule) -> Option<TokenStream> {
    let private = &plan.private;
    if is_sure(&rule.constraint, &planned.field.ty) {
        return None;
    }
    let codec = &planned.codec;
    match &rule.constraint {
        Constraint::Range { bounds, written } => {
            let (min, max) = ends(bounds);
            let typed = typed_ends(planned, bounds);
            let fits = call_at(
                written,
                quote!(#private::takes_range),
                quote!(#codec.ty, #min, #max),
            );
            Some(quote!({ #typed #fits }))
        }
        Constraint::Length { written, .. } => Some(call_at(
            written,
            quote!(#private::takes_length),
            quote!(#codec.ty),
        )),
        Constraint::Custom { .. } => None,
    }
}

/// A const as an end of a range of whole numbers has the type of the field. Literals were checked before.
fn typed_ends(planned: &PlannedField<'_>, bounds: &Bounds) -> Option<TokenStream> {
    let ty = Ident::new(integer(&planned.field.ty)?.name, Span::call_site());
    let ends = bounds.min.iter().chain(&bounds.max);
    let consts = ends.filter(|end| number(end).is_none());
    Some(quote!(#(const _: ::core::primitive::#ty = #consts;)*))
}

/// Both ends of a range as `f64`.
fn ends(Bounds { min, max }: &Bounds) -> (TokenStream, TokenStream) {
    let min = min.as_ref().map(float);
    let max = max.as_ref().map(float);
    (
        min.unwrap_or_else(|| quote!(::core::primitive::f64::NEG_INFINITY)),
        max.unwrap_or_else(|| quote!(::core::primitive::f64::INFINITY)),
    )
}

fn check(plan: &Plan<'_>, planned: &PlannedField<'_>, rule: &Rule) -> TokenStream {
    let Plan {
        private, runtime, ..
    } = plan;
    let on_fail = match rule.on_fail {
        OnFail::Report => quote!(#runtime::OnFail::Report),
        OnFail::Reject => quote!(#runtime::OnFail::Reject),
    };
    match &rule.constraint {
        Constraint::Range { bounds, .. } => {
            let (min, max) = ends(bounds);
            quote!(#private::range(#min, #max, #on_fail))
        }
        Constraint::Length {
            bounds: Bounds { min, max },
            ..
        } => {
            let min = min
                .as_ref()
                .map_or_else(|| quote!(0), ToTokens::to_token_stream);
            let max = max.as_ref().map_or_else(
                || quote!(::core::primitive::usize::MAX),
                ToTokens::to_token_stream,
            );
            quote!(#private::length(#min, #max, #on_fail))
        }
        Constraint::Custom { test, words } => {
            let codec = &planned.codec;
            // The call has the user's place: an argument of the wrong type is reported there.
            let value = Ident::new("__value", test.span());
            let call = quote_spanned!(test.span()=> (#test)(&#value));
            quote! {
                #private::custom(
                    #words,
                    |json| match (#codec.from_json)(::core::clone::Clone::clone(json)) {
                        ::core::result::Result::Ok(#value) => #call,
                        ::core::result::Result::Err(_) => false,
                    },
                    #on_fail,
                )
            }
        }
    }
}

/// A bound as `f64`. A number literal needs no cast.
fn float(bound: &Expr) -> TokenStream {
    match number(bound) {
        Some(number) => {
            let mut literal = proc_macro2::Literal::f64_suffixed(number.abs());
            literal.set_span(bound.span());
            let sign = number.is_sign_negative().then(|| quote!(-));
            quote!(#sign #literal)
        }
        None => quote_spanned!(bound.span()=> (#bound) as ::core::primitive::f64),
    }
}

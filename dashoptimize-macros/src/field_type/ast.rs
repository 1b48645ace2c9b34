//! A type with `#[derive(FieldType)]` as the user wrote it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Attribute, Data, DeriveInput, Fields, Type};

use super::attributes::Attributes;
use crate::case::Case;
use crate::crate_path::CratePath;
use crate::diagnostics::Diagnostics;
use crate::words::Words;

/// A type with `#[derive(FieldType)]`.
pub(crate) struct FieldType<'a> {
    pub(crate) ident: &'a Ident,
    /// The path of the runtime.
    pub(crate) krate: CratePath,
    /// Its docs.
    pub(crate) doc: Option<Words>,
    pub(crate) shape: Shape<'a>,
}

/// What a type is made of.
pub(crate) enum Shape<'a> {
    /// `enum Intent { … }`
    Enum(Vec<Variant<'a>>),
    /// `struct Address { … }`
    Struct(Vec<Property<'a>>),
    /// `struct Isbn(String);`: the same as the type inside.
    Newtype(&'a Type),
}

/// A variant of an enum.
pub(crate) struct Variant<'a> {
    pub(crate) ident: &'a Ident,
    /// Its name in prompt and data.
    pub(crate) name: String,
    pub(crate) name_span: Span,
    pub(crate) doc: Option<Words>,
    pub(crate) cfgs: Vec<&'a Attribute>,
    pub(crate) payload: Payload<'a>,
}

/// What a variant holds.
pub(crate) enum Payload<'a> {
    Nothing,
    Value(&'a Type),
    Properties(Vec<Property<'a>>),
}

/// A named property of a struct or variant.
pub(crate) struct Property<'a> {
    pub(crate) ident: &'a Ident,
    /// Its name in prompt and data.
    pub(crate) name: String,
    pub(crate) name_span: Span,
    pub(crate) doc: Option<Words>,
    pub(crate) cfgs: Vec<&'a Attribute>,
    pub(crate) ty: &'a Type,
    /// The function that makes the value where data leaves it out.
    pub(crate) default: Option<TokenStream>,
}

impl<'a> FieldType<'a> {
    /// Reads a type. All errors in all its parts are reported.
    pub(crate) fn parse(item: &'a DeriveInput) -> syn::Result<Self> {
        let mut errors = Diagnostics::default();
        let attributes = Attributes::of_container(item, &mut errors);
        if !item.generics.params.is_empty() {
            errors.under(
                &item.generics,
                "a field type cannot be generic, because its schema is written at compile time; name the types",
            );
        }
        let shape = match &item.data {
            Data::Enum(data) => {
                let variants = data.variants.iter();
                let variants =
                    variants.map(|variant| Variant::parse(variant, &attributes, &mut errors));
                Some(Shape::Enum(variants.collect()))
            }
            Data::Struct(data) => errors.keep(struct_shape(item, &data.fields, &attributes)),
            Data::Union(data) => {
                let message = "a union does not know which of its fields is set; write an `enum`";
                errors.at(data.union_token.span, message);
                None
            }
        };
        let doc = Words::from_docs(&item.attrs);
        let shape = shape.unwrap_or(Shape::Struct(Vec::new()));
        errors.finish(Self {
            ident: &item.ident,
            krate: attributes.krate,
            doc,
            shape,
        })
    }
}

fn struct_shape<'a>(
    item: &DeriveInput,
    fields: &'a Fields,
    attributes: &Attributes,
) -> syn::Result<Shape<'a>> {
    let mut errors = Diagnostics::default();
    let shape = match fields {
        Fields::Named(_) => {
            let case = attributes.rename_all;
            Shape::Struct(Property::all(fields, case, &mut errors))
        }
        Fields::Unnamed(unnamed) => match unnamed.unnamed.first() {
            Some(field) if unnamed.unnamed.len() == 1 => {
                Attributes::of_payload(&field.attrs, &mut errors);
                Shape::Newtype(&field.ty)
            }
            _ => return Err(unnamed_fields(fields)),
        },
        Fields::Unit => {
            return Err(syn::Error::new_spanned(
                &item.ident,
                format!(
                    "`{}` has nothing that a model could write; add fields",
                    item.ident
                ),
            ));
        }
    };
    errors.finish(shape)
}

fn unnamed_fields(fields: &Fields) -> syn::Error {
    syn::Error::new_spanned(
        fields.to_token_stream(),
        "a model must know what each value is; name the fields, as in `{ street: String, … }`",
    )
}

impl<'a> Variant<'a> {
    fn parse(variant: &'a syn::Variant, container: &Attributes, errors: &mut Diagnostics) -> Self {
        let attributes = Attributes::of_variant(&variant.attrs, errors);
        let plain = variant.ident.unraw().to_string();
        let renamed = container
            .rename_all
            .map_or(plain.clone(), |case| case.of_variant(&plain));
        let (name, name_span) = attributes.name_or(renamed, variant.ident.span());
        let payload = match &variant.fields {
            Fields::Unit => Payload::Nothing,
            Fields::Named(_) => {
                let case = attributes.rename_all.or(container.rename_all_fields);
                Payload::Properties(Property::all(&variant.fields, case, errors))
            }
            Fields::Unnamed(unnamed) => match unnamed.unnamed.first() {
                Some(field) if unnamed.unnamed.len() == 1 => {
                    Attributes::of_payload(&field.attrs, errors);
                    Payload::Value(&field.ty)
                }
                _ => {
                    errors.push(unnamed_fields(&variant.fields));
                    Payload::Nothing
                }
            },
        };
        Self {
            ident: &variant.ident,
            name,
            name_span,
            doc: Words::from_docs(&variant.attrs),
            cfgs: cfgs(&variant.attrs),
            payload,
        }
    }
}

impl<'a> Property<'a> {
    fn all(fields: &'a Fields, case: Option<Case>, errors: &mut Diagnostics) -> Vec<Self> {
        let fields = fields.iter();
        fields
            .filter_map(|field| Self::parse(field, case, errors))
            .collect()
    }

    fn parse(field: &'a syn::Field, case: Option<Case>, errors: &mut Diagnostics) -> Option<Self> {
        let ident = field.ident.as_ref()?;
        let attributes = Attributes::of_field(&field.attrs, errors);
        let plain = ident.unraw().to_string();
        let renamed = case.map_or(plain.clone(), |case| case.of_field(&plain));
        let (name, name_span) = attributes.name_or(renamed, ident.span());
        Some(Self {
            ident,
            name,
            name_span,
            doc: Words::from_docs(&field.attrs),
            cfgs: cfgs(&field.attrs),
            ty: &field.ty,
            default: attributes.default,
        })
    }
}

fn cfgs(attrs: &[Attribute]) -> Vec<&Attribute> {
    attrs
        .iter()
        .filter(|attr| attr.path().is_ident("cfg"))
        .collect()
}

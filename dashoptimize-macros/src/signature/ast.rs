//! A signature as the user wrote it.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::{Fields, Item, ItemStruct, Path};

use super::arguments::Arguments;
use super::field::{self, Field};
use super::role::Role;
use crate::crate_path::CratePath;
use crate::diagnostics::Diagnostics;
use crate::words::Words;

/// A struct with `#[signature]`.
pub(crate) struct Signature {
    /// The struct without our attributes.
    pub(crate) item: ItemStruct,
    /// The path of the runtime.
    pub(crate) krate: CratePath,
    /// `instructions = …`, or the doc comment.
    pub(crate) instructions: Option<Words>,
    /// What the types of inputs and outputs derive as well.
    pub(crate) derives: Vec<Path>,
    /// The fields, in the order of the source.
    pub(crate) fields: Vec<Field>,
}

impl Signature {
    /// Reads the arguments and the item. All errors in all fields are reported.
    pub(crate) fn parse(args: TokenStream, item: TokenStream) -> syn::Result<Self> {
        let mut errors = Diagnostics::default();
        let arguments = Arguments::parse(args, &mut errors);
        let Some(mut item) = errors.keep(parse_struct(item)) else {
            return errors
                .finish(())
                .map(|()| unreachable!("the error was just kept"));
        };
        check_shape(&item, &mut errors);
        let fields = match &mut item.fields {
            Fields::Named(fields) => fields.named.iter_mut(),
            Fields::Unnamed(_) | Fields::Unit => return Err(not_a_struct(&item.ident)),
        };
        let fields: Vec<Field> = fields
            .filter_map(|field| field::parse(field, &mut errors))
            .collect();
        remove_unlabeled(&mut item, &fields);
        let instructions = arguments
            .instructions
            .or_else(|| Words::from_docs(&item.attrs));
        errors.finish(Self {
            item,
            krate: arguments.krate,
            instructions,
            derives: arguments.derives,
            fields,
        })
    }

    /// The fields of this role.
    pub(crate) fn of_role(&self, role: Role) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(move |field| field.role == role)
    }
}

/// A row has no value for an output without gold.
fn remove_unlabeled(item: &mut ItemStruct, fields: &[Field]) {
    let is_labeled = |ident: &Option<Ident>| {
        let mut unlabeled = fields.iter().filter(|field| !field.has_gold);
        !unlabeled.any(|field| Some(&field.ident) == ident.as_ref())
    };
    if let Fields::Named(fields) = &mut item.fields {
        let kept = std::mem::take(&mut fields.named).into_iter();
        fields.named = kept.filter(|field| is_labeled(&field.ident)).collect();
    }
}

fn parse_struct(item: TokenStream) -> syn::Result<ItemStruct> {
    match syn::parse2(item)? {
        Item::Struct(item) => Ok(item),
        Item::Enum(item) => Err(not_a_struct(&item.ident)),
        Item::Union(item) => Err(not_a_struct(&item.ident)),
        Item::Fn(item) => Err(not_a_struct(&item.sig.ident)),
        Item::Type(item) => Err(not_a_struct(&item.ident)),
        other => Err(not_a_struct(&other)),
    }
}

fn not_a_struct(found: &dyn ToTokens) -> syn::Error {
    syn::Error::new_spanned(
        found.to_token_stream(),
        "a signature is a struct with named fields; write `struct Name { field: Type }`",
    )
}

fn check_shape(item: &ItemStruct, errors: &mut Diagnostics) {
    if !item.generics.params.is_empty() {
        errors.under(
            &item.generics,
            "a signature cannot be generic, because its prompt is written at compile time; name the types",
        );
    }
}

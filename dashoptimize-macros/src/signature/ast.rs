//! A signature as the user wrote it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::parse::Parser;
use syn::{Attribute, Fields, Item, ItemStruct, Path, Type, Visibility};

use super::field;
use super::rule::Rule;
use crate::crate_path::CratePath;
use crate::diagnostics::Diagnostics;
use crate::nearest::suggestion;
use crate::options::SetOption;
use crate::words::Words;

/// A struct with `#[signature]`.
pub(crate) struct Signature {
    /// The struct without our attributes.
    pub(crate) item: ItemStruct,
    /// Where the runtime is.
    pub(crate) krate: CratePath,
    /// `instructions = …`, or the doc comment.
    pub(crate) instructions: Option<Words>,
    /// The fields, in the order of the source.
    pub(crate) fields: Vec<Field>,
}

/// A field of a signature.
pub(crate) struct Field {
    /// Its name in Rust.
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    pub(crate) ty: Type,
    /// Doc comments.
    pub(crate) docs: Vec<Attribute>,
    /// `#[cfg(…)]` attributes: whatever mentions the field must carry them.
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) role: Role,
    /// The role's attribute.
    pub(crate) role_span: Span,
    /// Its name in prompt and data.
    pub(crate) name: String,
    /// Where the name was written.
    pub(crate) name_span: Span,
    pub(crate) desc: Option<Words>,
    pub(crate) prefix: Option<Words>,
    pub(crate) rules: Vec<Rule>,
}

/// What a field is to the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Input,
    Output,
    Skip,
}

impl Signature {
    /// Reads arguments and item. All errors of all fields are reported.
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
        let fields = fields
            .filter_map(|field| field::parse(field, &mut errors))
            .collect();
        let instructions = arguments
            .instructions
            .or_else(|| Words::from_docs(&item.attrs));
        errors.finish(Self {
            item,
            krate: arguments.krate,
            instructions,
            fields,
        })
    }

    /// The fields of this role.
    pub(crate) fn of_role(&self, role: Role) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(move |field| field.role == role)
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
            "a signature is not generic, its prompt is written at compile time; name the types",
        );
    }
}

/// What stands inside `#[signature(…)]`.
#[derive(Default)]
pub(super) struct Arguments {
    pub(super) krate: CratePath,
    instructions: Option<Words>,
}

impl Arguments {
    const KEYS: [&str; 2] = ["instructions", "crate"];

    pub(super) fn parse(args: TokenStream, errors: &mut Diagnostics) -> Self {
        let mut arguments = Self::default();
        for option in SetOption::list(args, "instructions = \"…\"", errors) {
            let result = arguments.set(option);
            errors.keep(result);
        }
        arguments
    }

    fn set(&mut self, option: SetOption) -> syn::Result<()> {
        let key = option.key.to_string();
        match key.as_str() {
            "instructions" => {
                let value = option.into_value("instructions = \"…\"")?;
                self.instructions = Some(Words::from_value(&key, value)?);
            }
            "crate" => {
                let value = option.into_value("crate = ::path::to::dashoptimize")?;
                self.krate = Path::parse_mod_style
                    .parse2(value.into_token_stream())?
                    .into();
            }
            _ => {
                let message = format!(
                    "`{key}` is not an option of `#[signature]`; {}",
                    suggestion(&key, &Self::KEYS)
                );
                return Err(syn::Error::new(option.key.span(), message));
            }
        }
        Ok(())
    }
}

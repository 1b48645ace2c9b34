//! `#[field(…)]`, and the options of `#[serde(…)]` with the same meaning.

use proc_macro2::Span;
use quote::ToTokens;
use syn::{Attribute, LitStr, Meta};

use crate::case::{CASE_NAMES, Case};
use crate::crate_path::CratePath;
use crate::diagnostics::Diagnostics;
use crate::nearest::suggestion;
use crate::options::{SetOption, SetValue};
use crate::words::text_literal;

/// The options of a type, a variant or a property.
#[derive(Default)]
pub(super) struct Attributes {
    pub(super) rename: Option<LitStr>,
    pub(super) rename_all: Option<Case>,
    pub(super) rename_all_fields: Option<Case>,
    pub(super) krate: CratePath,
}

/// What an attribute is on.
#[derive(Clone, Copy)]
struct Target {
    keys: &'static [&'static str],
    called: &'static str,
}

const CONTAINER: Target = Target {
    keys: &["rename_all", "rename_all_fields", "crate"],
    called: "a type",
};
const VARIANT: Target = Target {
    keys: &["rename", "rename_all"],
    called: "a variant",
};
const FIELD: Target = Target {
    keys: &["rename"],
    called: "a property",
};

impl Attributes {
    pub(super) fn of_container(attrs: &[Attribute], errors: &mut Diagnostics) -> Self {
        Self::parse(attrs, CONTAINER, errors)
    }

    pub(super) fn of_variant(attrs: &[Attribute], errors: &mut Diagnostics) -> Self {
        Self::parse(attrs, VARIANT, errors)
    }

    pub(super) fn of_field(attrs: &[Attribute], errors: &mut Diagnostics) -> Self {
        Self::parse(attrs, FIELD, errors)
    }

    /// The name that is set, and where.
    pub(super) fn name_or(&self, name: String, span: Span) -> (String, Span) {
        match &self.rename {
            Some(rename) => (rename.value(), rename.span()),
            None => (name, span),
        }
    }

    fn parse(attrs: &[Attribute], target: Target, errors: &mut Diagnostics) -> Self {
        let mut attributes = Self::default();
        // serde first, because our own attribute takes precedence.
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("serde")) {
            attributes.read_serde(attr, target);
        }
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("field")) {
            attributes.read_field(attr, target, errors);
        }
        attributes
    }

    /// serde reports its own mistakes.
    fn read_serde(&mut self, attr: &Attribute, target: Target) {
        let Meta::List(list) = &attr.meta else {
            return;
        };
        let mut ignored = Diagnostics::default();
        for option in SetOption::list(list.tokens.clone(), "", &mut ignored) {
            let key = option.key.to_string();
            // `rename(deserialize = "…")`: the name that is read is the one that a model writes.
            let option = match option.value {
                SetValue::List(list) => {
                    let mut sides = SetOption::list(list, "", &mut ignored);
                    let side = sides.iter().position(|side| side.key == "deserialize");
                    match side {
                        Some(index) => sides.swap_remove(index),
                        None => continue,
                    }
                }
                _ => option,
            };
            if key != "crate" && target.keys.contains(&key.as_str()) {
                let result = self.set(&key, option);
                ignored.keep(result);
            }
        }
    }

    fn read_field(&mut self, attr: &Attribute, target: Target, errors: &mut Diagnostics) {
        let Meta::List(list) = &attr.meta else {
            return errors.under(
                attr,
                "options are written in parentheses; write `#[field(…)]`",
            );
        };
        let mut seen = Vec::new();
        for option in SetOption::list(list.tokens.clone(), "rename = \"…\"", errors) {
            let key = option.key.to_string();
            if !target.keys.contains(&key.as_str()) {
                errors.push(option.unknown(target.called, target.keys));
            } else if seen.contains(&key) {
                errors.push(option.set_twice());
            } else {
                let result = self.set(&key, option);
                errors.keep(result);
                seen.push(key);
            }
        }
    }

    fn set(&mut self, key: &str, option: SetOption) -> syn::Result<()> {
        match key {
            "rename" => self.rename = Some(text(option, "rename = \"…\"")?),
            "rename_all" => self.rename_all = Some(case(option, "rename_all = \"snake_case\"")?),
            "rename_all_fields" => {
                let example = "rename_all_fields = \"snake_case\"";
                self.rename_all_fields = Some(case(option, example)?);
            }
            _ => self.krate = option.into_crate_path()?,
        }
        Ok(())
    }
}

fn text(option: SetOption, example: &str) -> syn::Result<LitStr> {
    let wrong = match text_literal(option.into_value(example)?) {
        Ok(text) if !text.value().is_empty() => return Ok(text),
        Ok(empty) => empty.into_token_stream(),
        Err(other) => other.into_token_stream(),
    };
    let message = format!("this is written `{example}`");
    Err(syn::Error::new_spanned(wrong, message))
}

fn case(option: SetOption, example: &str) -> syn::Result<Case> {
    let name = text(option, example)?;
    Case::from_name(&name.value()).ok_or_else(|| {
        let hint = suggestion(&name.value(), &CASE_NAMES);
        syn::Error::new(
            name.span(),
            format!("`{}` is not a case; {hint}", name.value()),
        )
    })
}

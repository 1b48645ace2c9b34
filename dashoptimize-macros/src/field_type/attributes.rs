//! `#[field(…)]`, and the options of `#[serde(…)]` with the same meaning.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::{Attribute, Data, DeriveInput, Fields, LitStr, Meta};

use crate::case::{CASE_NAMES, Case};
use crate::crate_path::CratePath;
use crate::diagnostics::Diagnostics;
use crate::nearest::suggestion;
use crate::options::{SetOption, SetValue};
use crate::serde_default;
use crate::words::text_literal;

/// The options of a type, a variant or a property.
#[derive(Default)]
pub(super) struct Attributes {
    pub(super) rename: Option<LitStr>,
    pub(super) rename_all: Option<Case>,
    pub(super) rename_all_fields: Option<Case>,
    /// The function that makes the value where data leaves it out: `#[serde(default)]`.
    pub(super) default: Option<TokenStream>,
    pub(super) krate: CratePath,
}

/// What an attribute is on.
#[derive(Clone, Copy)]
struct Target {
    keys: &'static [&'static str],
    /// Options of serde that have no influence on the JSON, or none that differs.
    harmless: &'static [&'static str],
    called: &'static str,
}

const CONTAINER: Target = Target {
    keys: &["rename_all", "rename_all_fields", "ignore_serde", "crate"],
    // The name of a type is not in JSON, and unknown properties are refused here as well.
    harmless: &[
        "rename",
        "deny_unknown_fields",
        "bound",
        "expecting",
        "crate",
    ],
    called: "a type",
};
/// JSON of a struct around one value is the JSON of the value.
const NEWTYPE: Target = Target {
    harmless: &[
        "rename",
        "transparent",
        "deny_unknown_fields",
        "bound",
        "expecting",
        "crate",
    ],
    ..CONTAINER
};
const PAYLOAD: Target = Target {
    keys: &["ignore_serde"],
    harmless: &["bound", "borrow"],
    called: "a value",
};
const VARIANT: Target = Target {
    keys: &["rename", "rename_all", "ignore_serde"],
    harmless: &["bound", "borrow"],
    called: "a variant",
};
const FIELD: Target = Target {
    keys: &["rename", "ignore_serde"],
    // What serde leaves out is read as `null` or the default on both sides.
    harmless: &["default", "skip_serializing_if", "bound", "borrow"],
    called: "a property",
};

const IGNORE: &str = "ignore_serde";

impl Attributes {
    pub(super) fn of_container(item: &DeriveInput, errors: &mut Diagnostics) -> Self {
        let is_newtype = match &item.data {
            Data::Struct(data) => matches!(data.fields, Fields::Unnamed(_)),
            _ => false,
        };
        let target = if is_newtype { NEWTYPE } else { CONTAINER };
        Self::parse(&item.attrs, target, errors)
    }

    /// The value of a newtype or variant has no name, and so no options.
    pub(super) fn of_payload(attrs: &[Attribute], errors: &mut Diagnostics) {
        Self::parse(attrs, PAYLOAD, errors);
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
        let of = |name: &'static str| attrs.iter().filter(move |attr| attr.path().is_ident(name));
        // serde first, because our own attribute takes precedence.
        if !of("field").any(ignores_serde) {
            attributes.default = serde_default::of(attrs);
            for attr in of("serde") {
                attributes.read_serde(attr, target, errors);
            }
        }
        for attr in of("field") {
            attributes.read_field(attr, target, errors);
        }
        attributes
    }

    /// serde reports its own mistakes. What would make its JSON differ from the model's is an error.
    fn read_serde(&mut self, attr: &Attribute, target: Target, errors: &mut Diagnostics) {
        let Meta::List(list) = &attr.meta else {
            return;
        };
        let mut ignored = Diagnostics::default();
        for option in SetOption::list(list.tokens.clone(), "", &mut ignored) {
            let key = option.key.to_string();
            if target.harmless.contains(&key.as_str()) {
                continue;
            }
            if !target.keys.contains(&key.as_str()) {
                errors.under(attr, unread(&key));
                continue;
            }
            if matches!(option.value, SetValue::List(_)) {
                let message = format!(
                    "a model reads and writes the same name, so `FieldType` does not read two in \
                     `#[serde({key}(…))]`; write `{key} = \"…\"`, or `#[field(ignore_serde)]` if that \
                     is meant"
                );
                errors.under(attr, message);
                continue;
            }
            let result = self.set(&key, option);
            ignored.keep(result);
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
            IGNORE => no_value(&option)?,
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

fn unread(key: &str) -> String {
    format!(
        "`FieldType` does not read `#[serde({key})]`, so the JSON of serde and of the model would differ; \
         write `#[field(ignore_serde)]` if that is meant"
    )
}

/// `#[field(ignore_serde)]`
fn ignores_serde(attr: &Attribute) -> bool {
    match &attr.meta {
        Meta::List(list) => {
            let options = SetOption::list(list.tokens.clone(), "", &mut Diagnostics::default());
            options.iter().any(|option| option.key == IGNORE)
        }
        _ => false,
    }
}

fn no_value(option: &SetOption) -> syn::Result<()> {
    match option.value {
        SetValue::Nothing => Ok(()),
        _ => Err(syn::Error::new(
            option.key.span(),
            "`ignore_serde` takes no value; write `#[field(ignore_serde)]`",
        )),
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

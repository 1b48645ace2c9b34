//! A field of a signature, and its attributes.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, LitStr, Meta, Type, Visibility};

use super::fit;
use super::role::{Role, role_of, take_role_attributes};
use super::rule::{OnFail, Rule};
use crate::case::label;
use crate::diagnostics::Diagnostics;
use crate::field_type::refuse_nested_option;
use crate::options::SetOption;
use crate::serde_default;
use crate::words::{Words, text_literal};

const KEYS: [&str; 6] = ["desc", "prefix", "rename", "check", "assert", "gold"];

/// A field of a signature.
pub(crate) struct Field {
    /// Its name in Rust.
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    pub(crate) ty: Type,
    /// Doc comments.
    pub(crate) docs: Vec<Attribute>,
    /// `#[cfg(…)]` attributes, which everything that mentions the field must have.
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
    /// Whether a row has a value for it.
    pub(crate) has_gold: bool,
    /// The function that makes its value where data leaves it out: `#[serde(default)]`.
    pub(crate) default: Option<TokenStream>,
}

/// Reads a field and removes our attributes.
pub(super) fn parse(field: &mut syn::Field, errors: &mut Diagnostics) -> Option<Field> {
    let ident = field.ident.clone()?;
    check_type(&field.ty, errors);
    let mut role = None;
    for attr in take_role_attributes(field) {
        match (&role, role_of(&attr, errors)) {
            (None, found) => role = found.map(|found| (found, attr)),
            (Some(_), Some(_)) => errors.under(
                &attr,
                format!("`{ident}` already has a role; remove this attribute"),
            ),
            (Some(_), None) => {}
        }
    }
    let Some((role, attr)) = role else {
        errors.at(
            ident.span(),
            format!("is `{ident}` an input or an output? write `#[input]` or `#[output]` above it"),
        );
        return None;
    };
    let name = ident.unraw().to_string();
    let mut parsed = Field {
        role,
        role_span: attr.path().span(),
        name_span: ident.span(),
        prefix: Some(Words::new(&label(&name), ident.span())),
        name,
        desc: Words::from_docs(&field.attrs),
        rules: Vec::new(),
        has_gold: true,
        default: serde_default::of(&field.attrs),
        docs: of_kind(&field.attrs, "doc"),
        cfgs: of_kind(&field.attrs, "cfg"),
        vis: field.vis.clone(),
        ty: field.ty.clone(),
        ident,
    };
    parsed.set_options(&attr, errors);
    Some(parsed)
}

fn of_kind(attrs: &[Attribute], kind: &str) -> Vec<Attribute> {
    let attrs = attrs.iter().filter(|attr| attr.path().is_ident(kind));
    attrs.cloned().collect()
}

fn check_type(ty: &Type, errors: &mut Diagnostics) {
    if let Type::Reference(_) = ty {
        errors.under(
            ty,
            "a field owns its value; write `String` for text, `Vec<…>` for a list",
        );
    }
    refuse_nested_option(ty, errors);
    if let Some((word, message)) = not_data(ty.to_token_stream()) {
        errors.at(word.span(), message);
    }
}

/// What no field can be made of, and why.
pub(super) fn not_data(ty: TokenStream) -> Option<(Ident, &'static str)> {
    let mut tokens = ty.into_iter();
    tokens.find_map(|token| match token {
        TokenTree::Group(group) => not_data(group.stream()),
        TokenTree::Ident(word) if word == "dyn" || word == "impl" => Some((
            word,
            "a field is plain data; name a type that is one, such as an enum",
        )),
        TokenTree::Ident(word) if ["Rc", "Cell", "RefCell"].iter().any(|name| word == name) => {
            Some((
                word,
                "a field is plain data, which threads can share; write the type inside of this",
            ))
        }
        _ => None,
    })
}

impl Field {
    fn set_options(&mut self, attr: &Attribute, errors: &mut Diagnostics) {
        let role = attr.path().to_token_stream();
        let tokens = match &attr.meta {
            Meta::Path(_) => return,
            Meta::NameValue(meta) => {
                let message = format!("`{role}` takes no value; write `#[{role}]`");
                return errors.under(&meta.value, message);
            }
            Meta::List(list) => list.tokens.clone(),
        };
        if self.role == Role::Skip {
            return errors.under(&tokens, "a skipped field has no options; write `#[skip]`");
        }
        let mut seen = Vec::new();
        for option in SetOption::list(tokens, "desc = \"…\"", errors) {
            let key = option.key.to_string();
            if seen.contains(&key) && !matches!(key.as_str(), "check" | "assert") {
                errors.push(option.set_twice());
                continue;
            }
            seen.push(key);
            self.set(option, errors);
        }
    }

    fn set(&mut self, option: SetOption, errors: &mut Diagnostics) {
        let key = option.key.to_string();
        match key.as_str() {
            "desc" => self.desc = errors.keep(words(&key, option)).or(self.desc.take()),
            "prefix" => self.prefix = errors.keep(words(&key, option)).or(self.prefix.take()),
            "rename" => {
                if let Some(name) = errors.keep(new_name(option)) {
                    self.name_span = name.span();
                    self.name = name.value();
                }
            }
            "check" => self.add_rules(option, OnFail::Report, errors),
            "assert" => self.add_rules(option, OnFail::Reject, errors),
            "gold" => {
                if let Some(()) = errors.keep(self.check_no_gold(option)) {
                    self.has_gold = false;
                }
            }
            _ => errors.push(option.unknown("a field", &KEYS)),
        }
    }

    /// `gold = none`, on an output.
    fn check_no_gold(&self, option: SetOption) -> syn::Result<()> {
        if self.role == Role::Input {
            let message = "an input is in every row; only an output can be without gold";
            return Err(syn::Error::new(option.key.span(), message));
        }
        match option.into_value("gold = none")? {
            Expr::Path(path) if path.path.is_ident("none") => Ok(()),
            other => Err(syn::Error::new_spanned(
                other,
                "an output has gold in every row, or in none: `gold = none`",
            )),
        }
    }

    fn add_rules(&mut self, option: SetOption, on_fail: OnFail, errors: &mut Diagnostics) {
        let key = option.key.clone();
        if self.role == Role::Input {
            let message = format!("only outputs are checked; remove `{key}`");
            return errors.at(key.span(), message);
        }
        let example = format!("{key}(0..=10)");
        if let Some(tokens) = errors.keep(option.into_list(&example)) {
            for rule in Rule::list(tokens, on_fail, errors) {
                if errors
                    .keep(fit::check(&rule.constraint, &self.ty))
                    .is_some()
                {
                    errors.keep(self.check_can_hold_with(&rule));
                    self.rules.push(rule);
                }
            }
        }
    }

    /// Rejects a rule that excludes all values which an earlier one allows.
    fn check_can_hold_with(&self, rule: &Rule) -> syn::Result<()> {
        let mut earlier = self.rules.iter();
        match earlier.find(|earlier| earlier.constraint.excludes(&rule.constraint)) {
            Some(earlier) => {
                let written = earlier.constraint.written().to_string().replace(' ', "");
                Err(syn::Error::new_spanned(
                    rule.constraint.written(),
                    format!("no value keeps both this rule and `{written}`; join them in one"),
                ))
            }
            None => Ok(()),
        }
    }
}

fn words(key: &str, option: SetOption) -> syn::Result<Words> {
    Words::from_value(key, option.into_value(&format!("{key} = \"…\""))?)
}

fn new_name(option: SetOption) -> syn::Result<LitStr> {
    let value = option.into_value("rename = \"…\"")?;
    let name = text_literal(value).map_err(|other| not_a_name(other.into_token_stream()))?;
    let is_name = |text: &str| {
        let letter = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '-';
        !text.is_empty() && text.chars().all(letter)
    };
    if is_name(&name.value()) {
        Ok(name)
    } else {
        Err(not_a_name(name.into_token_stream()))
    }
}

fn not_a_name(found: TokenStream) -> syn::Error {
    syn::Error::new_spanned(
        found,
        "a name consists of letters, digits, `_` and `-`, in quotes",
    )
}

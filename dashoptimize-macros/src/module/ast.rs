//! A module as the user wrote it.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream, Parser};
use syn::{
    Attribute, Expr, GenericArgument, Generics, Meta, Path, PathArguments, PathSegment, Token,
    Type, Visibility,
};

use super::kind::{Kind, NAMES, Over};
use super::signature_text;
use crate::crate_path::CratePath;
use crate::diagnostics::Diagnostics;
use crate::nearest::{list, nearest, suggestion};
use crate::options::{SetOption, split_after, within};
use crate::signature::number;
use crate::tool;
use crate::words::peeled;

/// `#[with(…)] pub type Classify = ChainOfThought<Triage>;`
pub(crate) struct Module {
    /// Docs and all other attributes but ours.
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    /// Where `type` is.
    pub(crate) keyword: Span,
    pub(crate) ident: Ident,
    pub(crate) made_of: MadeOf,
    /// In the order of the source.
    pub(crate) options: Vec<ModuleOption>,
}

/// What is to the right of the `=`.
pub(crate) struct MadeOf {
    /// `ChainOfThought`
    pub(crate) name: Ident,
    pub(crate) kind: &'static Kind,
    pub(crate) argument: Argument,
}

/// What is in the angle brackets.
pub(crate) enum Argument {
    /// The user's own type: `Triage`, `Classify`.
    Type(Box<Type>),
    /// A module of the runtime, written by its name alone: `Predict<Triage>`.
    Module(Box<MadeOf>),
    /// There are no angle brackets: `Retrieve`.
    Nothing,
}

/// `temperature = 0.0`
pub(crate) struct ModuleOption {
    pub(crate) key: Ident,
    pub(crate) value: Expr,
}

/// The items of a call, each with its `;`.
pub(super) fn split_items(items: TokenStream) -> Vec<TokenStream> {
    split_after(
        items,
        |token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';'),
    )
}

/// The name of an item, if it has one already.
pub(super) fn name(piece: TokenStream) -> Option<Ident> {
    let item = |input: ParseStream<'_>| {
        let item = RawItem::parse(input)?;
        input.parse::<TokenStream>()?;
        Ok(item.ident)
    };
    item.parse2(piece).ok()
}

/// A type item whose parts are not checked yet.
pub(super) struct RawItem {
    pub(super) attrs: Vec<Attribute>,
    pub(super) vis: Visibility,
    keyword: Span,
    pub(super) ident: Ident,
    generics: Generics,
    pub(super) ty: Type,
}

impl Parse for RawItem {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        if !input.peek(Token![type]) {
            let message = "a module is a `type` item, as in `pub type Classify = Predict<Triage>;`";
            return Err(input.error(message));
        }
        let keyword: Token![type] = input.parse()?;
        let ident = input.parse()?;
        let generics = input.parse()?;
        input.parse::<Token![=]>()?;
        let ty = input.parse()?;
        Ok(Self {
            attrs,
            vis,
            keyword: keyword.span,
            ident,
            generics,
            ty,
        })
    }
}

impl Module {
    /// Reads one item. All its errors are reported.
    pub(super) fn parse(piece: TokenStream) -> syn::Result<Self> {
        let last = piece
            .clone()
            .into_iter()
            .last()
            .map_or_else(Span::call_site, |t| t.span());
        let parser = |input: ParseStream<'_>| {
            let item = RawItem::parse(input)?;
            match input.parse::<Token![;]>() {
                Ok(_) => Ok(item),
                Err(_) if input.is_empty() => Err(syn::Error::new(
                    last,
                    "a module ends with `;`; write it after this",
                )),
                Err(_) => Err(input.error("a module ends before this; write `;`")),
            }
        };
        let mut item = parser.parse2(piece).map_err(|error| within(&error, last))?;
        let mut errors = Diagnostics::default();
        if !item.generics.params.is_empty() {
            errors.under(
                &item.generics,
                "a module cannot be generic; name its signature or module",
            );
        }
        let options = take_options(&mut item.attrs, &mut errors);
        let made_of = errors.keep(MadeOf::parse(&item.ty));
        if let Some(made_of) = &made_of {
            errors.keep(made_of.check(&item.ident, &options));
        }
        match made_of {
            Some(made_of) => errors.finish(Self {
                attrs: item.attrs,
                vis: item.vis,
                keyword: item.keyword,
                ident: item.ident,
                made_of,
                options,
            }),
            None => Err(errors.finish(()).expect_err("an error was just kept")),
        }
    }
}

impl MadeOf {
    pub(super) fn parse(ty: &Type) -> syn::Result<Self> {
        let message = "a module is made of another, as in `Predict<Triage>`";
        let written = match ty {
            Type::Group(group) => return Self::parse(&group.elem),
            Type::Path(path) if path.qself.is_none() => &path.path,
            other => return Err(syn::Error::new_spanned(other, message)),
        };
        let Some(last) = written.segments.last() else {
            return Err(syn::Error::new_spanned(written, message));
        };
        let name = last.ident.clone();
        let Some(kind) = Kind::from_name(&name.to_string()) else {
            return Err(syn::Error::new(
                name.span(),
                unknown_module(&name.to_string()),
            ));
        };
        if !names_the_runtime(written) {
            let message = format!(
                "a module is written by its name alone and needs no import; write `{name}<…>`"
            );
            return Err(syn::Error::new_spanned(written, message));
        }
        let argument = match kind.over {
            Over::Nothing => Argument::nothing(last)?,
            _ => Argument::parse(&name, kind, argument_of(written)?)?,
        };
        Ok(Self {
            argument,
            name,
            kind,
        })
    }

    /// Whether it can be a module with this name and these options.
    fn check(&self, ident: &Ident, options: &[ModuleOption]) -> syn::Result<()> {
        let name = &self.name;
        if self.argument.is_named(ident) {
            let message = format!("`{ident}` cannot be made of itself");
            return Err(syn::Error::new_spanned(&self.argument, message));
        }
        let is_set = |needed: &str| options.iter().any(|option| option.key == needed);
        let mut needed = self.kind.needs.iter().copied();
        match needed.find(|needed| !is_set(needed)) {
            Some(missing) => {
                let message = format!(
                    "`{name}` needs `{missing}`; write `#[with({missing} = …)]` above this item"
                );
                Err(syn::Error::new(name.span(), message))
            }
            None => Ok(()),
        }
    }
}

impl Argument {
    /// `Retrieve<Triage>` is a mistake.
    fn nothing(written: &PathSegment) -> syn::Result<Self> {
        match &written.arguments {
            PathArguments::None => Ok(Self::Nothing),
            arguments => {
                let message = format!("`{}` takes no argument; remove this", written.ident);
                Err(syn::Error::new_spanned(arguments, message))
            }
        }
    }

    fn parse(name: &Ident, kind: &Kind, ty: Type) -> syn::Result<Self> {
        let Some(inner) = called_by_name(&ty).or_else(|| unready(kind, &ty)) else {
            return Ok(Self::Type(Box::new(ty)));
        };
        match kind.over {
            Over::Signature { .. } | Over::State | Over::Nothing => {
                let message = format!(
                    "`{name}` is over a {}, but this is a module",
                    kind.argument()
                );
                Err(syn::Error::new_spanned(&ty, message))
            }
            Over::Module { .. } if inner.needs.is_empty() => {
                Ok(Self::Module(Box::new(MadeOf::parse(&ty)?)))
            }
            Over::Module { .. } => {
                let (inner, needs) = (inner.name, list(inner.needs));
                let message = format!(
                    "`{inner}` needs {needs}, which cannot be set here; write a separate item for \
                     it, and use the name of that item here"
                );
                Err(syn::Error::new_spanned(&ty, message))
            }
        }
    }

    fn is_named(&self, ident: &Ident) -> bool {
        match self {
            Self::Type(ty) => matches!(&**ty, Type::Path(path) if path.path.is_ident(ident)),
            Self::Module(_) | Self::Nothing => false,
        }
    }
}

impl ToTokens for Argument {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Type(ty) => ty.to_tokens(tokens),
            Self::Module(made_of) => {
                let MadeOf { name, argument, .. } = &**made_of;
                tokens.extend(quote!(#name<#argument>));
            }
            Self::Nothing => {}
        }
    }
}

/// The module of the runtime that a type is, if it is written by its name alone.
pub(super) fn called_by_name(ty: &Type) -> Option<&'static Kind> {
    match ty {
        Type::Group(group) => called_by_name(&group.elem),
        Type::Path(path) if path.qself.is_none() => {
            let segment = path.path.segments.last()?;
            let kind = Kind::from_name(&segment.ident.to_string())?;
            let is_kind = path.path.segments.len() == 1 && !segment.arguments.is_none();
            is_kind.then_some(kind)
        }
        _ => None,
    }
}

/// A module without an argument that is not ready without its options: `Retrieve`.
fn unready(over: &Kind, ty: &Type) -> Option<&'static Kind> {
    let Type::Path(path) = ty else {
        return None;
    };
    let segment = path.path.segments.last()?;
    let kind = Kind::from_name(&segment.ident.to_string())?;
    let is_unready = matches!(kind.over, Over::Nothing) && !kind.needs.is_empty();
    (over.is_over_module() && is_unready && names_the_runtime(&path.path)).then_some(kind)
}

/// Whether a path is a single name or the full one: `dashoptimize::module::Predict<…>`.
fn names_the_runtime(path: &Path) -> bool {
    let names: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    matches!(names[..], [_] | ["dashoptimize", "module", _])
}

fn unknown_module(name: &str) -> String {
    format!("no module is called `{name}`; {}", suggestion(name, &NAMES))
}

/// The `Triage` of `Predict<Triage>`.
pub(super) fn argument_of(path: &Path) -> syn::Result<Type> {
    let Some(segment) = path.segments.last() else {
        return Err(syn::Error::new_spanned(
            path,
            "a module is written `Predict<Triage>`",
        ));
    };
    let name = &segment.ident;
    let kind = Kind::from_name(&name.to_string());
    let over = kind.map_or("signature", Kind::argument);
    let wanted = format!("`{name}` of which {over}? write its name, as in `{name}<…>`");
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return Err(syn::Error::new(name.span(), wanted));
    };
    let mut arguments = arguments.args.iter();
    let argument = match arguments.next() {
        Some(GenericArgument::Type(argument)) => argument.clone(),
        Some(other) => return Err(syn::Error::new_spanned(other, wanted)),
        None => return Err(syn::Error::new(name.span(), wanted)),
    };
    match arguments.next() {
        Some(second) => {
            let message = format!("`{name}` has one {over}; remove this");
            Err(syn::Error::new_spanned(second, message))
        }
        None => Ok(argument),
    }
}

/// Removes and returns the options in our attributes.
pub(crate) fn take_options(
    attrs: &mut Vec<Attribute>,
    errors: &mut Diagnostics,
) -> Vec<ModuleOption> {
    let (ours, rest): (Vec<_>, Vec<_>) = std::mem::take(attrs).into_iter().partition(is_with);
    *attrs = rest;
    let mut options: Vec<ModuleOption> = Vec::new();
    for attr in ours {
        let name = attr.path().to_token_stream().to_string();
        let tokens = match attr.meta {
            _ if name != "with" => {
                let message =
                    format!("`{name}` is not an attribute of a module; write `#[with(…)]`");
                errors.under(attr.path(), message);
                continue;
            }
            Meta::List(list) => list.tokens,
            _ => {
                errors.under(
                    &attr,
                    "options are written in parentheses, as in `#[with(max_tokens = 200)]`",
                );
                continue;
            }
        };
        for option in SetOption::list(tokens, "max_tokens = 200", errors) {
            let key = option.key.clone();
            let set_twice = option.set_twice();
            let value = errors.keep(option.into_value(&format!("{key} = …")));
            if key == "embedder" {
                let message = "a program with an embedder has another type, so this is not an option; \
                               write `.embedder(…)` where the program is made";
                errors.at(key.span(), message);
            } else if options.iter().any(|option| option.key == key) {
                errors.push(set_twice);
            } else if let Some(value) = value {
                errors.keep(check_number(&key, &value));
                if key == "signature" {
                    errors.keep(signature_text::check(&value));
                }
                let value = of_tools(&key, value, errors);
                options.push(ModuleOption { key, value });
            }
        }
    }
    options
}

/// Rejects a number that means nothing, where it is a literal. Others are checked when the module is made.
fn check_number(key: &Ident, value: &Expr) -> syn::Result<()> {
    let key = key.to_string();
    let wanted = match (key.as_str(), number(value)) {
        (
            "n" | "m" | "k" | "size" | "max_iters" | "max_tokens" | "concurrency" | "at_most",
            Some(number),
        ) if number < 1.0 => "1 or more",
        ("temperature" | "attempt_temperature", Some(number)) if number < 0.0 => "0 or more",
        _ => return Ok(()),
    };
    Err(syn::Error::new_spanned(
        value,
        format!("`{key}` is {wanted}"),
    ))
}

/// `tools = [search, &calculator]` is read like `tools![…]`.
fn of_tools(key: &Ident, value: Expr, errors: &mut Diagnostics) -> Expr {
    match peeled(value) {
        Expr::Array(array) if key == "tools" => {
            tool::refuse_repeated(&array.elems, errors);
            Expr::Verbatim(tool::list_of(&CratePath::default(), array.elems))
        }
        other => other,
    }
}

/// Whether an attribute is ours or was meant to be.
pub(crate) fn is_with(attr: &Attribute) -> bool {
    let name = attr.path().get_ident().map(ToString::to_string);
    name.is_some_and(|name| nearest(&name, &["with"]).is_some())
}

//! A tool as the user wrote it.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{
    Attribute, FnArg, Meta, Pat, PatType, Path, Signature, Token, Type, TypeReference, TypeSlice,
    Visibility,
};

use crate::crate_path::CratePath;
use crate::diagnostics::Diagnostics;
use crate::options::SetOption;
use crate::words::{Words, text_literal};

/// A function with `#[tool]`.
pub(crate) struct Tool {
    /// The function, without the docs of its arguments.
    pub(crate) function: Function,
    /// The path of the runtime.
    pub(crate) krate: CratePath,
    /// Its name for the model.
    pub(crate) name: String,
    /// Where the name was written.
    pub(crate) name_span: Span,
    /// `description = …`, or the doc comment.
    pub(crate) description: Option<Words>,
    /// The arguments, in the order of the source.
    pub(crate) arguments: Vec<Argument>,
}

/// A function whose body is not parsed.
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    pub(crate) body: TokenStream,
}

/// An argument of a tool.
pub(crate) struct Argument {
    /// Its name for the model.
    pub(crate) name: String,
    pub(crate) doc: Option<Words>,
    /// The type that is read: `String` for `&str`.
    pub(crate) ty: TokenStream,
    /// Whether the function takes a reference to it.
    pub(crate) by_reference: bool,
    /// How the tool holds it, if it is `#[state]` and does not come from the model.
    pub(crate) state: Option<State>,
}

/// How a tool holds its state.
pub(crate) struct State {
    /// The argument.
    pub(crate) ident: Ident,
    /// `Arc<Db>` for `&Db`, and the type itself for a value, which is cloned for each call.
    pub(crate) ty: TokenStream,
    /// Whether the maker of the tool takes anything that converts into it, such as a `Db`.
    pub(crate) converts: bool,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        if !starts_function(input) {
            return Err(input.error("a tool is a function; write `#[tool]` on a `fn`"));
        }
        let sig = input.parse()?;
        let body = input.parse::<TokenStream>()?;
        Ok(Self {
            attrs,
            vis,
            sig,
            body,
        })
    }
}

fn starts_function(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    // `const`, `async`, `unsafe`, `extern "C"`
    while !ahead.peek(Token![fn]) {
        let is_qualifier = ahead.peek(Token![const])
            || ahead.peek(Token![async])
            || ahead.peek(Token![unsafe])
            || ahead.peek(Token![extern])
            || ahead.peek(syn::LitStr);
        if !is_qualifier || ahead.parse::<TokenTree>().is_err() {
            return false;
        }
    }
    true
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self {
            attrs,
            vis,
            sig,
            body,
        } = self;
        tokens.extend(quote!(#(#attrs)* #vis #sig #body));
    }
}

impl Function {
    /// Removes and returns the docs and `#[state]`s of the arguments: only this macro understands them.
    pub(super) fn take_docs(&mut self) -> Vec<Vec<Attribute>> {
        let inputs = self.sig.inputs.iter_mut();
        inputs
            .map(|input| {
                let attrs = match input {
                    FnArg::Receiver(receiver) => &mut receiver.attrs,
                    FnArg::Typed(argument) => &mut argument.attrs,
                };
                let (docs, rest) = std::mem::take(attrs)
                    .into_iter()
                    .partition(|attr| attr.path().is_ident("doc") || is_state(attr));
                *attrs = rest;
                docs
            })
            .collect()
    }
}

impl Tool {
    /// Reads the options and the function. All errors in all parts are reported.
    pub(super) fn parse(args: TokenStream, item: TokenStream) -> syn::Result<Self> {
        let mut errors = Diagnostics::default();
        let options = Options::parse(args, &mut errors);
        let Some(function) = errors.keep(syn::parse2::<Function>(item)) else {
            return Err(errors.finish(()).expect_err("an error was just kept"));
        };
        Self::of(options, function, errors)
    }

    /// Reads a function with these options.
    pub(super) fn of(
        options: Options,
        mut function: Function,
        mut errors: Diagnostics,
    ) -> syn::Result<Self> {
        let docs = function.take_docs();
        let inputs = function.sig.inputs.iter().zip(docs);
        let arguments = inputs
            .filter_map(|(input, docs)| errors.keep(Argument::parse(input, &docs)))
            .collect();
        let ident = &function.sig.ident;
        let (name, name_span) = options
            .name
            .unwrap_or_else(|| (ident.unraw().to_string(), ident.span()));
        let docs = Words::from_docs(&function.attrs);
        errors.finish(Self {
            krate: options.krate,
            name,
            name_span,
            description: options.description.or(docs),
            arguments,
            function,
        })
    }
}

impl Argument {
    fn parse(input: &FnArg, docs: &[Attribute]) -> syn::Result<Self> {
        let argument = match input {
            FnArg::Typed(argument) => argument,
            FnArg::Receiver(receiver) => {
                return Err(syn::Error::new_spanned(
                    receiver,
                    "a model has no `self` to call this on; write `#[tool]` above the `impl` as well, whose \
                     `tools()` are then tools of a value",
                ));
            }
        };
        let mut errors = Diagnostics::default();
        let ident = errors.keep(name_of(argument));
        let ty = match docs.iter().find(|attr| is_state(attr)) {
            Some(state) => {
                errors.keep(check_state(state, &argument.ty));
                let by_reference = matches!(peeled_type(&argument.ty), Type::Reference(_));
                Some((argument.ty.to_token_stream(), by_reference))
            }
            None => errors.keep(owned(&argument.ty)),
        };
        if let Some(cfg) = argument.attrs.iter().find(|a| a.path().is_ident("cfg")) {
            errors.under(
                cfg,
                "an argument of a tool cannot be conditional; put `#[cfg]` on two functions",
            );
        }
        errors.finish(())?;
        let (Some(ident), Some((ty, by_reference))) = (ident, ty) else {
            unreachable!("a missing part was an error");
        };
        let state = docs
            .iter()
            .any(is_state)
            .then(|| State::of(&ident, &argument.ty));
        Ok(Self {
            state,
            name: ident.unraw().to_string(),
            doc: Words::from_docs(docs),
            ty,
            by_reference,
        })
    }
}

impl State {
    fn of(ident: &Ident, ty: &Type) -> Self {
        let shared = |ty: &dyn ToTokens| quote!(::std::sync::Arc<#ty>);
        let (ty, converts) = match peeled_type(ty) {
            Type::Reference(reference) => {
                // An `Arc` of a type becomes one of a trait by coercion alone.
                let converts = !matches!(*reference.elem, Type::TraitObject(_) | Type::Paren(_));
                (shared(&reference.elem), converts)
            }
            other => (other.to_token_stream(), false),
        };
        Self {
            ident: ident.clone(),
            ty,
            converts,
        }
    }
}

fn is_state(attr: &Attribute) -> bool {
    attr.path().is_ident("state")
}

/// `#[state]` on something that a tool can hold.
fn check_state(attr: &Attribute, ty: &Type) -> syn::Result<()> {
    if !matches!(attr.meta, Meta::Path(_)) {
        return Err(syn::Error::new_spanned(
            &attr.meta,
            "`state` has no options; write `#[state]`",
        ));
    }
    match peeled_type(ty) {
        Type::Reference(reference) if reference.mutability.is_some() => {
            Err(syn::Error::new_spanned(
                ty,
                "calls of a tool share its state; take `&`, and change it through a `Mutex` or an atomic",
            ))
        }
        Type::Reference(reference) if reference.lifetime.is_some() => Err(syn::Error::new_spanned(
            ty,
            "a state is borrowed for the call; remove the lifetime",
        )),
        Type::ImplTrait(_) => Err(syn::Error::new_spanned(
            ty,
            "a tool holds its state; name the type",
        )),
        _ => Ok(()),
    }
}

fn peeled_type(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => peeled_type(&group.elem),
        other => other,
    }
}

fn name_of(argument: &PatType) -> syn::Result<Ident> {
    match &*argument.pat {
        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => Ok(pat.ident.clone()),
        other => Err(syn::Error::new_spanned(
            other,
            "the model passes an argument by its name; write one here",
        )),
    }
}

/// The type to read, and whether the function borrows it.
fn owned(ty: &Type) -> syn::Result<(TokenStream, bool)> {
    match ty {
        Type::Group(group) => owned(&group.elem),
        Type::Paren(paren) => owned(&paren.elem),
        Type::Reference(reference) => Ok((referent(reference)?, true)),
        Type::ImplTrait(_) => Err(syn::Error::new_spanned(
            ty,
            "the model must be told what to write; name a type",
        )),
        plain => Ok((plain.into_token_stream(), false)),
    }
}

fn referent(reference: &TypeReference) -> syn::Result<TokenStream> {
    let refuse = |message: &str| Err(syn::Error::new_spanned(reference, message));
    if reference.mutability.is_some() {
        return refuse(
            "an argument comes from the model and is not returned to it; take it by value",
        );
    }
    if reference.lifetime.is_some() {
        return refuse("an argument lives as long as the call; remove the lifetime");
    }
    match &*reference.elem {
        Type::Path(path) if ends_with(&path.path, &["str"]) => Ok(quote!(::std::string::String)),
        // Unsized types, which would cause an error in each part of the expansion.
        Type::Path(path) if ends_with(&path.path, &["Path", "OsStr", "CStr"]) => {
            refuse("the model writes a text here; take `&str`")
        }
        Type::Slice(slice) => Ok(list(reference, slice)),
        Type::TraitObject(_) | Type::ImplTrait(_) | Type::Reference(_) => {
            refuse("the model must be told what to write; name a type")
        }
        plain => Ok(plain.into_token_stream()),
    }
}

fn ends_with(path: &Path, names: &[&str]) -> bool {
    let last = path.segments.last();
    last.is_some_and(|last| names.iter().any(|name| last.ident == name))
}

/// `Vec<T>` in place of `&[T]`.
fn list(reference: &TypeReference, slice: &TypeSlice) -> TokenStream {
    let item = &slice.elem;
    let path = quote_spanned!(reference.and_token.span=> ::std::vec::Vec<);
    let end = quote_spanned!(slice.bracket_token.span.close()=> >);
    quote!(#path #item #end)
}

/// The options in `#[tool(…)]`.
#[derive(Default)]
pub(super) struct Options {
    pub(super) krate: CratePath,
    name: Option<(String, Span)>,
    description: Option<Words>,
}

impl Options {
    const KEYS: [&str; 3] = ["name", "description", "crate"];

    pub(super) fn parse(args: TokenStream, errors: &mut Diagnostics) -> Self {
        let mut options = Self::default();
        let mut seen = Vec::new();
        for option in SetOption::list(args, "name = \"…\"", errors) {
            let key = option.key.to_string();
            if seen.contains(&key) {
                errors.push(option.set_twice());
                continue;
            }
            seen.push(key);
            let result = options.set(option);
            errors.keep(result);
        }
        options
    }

    fn set(&mut self, option: SetOption) -> syn::Result<()> {
        let key = option.key.to_string();
        match key.as_str() {
            "name" => self.name = Some(name_in(option)?),
            "description" => {
                let value = option.into_value("description = \"…\"")?;
                self.description = Some(Words::from_value(&key, value)?);
            }
            "crate" => self.krate = option.into_crate_path()?,
            _ => return Err(option.unknown("`#[tool]`", &Self::KEYS)),
        }
        Ok(())
    }
}

fn name_in(option: SetOption) -> syn::Result<(String, Span)> {
    let example = "name = \"…\"";
    match text_literal(option.into_value(example)?) {
        Ok(name) => Ok((name.value(), name.span())),
        Err(other) => Err(syn::Error::new_spanned(
            other,
            format!("this is written `{example}`"),
        )),
    }
}

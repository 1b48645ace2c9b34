//! A pipeline as the user wrote it: `#[with(…)] pub fn Rag(question: String) -> Answer { … }`.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Generics, Token, Type, Visibility};

use super::code_hash::code_hash;
use super::input::Input;
use super::parse;
use crate::diagnostics::Diagnostics;
use crate::graph::{Block, Work};
use crate::module::take_options;
use crate::options::{split_after, split_at_commas};

/// A whole pipeline.
pub(crate) struct Pipeline {
    /// Docs and all other attributes but ours.
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    /// Where `fn` is.
    pub(crate) keyword: Span,
    pub(crate) ident: Ident,
    pub(crate) inputs: Vec<Input>,
    pub(crate) output: Type,
    /// `#[with(rows = Qa)]`: the labelled rows that it can be optimized on.
    pub(crate) rows: Option<Type>,
    pub(crate) body: Block,
    /// A hash of the tokens of the body.
    pub(crate) code: String,
}

/// The items of a call: each ends with its braces.
pub(super) fn split_items(items: TokenStream) -> Vec<TokenStream> {
    split_after(
        items,
        |token| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace),
    )
}

/// The names of the pipelines.
pub(super) fn names(pieces: &[TokenStream]) -> Vec<String> {
    let name = |piece: &TokenStream| {
        let mut tokens = piece.clone().into_iter();
        tokens.find(|token| matches!(token, TokenTree::Ident(word) if word == "fn"))?;
        match tokens.next() {
            Some(TokenTree::Ident(name)) => Some(name.to_string()),
            _ => None,
        }
    };
    pieces.iter().filter_map(name).collect()
}

/// Everything before the body. It is read strictly, because nothing can be generated without it.
struct Header {
    attrs: Vec<Attribute>,
    vis: Visibility,
    keyword: Span,
    ident: Ident,
    generics: Generics,
    inputs: Group,
    output: Type,
    body: Group,
}

impl Parse for Header {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        if input.peek(Token![async]) {
            return Err(input.error("a pipeline is async already; remove `async`"));
        }
        if !input.peek(Token![fn]) {
            let message = "a pipeline is a function, as in `pub fn Rag(question: String) -> Answer \
                           { … }`, or a chain of optimizers, as in `BootstrapFewShot { max_rounds: 2 } \
                           >> RandomSearch { seeds: -3..3 }`";
            return Err(input.error(message));
        }
        let keyword: Token![fn] = input.parse()?;
        let ident: Ident = input
            .parse()
            .map_err(|_| syn::Error::new(keyword.span, "name the pipeline after this `fn`"))?;
        let generics = input.parse()?;
        let inputs = group(
            input,
            Delimiter::Parenthesis,
            &ident,
            "its inputs in parentheses",
        )?;
        if !input.peek(Token![->]) {
            let message = format!("what does `{ident}` return? write `-> Answer` after the inputs");
            return Err(syn::Error::new(inputs.span_close(), message));
        }
        input.parse::<Token![->]>()?;
        let output = input.parse()?;
        if input.peek(Token![where]) {
            return Err(
                input.error("a pipeline is not generic; remove this `where` up to the braces")
            );
        }
        let body = group(input, Delimiter::Brace, &ident, "its steps in braces")?;
        Ok(Self {
            attrs,
            vis,
            keyword: keyword.span,
            ident,
            generics,
            inputs,
            output,
            body,
        })
    }
}

fn group(
    input: ParseStream<'_>,
    delimiter: Delimiter,
    ident: &Ident,
    wanted: &str,
) -> syn::Result<Group> {
    match input.parse() {
        Ok(TokenTree::Group(group)) if group.delimiter() == delimiter => Ok(group),
        Ok(other) => Err(syn::Error::new(
            other.span(),
            format!("`{ident}` needs {wanted} here"),
        )),
        Err(_) => Err(syn::Error::new(
            ident.span(),
            format!("`{ident}` needs {wanted}"),
        )),
    }
}

impl Pipeline {
    /// Reads one item. A header that cannot be read is an error; mistakes in the steps are reported,
    /// and these steps are marked as broken.
    pub(super) fn parse(
        piece: TokenStream,
        pipelines: &[String],
        errors: &mut Diagnostics,
    ) -> Option<Self> {
        let header = errors.keep(syn::parse2::<Header>(piece))?;
        let mut attrs = header.attrs;
        if !header.generics.params.is_empty() {
            errors.under(&header.generics, "a pipeline cannot be generic");
        }
        let rows = rows(&mut attrs, errors);
        let mut changed = Vec::new();
        let inputs = inputs(&header.inputs, &mut changed, errors);
        let statements = with_changed(&header.body, &changed);
        let mut body = parse::steps(&statements, &inputs, &header.output, pipelines, errors);
        let output = check_output(header.output, &mut body, errors);
        let code = code_hash(header.body.stream());
        Some(Self {
            attrs,
            vis: header.vis,
            keyword: header.keyword,
            ident: header.ident,
            inputs,
            output,
            rows,
            body,
            code,
        })
    }
}

/// The output; the end of a pipeline whose output cannot be what was written is left out.
fn check_output(output: Type, body: &mut Block, errors: &mut Diagnostics) -> Type {
    let message = match &output {
        Type::ImplTrait(_) => "name the type that the pipeline evaluates to; it cannot be `impl …`",
        Type::Reference(reference) if !is_static(reference) => {
            "an output owns its value; write `String` for text, `Vec<…>` for a list"
        }
        _ => return output,
    };
    errors.under(&output, message);
    body.tail = Some(Work::Raw(TokenStream::new()));
    match &output {
        Type::Reference(reference) => owned(&reference.elem),
        _ => syn::parse_quote!(::std::string::String),
    }
}

fn is_static(reference: &syn::TypeReference) -> bool {
    let lifetime = reference.lifetime.as_ref();
    lifetime.is_some_and(|lifetime| lifetime.ident == "static")
}

fn rows(attrs: &mut Vec<Attribute>, errors: &mut Diagnostics) -> Option<Type> {
    let mut rows = None;
    for option in take_options(attrs, errors) {
        if option.key == "rows" {
            rows = errors.keep(syn::parse2(option.value.into_token_stream()));
        } else {
            let message = format!(
                "`{}` is not an option of a pipeline; write `rows = …`, or set it on a step",
                option.key
            );
            errors.at(option.key.span(), message);
        }
    }
    rows
}

/// The statements after those that make the inputs that are changed.
fn with_changed(body: &Group, changed: &[Ident]) -> Group {
    if changed.is_empty() {
        return body.clone();
    }
    let statements = body.stream();
    let stream = quote!(#(let mut #changed = #changed;)* #statements);
    let mut braces = Group::new(Delimiter::Brace, stream);
    braces.set_span(body.span());
    braces
}

fn inputs(list: &Group, changed: &mut Vec<Ident>, errors: &mut Diagnostics) -> Vec<Input> {
    let pieces = split_at_commas(list.stream()).into_iter();
    let mut inputs: Vec<Input> = Vec::new();
    for piece in pieces {
        let mut is_changed = false;
        let read = |stream: ParseStream<'_>| input(stream, &mut is_changed, errors);
        let parsed = read.parse2(piece);
        let Some(input) = errors.keep(parsed) else {
            continue;
        };
        if inputs.iter().any(|other| other.ident == input.ident) {
            let message = format!(
                "`{}` is already an input; give this one another name",
                input.ident
            );
            errors.at(input.ident.span(), message);
        } else {
            if is_changed {
                changed.push(input.ident.clone());
            }
            inputs.push(input);
        }
    }
    inputs
}

fn input(
    input: ParseStream<'_>,
    is_changed: &mut bool,
    errors: &mut Diagnostics,
) -> syn::Result<Input> {
    let attrs = input.call(Attribute::parse_outer)?;
    *is_changed = input.parse::<Option<Token![mut]>>()?.is_some();
    let start = input.span();
    let wanted = |_| syn::Error::new(start, "an input is written `name: Type`");
    let ident: Ident = input.parse().map_err(wanted)?;
    let colon: Option<Token![:]> = input.parse()?;
    if colon.is_none() || input.is_empty() {
        errors.at(
            ident.span(),
            format!("what is the type of `{ident}`? write `{ident}: String`"),
        );
        input.parse::<TokenStream>()?;
        // The most likely type, so that uses of the input are not further errors.
        let ty = syn::parse_quote!(::std::string::String);
        return Ok(Input { attrs, ident, ty });
    }
    let mut ty = input.parse::<Type>()?;
    if let Type::Reference(reference) = &ty
        && !is_static(reference)
    {
        errors.under(
            &ty,
            "an input owns its value; write `String` for text, `Vec<…>` for a list",
        );
        // What it is a reference to, so that uses of the input are not further errors.
        ty = owned(&reference.elem);
    }
    if !input.is_empty() {
        return Err(input.error("an input ends before this; write a comma between inputs"));
    }
    Ok(Input { attrs, ident, ty })
}

fn owned(ty: &Type) -> Type {
    match ty {
        Type::Path(path) if path.path.is_ident("str") => syn::parse_quote!(::std::string::String),
        Type::Slice(slice) => {
            let elem = &slice.elem;
            syn::parse_quote!(::std::vec::Vec<#elem>)
        }
        ty => ty.clone(),
    }
}

//! `pipeline!`: wires nodes into a typed graph.

mod ast;
mod code_hash;
mod codegen;
mod input;
mod parse;
mod together;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};

use self::ast::Pipeline;
use self::codegen::{ForWhom, Writer};
use self::together::check_together;
use crate::crate_path::CratePath;
use crate::diagnostics::Diagnostics;
use crate::editor;
use crate::graph::resolve;
use crate::graph::{NodeModule, Work};

pub(crate) fn expand(items: TokenStream) -> TokenStream {
    let krate = CratePath::default();
    let pieces = ast::split_items(items);
    if pieces.is_empty() {
        let message = "wire a pipeline here, as in `pub fn Rag(question: String) -> Answer { … }`";
        // There is no token to put it under.
        return syn::Error::new(Span::call_site(), message).into_compile_error();
    }
    let names = ast::names(&pieces);
    let mut parsed: Vec<(Option<Pipeline>, Diagnostics)> = Vec::new();
    for piece in pieces {
        let mut errors = Diagnostics::default();
        let pipeline = parse(piece, &names, &mut errors);
        parsed.push((pipeline, errors));
    }
    check_together(&mut parsed);
    let parsed = parsed.into_iter();
    parsed
        .map(|(pipeline, errors)| expand_item(&krate, pipeline, errors))
        .collect()
}

/// Items are independent: a mistake in one does not affect the others.
fn expand_item(krate: &CratePath, pipeline: Option<Pipeline>, errors: Diagnostics) -> TokenStream {
    let errors = match errors.finish(()) {
        Ok(()) => None,
        Err(errors) => Some(errors.into_compile_error()),
    };
    let Some(pipeline) = pipeline else {
        return errors.unwrap_or_default();
    };
    // The steps without a mistake are still compiled, so that rustc reports what is wrong in them in the
    // same build.
    let sound = codegen::pipeline(
        &mut Writer::new(krate, &pipeline, ForWhom::Compiler),
        &pipeline,
    );
    let all = editor::asks().then(|| {
        let mut writer = Writer::new(krate, &pipeline, ForWhom::Editor);
        codegen::for_editor(&mut writer, &pipeline)
    });
    // The part for editors comes first, so that nothing moves it.
    quote!(#all #errors #sound)
}

fn parse(piece: TokenStream, names: &[String], errors: &mut Diagnostics) -> Option<Pipeline> {
    let mut pipeline = Pipeline::parse(piece, names, errors)?;
    let output = pipeline.output.to_token_stream().to_string();
    // `Answer { … }` in a pipeline with the output `Answer` is a struct and not a call of a module.
    pipeline
        .body
        .change_work(&mut |work| own_output(work, &output));
    check_needs(&pipeline, errors);
    let Pipeline { inputs, body, .. } = &mut pipeline;
    let inputs: Vec<&Ident> = inputs.iter().map(|input| &input.ident).collect();
    resolve(&inputs, body, errors);
    Some(pipeline)
}

/// A module whose signature is an option is a step of its own, with that option above it.
fn check_needs(pipeline: &Pipeline, errors: &mut Diagnostics) {
    pipeline.body.for_each_node(&mut |node, options| {
        let NodeModule::Kind { kind, name, .. } = &node.module else {
            return;
        };
        let is_set = |needed: &&str| options.iter().any(|option| option.key == needed);
        if let Some(missing) = kind.needs.iter().find(|needed| !is_set(needed)) {
            let message = format!(
                "`{name}` needs `{missing}`; call it in a step of its own, with `#[with({missing} = …)]` above it"
            );
            errors.at(name.span(), message);
        }
    });
}

fn own_output(work: &mut Work, output: &str) {
    let Work::Node(node) = work else { return };
    let NodeModule::Named(path) = &node.module else {
        return;
    };
    if path.to_token_stream().to_string() != output {
        return;
    }
    let fields = node.fields.iter().map(|field| {
        let (name, value) = (&field.name, &field.value);
        match field.shorthand {
            true => quote!(#name),
            false => quote!(#name: #value),
        }
    });
    let rest = node.rest.iter();
    *work = Work::Code(syn::parse_quote!(#path { #(#fields,)* #(..#rest)* }));
}

#[cfg(test)]
pub(crate) fn try_expand(items: TokenStream) -> syn::Result<TokenStream> {
    let krate = CratePath::default();
    let mut errors = Diagnostics::default();
    let pieces = ast::split_items(items);
    let names = ast::names(&pieces);
    let pieces = pieces.into_iter();
    let pipelines: Vec<Pipeline> = pieces
        .filter_map(|piece| parse(piece, &names, &mut errors))
        .collect();
    let written = pipelines.iter().map(|pipeline| {
        codegen::pipeline(
            &mut Writer::new(&krate, pipeline, ForWhom::Compiler),
            pipeline,
        )
    });
    let written = written.collect();
    errors.finish(written)
}

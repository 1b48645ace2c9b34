//! The items around the steps.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Type;

use super::graph::{graph, picture};
use super::ident::under;
use super::input_traits::input_traits;
use super::node::at;
use super::scope::{Binding, Scope};
use super::writer::Writer;
use crate::crate_path::not_recommended;
use crate::graph::{Node, NodeModule};
use crate::module::{ModuleOption, Needed, Over, over_state, set};
use crate::pipeline::ast::Pipeline;
use crate::pipeline::input::Input;
use crate::place::{all_at, group_at, keyword_at, parentheses_at, reported_at};

/// A node of the program, and its options.
struct Held<'a> {
    node: &'a Node,
    options: &'a [ModuleOption],
    field: &'a Ident,
    path: &'a str,
}

fn held(pipeline: &Pipeline) -> Vec<Held<'_>> {
    let mut all = Vec::new();
    pipeline.body.for_each_node(&mut |node, options| {
        if let Some(place) = &node.place {
            all.push(Held {
                node,
                options,
                field: &place.field,
                path: &place.path,
            });
        }
    });
    all
}

/// A pipeline without the steps that have mistakes.
pub(in crate::pipeline) fn pipeline(writer: &mut Writer<'_>, pipeline: &Pipeline) -> TokenStream {
    let nodes = held(pipeline);
    let items = [
        input(pipeline),
        input_traits(&writer.private, &input_name(pipeline), &pipeline.inputs),
        output(pipeline),
        program(writer, pipeline, &nodes),
        inherent(writer, pipeline),
        from_lm(writer, pipeline, &nodes),
        module(writer, pipeline, &nodes),
        clone(writer, pipeline, &nodes),
        debug(writer, pipeline),
        example(writer, pipeline),
    ];
    let checks = nodes
        .iter()
        .flat_map(|held| lacks_added_fields(writer, held.node));
    let checks = writer.checks().into_iter().chain(checks);
    let needed = Needed::by(&pipeline.attrs);
    let items = items.into_iter().chain(checks);
    let items = items.filter(|item| !item.is_empty());
    let items = items.map(|item| quote!(#needed #item));
    items.collect()
}

/// The steps of a pipeline with mistakes, for an editor: a function that is never called.
pub(in crate::pipeline) fn for_editor(writer: &mut Writer<'_>, pipeline: &Pipeline) -> TokenStream {
    let body = body(writer, pipeline);
    let ident = &pipeline.ident;
    let krate = writer.krate;
    let name = input_name(pipeline);
    quote! {
        #krate::__private::for_editors! {
            impl #ident {
                async fn __steps(
                    &self,
                    __context: &#krate::call::Context<'_>,
                    __input: #name,
                ) -> ::core::result::Result<(), #krate::call::CallError> {
                    #body;
                    ::core::unreachable!()
                }
            }
        }
    }
}

fn input_name(pipeline: &Pipeline) -> Ident {
    format_ident!("{}Input", pipeline.ident)
}

fn input(pipeline: &Pipeline) -> TokenStream {
    let Pipeline { vis, ident, .. } = pipeline;
    let name = input_name(pipeline);
    let doc = format!("The inputs of [`{ident}`].");
    let fields = pipeline.inputs.iter().map(|Input { attrs, ident, ty }| {
        let documented = attrs.iter().any(|attr| attr.path().is_ident("doc"));
        let doc = (!documented).then(|| {
            let doc = format!("The input `{ident}`.");
            quote!(#[doc = #doc])
        });
        quote!(#doc #(#attrs)* #vis #ident: #ty)
    });
    // A name that is taken is reported under the pipeline's.
    let place = ident.span();
    let keyword = keyword_at(place, "struct");
    let fields = group_at(place, Delimiter::Brace, quote!(#(#fields),*));
    let derive = all_at(place, quote!(#[derive(::core::clone::Clone)]));
    quote! {
        #[doc = #doc]
        #derive
        #vis #keyword #name #fields
    }
}

fn output(pipeline: &Pipeline) -> TokenStream {
    let Pipeline {
        vis, ident, output, ..
    } = pipeline;
    let name = format_ident!("{ident}Output");
    let doc = format!("The output of [`{ident}`].");
    let keyword = keyword_at(ident.span(), "type");
    let end = all_at(ident.span(), quote!(;));
    quote! {
        #[doc = #doc]
        #[allow(dead_code, private_interfaces)]
        #vis #keyword #name = #output #end
    }
}

fn program(writer: &Writer<'_>, pipeline: &Pipeline, nodes: &[Held<'_>]) -> TokenStream {
    let Pipeline {
        attrs, vis, ident, ..
    } = pipeline;
    let attrs = attrs.iter().filter(|attr| !attr.path().is_ident("cfg"));
    let picture = picture(writer, pipeline);
    let fields = nodes.iter().map(|held| {
        let (field, ty) = (held.field, writer.node_type(&held.node.module));
        let doc = format!("The node `{}`.", held.path);
        quote!(#[doc = #doc] #vis #field: #ty)
    });
    let keyword = keyword_at(pipeline.keyword, "struct");
    let fields = group_at(ident.span(), Delimiter::Brace, quote!(#(#fields),*));
    quote! {
        #(#attrs)*
        #picture
        #[allow(private_interfaces)]
        #vis #keyword #ident #fields
    }
}

fn inherent(writer: &Writer<'_>, pipeline: &Pipeline) -> TokenStream {
    let krate = writer.krate;
    let Pipeline { vis, ident, .. } = pipeline;
    let doc = format!("A [`{ident}`] whose nodes all call this model.");
    let graph = graph(writer, pipeline);
    quote! {
        #[allow(dead_code)]
        impl #ident {
            /// The graph: the nodes of the program and what flows between them.
            #vis const GRAPH: &'static #krate::graph::Graph = &#graph;

            #[doc = #doc]
            #[must_use]
            #vis fn new(lm: impl ::core::convert::Into<#krate::lm::Lm>) -> Self {
                <Self as #krate::module::FromLm>::from_lm(::core::convert::Into::into(lm))
            }
        }
    }
}

fn from_lm(writer: &Writer<'_>, pipeline: &Pipeline, nodes: &[Held<'_>]) -> TokenStream {
    let krate = writer.krate;
    let (module, private) = (&writer.module, &writer.private);
    let ident = &pipeline.ident;
    let made = nodes.iter().map(|held| {
        let (field, path) = (held.field, held.path);
        let ty = writer.checked_type(held.node);
        let is_over_state = matches!(
            &held.node.module,
            NodeModule::Kind { kind, .. } if matches!(kind.over, Over::State)
        );
        if held.options.is_empty() && !is_over_state {
            return quote_spanned!(at(held.node)=> #field: #private::node_on::<#ty>(&__lm, #path));
        }
        let made = match is_over_state {
            true => over_state(private, &ty, held.options),
            false => {
                let made = quote_spanned! {at(held.node)=>
                    <#ty as #module::FromLm>::from_lm(::core::clone::Clone::clone(&__lm))
                };
                // Some options make predictors, so the path is set last.
                set(made, held.options)
            }
        };
        let as_module = writer.as_module(held.node);
        quote_spanned!(at(held.node)=> #field: #private::under(#made, #path, #as_module::__set_path))
    });
    let lm = match nodes.is_empty() {
        true => quote!(_),
        false => quote!(__lm),
    };
    let not_recommended = not_recommended();
    quote! {
        #[automatically_derived]
        #not_recommended
        impl #module::FromLm for #ident {
            fn from_lm(#lm: #krate::lm::Lm) -> Self {
                #[allow(unused_imports)]
                use #module::{ModuleExt as _, OverSignature as _};
                Self { #(#made),* }
            }
        }
    }
}

fn module(writer: &mut Writer<'_>, pipeline: &Pipeline, nodes: &[Held<'_>]) -> TokenStream {
    let body = body(writer, pipeline);
    let krate = writer.krate;
    let (module, private) = (&writer.module, &writer.private);
    let Pipeline { ident, output, .. } = pipeline;
    let input = input_name(pipeline);
    let parts = nodes.iter().map(|held| {
        let (path, ty) = (held.path, writer.checked_type(held.node));
        quote_spanned!(at(held.node)=> #private::shape_part::<#ty>(#path))
    });
    let all = nodes.iter().map(|held| {
        let (field, ty) = (held.field, writer.checked_type(held.node));
        quote_spanned!(at(held.node)=> #private::dyn_node::<#ty>(&self.#field))
    });
    let all_mut = nodes.iter().map(|held| {
        let (field, ty) = (held.field, writer.checked_type(held.node));
        quote_spanned!(at(held.node)=> #private::dyn_node_mut::<#ty>(&mut self.#field))
    });
    // Reported under the type, if others cannot see it.
    let output_type = at_type(output, quote!(type Output = #output;));
    // What replaces a step with a mistake is never reached.
    let allow =
        (!pipeline.body.is_sound()).then(|| quote!(#[allow(unreachable_code, unused_variables)]));
    // Not marked as derived: otherwise rustc would not warn of unused steps and inputs.
    let not_recommended = not_recommended();
    quote! {
        #allow
        #not_recommended
        #[allow(private_interfaces)]
        impl #module::Module for #ident {
            type Input = #input;
            #output_type

            const SHAPE: #module::Shape = #module::Shape::Parts(&[#(#parts),*]);
            const GRAPH: ::core::option::Option<&'static #krate::graph::Graph> =
                ::core::option::Option::Some(Self::GRAPH);

            async fn forward(
                &self,
                __context: &#krate::call::Context<'_>,
                __input: #input,
            ) -> ::core::result::Result<#output, #krate::call::CallError> {
                let __output: #output = #body;
                ::core::result::Result::Ok(__output)
            }

            fn predictors(&self) -> ::std::vec::Vec<&#module::Predictor> {
                #private::all(&[#(#all),*])
            }

            fn predictors_mut(&mut self) -> ::std::vec::Vec<&mut #module::Predictor> {
                #private::all_mut([#(#all_mut),*])
            }
        }
    }
}

/// An item that is reported as if it was this type.
fn at_type(ty: &Type, item: TokenStream) -> TokenStream {
    let tokens = ty.to_token_stream().into_iter();
    let place = tokens.last().map(|token| reported_at(token.span()));
    let Some(place) = place else { return item };
    let mut item: Vec<TokenTree> = item.into_iter().collect();
    let last = item.len() - 1;
    item[0].set_span(place);
    item[last].set_span(place);
    item.into_iter().collect()
}

/// The steps as an expression. Inputs are read through references, like the values of steps.
fn body(writer: &mut Writer<'_>, pipeline: &Pipeline) -> TokenStream {
    let mut scope = Scope::default();
    let inputs: Vec<&Ident> = pipeline.inputs.iter().map(|input| &input.ident).collect();
    for input in &inputs {
        scope.add(input, Binding::Here);
    }
    let block = writer.block(&pipeline.body, &scope, "");
    quote!({
        #[allow(unused_variables)]
        let __this = self;
        #[allow(unused_variables)]
        let __input = &__input;
        #(let #inputs = &__input.#inputs;)*
        #block
    })
}

/// A signature that already has a field which the module adds is rejected under the module's name.
fn lacks_added_fields(writer: &Writer<'_>, node: &Node) -> Vec<TokenStream> {
    let NodeModule::Kind { kind, name, .. } = &node.module else {
        return Vec::new();
    };
    let (private, ty) = (&writer.private, writer.checked_type(node));
    let lacks = quote!(#private::signature_lacks_field::<#ty>);
    let added = kind.adds().iter();
    added
        .map(|added| crate::module::lacks_added_field(added, name, lacks.clone()))
        .collect()
}

fn clone(writer: &Writer<'_>, pipeline: &Pipeline, nodes: &[Held<'_>]) -> TokenStream {
    let ident = &pipeline.ident;
    let fields = nodes.iter().map(|held| {
        let (field, ty) = (held.field, writer.checked_type(held.node));
        let clone = quote_spanned!(at(held.node)=> <#ty as ::core::clone::Clone>::clone);
        quote_spanned!(at(held.node)=> #field: #clone(&self.#field))
    });
    quote! {
        #[automatically_derived]
        impl ::core::clone::Clone for #ident {
            fn clone(&self) -> Self {
                Self { #(#fields),* }
            }
        }
    }
}

fn debug(writer: &Writer<'_>, pipeline: &Pipeline) -> TokenStream {
    let (krate, private) = (writer.krate, &writer.private);
    let ident = &pipeline.ident;
    let name = ident.to_string();
    quote! {
        #[automatically_derived]
        impl ::core::fmt::Debug for #ident {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                #private::show(#name, &#krate::module::Module::predictors(self), f)
            }
        }
    }
}

/// `#[with(rows = Qa)]`: a labelled row provides the inputs of the same names.
fn example(writer: &Writer<'_>, pipeline: &Pipeline) -> TokenStream {
    let Some(row) = &pipeline.rows else {
        return TokenStream::new();
    };
    let krate = writer.krate;
    let private = &writer.private;
    let input = input_name(pipeline);
    let names: Vec<&Ident> = pipeline.inputs.iter().map(|input| &input.ident).collect();
    let types = pipeline.inputs.iter().map(|input| &input.ty);
    // Reported under the input, if its type is another one in the rows.
    let values = names.iter().map(|name| under("__input", name.span()));
    let values: Vec<Ident> = values.collect();
    let copies = names.iter().zip(&values).zip(types);
    let copies = copies.map(|((name, value), ty)| {
        let place = name.span();
        let (open, close) = (all_at(place, quote!(::<)), all_at(place, quote!(, _>)));
        let input = all_at(place, quote!(#private::input));
        let args = parentheses_at(reported_at(name.span()), quote!(#value));
        quote!({ let #value = &self.#name; #input #open #ty #close #args })
    });
    let labeled = at_type(row, quote!(#private::labeled::<#row>));
    quote! {
        const _: () = {
            // A type that is not a signature is reported once.
            const __ROW: #private::Labeled<#row> = #labeled();

            #[automatically_derived]
            impl #krate::evaluate::Example<#input> for #row {
                const ROLES: ::core::option::Option<&'static [#krate::signature::Field]> =
                    ::core::option::Option::Some(__ROW.roles);

                fn input(&self) -> #input {
                    #input { #(#names: #copies),* }
                }

                fn fields(&self) -> #private::Fields {
                    (__ROW.fields)(self)
                }
            }
        };
    }
}

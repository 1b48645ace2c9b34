//! The graph of a pipeline: as a const, and as a picture in its documentation.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

use super::node::at;
use super::writer::Writer;
use crate::graph::data::{GraphData, NodeData};
use crate::graph::{NodeModule, type_label};
use crate::picture::{Drawing, DrawnNode};
use crate::pipeline::ast::Pipeline;

fn data(pipeline: &Pipeline) -> GraphData<'_> {
    let inputs: Vec<&Ident> = pipeline.inputs.iter().map(|input| &input.ident).collect();
    let output = type_label(pipeline.output.to_token_stream());
    GraphData::of(&inputs, &pipeline.body, &output)
}

/// `Graph { … }`
pub(super) fn graph(writer: &Writer<'_>, pipeline: &Pipeline) -> TokenStream {
    let (krate, private) = (writer.krate, &writer.private);
    let graph = quote!(#krate::graph);
    let name = pipeline.ident.to_string();
    let GraphData { nodes, edges } = data(pipeline);
    let nodes = nodes.iter().map(|node| {
        let (path, label) = (&node.path, &node.label);
        let kind = format_ident!("{}", format!("{:?}", node.kind));
        let kind = quote!(#graph::NodeKind::#kind);
        match node.call {
            Some(node) => {
                let ty = writer.checked_type(node);
                quote_spanned!(at(node)=> #private::module_node::<#ty>(#path, #kind, #label))
            }
            None => quote!(#private::node(#path, #kind, #label)),
        }
    });
    let edges = edges.iter().map(|edge| {
        let (from, to, label) = (edge.from, edge.to, &edge.label);
        quote!((#from, #to, #label))
    });
    let code = &pipeline.code;
    quote!(#private::graph(#name, &[#(#nodes),*], &#private::edges(&[#(#edges),*]), #code))
}

/// The attribute that draws the graph in the documentation of the type and has no effect elsewhere.
pub(super) fn picture(writer: &Writer<'_>, pipeline: &Pipeline) -> TokenStream {
    let private = &writer.private;
    let GraphData { nodes, edges } = data(pipeline);
    let drawing = Drawing {
        name: pipeline.ident.to_string(),
        nodes: nodes.into_iter().map(drawn).collect(),
        edges,
    };
    let data = drawing.to_data();
    quote!(#[cfg_attr(doc, doc = #private::picture!(#data))])
}

fn drawn(node: NodeData<'_>) -> DrawnNode {
    let module = node.call.map(|call| &call.module);
    DrawnNode {
        path: node.path,
        label: node.label,
        kind: node.kind,
        is_program: matches!(module, Some(NodeModule::Named(_))),
    }
}

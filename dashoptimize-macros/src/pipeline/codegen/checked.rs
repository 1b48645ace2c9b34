//! The types of nodes, each checked once.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Span};
use quote::quote;

use crate::editor;
use crate::graph::NodeModule;
use crate::graph::names::plain;
use crate::pipeline::ast::Pipeline;

/// The types of nodes that are checked. In an editor there are none, because it understands a type better
/// than a check.
#[derive(Default)]
pub(super) struct Checked<'a> {
    /// Each type once, under the name of its first node.
    pub(super) types: Vec<(Ident, &'a NodeModule)>,
    /// Which of them the node at a path has.
    nodes: BTreeMap<&'a str, usize>,
}

impl<'a> Checked<'a> {
    pub(super) fn of(pipeline: &'a Pipeline) -> Self {
        let mut checked = Self::default();
        if editor::asks() {
            return checked;
        }
        let program = plain(&pipeline.ident);
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        pipeline.body.for_each_node(&mut |node, _| {
            let Some(place) = &node.place else {
                return;
            };
            let next = checked.types.len();
            let index = *known.entry(as_written(&node.module)).or_insert(next);
            if index == next {
                let name = format!("__{program}_{}", plain(&place.field));
                let name = Ident::new(&name, Span::call_site());
                checked.types.push((name, &node.module));
            }
            checked.nodes.insert(&place.path, index);
        });
        checked
    }

    pub(super) fn name(&self, path: &str) -> Option<&Ident> {
        let index = self.nodes.get(path)?;
        self.types.get(*index).map(|(name, _)| name)
    }
}

fn as_written(module: &NodeModule) -> String {
    match module {
        NodeModule::Kind { name, of, .. } => quote!(#name<#of>).to_string(),
        NodeModule::Named(path) => quote!(#path).to_string(),
    }
}

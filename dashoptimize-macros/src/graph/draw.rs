//! A program as nodes and edges.

use proc_macro2::{Ident, Spacing, TokenStream, TokenTree};
use quote::ToTokens;

use super::resolve::{all_reads, plain};
use super::{Block, Node, NodeModule, On, Route, Step, StepKind, Work};
use crate::editor::{self, without_marker};

/// The graph of a program.
#[derive(Default)]
pub(crate) struct Drawing<'a> {
    pub(crate) nodes: Vec<Drawn<'a>>,
    pub(crate) edges: Vec<Edge>,
}

/// A node of the drawing.
pub(crate) struct Drawn<'a> {
    pub(crate) path: String,
    pub(crate) kind: DrawnKind,
    pub(crate) label: String,
    /// The module that it calls, which may be a graph itself.
    pub(crate) module: Option<&'a Node>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DrawnKind {
    Input,
    Module,
    Code,
    Map,
    Route,
    Loop,
    Fallback,
    Output,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) label: String,
}

/// The nodes that a name stands for, innermost last.
type Scope = Vec<(String, Vec<usize>)>;

/// Draws a program.
pub(crate) fn draw<'a>(inputs: &[&Ident], body: &'a Block, output: &str) -> Drawing<'a> {
    let mut drawing = Drawing::default();
    let mut scope = Scope::new();
    for input in inputs {
        let name = plain(input);
        let node = drawing.node(name.clone(), DrawnKind::Input, String::new());
        scope.push((name, vec![node]));
    }
    let ends = drawing.block(body, &mut scope, "", &[]);
    let node = drawing.node(String::new(), DrawnKind::Output, output.to_owned());
    for end in ends {
        drawing.edge(end, node, "");
    }
    drawing
}

impl<'a> Drawing<'a> {
    fn node(&mut self, path: String, kind: DrawnKind, label: String) -> usize {
        self.nodes.push(Drawn {
            path,
            kind,
            label,
            module: None,
        });
        self.nodes.len() - 1
    }

    fn edge(&mut self, from: usize, to: usize, label: &str) {
        let edge = Edge {
            from,
            to,
            label: label.to_owned(),
        };
        if from != to && !self.edges.contains(&edge) {
            self.edges.push(edge);
        }
    }

    /// Draws a block and gives the nodes whose value it comes to. `head` leads to whatever begins in
    /// it: the nodes with the words on the edge.
    fn block(
        &mut self,
        block: &'a Block,
        scope: &mut Scope,
        path: &str,
        head: &[(usize, String)],
    ) -> Vec<usize> {
        let known = scope.len();
        for step in block.steps.iter().filter(|step| !step.broken) {
            let ends = self.step(step, scope, path, head);
            for name in &step.names {
                scope.push((plain(name), ends.clone()));
            }
        }
        let ends = match &block.tail {
            Some(tail) => self.tail(tail, scope, path, head),
            None => Vec::new(),
        };
        if block.tail.is_some() {
            scope.truncate(known);
        }
        ends
    }

    /// What a block comes to has the place of the block. The name of a step is no node of its own.
    fn tail(
        &mut self,
        tail: &'a Work,
        scope: &mut Scope,
        path: &str,
        head: &[(usize, String)],
    ) -> Vec<usize> {
        let is_name = matches!(tail, Work::Code(expr) if super::names::root(expr).is_some());
        if is_name && head.is_empty() {
            return sources(tail, scope);
        }
        let path = match path.is_empty() {
            true => "output",
            false => path,
        };
        self.work(tail, scope, path, head)
    }

    fn step(
        &mut self,
        step: &'a Step,
        scope: &mut Scope,
        path: &str,
        head: &[(usize, String)],
    ) -> Vec<usize> {
        let name = plain(&step.names[0]);
        let is_next = step.kind == StepKind::Assign && path.rsplit('.').next() == Some(&name);
        let own = if is_next { "next" } else { &name };
        let path = match path.is_empty() {
            true => own.to_owned(),
            false => format!("{path}.{own}"),
        };
        self.work(&step.work, scope, &path, head)
    }

    /// Draws some work and gives the nodes whose value it comes to.
    fn work(
        &mut self,
        work: &'a Work,
        scope: &mut Scope,
        path: &str,
        head: &[(usize, String)],
    ) -> Vec<usize> {
        match work {
            Work::Node(node) => {
                let label = module_label(&node.module);
                let drawn = self.leaf(work, scope, path, DrawnKind::Module, label, head);
                self.nodes[drawn].module = Some(node);
                vec![drawn]
            }
            Work::Code(expr) => {
                let label = code_label(expr.to_token_stream());
                vec![self.leaf(work, scope, path, DrawnKind::Code, label, head)]
            }
            Work::Then(inner, _) => self.work(inner, scope, path, head),
            Work::Map(map) => {
                let label = format!("for {} in …", code_label(map.pat.to_token_stream()));
                let list = super::names::reads(&map.list.to_token_stream());
                let node = self.named(path, DrawnKind::Map, label, head);
                self.connect(
                    &list
                        .iter()
                        .map(|read| read.name.clone())
                        .collect::<Vec<_>>(),
                    scope,
                    node,
                );
                let known = scope.len();
                for name in super::names::bound(&map.pat) {
                    scope.push((plain(&name), vec![node]));
                }
                let ends = self.block(&map.body, scope, path, &[]);
                scope.truncate(known);
                ends
            }
            Work::Route(route) => self.route(route, scope, path, head),
            Work::Fallback(ways) => {
                let node = self.named(
                    path,
                    DrawnKind::Fallback,
                    "first that succeeds".to_owned(),
                    head,
                );
                let mut ends = Vec::new();
                for (index, way) in ways.iter().enumerate() {
                    let label = if index == 0 { "first" } else { "else" };
                    let name = super::resolve::ORDINALS[index % super::resolve::ORDINALS.len()];
                    let head = [(node, label.to_owned())];
                    ends.extend(self.block(way, scope, &format!("{path}.{name}"), &head));
                }
                ends
            }
            Work::Block(block) => self.block(block, scope, path, head),
            Work::Loop(repeat) => {
                let label = format!("while {}", code_label(repeat.condition.to_token_stream()));
                let reads: Vec<String> = super::names::reads(&repeat.condition.to_token_stream())
                    .into_iter()
                    .map(|read| read.name)
                    .collect();
                let name = path.rsplit('.').next().unwrap_or(path).to_owned();
                let node = self.named(path, DrawnKind::Loop, label, head);
                self.connect(&reads, scope, node);
                self.connect(std::slice::from_ref(&name), scope, node);
                let known = scope.len();
                scope.push((name, vec![node]));
                self.block(&repeat.body, scope, path, &[]);
                let changed: Vec<Vec<usize>> = scope[known + 1..]
                    .iter()
                    .filter(|(name, _)| path.rsplit('.').next() == Some(name))
                    .map(|(_, ends)| ends.clone())
                    .collect();
                scope.truncate(known);
                for end in changed.into_iter().flatten() {
                    self.edge(end, node, "again");
                }
                vec![node]
            }
            Work::Raw(_) => Vec::new(),
        }
    }

    fn route(
        &mut self,
        route: &'a Route,
        scope: &mut Scope,
        path: &str,
        head: &[(usize, String)],
    ) -> Vec<usize> {
        let (word, expr, bound) = match &route.on {
            On::Match(expr) => ("match", expr, Vec::new()),
            On::If(expr) => ("if", expr, Vec::new()),
            On::IfLet(pat, expr) => ("if let", expr, super::names::bound(pat)),
        };
        let label = format!("{word} {}", code_label(expr.to_token_stream()));
        let node = self.named(path, DrawnKind::Route, label, head);
        let reads = super::names::reads(&expr.to_token_stream()).into_iter();
        self.connect(
            &reads.map(|read| read.name).collect::<Vec<_>>(),
            scope,
            node,
        );
        let mut ends = Vec::new();
        for arm in &route.arms {
            let known = scope.len();
            let names = arm.pat.iter().flat_map(super::names::bound);
            for name in names.chain(bound.iter().cloned()) {
                scope.push((plain(&name), vec![node]));
            }
            let words = match &arm.pat {
                Some(pat) => code_label(pat.to_token_stream()),
                None => arm.name.clone(),
            };
            let head = [(node, words)];
            ends.extend(self.block(&arm.body, scope, &format!("{path}.{}", arm.name), &head));
            scope.truncate(known);
        }
        ends
    }

    fn named(
        &mut self,
        path: &str,
        kind: DrawnKind,
        label: String,
        head: &[(usize, String)],
    ) -> usize {
        let node = self.node(path.to_owned(), kind, label);
        for (from, words) in head {
            self.edge(*from, node, words);
        }
        node
    }

    /// A node that reads values and has no parts.
    fn leaf(
        &mut self,
        work: &Work,
        scope: &Scope,
        path: &str,
        kind: DrawnKind,
        label: String,
        head: &[(usize, String)],
    ) -> usize {
        let node = self.named(path, kind, label, head);
        let reads = all_reads(work).into_iter().map(|read| read.name);
        self.connect(&reads.collect::<Vec<_>>(), scope, node);
        node
    }

    fn connect(&mut self, names: &[String], scope: &Scope, to: usize) {
        for name in names {
            let known = scope.iter().rev().find(|(known, _)| known == name);
            for from in known.into_iter().flat_map(|(_, nodes)| nodes.clone()) {
                // An edge with words is there already where a way begins.
                let is_there = self
                    .edges
                    .iter()
                    .any(|edge| edge.from == from && edge.to == to);
                if !is_there {
                    self.edge(from, to, "");
                }
            }
        }
    }
}

fn sources(work: &Work, scope: &Scope) -> Vec<usize> {
    let mut nodes = Vec::new();
    for read in all_reads(work) {
        let known = scope.iter().rev().find(|(known, _)| *known == read.name);
        nodes.extend(known.into_iter().flat_map(|(_, nodes)| nodes.clone()));
    }
    nodes
}

fn module_label(module: &NodeModule) -> String {
    match module {
        NodeModule::Kind { name, of, .. } => {
            format!("{name}<{}>", type_label(of.to_token_stream()))
        }
        NodeModule::Named(path) => {
            let last = path.segments.last();
            last.map(|segment| segment.ident.to_string())
                .unwrap_or_default()
        }
    }
}

/// A type as a person would write it: `Vec<String>`.
pub(crate) fn type_label(ty: TokenStream) -> String {
    let label = code_label(ty);
    label
        .replace(" < ", "<")
        .replace(" >", ">")
        .replace("& ", "&")
}

/// Tokens as a person would write them, cut to what a box can hold.
pub(crate) fn code_label(tokens: TokenStream) -> String {
    const LONGEST: usize = 32;
    let tokens = match editor::asks() {
        // A text is no place to complete anything, and it must not move what is.
        true => without_marker(tokens),
        false => tokens,
    };
    let mut text = String::new();
    write(tokens, &mut text);
    match text.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{}…", text[..cut].trim_end()),
        None => text,
    }
}

fn write(tokens: TokenStream, text: &mut String) {
    let mut glued = true;
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    proc_macro2::Delimiter::Parenthesis => ("(", ")"),
                    proc_macro2::Delimiter::Brace => (" { ", " }"),
                    proc_macro2::Delimiter::Bracket => ("[", "]"),
                    proc_macro2::Delimiter::None => ("", ""),
                };
                text.push_str(open);
                write(group.stream(), text);
                text.push_str(close);
                glued = false;
            }
            TokenTree::Punct(punct) => {
                let c = punct.as_char();
                let tight = matches!(c, '.' | ':' | '&' | '!' | '?' | '\'');
                let spaced = !tight
                    && c != ','
                    && !glued
                    && !text.ends_with(['=', '<', '>', '|', '&', '-', '!']);
                if spaced {
                    text.push(' ');
                }
                text.push(c);
                glued = tight;
                let is_path = text.ends_with("::") || punct.spacing() == Spacing::Joint;
                if c == ',' || (c == ':' && !is_path) {
                    text.push(' ');
                    glued = true;
                }
            }
            token => {
                let after_group = text.ends_with([' ', '(', '[', '.', ':', '&', '!']);
                if !glued && !text.is_empty() && !after_group {
                    text.push(' ');
                }
                text.push_str(&token.to_string());
                glued = false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_read_like_source() {
        for (source, label) in [
            ("search(query.text, top_k)", "search(query.text, top_k)"),
            ("Kind::Hard", "Kind::Hard"),
            ("draft.score < 0.8", "draft.score < 0.8"),
            ("Some(text)", "Some(text)"),
            ("a.b()?", "a.b()?"),
            ("Answer { text: a, n }", "Answer { text: a, n }"),
        ] {
            let tokens = source.parse().expect("tokens");
            assert_eq!(code_label(tokens), label);
        }
    }
}

//! A program as nodes and edges.

use proc_macro2::Ident;
use quote::ToTokens;

use super::labels::{code_label, module_label};
use super::names::{bound, plain, root};
use super::path::NodePath;
use super::read::Read;
use super::reads::reads_of;
use super::token_reads::reads;
use super::{Arm, Block, Loop, Map, Node, On, Over, Route, Step, Work};
use crate::picture::{DrawnKind, Edge};

/// The graph of a program.
#[derive(Default)]
pub(crate) struct GraphData<'a> {
    pub(crate) nodes: Vec<NodeData<'a>>,
    pub(crate) edges: Vec<Edge>,
}

/// A node of the graph.
pub(crate) struct NodeData<'a> {
    pub(crate) path: String,
    pub(crate) kind: DrawnKind,
    pub(crate) label: String,
    /// The call that it is, if it calls a module.
    pub(crate) call: Option<&'a Node>,
}

/// The nodes that a name stands for, innermost last.
type Scope = Vec<(String, Vec<usize>)>;

/// The edge that leads into a branch: its start, and the words on it.
type Head<'h> = Option<(usize, &'h str)>;

/// The nodes that evaluate to a value.
type Ends = Vec<usize>;

impl<'a> GraphData<'a> {
    /// The graph of a program with these inputs and steps.
    pub(crate) fn of(inputs: &[&Ident], body: &'a Block, output: &str) -> Self {
        let mut graph = Self::default();
        let mut scope = Scope::new();
        for input in inputs {
            let name = plain(input);
            let node = graph.node(name.clone(), DrawnKind::Input, String::new());
            scope.push((name, vec![node]));
        }
        let ends = graph.block(body, &mut scope, &NodePath::top(), None);
        let node = graph.node(String::new(), DrawnKind::Output, output.to_owned());
        for end in ends {
            graph.edge(end, node, "");
        }
        graph
    }

    fn block(
        &mut self,
        block: &'a Block,
        scope: &mut Scope,
        path: &NodePath,
        head: Head<'_>,
    ) -> Ends {
        let known = scope.len();
        for step in block.steps.iter().filter(|step| !step.broken) {
            let ends = self.step(step, scope, path, head);
            for name in &step.names {
                scope.push((plain(name), ends.clone()));
            }
        }
        let Some(tail) = &block.tail else {
            let made: Vec<(String, Ends)> = scope.drain(known..).collect();
            let names = block.changes.names.iter().map(plain);
            let ends = names.flat_map(|name| nodes_of(&name, &made));
            return ends.collect();
        };
        let ends = self.tail(tail, scope, path, head);
        scope.truncate(known);
        ends
    }

    fn step(&mut self, step: &'a Step, scope: &mut Scope, path: &NodePath, head: Head<'_>) -> Ends {
        self.work(&step.work, scope, &path.step(step), head)
    }

    /// The name of a step is not a separate node.
    fn tail(&mut self, tail: &'a Work, scope: &mut Scope, path: &NodePath, head: Head<'_>) -> Ends {
        let is_name = matches!(tail, Work::Code(expr) if root(expr).is_some());
        if is_name && head.is_none() {
            let reads = reads_of(tail).into_iter();
            return reads.flat_map(|read| nodes_of(&read.name, scope)).collect();
        }
        self.work(tail, scope, &path.tail(), head)
    }

    fn work(&mut self, work: &'a Work, scope: &mut Scope, path: &NodePath, head: Head<'_>) -> Ends {
        match work {
            Work::Node(node) => {
                let label = module_label(&node.module);
                let index = self.reader(path, DrawnKind::Module, label, head);
                self.connect(reads_of(work), scope, index);
                self.nodes[index].call = Some(node);
                vec![index]
            }
            Work::Code(expr) => {
                let label = code_label(expr.to_token_stream());
                let index = self.reader(path, DrawnKind::Code, label, head);
                self.connect(reads_of(work), scope, index);
                vec![index]
            }
            Work::Then(inner, _) => self.work(inner, scope, path, head),
            Work::Map(map) => self.map(map, scope, path, head),
            Work::Route(route) => self.route(route, scope, path, head),
            Work::Fallback(alternatives) => self.fallback(alternatives, scope, path, head),
            Work::Block(block) => self.block(block, scope, path, head),
            Work::Loop(repeat) => self.repeat(repeat, scope, path, head),
            Work::Raw(_) => Ends::new(),
        }
    }

    fn map(&mut self, map: &'a Map, scope: &mut Scope, path: &NodePath, head: Head<'_>) -> Ends {
        let label = format!("for {} in …", code_label(map.pat.to_token_stream()));
        let node = self.reader(path, DrawnKind::Map, label, head);
        self.connect(reads(&map.list.to_token_stream()), scope, node);
        let known = scope.len();
        let names = bound(&map.pat).into_iter();
        scope.extend(names.map(|name| (plain(&name), vec![node])));
        let ends = self.block(&map.body, scope, path, None);
        scope.truncate(known);
        ends
    }

    fn route(
        &mut self,
        route: &'a Route,
        scope: &mut Scope,
        path: &NodePath,
        head: Head<'_>,
    ) -> Ends {
        let (word, expr, names) = match &route.on {
            On::Match(expr) => ("match", expr, Vec::new()),
            On::If(expr) => ("if", expr, Vec::new()),
            On::IfLet(pat, expr) => ("if let", expr, bound(pat)),
        };
        let tokens = expr.to_token_stream();
        let label = format!("{word} {}", code_label(tokens.clone()));
        let node = self.reader(path, DrawnKind::Route, label, head);
        self.connect(reads(&tokens), scope, node);
        let arms = route.arms.iter();
        arms.flat_map(|arm| self.arm(arm, &names, node, scope, path))
            .collect()
    }

    fn arm(
        &mut self,
        arm: &'a Arm,
        names: &[Ident],
        node: usize,
        scope: &mut Scope,
        path: &NodePath,
    ) -> Ends {
        let known = scope.len();
        let own = arm.pat.iter().flat_map(bound);
        let names = own.chain(names.iter().cloned());
        scope.extend(names.map(|name| (plain(&name), vec![node])));
        let words = match &arm.pat {
            Some(pat) => code_label(pat.to_token_stream()),
            None => arm.name.clone(),
        };
        let path = path.arm(arm);
        let ends = self.block(&arm.body, scope, &path, Some((node, &words)));
        scope.truncate(known);
        ends
    }

    fn fallback(
        &mut self,
        alternatives: &'a [Block],
        scope: &mut Scope,
        path: &NodePath,
        head: Head<'_>,
    ) -> Ends {
        let label = "first that succeeds".to_owned();
        let node = self.reader(path, DrawnKind::Fallback, label, head);
        let mut ends = Ends::new();
        for (index, block) in alternatives.iter().enumerate() {
            let words = if index == 0 { "first" } else { "else" };
            let path = path.alternative(index);
            ends.extend(self.block(block, scope, &path, Some((node, words))));
        }
        ends
    }

    fn repeat(
        &mut self,
        repeat: &'a Loop,
        scope: &mut Scope,
        path: &NodePath,
        head: Head<'_>,
    ) -> Ends {
        let over = repeat.over.expr().to_token_stream();
        let label = match &repeat.over {
            Over::While(_) => format!("while {}", code_label(over.clone())),
            Over::List(pat, _) => format!("for {} in …", code_label(pat.to_token_stream())),
        };
        let name = path.last();
        let node = self.reader(path, DrawnKind::Loop, label, head);
        self.connect(reads(&over), scope, node);
        self.connect_name(name, scope, node);
        let known = scope.len();
        let bound = repeat.over.bound();
        scope.extend(bound.iter().map(|name| (plain(name), vec![node])));
        scope.push((name.to_owned(), vec![node]));
        let ends = self.block(&repeat.body, scope, path, None);
        scope.truncate(known);
        for end in ends {
            self.edge(end, node, "again");
        }
        vec![node]
    }

    /// A node that reads values.
    fn reader(&mut self, path: &NodePath, kind: DrawnKind, label: String, head: Head<'_>) -> usize {
        let node = self.node(path.text.clone(), kind, label);
        if let Some((from, words)) = head {
            self.edge(from, node, words);
        }
        node
    }

    fn connect(&mut self, reads: Vec<Read>, scope: &Scope, to: usize) {
        for read in reads {
            self.connect_name(&read.name, scope, to);
        }
    }

    fn connect_name(&mut self, name: &str, scope: &Scope, to: usize) {
        for from in nodes_of(name, scope) {
            // The edge into a branch exists already, with words.
            let mut edges = self.edges.iter();
            if !edges.any(|edge| edge.from == from && edge.to == to) {
                self.edge(from, to, "");
            }
        }
    }

    fn node(&mut self, path: String, kind: DrawnKind, label: String) -> usize {
        self.nodes.push(NodeData {
            path,
            kind,
            label,
            call: None,
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
}

fn nodes_of(name: &str, scope: &Scope) -> Vec<usize> {
    let known = scope.iter().rev().find(|(known, _)| known == name);
    known.map(|(_, nodes)| nodes.clone()).unwrap_or_default()
}

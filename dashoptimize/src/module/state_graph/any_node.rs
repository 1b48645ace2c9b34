//! A node of any kind, as a graph keeps it.

use std::fmt;

use serde_json::Value;

use super::state_type::StateType;
use super::state_view::StateView;
use crate::call::{CallError, Context};
use crate::graph::{Graph, NodeKind};
use crate::lm::BoxFuture;
use crate::module::Predictor;
use crate::signature::Ty;

/// A node of any kind. [`IntoNode`](super::IntoNode) makes it.
pub struct AnyNode {
    pub(super) node: Box<dyn GraphNode>,
    pub(super) facts: NodeFacts,
}

/// What is known of a node before it runs.
#[derive(Clone)]
pub(super) struct NodeFacts {
    pub(super) inputs: Vec<Port>,
    pub(super) outputs: Vec<Port>,
    pub(super) seen: Seen,
    pub(super) kind: NodeKind,
    /// What the node does, as the source says it.
    pub(super) label: String,
    /// Why it cannot be a node, if it cannot.
    pub(super) problem: Option<String>,
}

/// A field of the state that a node reads or writes.
#[derive(Clone)]
pub(super) struct Port {
    pub(super) name: String,
    pub(super) ty: Ty,
    /// It was added by a module: a state that has no such field does without it.
    pub(super) is_added: bool,
}

/// What a node looks at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// Its inputs.
    Inputs,
    /// The whole state.
    Everything,
}

/// What a node made of one of its outputs.
pub(super) enum Written {
    Value(Value),
    /// It did not write it.
    Nothing,
    /// It took the field out of the state, as `skip_serializing_if` does.
    Gone,
}

/// What a node made of its outputs, in their order.
pub(super) type Update = Vec<Written>;

/// What a node does in a graph.
pub(super) trait GraphNode: Send + Sync + 'static {
    fn run<'a>(
        &'a self,
        context: &'a Context<'a>,
        state: StateView<'a>,
    ) -> BoxFuture<'a, Result<Update, CallError>>;

    fn predictors(&self) -> Vec<&Predictor>;

    fn predictors_mut(&mut self) -> Vec<&mut Predictor>;

    /// The graph inside it, if it has one.
    fn graph(&self) -> Option<&'static Graph>;

    /// Gives it its name in the graph.
    fn set_path(&mut self, path: &str);

    /// Puts a name in front of its path.
    fn put_under(&mut self, name: &str);

    fn clone_boxed(&self) -> Box<dyn GraphNode>;
}

impl AnyNode {
    /// A node without inputs and outputs.
    pub(super) fn new(node: impl GraphNode, label: String, kind: NodeKind) -> Self {
        let facts = NodeFacts {
            inputs: Vec::new(),
            outputs: Vec::new(),
            seen: Seen::Inputs,
            kind,
            label,
            problem: None,
        };
        Self {
            node: Box::new(node),
            facts,
        }
    }

    pub(super) fn with_ports(mut self, inputs: Vec<Port>, outputs: Vec<Port>) -> Self {
        (self.facts.inputs, self.facts.outputs) = (inputs, outputs);
        self
    }
}

impl Clone for AnyNode {
    fn clone(&self) -> Self {
        Self {
            node: self.node.clone_boxed(),
            facts: self.facts.clone(),
        }
    }
}

impl fmt::Debug for AnyNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.facts.label)
    }
}

impl Port {
    pub(super) fn new(name: &str, ty: Ty) -> Self {
        Self {
            name: name.to_owned(),
            ty,
            is_added: false,
        }
    }

    /// The type of what a node writes: its own, or that of the state where it does not say.
    pub(super) fn type_written<'a>(&'a self, state: &'a StateType) -> &'a Ty {
        match (&self.ty, state.field(&self.name)) {
            (Ty::Json, Some(field)) => match &field.ty {
                // What is written is there, even where the state may do without it.
                Ty::Optional(inner) => inner,
                ty => ty,
            },
            (ty, _) => ty,
        }
    }
}

//! `CompiledGraph`: a graph that has been checked, as a program.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::any_node::{AnyNode, GraphNode, Update, Written};
use super::builder::StateGraph;
use super::drawing::draw;
use super::error::GraphRunError;
use super::node::IntoNode;
use super::node_fn::fields_of;
use super::plan::Plan;
use super::run::GraphRun;
use super::state_view::{StateView, read_whole};
use crate::call::{CallError, Context};
use crate::graph::{Graph, NodeKind};
use crate::lm::BoxFuture;
use crate::module::{Module, Predictor};

/// A [`StateGraph`](super::StateGraph) that has been checked: a program from the state to the state.
///
/// It is a [`Module`], so every optimizer takes it, it is saved and loaded as an artifact, and it can be part of
/// other programs. The paths of its predictors start with the names of their nodes.
///
/// As a node of another graph it is given the fields of the outer state by name, and writes those that its nodes
/// write. In a `pipeline!`, give it a name of its own; [`from_lm`](crate::module::FromLm) then builds the graph.
pub struct CompiledGraph<S> {
    nodes: Vec<AnyNode>,
    plan: Arc<Plan>,
    /// What was put in front of the names of its nodes.
    path: String,
    state: PhantomData<fn(S) -> S>,
}

impl<S> CompiledGraph<S> {
    /// The graph, with its nodes in the order of the plan.
    pub(super) fn new(graph: &StateGraph<S>, plan: Plan) -> Self {
        let nodes = plan.names.iter().filter_map(|name| {
            let (_, node) = graph.nodes.iter().find(|(other, _)| other == name)?;
            let mut node = node.clone();
            node.node.set_path(name);
            Some(node)
        });
        Self {
            nodes: nodes.collect(),
            plan: Arc::new(plan),
            path: String::new(),
            state: PhantomData,
        }
    }

    /// The names of the nodes, in the order in which they can first run.
    pub fn nodes(&self) -> impl Iterator<Item = &str> {
        self.plan.names.iter().map(String::as_str)
    }

    /// The graph as data, which draws itself. It is kept for as long as the process runs; equal graphs are kept once.
    #[must_use]
    pub fn drawn(&self) -> &'static Graph {
        self.plan
            .drawn
            .get_or_init(|| draw(&self.plan, &self.nodes))
    }

    fn fail(&self, problem: String) -> CallError {
        let step = match &*self.path {
            "" => &self.plan.name,
            path => path,
        };
        CallError::step(step, GraphRunError::State { problem })
    }

    fn put_under(&mut self, name: &str) {
        for node in &mut self.nodes {
            node.node.put_under(name);
        }
        self.path = match &*self.path {
            "" => name.to_owned(),
            path => format!("{name}.{path}"),
        };
    }
}

impl<S> Module for CompiledGraph<S>
where
    S: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    type Input = S;
    type Output = S;

    async fn forward(&self, context: &Context<'_>, state: S) -> Result<S, CallError> {
        let values = fields_of(&state).map_err(|problem| self.fail(problem))?;
        drop(state);
        let run = GraphRun::new(&self.plan, &self.nodes, &self.path, values);
        let values = run.finish(context).await?;
        read_whole(values, &self.plan.state).map_err(|error| self.fail(error.to_string()))
    }

    fn predictors(&self) -> Vec<&Predictor> {
        let nodes = self.nodes.iter();
        nodes.flat_map(|node| node.node.predictors()).collect()
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        let nodes = self.nodes.iter_mut();
        nodes.flat_map(|node| node.node.predictors_mut()).collect()
    }

    fn graph(&self) -> Option<&'static Graph> {
        Some(self.drawn())
    }

    fn __set_path(&mut self, path: &str) {
        self.put_under(path);
    }
}

/// The kind of nodes that are graphs.
#[derive(Debug)]
pub struct Nested;

#[diagnostic::do_not_recommend]
impl<S, T> IntoNode<S, Nested> for CompiledGraph<T>
where
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    fn into_node(self) -> AnyNode {
        let (inputs, outputs) = (self.plan.inputs.clone(), self.plan.outputs.clone());
        let (seen, label) = (self.plan.seen, self.plan.name.clone());
        let mut node = AnyNode::new(self, label, NodeKind::Module).with_ports(inputs, outputs);
        node.facts.seen = seen;
        node
    }
}

impl<S> GraphNode for CompiledGraph<S>
where
    S: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    fn run<'a>(
        &'a self,
        context: &'a Context<'a>,
        state: StateView<'a>,
    ) -> BoxFuture<'a, Result<Update, CallError>> {
        let run = GraphRun::new(&self.plan, &self.nodes, &self.path, state.values.clone());
        Box::pin(async move {
            let mut values = run.finish(context).await?;
            let update = self.plan.outputs.iter().map(|output| {
                let value = values.swap_remove(&output.name);
                value.map_or(Written::Nothing, Written::Value)
            });
            Ok(update.collect())
        })
    }

    fn predictors(&self) -> Vec<&Predictor> {
        Module::predictors(self)
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        Module::predictors_mut(self)
    }

    fn graph(&self) -> Option<&'static Graph> {
        Some(self.drawn())
    }

    fn set_path(&mut self, path: &str) {
        Self::put_under(self, path);
    }

    fn put_under(&mut self, name: &str) {
        Self::put_under(self, name);
    }

    fn clone_boxed(&self) -> Box<dyn GraphNode> {
        Box::new(self.clone())
    }
}

impl<S> Clone for CompiledGraph<S> {
    fn clone(&self) -> Self {
        Self {
            nodes: self.nodes.clone(),
            plan: Arc::clone(&self.plan),
            path: self.path.clone(),
            state: PhantomData,
        }
    }
}

impl<S> fmt::Debug for CompiledGraph<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompiledGraph")
            .field("name", &self.plan.name)
            .field("nodes", &self.plan.names)
            .finish_non_exhaustive()
    }
}

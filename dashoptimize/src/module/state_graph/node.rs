//! What can be a node of a graph.

use std::future::Future;

use serde_json::{Map, Value};

use super::any_node::{AnyNode, GraphNode, Port, Update, Written};
use super::state_view::StateView;
use crate::call::{CallError, Context};
use crate::evaluate::type_words;
use crate::graph::{Graph, NodeKind};
use crate::lm::BoxFuture;
use crate::module::Predictor;
use crate::signature::{Field, Role};

/// A node of one's own for a [`StateGraph`](super::StateGraph).
///
/// A node reads fields of the state and writes fields. [`fields`](Self::fields) says which, so that
/// [`compile`](super::StateGraph::compile) can check the whole graph before anything runs, and so that a node
/// is given nothing else: it never sees a gold value.
///
/// Most nodes need no type of their own: modules, functions and graphs are nodes already; see
/// [`StateGraph::add_node`](super::StateGraph::add_node).
///
/// ```
/// use dashoptimize::call::{CallError, Context};
/// use dashoptimize::module::{Module, ModuleExt, Node, StateGraph, END};
/// use dashoptimize::signature::{Field, Ty};
/// use serde::{Deserialize, Serialize};
/// use serde_json::{Map, Value, json};
///
/// #[derive(Clone, Serialize, Deserialize)]
/// struct Turn {
///     question: String,
///     length: Option<u64>,
/// }
///
/// /// Counts letters.
/// #[derive(Clone)]
/// struct Count;
///
/// impl Node for Count {
///     fn fields(&self) -> Vec<Field> {
///         let length = Ty::Int { min: 0, max: i64::MAX.into() };
///         vec![Field::input("question", Ty::Str), Field::output("length", length)]
///     }
///
///     async fn run(
///         &self,
///         _: &Context<'_>,
///         inputs: Map<String, Value>,
///     ) -> Result<Map<String, Value>, CallError> {
///         let letters = inputs["question"].as_str().unwrap_or_default().chars().count();
///         Ok(Map::from_iter([("length".to_owned(), json!(letters))]))
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let mut graph = StateGraph::<Turn>::new("Counting");
/// graph.add_node("count", Count).set_entry_point("count").add_edge("count", END);
/// let turn = Turn { question: "Why?".to_owned(), length: None };
/// assert_eq!(graph.compile()?.call(turn).await?.length, Some(4));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Node: Clone + Send + Sync + 'static {
    /// The fields of the state that the node reads, as inputs, and those that it writes, as outputs.
    /// [`Ty::Json`](crate::signature::Ty::Json) is any type.
    fn fields(&self) -> Vec<Field>;

    /// Runs the node. It is given the values of its inputs, by name, and gives those of its outputs. An output
    /// that is left out is not written.
    ///
    /// # Errors
    ///
    /// The first [`CallError`], which is then that of the graph.
    fn run(
        &self,
        context: &Context<'_>,
        inputs: Map<String, Value>,
    ) -> impl Future<Output = Result<Map<String, Value>, CallError>> + Send;

    /// All predictors, in the order in which the node first calls them. Default: none.
    fn predictors(&self) -> Vec<&Predictor> {
        Vec::new()
    }

    /// The same predictors in the same order, to be changed.
    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        Vec::new()
    }
}

/// What can be added to a graph over the state `S`. `K` tells the kinds apart and is found by the compiler.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a node of a graph over `{S}`",
    label = "not a node",
    note = "a node is an `LLMNode<{S}>`, a module over a signature such as `Predict<Triage>`, a compiled graph, or \
            whatever implements `dashoptimize::module::Node`",
    note = "a function says which fields it writes: `NodeFn::writes([\"answer\"], |state: {S}| …)`; so does a module \
            from the state to the state: `StateModule::writes([\"answer\"], module)`"
)]
pub trait IntoNode<S, K> {
    /// The node.
    fn into_node(self) -> AnyNode;
}

/// The kind of nodes that implement [`Node`].
#[derive(Debug)]
pub struct OwnNode;

#[diagnostic::do_not_recommend]
impl<S, N: Node> IntoNode<S, OwnNode> for N {
    fn into_node(self) -> AnyNode {
        let fields = self.fields();
        let ports = |role: Role| {
            let of_role = fields.iter().filter(move |field| field.role == role);
            of_role.map(|field| Port::new(&field.name, field.ty.clone()))
        };
        let (inputs, outputs) = (ports(Role::Input).collect(), ports(Role::Output).collect());
        let node = Own {
            names: fields,
            node: self,
            path: String::new(),
        };
        AnyNode::new(node, type_words::<N>(), NodeKind::Code).with_ports(inputs, outputs)
    }
}

/// A node of one's own in a graph.
#[derive(Clone)]
struct Own<N> {
    node: N,
    names: Vec<Field>,
    path: String,
}

impl<N: Node> Own<N> {
    fn names(&self, role: Role) -> impl Iterator<Item = &str> {
        let fields = self.names.iter().filter(move |field| field.role == role);
        fields.map(|field| &*field.name)
    }
}

impl<N: Node> GraphNode for Own<N> {
    fn run<'a>(
        &'a self,
        context: &'a Context<'a>,
        state: StateView<'a>,
    ) -> BoxFuture<'a, Result<Update, CallError>> {
        Box::pin(async move {
            let inputs = self.names(Role::Input);
            let inputs = inputs
                .map(|name| (name.to_owned(), state.value(name)))
                .collect();
            let mut values = self.node.run(context, inputs).await?;
            let update = self
                .names(Role::Output)
                .map(|name| match values.swap_remove(name) {
                    Some(value) => Written::Value(value),
                    None => Written::Nothing,
                });
            let update: Update = update.collect();
            match values.keys().next() {
                None => Ok(update),
                Some(name) => {
                    let problem =
                        format!("it writes `{name}`, which is not an output in its `fields`");
                    Err(CallError::step(&*self.path, problem))
                }
            }
        })
    }

    fn predictors(&self) -> Vec<&Predictor> {
        self.node.predictors()
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        self.node.predictors_mut()
    }

    fn graph(&self) -> Option<&'static Graph> {
        None
    }

    fn set_path(&mut self, path: &str) {
        path.clone_into(&mut self.path);
        for predictor in self.node.predictors_mut() {
            predictor.put_under(path, false);
        }
    }

    fn put_under(&mut self, name: &str) {
        let path = format!("{name}.{}", self.path);
        self.path = path;
        for predictor in self.node.predictors_mut() {
            predictor.put_under(name, false);
        }
    }

    fn clone_boxed(&self) -> Box<dyn GraphNode> {
        Box::new(self.clone())
    }
}

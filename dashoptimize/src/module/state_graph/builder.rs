//! `StateGraph`: a graph that is built while the program runs.

use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;
use serde_json::Value;

use super::any_node::AnyNode;
use super::graph_state::GraphState;
use super::node::IntoNode;
use super::reducer::Reducer;
use super::route::{Choose, Chosen, Sources, Target, choose};

/// Where a graph starts, as the source of an edge: the name is reserved.
pub const START: &str = "__start__";

/// Where a graph ends, as the target of an edge: the name is reserved.
pub const END: &str = "__end__";

/// A graph of nodes over one state, built at run time: the dynamic counterpart of `pipeline!`.
///
/// The state is any serde struct. Each node reads fields of it and writes fields of it; edges say what comes
/// next. [`compile`](Self::compile) checks the graph and makes a [`CompiledGraph`](super::CompiledGraph), which is a
/// [`Module`](crate::module::Module) from the state to the state: it is called, optimized, saved, traced, drawn
/// and nested like every program.
///
/// ```
/// use dashoptimize::lm::Scripted;
/// use dashoptimize::prelude::*;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Clone, Serialize, Deserialize)]
/// struct Turn {
///     question: String,
///     draft: String,
///     #[serde(default)]
///     is_good: bool,
///     tries: u32,
/// }
///
/// # let lm = Scripted::replies([
/// #     "[[ ## draft ## ]]\nParis",
/// #     "[[ ## is_good ## ]]\nfalse",
/// #     "[[ ## draft ## ]]\nRome",
/// #     "[[ ## is_good ## ]]\ntrue",
/// # ]);
/// # let lm = Lm::new(lm);
/// let write = make_signature("question, tries: int -> draft", "Answer the question.")?;
/// let judge = make_signature("question, draft -> is_good: bool", "Is the draft right?")?;
/// let count = |mut turn: Turn| {
///     turn.tries += 1;
///     turn
/// };
///
/// let mut graph = StateGraph::<Turn>::new("Answer");
/// graph
///     .add_node("count", NodeFn::writes(["tries"], count))
///     .add_node("write", LLMNode::new(write, &lm, "write"))
///     .add_node("judge", LLMNode::new(judge, &lm, "judge"))
///     .set_entry_point("count")
///     .add_edge("count", "write")
///     .add_edge("write", "judge")
///     .add_conditional_edges(
///         "judge",
///         |turn| turn.is_good || turn.tries == 3,
///         [(true, END), (false, "count")],
///     )
///     .max_steps(9);
/// let program = graph.compile()?;
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let question = "The capital of Italy?".to_owned();
/// let turn = Turn { question, draft: String::new(), is_good: false, tries: 0 };
/// let turn = program.call(turn).await?;
/// assert_eq!((turn.draft.as_str(), turn.tries), ("Rome", 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # The state at the entry
///
/// The state is also the labelled row. So a field that some node writes starts empty, whatever the state at the
/// entry holds: no node starts from a gold value. A field that no node writes is what the caller gives.
/// Where the caller gives the first value of a field that a node changes, as of a list of messages,
/// [`inputs`](Self::inputs) says so; [`first_value`](Self::first_value) sets one.
///
/// # How it runs
///
/// In steps, as LangGraph does: the nodes of a step start from the same state and run concurrently, and what
/// they wrote is put into the state when all of them have ended. Then their edges say which nodes are in the next step. A
/// node that several of them lead to runs once. A field can be written by one node of a step, unless a
/// [`reducer`](Self::reducer) puts together what several write. A run ends when no node is left, and the first
/// failure ends it with all nodes that still run. Nothing is spawned: a call that is dropped leaves nothing
/// running.
///
/// Source: LangGraph 1.2, whose meaning this follows; it has no check of fields and types.
pub struct StateGraph<S> {
    pub(super) name: String,
    pub(super) nodes: Vec<(String, AnyNode)>,
    pub(super) edges: Vec<EdgeEntry>,
    pub(super) routes: Vec<RouteEntry>,
    pub(super) reducers: Vec<(String, Reducer)>,
    pub(super) inputs: Vec<String>,
    pub(super) first_values: Vec<(String, Result<Value, String>)>,
    pub(super) max_steps: Option<usize>,
    state: PhantomData<fn(S) -> S>,
}

/// An edge as it was written.
#[derive(Clone, Debug)]
pub(super) struct EdgeEntry {
    pub(super) from: Vec<String>,
    pub(super) to: String,
    /// Whether it waits for all of its sources.
    pub(super) waits: bool,
}

/// A route as it was written.
#[derive(Clone)]
pub(super) struct RouteEntry {
    pub(super) from: String,
    pub(super) choose: Choose,
    /// What the route returns, and the node that this stands for.
    pub(super) targets: Vec<(String, String)>,
    pub(super) many: bool,
}

impl<S> StateGraph<S> {
    /// A graph without nodes. The name is that of the program in drawings and errors.
    pub fn new(name: impl Into<String>) -> Self
    where
        S: GraphState,
    {
        Self {
            name: name.into(),
            nodes: Vec::new(),
            edges: Vec::new(),
            routes: Vec::new(),
            reducers: Vec::new(),
            inputs: Vec::new(),
            first_values: Vec::new(),
            max_steps: None,
            state: PhantomData,
        }
    }
}

impl<S: GraphState> StateGraph<S> {
    /// Adds a node. Its name is the path of its predictors, as in a pipeline: an
    /// [`LLMNode`](crate::module::LLMNode) with one predictor takes the name, and several keep their own names
    /// after it.
    ///
    /// A node is one of these:
    ///
    /// - an [`LLMNode`](crate::module::LLMNode) over the same state;
    /// - a module over a signature, such as `ChainOfThought<Triage>` or what `module!` names: it reads the inputs
    ///   of the signature from the state and writes the outputs into it, by name. What the module
    ///   adds, such as `reasoning`, is written where the state has a field for it;
    /// - a function of the state, as a [`NodeFn`](super::NodeFn), and a module from the state to the state, as a
    ///   [`StateModule`](super::StateModule);
    /// - a [`CompiledGraph`](super::CompiledGraph), over the same state or another one that shares fields with it;
    /// - a [`Node`](super::Node) of one's own.
    pub fn add_node<K>(&mut self, name: impl Into<String>, node: impl IntoNode<S, K>) -> &mut Self {
        self.nodes.push((name.into(), node.into_node()));
        self
    }

    /// Adds an edge: `to` comes after `from`. An edge from a list of nodes waits until all of them have ended;
    /// several edges to one node do not wait for each other.
    pub fn add_edge<F: Sources>(&mut self, from: F, to: impl Into<String>) -> &mut Self {
        self.edges.push(EdgeEntry {
            from: from.names(),
            to: to.into(),
            waits: F::WAITS,
        });
        self
    }

    /// Adds a route: a function of the state says what comes after `from`. The targets are the names of nodes
    /// that the function may return, or pairs of what it returns and the name of a node.
    ///
    /// Where several nodes run in a step, a route sees what its own node wrote, and not what the others wrote.
    pub fn add_conditional_edges<C: Chosen>(
        &mut self,
        from: impl Into<String>,
        route: impl Fn(&S) -> C + Send + Sync + 'static,
        targets: impl IntoIterator<Item: Target>,
    ) -> &mut Self {
        let targets = targets.into_iter().map(Target::label_and_node);
        self.routes.push(RouteEntry {
            from: from.into(),
            choose: choose(route),
            targets: targets.collect(),
            many: C::MANY,
        });
        self
    }

    /// Says where the graph starts: an edge from [`START`].
    pub fn set_entry_point(&mut self, name: impl Into<String>) -> &mut Self {
        self.add_edge(START, name)
    }

    /// Says where the graph ends: an edge to [`END`].
    pub fn set_finish_point(&mut self, name: impl Into<String>) -> &mut Self {
        self.add_edge(name.into(), END)
    }

    /// Says that the caller gives these fields, although nodes write them. By default, a field that some node
    /// writes starts empty. An input that is labelled with its final value is a gold value that reaches nodes.
    pub fn inputs(&mut self, fields: impl IntoIterator<Item = impl Into<String>>) -> &mut Self {
        self.inputs.extend(fields.into_iter().map(Into::into));
        self
    }

    /// Sets what a field that nodes write holds at the entry. By default it is empty, and a node that reads it
    /// before another one has written it is an error.
    pub fn first_value(&mut self, field: impl Into<String>, value: impl Serialize) -> &mut Self {
        let value = serde_json::to_value(value).map_err(|error| error.to_string());
        self.first_values.push((field.into(), value));
        self
    }

    /// Says how what is written to a field is put together with what it holds.
    pub fn reducer(&mut self, field: impl Into<String>, reducer: Reducer) -> &mut Self {
        self.reducers.push((field.into(), reducer));
        self
    }

    /// Sets how many steps there are at most. A graph with a loop needs it; one without a loop ends by itself. A run
    /// that is not done then fails with [`GraphRunError::TooManySteps`](super::GraphRunError::TooManySteps).
    pub fn max_steps(&mut self, steps: usize) -> &mut Self {
        self.max_steps = Some(steps);
        self
    }
}

impl<S> Clone for StateGraph<S> {
    fn clone(&self) -> Self {
        Self {
            name: self.name.clone(),
            nodes: self.nodes.clone(),
            edges: self.edges.clone(),
            routes: self.routes.clone(),
            reducers: self.reducers.clone(),
            inputs: self.inputs.clone(),
            first_values: self.first_values.clone(),
            max_steps: self.max_steps,
            state: PhantomData,
        }
    }
}

impl<S> fmt::Debug for StateGraph<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StateGraph")
            .field("name", &self.name)
            .field("nodes", &self.nodes)
            .field("edges", &self.edges)
            .finish_non_exhaustive()
    }
}

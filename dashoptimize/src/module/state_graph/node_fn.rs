//! Functions of the state as nodes.

use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::any_node::{AnyNode, GraphNode, Port, Seen, Update, Written};
use super::node::IntoNode;
use super::state_view::StateView;
use crate::call::{CallError, Context};
use crate::evaluate::type_words;
use crate::graph::{Graph, NodeKind};
use crate::lm::BoxFuture;
use crate::module::Predictor;
use crate::module::pipeline::StepError;
use crate::signature::Ty;

/// A function from the state to the state, as a node of a [`StateGraph`](super::StateGraph). It says which
/// fields it writes; what the function does to other fields is dropped.
///
/// The fields must be said because a field that some node writes starts empty, whatever the state at the entry
/// holds: the state is also the labelled row, and no node may see a gold value. A field that nothing has
/// written yet has its `#[serde(default)]`, and otherwise is empty: `None`, `""`, `0`, `false` or `[]`.
///
/// ```
/// use dashoptimize::module::{NodeFn, StateGraph};
/// # use dashoptimize::module::{END, ModuleExt};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Clone, Serialize, Deserialize)]
/// struct Turn {
///     question: String,
///     words: Vec<String>,
///     count: usize,
/// }
///
/// fn split(mut turn: Turn) -> Turn {
///     turn.words = turn.question.split(' ').map(str::to_owned).collect();
///     turn
/// }
///
/// async fn count(mut turn: Turn) -> Result<Turn, std::num::TryFromIntError> {
///     turn.count = turn.words.len();
///     Ok(turn)
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let mut graph = StateGraph::<Turn>::new("Words");
/// graph
///     .add_node("split", NodeFn::writes(["words"], split))
///     .add_node("count", NodeFn::writes(["count"], count).reads(["words"]));
/// # graph.set_entry_point("split").add_edge("split", "count").add_edge("count", END);
/// # let turn = Turn { question: "Who is it?".to_owned(), words: Vec::new(), count: 9 };
/// # assert_eq!(graph.compile()?.call(turn).await?.count, 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct NodeFn<S> {
    function: Arc<dyn Fn(S) -> BoxFuture<'static, Ended<S>> + Send + Sync>,
    label: String,
    reads: Option<Vec<String>>,
    writes: Vec<String>,
    path: String,
    state: PhantomData<fn(S) -> S>,
}

/// How a function ended.
type Ended<S> = Result<S, Box<dyn std::error::Error + Send + Sync>>;

impl<S: 'static> NodeFn<S> {
    /// This function, which writes these fields.
    pub fn writes<K>(
        fields: impl IntoIterator<Item = impl Into<String>>,
        function: impl StateFn<S, K>,
    ) -> Self {
        let label = function.label();
        Self {
            function: Arc::new(move |state| function.call(state)),
            label,
            reads: None,
            writes: fields.into_iter().map(Into::into).collect(),
            path: String::new(),
            state: PhantomData,
        }
    }

    /// Says which fields it reads, so that `compile` checks that they are there. Default: it may look at the
    /// whole state. The function is given the other fields as well.
    #[must_use]
    pub fn reads(mut self, fields: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.reads = Some(fields.into_iter().map(Into::into).collect());
        self
    }
}

impl<S> Clone for NodeFn<S> {
    fn clone(&self) -> Self {
        Self {
            function: Arc::clone(&self.function),
            label: self.label.clone(),
            reads: self.reads.clone(),
            writes: self.writes.clone(),
            path: self.path.clone(),
            state: PhantomData,
        }
    }
}

impl<S> std::fmt::Debug for NodeFn<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NodeFn")
            .field("function", &self.label)
            .field("reads", &self.reads)
            .field("writes", &self.writes)
            .finish_non_exhaustive()
    }
}

/// A function from the state `S` to the state: plain or async, and it may fail. `K` tells these kinds apart and
/// is found by the compiler.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a function from the state to the state",
    label = "not a function from `{S}` to `{S}`",
    note = "write `|mut state: {S}| {{ …; state }}`, or a function that returns the state, a `Result` of it or a \
            future of either; the error is `Send + Sync`"
)]
pub trait StateFn<S, K>: Send + Sync + 'static {
    /// Calls the function.
    fn call(&self, state: S) -> BoxFuture<'static, Ended<S>>;

    /// What a drawing calls it.
    fn label(&self) -> String {
        type_words::<Self>()
    }
}

/// Kinds of functions.
macro_rules! kinds {
    ($($(#[$doc:meta])* $Kind:ident,)*) => {
        $($(#[$doc])* #[derive(Debug)] pub struct $Kind<T = ()>(PhantomData<fn() -> T>);)*
    };
}

kinds! {
    /// It returns the state.
    Plain,
    /// It returns a `Result`.
    Fallible,
    /// It returns a future of the state.
    Awaited,
    /// It returns a future of a `Result`.
    AwaitedFallible,
}

#[diagnostic::do_not_recommend]
impl<S, F> StateFn<S, Plain> for F
where
    S: Send + 'static,
    F: Fn(S) -> S + Send + Sync + 'static,
{
    fn call(&self, state: S) -> BoxFuture<'static, Ended<S>> {
        Box::pin(std::future::ready(Ok(self(state))))
    }
}

#[diagnostic::do_not_recommend]
impl<S, E, F> StateFn<S, Fallible<E>> for F
where
    S: Send + 'static,
    E: StepError + 'static,
    F: Fn(S) -> Result<S, E> + Send + Sync + 'static,
{
    fn call(&self, state: S) -> BoxFuture<'static, Ended<S>> {
        Box::pin(std::future::ready(self(state).map_err(StepError::boxed)))
    }
}

#[diagnostic::do_not_recommend]
impl<S, F, W> StateFn<S, Awaited<W>> for F
where
    S: Send + 'static,
    F: Fn(S) -> W + Send + Sync + 'static,
    W: Future<Output = S> + Send + 'static,
{
    fn call(&self, state: S) -> BoxFuture<'static, Ended<S>> {
        let ended = self(state);
        Box::pin(async { Ok(ended.await) })
    }
}

#[diagnostic::do_not_recommend]
impl<S, E, F, W> StateFn<S, AwaitedFallible<(W, E)>> for F
where
    S: Send + 'static,
    E: StepError + 'static,
    F: Fn(S) -> W + Send + Sync + 'static,
    W: Future<Output = Result<S, E>> + Send + 'static,
{
    fn call(&self, state: S) -> BoxFuture<'static, Ended<S>> {
        let ended = self(state);
        Box::pin(async { ended.await.map_err(StepError::boxed) })
    }
}

#[diagnostic::do_not_recommend]
impl<S> IntoNode<S, Self> for NodeFn<S>
where
    S: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    fn into_node(self) -> AnyNode {
        let ports = |names: &[String]| {
            let names = names.iter();
            names.map(|name| Port::new(name, Ty::Json)).collect()
        };
        let seen = match self.reads {
            Some(_) => Seen::Inputs,
            None => Seen::Everything,
        };
        let inputs = ports(self.reads.as_deref().unwrap_or_default());
        let outputs = ports(&self.writes);
        let label = self.label.clone();
        let mut node = AnyNode::new(self, label, NodeKind::Code).with_ports(inputs, outputs);
        node.facts.seen = seen;
        node
    }
}

impl<S> GraphNode for NodeFn<S>
where
    S: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    fn run<'a>(
        &'a self,
        _: &'a Context<'a>,
        state: StateView<'a>,
    ) -> BoxFuture<'a, Result<Update, CallError>> {
        Box::pin(async move {
            let failed = |error: Box<dyn std::error::Error + Send + Sync>| match error.downcast() {
                // A failed call of a program stays as it is.
                Ok(error) => *error,
                Err(error) => CallError::step(&*self.path, error),
            };
            let state = state.whole().map_err(|error| failed(Box::new(error)))?;
            let state = (self.function)(state).await.map_err(failed)?;
            let fields = fields_of(&state).map_err(|error| failed(error.into()))?;
            Ok(written(fields, &self.writes))
        })
    }

    fn predictors(&self) -> Vec<&Predictor> {
        Vec::new()
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        Vec::new()
    }

    fn graph(&self) -> Option<&'static Graph> {
        None
    }

    fn set_path(&mut self, path: &str) {
        path.clone_into(&mut self.path);
    }

    fn put_under(&mut self, name: &str) {
        self.path = format!("{name}.{}", self.path);
    }

    fn clone_boxed(&self) -> Box<dyn GraphNode> {
        Box::new(self.clone())
    }
}

/// The state as named values, or why it has none.
pub(super) fn fields_of<S: Serialize>(state: &S) -> Result<Map<String, Value>, String> {
    match serde_json::to_value(state) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err("the state is not a struct with named fields".to_owned()),
        Err(error) => Err(format!("the state cannot be serialized: {error}")),
    }
}

/// What a state holds of these fields.
pub(super) fn written(mut fields: Map<String, Value>, names: &[String]) -> Update {
    let update = names.iter().map(|name| match fields.swap_remove(name) {
        Some(value) => Written::Value(value),
        None => Written::Gone,
    });
    update.collect()
}

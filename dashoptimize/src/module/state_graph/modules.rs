//! Modules as nodes.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::any_node::{AnyNode, GraphNode, Port, Seen, Update, Written};
use super::node::IntoNode;
use super::node_fn::{fields_of, written};
use super::state_view::StateView;
use crate::call::{CallError, Context};
use crate::evaluate::type_words;
use crate::graph::{Graph, NodeKind};
use crate::lm::BoxFuture;
use crate::module::{
    Acted, BestOfN, Compared, Ensemble, FromLm, LLMNode, Majority, Module, ModuleCore, Piece,
    Predictor, Reasoned, Refine, Shape, ValueModule,
};
use crate::signature::{Field, Record, Ty};

/// The values that a module over a signature gives, by the names of its fields.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the output of a signature",
    label = "the fields that it would write are not known",
    note = "wrap the module in a `dashoptimize::module::Node` of your own, which says what it reads and writes"
)]
pub trait NodeOutput {
    /// The fields that come before those of the signature, all of them texts.
    const ADDED: &'static [&'static str];

    /// The values: of the added fields, then of the outputs of the signature.
    fn into_values(self) -> Vec<Value>;
}

#[diagnostic::do_not_recommend]
impl<O: Record> NodeOutput for O {
    const ADDED: &'static [&'static str] = &[];

    fn into_values(self) -> Vec<Value> {
        Record::into_values(self)
    }
}

/// An output with texts before those of the signature.
macro_rules! output_with {
    ($Output:ident: $($text:ident),+) => {
        impl<O: Record> NodeOutput for $Output<O> {
            const ADDED: &'static [&'static str] = &[$(stringify!($text)),+];

            fn into_values(self) -> Vec<Value> {
                let mut values = vec![$(Value::String(self.$text)),+];
                values.extend(self.output.into_values());
                values
            }
        }
    };
}

output_with!(Reasoned: reasoning);
output_with!(Acted: trajectory, reasoning);
output_with!(Compared: rationale);

/// The kind of modules over a signature.
#[derive(Debug)]
pub struct OverSignature;

// Modules that are made of a model, because there the compiler can tell that an `LLMNode` is another kind, even
// before it knows its state.
#[diagnostic::do_not_recommend]
impl<S, M> IntoNode<S, OverSignature> for M
where
    M: FromLm + Module<Input: Record, Output: NodeOutput>,
{
    fn into_node(self) -> AnyNode {
        over_signature(self, &M::SHAPE)
    }
}

/// Modules over a module over a signature.
macro_rules! over_module {
    ($($Module:ident),*) => {
        $(#[diagnostic::do_not_recommend]
        impl<S, M> IntoNode<S, OverSignature> for $Module<M>
        where
            M: Module<Input: Record + Clone, Output: NodeOutput>,
        {
            fn into_node(self) -> AnyNode {
                over_signature(self, &M::SHAPE)
            }
        })*
    };
}

over_module!(BestOfN, Ensemble, Majority, Refine);

/// A module over the signature of this shape.
fn over_signature<M>(module: M, shape: &Shape) -> AnyNode
where
    M: Module<Input: Record, Output: NodeOutput>,
{
    let label = type_words::<M>();
    let Shape::Over { signature, .. } = shape else {
        let problem =
            format!("`{label}` does not say which signature it is over; implement `Node` for it");
        let mut node = AnyNode::new(Typed::new(module, Vec::new()), label, NodeKind::Module);
        node.facts.problem = Some(problem);
        return node;
    };
    let added = M::Output::ADDED.iter().map(|name| added(name, Ty::Str));
    let outputs = added.chain(signature.outputs().map(port)).collect();
    let inputs: Vec<Port> = signature.inputs().map(port).collect();
    let names = inputs.iter().map(|port| port.name.clone()).collect();
    AnyNode::new(Typed::new(module, names), label, NodeKind::Module).with_ports(inputs, outputs)
}

fn port(field: &Field) -> Port {
    Port::new(&field.name, field.ty.clone())
}

fn added(name: &str, ty: Ty) -> Port {
    Port {
        is_added: true,
        ..Port::new(name, ty)
    }
}

/// A module over the types of a signature.
#[derive(Clone)]
struct Typed<M> {
    module: M,
    inputs: Arc<[String]>,
    path: String,
}

impl<M> Typed<M> {
    fn new(module: M, inputs: Vec<String>) -> Self {
        Self {
            module,
            inputs: inputs.into(),
            path: String::new(),
        }
    }
}

/// The methods of a `GraphNode` around a module in the field `module`.
macro_rules! around_module {
    () => {
        fn predictors(&self) -> Vec<&Predictor> {
            self.module.predictors()
        }

        fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
            self.module.predictors_mut()
        }

        fn graph(&self) -> Option<&'static Graph> {
            self.module.graph()
        }

        fn set_path(&mut self, path: &str) {
            self.module.__set_path(path);
            path.clone_into(&mut self.path);
        }

        fn put_under(&mut self, name: &str) {
            for predictor in self.module.predictors_mut() {
                predictor.put_under(name, false);
            }
            self.path = format!("{name}.{}", self.path);
        }

        fn clone_boxed(&self) -> Box<dyn GraphNode> {
            Box::new(self.clone())
        }
    };
}

impl<M: Module<Input: Record, Output: NodeOutput>> GraphNode for Typed<M> {
    fn run<'a>(
        &'a self,
        context: &'a Context<'a>,
        state: StateView<'a>,
    ) -> BoxFuture<'a, Result<Update, CallError>> {
        Box::pin(async move {
            let inputs = self.inputs.iter().map(|name| state.value(name)).collect();
            let input = M::Input::from_values(inputs);
            let input = input.map_err(|error| CallError::step(&*self.path, error.to_string()))?;
            let output = self.module.forward(context, input).await?;
            Ok(output
                .into_values()
                .into_iter()
                .map(Written::Value)
                .collect())
        })
    }

    around_module!();
}

/// The kind of nodes over the state.
#[derive(Debug)]
pub struct OverState;

#[diagnostic::do_not_recommend]
impl<S, V> IntoNode<S, OverState> for LLMNode<S, V>
where
    S: Serialize + DeserializeOwned + Send + Sync + 'static,
    V: ValueModule,
{
    fn into_node(self) -> AnyNode {
        let spec = self.core().spec();
        let pieces = V::PREDICTORS.iter().flat_map(|(_, pieces)| pieces.iter());
        let adds = |name: &str| {
            pieces.clone().any(|piece| match piece {
                Piece::Added(fields) => fields.iter().any(|field| field.name == name),
                _ => false,
            })
        };
        let output = |field: &Field| match adds(&field.name) {
            true => added(&field.name, field.ty.clone()),
            false => port(field),
        };
        let inputs = spec.inputs().map(port).collect();
        let outputs = spec.outputs().map(output).collect();
        let label = match type_words::<V>().replace("<Untyped>", "").as_str() {
            "Predict" => format!("LLMNode<{}>", type_words::<S>()),
            module => format!("LLMNode<{}, {module}>", type_words::<S>()),
        };
        let node = StateNode {
            module: self,
            path: String::new(),
        };
        AnyNode::new(node, label, NodeKind::Module).with_ports(inputs, outputs)
    }
}

/// An `LLMNode` in a graph. It reads and writes the values of the graph directly.
struct StateNode<S, V> {
    module: LLMNode<S, V>,
    path: String,
}

impl<S, V: ValueModule> Clone for StateNode<S, V> {
    fn clone(&self) -> Self {
        Self {
            module: self.module.clone(),
            path: self.path.clone(),
        }
    }
}

impl<S, V> GraphNode for StateNode<S, V>
where
    S: Serialize + DeserializeOwned + Send + Sync + 'static,
    V: ValueModule,
{
    fn run<'a>(
        &'a self,
        context: &'a Context<'a>,
        state: StateView<'a>,
    ) -> BoxFuture<'a, Result<Update, CallError>> {
        let core = self.module.core();
        let inputs = core.spec().inputs();
        let inputs = inputs.map(|input| state.value(&input.name)).collect();
        Box::pin(async move {
            let outputs = core.call_values(context, inputs).await?;
            Ok(outputs.into_iter().map(Written::Value).collect())
        })
    }

    around_module!();
}

/// A module from the state to the state, as a node of a [`StateGraph`](super::StateGraph): a `BestOfN` of an
/// [`LLMNode`], a pipeline, or a module written by hand. It says which fields it writes; what the module does to
/// other fields is dropped.
///
/// The fields must be said for the reason that [`NodeFn`](super::NodeFn) gives. An `LLMNode` and a compiled
/// graph know which fields they write and are added as they are.
///
/// ```
/// use dashoptimize::lm::Scripted;
/// use dashoptimize::module::{BestOfN, LLMNode, StateGraph, StateModule};
/// use dashoptimize::signature::make_signature;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Clone, Serialize, Deserialize)]
/// struct Turn {
///     question: String,
///     answer: String,
/// }
///
/// let lm = Scripted::replies(["[[ ## answer ## ]]\nRome"]);
/// let node = LLMNode::new(make_signature("question -> answer", "")?, lm, "answer");
/// let shortest = BestOfN::new(node, |_: &Turn, turn: &Turn| -(turn.answer.len() as f64));
/// let mut graph = StateGraph::<Turn>::new("Short");
/// graph.add_node("answer", StateModule::writes(["answer"], shortest).reads(["question"]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct StateModule<M> {
    module: M,
    reads: Option<Vec<String>>,
    writes: Vec<String>,
    path: String,
}

impl<M: Module> StateModule<M> {
    /// This module, which writes these fields.
    pub fn writes(fields: impl IntoIterator<Item = impl Into<String>>, module: M) -> Self {
        Self {
            module,
            reads: None,
            writes: fields.into_iter().map(Into::into).collect(),
            path: String::new(),
        }
    }

    /// Says which fields it reads, so that `compile` checks that they are there. Default: it may look at the
    /// whole state. The module is given the other fields as well.
    #[must_use]
    pub fn reads(mut self, fields: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.reads = Some(fields.into_iter().map(Into::into).collect());
        self
    }
}

#[diagnostic::do_not_recommend]
impl<S, M> IntoNode<S, Self> for StateModule<M>
where
    S: Serialize + DeserializeOwned + Send + Sync + 'static,
    M: Module<Input = S, Output = S>,
{
    fn into_node(self) -> AnyNode {
        let ports = |names: &[String]| {
            let names = names.iter();
            names.map(|name| Port::new(name, Ty::Json)).collect()
        };
        let inputs = ports(self.reads.as_deref().unwrap_or_default());
        let (outputs, is_open) = (ports(&self.writes), self.reads.is_none());
        let node = AnyNode::new(self, type_words::<M>(), NodeKind::Module);
        let mut node = node.with_ports(inputs, outputs);
        if is_open {
            node.facts.seen = Seen::Everything;
        }
        node
    }
}

impl<S, M> GraphNode for StateModule<M>
where
    S: Serialize + DeserializeOwned + Send + Sync + 'static,
    M: Module<Input = S, Output = S>,
{
    fn run<'a>(
        &'a self,
        context: &'a Context<'a>,
        state: StateView<'a>,
    ) -> BoxFuture<'a, Result<Update, CallError>> {
        Box::pin(async move {
            let failed = |problem: String| CallError::step(&*self.path, problem);
            let state = state.whole().map_err(|error| failed(error.to_string()))?;
            let state = self.module.forward(context, state).await?;
            let fields: Map<String, Value> = fields_of(&state).map_err(failed)?;
            Ok(written(fields, &self.writes))
        })
    }

    around_module!();
}

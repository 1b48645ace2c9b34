//! Graphs that are built while the program runs.

mod any_node;
mod builder;
mod check;
mod compile;
mod compiled;
mod drawing;
mod error;
mod fits;
mod graph_state;
mod modules;
mod node;
mod node_fn;
mod plan;
mod reducer;
mod route;
mod run;
mod state_type;
mod state_view;
mod topology;

pub use any_node::AnyNode;
pub use builder::{END, START, StateGraph};
pub use compiled::CompiledGraph;
pub use error::{GraphProblem, GraphProblemKind, GraphRunError, StateGraphError};
pub use graph_state::GraphState;
pub use modules::{NodeOutput, StateModule};
pub use node::{IntoNode, Node};
pub use node_fn::{NodeFn, StateFn};
pub use reducer::Reducer;
pub use route::{Chosen, Sources, Target};

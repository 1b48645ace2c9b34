//! From a graph that was built to a program.

use super::builder::StateGraph;
use super::check::check;
use super::compiled::CompiledGraph;
use super::error::StateGraphError;
use super::graph_state::GraphState;

impl<S: GraphState> StateGraph<S> {
    /// Checks the graph, and makes a program of it.
    ///
    /// # Errors
    ///
    /// If a name is not one, is reserved, used twice or unknown; if a node is not reachable or does not lead to
    /// [`END`](super::END); if a loop has no bound; if a node reads or writes a field that the state does not
    /// have, reads one before anything can have written it, or has another type for it; if two nodes can write
    /// one field at the same time. The error lists all of these that can be told.
    pub fn compile(&self) -> Result<CompiledGraph<S>, StateGraphError> {
        match check(self) {
            Ok(plan) => Ok(CompiledGraph::new(self, plan)),
            Err(problems) => Err(StateGraphError {
                graph: self.name.clone(),
                problems,
            }),
        }
    }
}

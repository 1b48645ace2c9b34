//! What can be wrong with a graph: before it runs, and while it runs.

use std::fmt;

use crate::error_text::debug_is_message;
use crate::signature::suggestion::{closest, quoted_list};

/// Everything that is wrong with a graph, as [`compile`](super::StateGraph::compile) found it. Problems with
/// names and edges hide those of the fields: fields are looked at when the graph stands.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StateGraphError {
    /// The name of the graph.
    pub graph: String,
    /// The problems, in the order in which the graph was written. There is at least one.
    pub problems: Vec<GraphProblem>,
}

/// One thing that is wrong with a graph.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GraphProblem {
    /// What kind of problem it is.
    pub kind: GraphProblemKind,
    /// What is wrong, where, and what to do.
    pub message: String,
}

/// What a [`GraphProblem`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GraphProblemKind {
    /// The name of a node is not one, is reserved, or is used twice.
    Name,
    /// An edge, a route or an entry point names a node that does not exist.
    UnknownNode,
    /// An edge goes where no edge can go, or exists already.
    Edge,
    /// A route has no targets, or two for one choice.
    Route,
    /// There is no entry point.
    Entry,
    /// No path from the entry point leads to a node.
    Unreachable,
    /// No path leads from a node to the end.
    NoWayToEnd,
    /// A loop has no bound, or one that is never enough.
    Loop,
    /// The state has no named fields.
    State,
    /// A node, a reducer or an input names a field that the state does not have, or names one twice.
    Field,
    /// A field is read before anything writes it.
    ReadBeforeWritten,
    /// A value has another type than what reads it.
    Type,
    /// Two nodes can write one field at the same time.
    Writers,
    /// A reducer does not fit its field, or nothing needs it.
    Reducer,
    /// A first value does not fit its field, or nothing needs it.
    FirstValue,
    /// A module does not say what it reads and writes.
    Module,
}

impl GraphProblem {
    pub(super) fn new(kind: GraphProblemKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }
}

impl fmt::Display for GraphProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Display for StateGraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.problems {
            [problem] => write!(f, "graph `{}`: {problem}", self.graph),
            problems => {
                write!(f, "graph `{}` has {} problems:", self.graph, problems.len())?;
                problems
                    .iter()
                    .try_for_each(|problem| write!(f, "\n- {problem}"))
            }
        }
    }
}

debug_is_message!(StateGraphError);

impl std::error::Error for StateGraphError {}

/// Why a graph ended without its output, where no node failed. It is the
/// [cause](crate::call::CallError::cause) of a [`CallError::Step`](crate::call::CallError::Step).
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GraphRunError {
    /// The bound of the graph was reached before its end.
    #[error(
        "it was not done after {steps} steps, and {} would come next; raise `max_steps`, or let a route leave the \
         loop earlier",
        quoted_list(.next.iter().map(String::as_str))
    )]
    TooManySteps {
        /// The bound: [`max_steps`](super::StateGraph::max_steps).
        steps: usize,
        /// The nodes that were not run any more.
        next: Vec<String>,
    },
    /// A route chose something that is none of its targets.
    #[error("the route chose `{chosen}`, {}", not_a_target(.chosen, .targets))]
    UnknownTarget {
        /// What the route returned.
        chosen: String,
        /// What it may return.
        targets: Vec<String>,
    },
    /// Nodes that ran at the same time wrote one field, which has no reducer.
    #[error(
        "`{first}` and `{second}` wrote `{field}` at the same time; name a `reducer`, or let one of them run later"
    )]
    TwoWriters {
        /// The field.
        field: String,
        /// One node.
        first: String,
        /// The other.
        second: String,
    },
    /// What a node wrote cannot be put together with what the field holds.
    #[error("`{field}`: {problem}")]
    Reducer {
        /// The field.
        field: String,
        /// Why not.
        problem: String,
    },
    /// The state is not a struct with named fields, or cannot be made of what was written.
    #[error("{problem}")]
    State {
        /// Why not.
        problem: String,
    },
}

debug_is_message!(GraphRunError);

fn not_a_target(chosen: &str, targets: &[String]) -> String {
    let known = || targets.iter().map(String::as_str);
    let meant = match closest(chosen, known()) {
        Some(meant) => format!("; did it mean `{meant}`?"),
        None => String::new(),
    };
    format!(
        "which is none of its targets {}{meant}",
        quoted_list(known())
    )
}

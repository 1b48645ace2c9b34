//! What a graph does, once it has been checked.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::{Map, Value};

use super::any_node::{Port, Seen};
use super::reducer::Reducer;
use super::route::Choose;
use super::state_type::StateType;
use crate::graph::Graph;

/// A graph that has been checked. Nodes are numbered in the order in which they can first run; the number after
/// them is the end.
pub(super) struct Plan {
    pub(super) name: String,
    /// The names of the nodes.
    pub(super) names: Vec<String>,
    pub(super) state: StateType,
    /// The name of the state's type.
    pub(super) state_name: String,
    /// What each node writes: the fields of its outputs, `None` for what the state has no field for.
    pub(super) writes: Vec<Vec<Option<String>>>,
    /// What follows each node and, last, the start: its edges.
    pub(super) after: Vec<Vec<usize>>,
    /// What follows nodes that are waited for.
    pub(super) joins: Vec<(Vec<usize>, usize)>,
    pub(super) routes: Vec<Route>,
    pub(super) reducers: BTreeMap<String, Reducer>,
    /// The place of each node in the alphabetical order of the names: what nodes write at the same time is put
    /// in by it.
    pub(super) ranks: Vec<usize>,
    /// The fields that start empty.
    pub(super) cleared: Vec<String>,
    /// What fields hold at the entry.
    pub(super) first_values: Vec<(String, Value)>,
    pub(super) max_steps: Option<usize>,
    /// What the graph reads and writes, as a node of another one.
    pub(super) inputs: Vec<Port>,
    pub(super) outputs: Vec<Port>,
    pub(super) seen: Seen,
    /// The graph as data, once somebody looked at it.
    pub(super) drawn: OnceLock<&'static Graph>,
}

/// A route.
pub(super) struct Route {
    pub(super) from: usize,
    pub(super) choose: Choose,
    /// What it may return, and the place that this stands for.
    pub(super) targets: Vec<(String, usize)>,
}

impl Plan {
    /// The number after the nodes: in `after` and `routes` it is the start, as a target it is the end.
    pub(super) const fn outside(&self) -> usize {
        self.names.len()
    }

    /// The state at the entry. Fields that nodes write start empty: the state is also the labelled row, and no
    /// node may start from a gold value.
    pub(super) fn entered(&self, mut values: Map<String, Value>) -> Map<String, Value> {
        values.retain(|name, _| !self.cleared.contains(name));
        for (name, value) in &self.first_values {
            values.insert(name.clone(), value.clone());
        }
        values
    }
}

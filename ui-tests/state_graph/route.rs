//! A route returns what names its targets, and an edge comes from nodes.

use dashoptimize::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize)]
struct Turn {
    question: String,
    tries: usize,
}

fn a_route_that_returns_a_number(graph: &mut StateGraph<Turn>) {
    graph.add_conditional_edges("answer", |turn| turn.tries, ["answer", END]);
}

fn a_target_that_is_a_number(graph: &mut StateGraph<Turn>) {
    graph.add_conditional_edges("answer", |_| "1", [1, 2]);
}

fn an_edge_from_a_number(graph: &mut StateGraph<Turn>) {
    graph.add_edge(1, "answer");
}

fn main() {}

//! What is added to a graph is a node.

use dashoptimize::lm::Scripted;
use dashoptimize::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize)]
struct Turn {
    question: String,
    answer: String,
}

#[derive(Clone, Serialize, Deserialize)]
struct Other {
    question: String,
}

#[derive(Clone)]
struct Plain;

fn shout(turn: Turn) -> Turn {
    turn
}

fn a_function_that_does_not_say_what_it_writes(graph: &mut StateGraph<Turn>) {
    graph.add_node("shout", shout);
}

fn a_type_that_is_no_node(graph: &mut StateGraph<Turn>) {
    graph.add_node("plain", Plain);
}

fn a_node_over_another_state(graph: &mut StateGraph<Turn>, node: LLMNode<Other>) {
    graph.add_node("other", node);
}

fn a_function_of_another_state(graph: &mut StateGraph<Turn>) {
    graph.add_node("other", NodeFn::writes(["answer"], |other: Other| other));
}

fn a_function_that_returns_something_else(graph: &mut StateGraph<Turn>) {
    graph.add_node("length", NodeFn::<Turn>::writes(["answer"], |turn: Turn| turn.answer.len()));
}

fn a_model(graph: &mut StateGraph<Turn>) {
    graph.add_node("model", Scripted::replies(["yes"]));
}

fn main() {}

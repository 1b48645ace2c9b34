//! The state is a serde struct.

use dashoptimize::prelude::*;

#[derive(Clone)]
struct Turn {
    question: String,
}

fn a_state_without_serde() {
    let _ = StateGraph::<Turn>::new("Asking");
}

fn main() {}

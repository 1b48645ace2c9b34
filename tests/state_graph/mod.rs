//! `StateGraph`: what its nodes are given, in which order they run, and what a graph gets from the rest of the
//! library.

mod beside_pipeline;
mod concurrent;
mod entry;
mod langgraph;
mod malformed;
mod nodes;
mod optimized;
mod ways;

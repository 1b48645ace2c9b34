//! `StateGraph`: what its nodes are given, in which order they run, and what a graph gets from the rest of the
//! library.

mod concurrent;
mod entry;
mod malformed;
mod nodes;
mod optimized;
mod ways;

//! `pipeline!`: every form runs as it reads, steps run as soon as they can, and nothing is left behind.

mod dataflow;
mod forms;
mod graph;
mod optimized;
mod rust;

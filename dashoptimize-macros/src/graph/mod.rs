//! The graph of a program as the macros see it: steps, what each does, and what it reads.
//!
//! `pipeline!` parses into the [`model`]; [`resolve()`] ties names to what they stand for and finds every
//! mistake in the wiring; [`order`] says which steps wait for which; [`data`] turns the program into
//! nodes and edges.

mod code_reads;
pub(crate) mod data;
mod format_string;
mod labels;
mod loose_reads;
mod model;
pub(crate) mod names;
pub(crate) mod order;
pub(crate) mod parts;
pub(crate) mod path;
pub(crate) mod read;
pub(crate) mod reads;
mod resolve;
pub(crate) mod token_reads;
mod walk;

pub(crate) use self::labels::{code_label, type_label};
pub(crate) use self::model::{
    Aim, Arm, Block, Changes, Loop, Map, Node, NodeField, NodeModule, NodePlace, On, Over, Postfix,
    Route, Step, StepKind, Work,
};
pub(crate) use self::resolve::resolve;

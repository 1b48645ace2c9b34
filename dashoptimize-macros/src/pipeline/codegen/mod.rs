//! What a pipeline expands to. Nothing here can fail.
//!
//! ```text
//! pub struct RagInput { pub question: String }
//! pub type RagOutput = Answer;
//! pub struct Rag { pub query: ChainOfThought<WriteQuery>, … }     item.rs
//! type __Rag_query = …;    a type that is not a module is one error here     node.rs
//! impl Rag { pub const GRAPH … pub fn new(lm) … }
//! impl FromLm, Module, Clone, Debug for Rag
//! async fn forward(…) {
//!     let query = &{ … };                a single step             block.rs
//!     run(&[&[], &[0]], |step| … )       several                   table.rs
//! }
//! ```
//!
//! The value of a step is read through a reference under the step's name. In a block of several steps each
//! fills a `Slot`. Editors get the steps one after another, because they know the types of names better than
//! those of slots.

mod block;
mod checked;
mod code;
mod consumes;
mod graph;
mod ident;
mod input_traits;
mod item;
mod node;
mod plain;
mod scope;
mod table;
mod writer;

pub(super) use self::item::{for_editor, pipeline};
pub(super) use self::writer::{ForWhom, Writer};

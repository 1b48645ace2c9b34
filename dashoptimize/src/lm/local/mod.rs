//! The embedded model: a small language model inside this process, on the processor.
//!
//! ```no_run
//! use dashoptimize::lm::Lm;
//! use dashoptimize::lm::local::{LocalModel, Weights};
//!
//! # fn main() -> Result<(), dashoptimize::lm::local::LocalError> {
//! let lm = Lm::new(LocalModel::open(Weights::default())?);
//! # Ok(())
//! # }
//! ```
//!
//! It loads Llama and Qwen2 models from GGUF files and computes with full precision. A request
//! gets the same reply, bit for bit, whatever is computed at the same time, so that results do not
//! depend on concurrency.
//!
//! Programs that use it run faster with an allocator that keeps large blocks, such as `mimalloc`,
//! and in release builds only.
//!
//! From the bottom up: `tile` is the arithmetic, `matrix` and `attention` are made of it, `llama`
//! is the network and `kv` what it remembers; `tokenizer`, `template`, `sample` and `text` lead
//! from messages to tokens and back; `engine` computes many replies at once, in the thread of
//! `worker`; `weights` finds the file. `bert` is another network on the same arithmetic, for embeddings
//! of texts.

mod attention;
mod bert;
mod engine;
mod error;
mod fetch;
mod gguf;
mod hash;
mod kv;
mod layer;
mod llama;
mod matrix;
mod model;
mod prefixes;
mod progress;
mod rope;
mod sample;
mod template;
mod text;
mod tile;
mod tokenizer;
mod weights;
mod worker;

#[cfg(test)]
mod tests;

pub(crate) use bert::Bert;
pub use error::LocalError;
pub use model::{LocalModel, LocalModelBuilder};
pub use weights::Weights;
pub(crate) use weights::{Known, KnownFile};

//! Search in texts inside this process, by words ([BM25](Index::bm25)) or by meaning
//! ([embeddings](Index::embedded)).
//!
//! ```
//! use dashoptimize::retrieve::Index;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let index = Index::bm25([
//!     "The heart pumps blood through the body.",
//!     "The kidneys filter the blood.",
//!     "Lungs take in oxygen.",
//! ])?;
//! let found = index.search("What do kidneys do with blood?", 2)?;
//! assert_eq!(found[0].text, "The kidneys filter the blood.");
//! assert_eq!(found[1].text, "The heart pumps blood through the body.");
//! # Ok(())
//! # }
//! ```
//!
//! Nothing here calls a model of a provider. An embedding service costs money like any other model, so
//! its calls have to go through the gateway with its budget and its journal. [`Embedder`] is only for
//! models that run inside this process.

mod blocking;
mod bm25;
mod document;
mod embedder;
mod error;
mod index;
#[cfg(feature = "local")]
mod mini_lm;
mod passage;
mod ranker;
mod vectors;
mod words;

pub use document::Document;
pub use embedder::{EmbedError, Embedder};
pub use error::IndexError;
pub use index::Index;
#[cfg(feature = "local")]
pub use mini_lm::MiniLm;
pub use passage::Passage;
pub(crate) use ranker::{Hit, Ranker};

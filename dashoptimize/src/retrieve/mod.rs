//! Search in texts, inside this process: by words ([BM25](Index::bm25)) or by meaning
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
//! Nothing here calls a model of a provider. An embedding service is paid for like any other model,
//! so it has to pass the gateway, its budget and its journal; [`Embedder`] is for models inside
//! this process only.

mod beside;
mod bm25;
mod embedder;
mod entry;
mod error;
mod index;
#[cfg(feature = "local")]
mod mini_lm;
mod passage;
mod ranker;
mod vectors;
mod words;

pub use embedder::{EmbedError, Embedder};
pub use entry::Entry;
pub use error::IndexError;
pub use index::Index;
#[cfg(feature = "local")]
pub use mini_lm::MiniLm;
pub use passage::Passage;
pub(crate) use ranker::{Hit, Ranker};

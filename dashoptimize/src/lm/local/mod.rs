//! The embedded model: a small language model that runs inside this process, on the CPU
//! (feature `local`).
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
//! It loads Llama and Qwen2 models from GGUF files and computes in single precision (32-bit floats),
//! whatever precision the file stores. A request gets the same reply, bit for bit, no matter what else
//! is computed at the same time, so results do not depend on concurrency.
//!
//! Use release builds; debug builds are far too slow. Programs that use the model run faster with an
//! allocator that keeps large blocks, such as `mimalloc`.

// In reading order, from the file on disk to the model that answers a request. Each part uses only
// the parts above it.

mod error;
// The file: where it is found, how it is downloaded and checked, and how its matrices are read.
mod weights;
// The arithmetic that both networks are made of: matrix products, attention, cached keys and values.
mod tensor;
mod threads;
// The networks: a language model, and an encoder that embeds texts.
mod bert;
mod llama;
// One reply: which token comes next, and where the text ends.
mod sampling;
// Many replies at the same time: one pass over the weights extends each of them by one token.
mod batch;
mod model;

#[cfg(test)]
mod tests;

pub(crate) use bert::Bert;
pub use error::LocalError;
pub use model::{LocalModel, LocalModelBuilder};
pub use weights::Weights;
pub(crate) use weights::{KnownFile, KnownModel};

//! The files of a model: where they are found and how their matrices are read.

mod fetch;
mod gguf;
mod guarded;
mod hash;
mod known;
mod locations;
mod progress;
mod safetensors;
mod source;

pub(crate) use gguf::Gguf;
pub(crate) use guarded::guarded;
pub(crate) use known::{KnownFile, KnownModel};
pub(crate) use safetensors::Safetensors;
pub use source::Weights;

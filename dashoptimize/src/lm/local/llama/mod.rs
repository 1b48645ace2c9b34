//! The language model: Llama, and Qwen2, which is a Llama with biases and another order of rotation.

mod layer;
mod network;
mod rope;
mod sizes;
mod template;
mod tokenizer;

pub(crate) use network::{Chunk, Llama, LlamaScratch};
pub(crate) use template::ChatTemplate;
pub(crate) use tokenizer::BpeTokenizer;
#[cfg(test)]
pub(crate) use tokenizer::alphabet;

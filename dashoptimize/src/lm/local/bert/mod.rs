//! The network of small embedding models: BERT. The vector of a text is the mean of the rows of its
//! tokens, scaled to length 1.
//!
//! The arithmetic is that of the language models, so the vector of a text has the same bits alone and
//! together with others, with any number of threads and on any processor.

mod gelu;
mod layer;
mod model;
mod network;
mod tokenizer;

#[cfg(test)]
mod tests;

pub(crate) use model::Bert;

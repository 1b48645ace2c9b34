//! Typed programs on language models, and optimizers that prove they improved them.

extern crate self as dashoptimize;

pub mod evaluate;
pub mod lm;
pub mod signature;

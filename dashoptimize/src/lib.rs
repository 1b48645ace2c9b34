//! Typed programs on language models, and optimizers that prove they improved them.

extern crate self as dashoptimize;

pub mod lm;

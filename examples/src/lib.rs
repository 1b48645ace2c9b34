//! Nothing to use: this makes the program in the project's README a test.

/// The README, whose Rust blocks are compiled.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
#[derive(Debug)]
pub struct Readme;

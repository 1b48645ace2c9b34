//! A comma is missing between tools, and a tool is half typed.

use dashoptimize::{tool, tools};

/// Adds.
#[tool]
fn add(a: u8, b: u8) -> u8 {
    a + b
}

/// Doubles.
#[tool]
fn double(a: u8) -> u8 {
    a + a
}

fn main() {
    let tools = tools![add double, double, &];
    assert_eq!(tools.len(), 2);
}

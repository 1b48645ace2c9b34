//! A tool with a state is given it.

use dashoptimize::{tool, tools};

struct Shop;

/// Looks an article up.
#[tool]
fn find(#[state] shop: &Shop, article: &str) -> bool {
    let _ = shop;
    article.is_empty()
}

fn main() {
    let _ = tools![find];
    let _ = tools![find::with(4)];
}

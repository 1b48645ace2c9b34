//! What a tool can hold as its state.

use dashoptimize::{tool, tools};

struct Shop {
    articles: Vec<String>,
}

/// Looks an article up.
#[tool]
fn by_mut(#[state] shop: &mut Shop, article: &str) -> bool {
    shop.articles.iter().any(|known| known == article)
}

/// Looks an article up.
#[tool]
fn with_lifetime(#[state] shop: &'static Shop, article: &str) -> bool {
    shop.articles.iter().any(|known| known == article)
}

/// Looks an article up.
#[tool]
fn with_options(#[state(shared)] shop: &Shop, article: &str) -> bool {
    shop.articles.iter().any(|known| known == article)
}

impl Shop {
    /// Looks an article up.
    #[tool]
    fn method_alone(&self, article: &str) -> bool {
        self.articles.iter().any(|known| known == article)
    }
}

fn main() {
    let mut shop = Shop { articles: Vec::new() };
    by_mut(&mut shop, "");
    with_options(&shop, "");
    shop.method_alone("");
    let _ = with_lifetime;
    let _ = tools![by_mut, with_lifetime, with_options];
}

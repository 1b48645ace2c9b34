//! Methods as tools: `#[tool]` on the `impl`, and on those that a model may call.

use std::sync::Arc;

use dashoptimize::tool;

struct Shop {
    articles: Vec<String>,
}

#[tool]
impl Shop {
    /// Adds an article.
    #[tool]
    fn by_mut(&mut self, article: String) {
        self.articles.push(article);
    }

    /// Looks an article up.
    #[tool(nmae = "look")]
    fn with_unknown_option(&self, /** its name */ article: &str) -> bool {
        self.articles.iter().any(|known| known == article)
    }

    /// Looks an article up.
    #[tool]
    fn with_state(&self, #[state] other: &Shop) -> usize {
        other.articles.len()
    }
}

struct Desk;

#[tool]
impl Desk {
    fn help(&self) {}
}

fn main() {
    let shop = Arc::new(Shop { articles: Vec::new() });
    assert_eq!(shop.tools().len(), 3);
    let desk = Arc::new(Desk);
    desk.help();
    assert_eq!(desk.tools().len(), 0);
}

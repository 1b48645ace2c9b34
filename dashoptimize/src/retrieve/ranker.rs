//! The ranking of texts for a query.

use std::cmp::Ordering;
use std::error::Error;
use std::sync::Arc;

use super::blocking::on_blocking_thread;
use super::bm25::Bm25;
use super::embedder::{EmbedError, Embedder};
use super::vectors::Vectors;

/// Ranks texts by how well they fit a query. The ranking is deterministic; of texts that fit equally
/// well, the earlier one comes first.
#[derive(Debug)]
pub(crate) enum Ranker {
    /// By the words that texts share with the query.
    Lexical(Bm25),
    /// By the cosine between the vectors of texts and query.
    Embedded(Vectors),
    /// Not at all, because the texts could not be embedded; the message of that error.
    Broken(String),
}

/// A text with its score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Hit {
    /// The index of the text, from 0.
    pub(crate) text: usize,
    /// How well it fits, rounded to six decimal places.
    pub(crate) score: f64,
}

impl Ranker {
    /// Ranks by words.
    pub(crate) fn lexical<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        Self::Lexical(Bm25::new(texts))
    }

    /// Ranks by vectors.
    pub(crate) fn embedded(
        texts: &[&str],
        embedder: Arc<dyn Embedder>,
    ) -> Result<Self, EmbedError> {
        Vectors::new(texts, embedder).map(Self::Embedded)
    }

    /// Fails for every query, because the texts could not be embedded.
    pub(crate) fn broken(error: impl Error) -> Self {
        Self::Broken(error.to_string())
    }

    /// What the ranking is based on.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Lexical(_) => "bm25",
            Self::Embedded(vectors) => vectors.embedder().id(),
            Self::Broken(_) => "nothing",
        }
    }

    /// The `k` texts that fit best, best first; all of them if there are fewer.
    pub(crate) fn best(&self, query: &str, k: usize) -> Result<Vec<Hit>, EmbedError> {
        let scores = match self {
            _ if k == 0 => return Ok(Vec::new()),
            Self::Lexical(bm25) => bm25.scores(query),
            Self::Embedded(vectors) => vectors.scores(query)?,
            Self::Broken(problem) => return Err(EmbedError::Unranked(problem.clone())),
        };
        Ok(best(scores, k))
    }

    /// As [`best`](Self::best), but a query that has to be embedded is embedded on a thread for blocking
    /// work.
    pub(crate) async fn best_async(
        self: &Arc<Self>,
        query: String,
        k: usize,
    ) -> Result<Vec<Hit>, EmbedError> {
        if !self.embeds() {
            return self.best(&query, k);
        }
        let ranker = Arc::clone(self);
        on_blocking_thread(move || ranker.best(&query, k)).await
    }

    /// Whether queries have to be embedded.
    pub(super) const fn embeds(&self) -> bool {
        matches!(self, Self::Embedded(_))
    }
}

fn best(scores: Vec<f64>, k: usize) -> Vec<Hit> {
    let hits = scores.into_iter().map(rounded).enumerate();
    let mut hits: Vec<_> = hits.map(|(text, score)| Hit { text, score }).collect();
    if k < hits.len() {
        hits.select_nth_unstable_by(k, better);
        hits.truncate(k);
    }
    hits.sort_unstable_by(better);
    hits
}

/// Further digits differ between processors, which must not change a ranking, and where models are shown
/// a score, they are tokens without meaning. The result is never negative zero.
fn rounded(score: f64) -> f64 {
    (score * 1e6).round() / 1e6 + 0.0
}

/// Two hits are never equal in this order, so unstable sorts are as good as stable ones.
fn better(a: &Hit, b: &Hit) -> Ordering {
    b.score.total_cmp(&a.score).then(a.text.cmp(&b.text))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_best_are_the_first_of_a_full_sort(
            scores in prop::collection::vec((0..5).prop_map(f64::from), 0..40),
            k in 0..45_usize,
        ) {
            let mut all: Vec<_> = scores.iter().copied().enumerate().collect();
            all.sort_by(|a, b| b.1.total_cmp(&a.1));
            let found: Vec<_> = best(scores, k).iter().map(|hit| (hit.text, hit.score)).collect();
            prop_assert_eq!(&found, &all[..k.min(all.len())]);
        }
    }
}

//! Texts that can be searched.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use super::beside::beside;
use super::embedder::{EmbedError, Embedder};
use super::entry::Entry;
use super::error::IndexError;
use super::passage::Passage;
use super::ranker::{Hit, Ranker};

/// Texts that can be searched. It holds at least one, all in memory; clones share them.
///
/// A search looks at every text that can be found: with 10,000 vectors of 384 numbers it takes
/// about 2 ms.
#[derive(Clone)]
pub struct Index {
    inner: Arc<Inner>,
}

struct Inner {
    /// As they are found, but for the score.
    entries: Vec<Named>,
    ranker: Ranker,
}

struct Named {
    id: String,
    text: String,
    source: Option<String>,
}

impl Index {
    /// An index that is searched by words: the rarer the words that a text shares with the query,
    /// and the shorter the text, the higher its score (BM25, `k1` 1.2, `b` 0.75).
    ///
    /// Case, punctuation and English endings make no difference.
    ///
    /// # Errors
    ///
    /// Where there are no texts, or two have the same id.
    pub fn bm25<T: Into<Entry>>(texts: impl IntoIterator<Item = T>) -> Result<Self, IndexError> {
        let entries = named(texts)?;
        let ranker = Ranker::lexical(entries.iter().map(|entry| &*entry.text));
        Ok(Self::of(entries, ranker))
    }

    /// An index that is searched by meaning: the score is the cosine between the vectors of text
    /// and query, from -1 to 1.
    ///
    /// All texts are embedded here, which may take a while; in async code, do it before the work
    /// starts or through `spawn_blocking`.
    ///
    /// # Errors
    ///
    /// Where there are no texts, two have the same id, or the embedder fails.
    pub fn embedded<T: Into<Entry>>(
        texts: impl IntoIterator<Item = T>,
        embedder: impl Embedder,
    ) -> Result<Self, IndexError> {
        let entries = named(texts)?;
        let texts: Vec<&str> = entries.iter().map(|entry| &*entry.text).collect();
        let ranker = Ranker::embedded(&texts, Arc::new(embedder))?;
        Ok(Self::of(entries, ranker))
    }

    fn of(entries: Vec<Named>, ranker: Ranker) -> Self {
        Self {
            inner: Arc::new(Inner { entries, ranker }),
        }
    }

    /// The `k` passages that fit the query best, best first; of two that fit equally well, to six
    /// digits after the point, the one that is earlier in the index.
    ///
    /// There are fewer where the index has fewer, and, by words, where fewer share a word with the
    /// query. A blank query finds nothing.
    ///
    /// By meaning, the query is embedded here, which takes `MiniLm` about 15 ms; in async
    /// code, take a [`Retrieve`](crate::module::Retrieve), which does it beside the task.
    ///
    /// # Errors
    ///
    /// Where the query cannot be embedded. A search by words cannot fail.
    pub fn search(&self, query: &str, k: usize) -> Result<Vec<Passage>, EmbedError> {
        if query.trim().is_empty() {
            return Ok(Vec::new());
        }
        let mut hits = self.inner.ranker.best(query, k)?;
        if matches!(self.inner.ranker, Ranker::Lexical(_)) {
            hits.retain(|hit| hit.score > 0.0);
        }
        Ok(hits.into_iter().map(|hit| self.passage(hit)).collect())
    }

    /// As [`search`](Self::search). A query that has to be embedded is embedded beside the task.
    pub(crate) async fn search_beside(
        &self,
        query: &str,
        k: usize,
    ) -> Result<Vec<Passage>, EmbedError> {
        if !self.inner.ranker.embeds() {
            return self.search(query, k);
        }
        let (index, query) = (self.clone(), query.to_owned());
        beside(move || index.search(&query, k)).await
    }

    fn passage(&self, hit: Hit) -> Passage {
        let entry = &self.inner.entries[hit.text];
        Passage {
            id: entry.id.clone(),
            text: entry.text.clone(),
            source: entry.source.clone(),
            score: hit.score,
        }
    }
}

/// The texts with an id each.
fn named<T: Into<Entry>>(texts: impl IntoIterator<Item = T>) -> Result<Vec<Named>, IndexError> {
    let texts = texts.into_iter().map(Into::into).enumerate();
    let entries: Vec<_> = texts
        .map(|(place, Entry { id, text, source })| Named {
            id: id.unwrap_or_else(|| place.to_string()),
            text,
            source,
        })
        .collect();
    if entries.is_empty() {
        return Err(IndexError::Empty);
    }
    let mut seen = HashSet::with_capacity(entries.len());
    if let Some(entry) = entries.iter().find(|entry| !seen.insert(&*entry.id)) {
        return Err(IndexError::SameId {
            id: entry.id.clone(),
        });
    }
    Ok(entries)
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index")
            .field("texts", &self.inner.entries.len())
            .field("by", &self.inner.ranker.name())
            .finish()
    }
}

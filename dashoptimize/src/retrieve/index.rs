//! `Index`: texts that can be searched.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use super::blocking::on_blocking_thread;
use super::document::Document;
use super::embedder::{EmbedError, Embedder};
use super::error::IndexError;
use super::passage::Passage;
use super::ranker::{Hit, Ranker};

/// Texts that can be searched. An index has at least one text and holds all of them in memory; clones
/// share them.
///
/// The time of a search by meaning grows with the number of texts: with 10,000 vectors of 384 values, it
/// takes about 2 ms and the embedding of the query.
#[derive(Clone)]
pub struct Index {
    data: Arc<IndexData>,
}

struct IndexData {
    texts: Vec<IndexedText>,
    ranker: Ranker,
}

/// A passage without a score.
struct IndexedText {
    id: String,
    text: String,
    source: Option<String>,
}

impl Index {
    /// An index that is searched by words. The score of a text is the higher, the rarer the words are
    /// that it shares with the query, and the shorter the text is (BM25, `k1` 1.2, `b` 0.75).
    ///
    /// Case, punctuation and English endings make no difference.
    ///
    /// # Errors
    ///
    /// Returns an error if there are no texts, or if two have the same id.
    pub fn bm25<T: Into<Document>>(texts: impl IntoIterator<Item = T>) -> Result<Self, IndexError> {
        let texts = with_ids(texts)?;
        let ranker = Ranker::lexical(texts.iter().map(|text| &*text.text));
        Ok(Self::of(texts, ranker))
    }

    /// An index that is searched by meaning. The score of a text is the cosine between its vector and
    /// that of the query, from -1 to 1.
    ///
    /// All texts are embedded here, which may take a while and blocks the thread. In async code, call it
    /// before the work starts or through `spawn_blocking`.
    ///
    /// # Errors
    ///
    /// Returns an error if there are no texts, if two have the same id, or if the embedder fails.
    pub fn embedded<T: Into<Document>>(
        texts: impl IntoIterator<Item = T>,
        embedder: impl Embedder,
    ) -> Result<Self, IndexError> {
        let texts = with_ids(texts)?;
        let contents: Vec<&str> = texts.iter().map(|text| &*text.text).collect();
        let ranker = Ranker::embedded(&contents, Arc::new(embedder))?;
        Ok(Self::of(texts, ranker))
    }

    fn of(texts: Vec<IndexedText>, ranker: Ranker) -> Self {
        Self {
            data: Arc::new(IndexData { texts, ranker }),
        }
    }

    /// Returns the `k` passages that fit the query best, best first. Of passages whose scores are equal
    /// to six decimal places, the one that is earlier in the index comes first.
    ///
    /// There are fewer than `k` if the index has fewer texts or, in a search by words, if fewer share a
    /// word with the query. A blank query finds nothing.
    ///
    /// In a search by meaning, the query is embedded on the current thread, which takes `MiniLm` about
    /// 15 ms. In async code, use a [`Retrieve`](crate::module::Retrieve), which does not block the task.
    ///
    /// # Errors
    ///
    /// Returns an error if the query cannot be embedded. A search by words cannot fail.
    pub fn search(&self, query: &str, k: usize) -> Result<Vec<Passage>, EmbedError> {
        if query.trim().is_empty() {
            return Ok(Vec::new());
        }
        let mut hits = self.data.ranker.best(query, k)?;
        if matches!(self.data.ranker, Ranker::Lexical(_)) {
            hits.retain(|hit| hit.score > 0.0);
        }
        Ok(hits.into_iter().map(|hit| self.passage(hit)).collect())
    }

    /// As [`search`](Self::search), but a query that has to be embedded is embedded on a thread for
    /// blocking work.
    pub(crate) async fn search_async(
        &self,
        query: &str,
        k: usize,
    ) -> Result<Vec<Passage>, EmbedError> {
        if !self.data.ranker.embeds() {
            return self.search(query, k);
        }
        let (index, query) = (self.clone(), query.to_owned());
        on_blocking_thread(move || index.search(&query, k)).await
    }

    fn passage(&self, hit: Hit) -> Passage {
        let found = &self.data.texts[hit.text];
        Passage {
            id: found.id.clone(),
            text: found.text.clone(),
            source: found.source.clone(),
            score: hit.score,
        }
    }
}

/// Gives an id to each text that has none, and checks that ids are unique.
fn with_ids<T: Into<Document>>(
    texts: impl IntoIterator<Item = T>,
) -> Result<Vec<IndexedText>, IndexError> {
    let documents = texts.into_iter().map(Into::into).enumerate();
    let texts: Vec<_> = documents
        .map(|(position, Document { id, text, source })| IndexedText {
            id: id.unwrap_or_else(|| position.to_string()),
            text,
            source,
        })
        .collect();
    if texts.is_empty() {
        return Err(IndexError::Empty);
    }
    let mut seen = HashSet::with_capacity(texts.len());
    if let Some(text) = texts.iter().find(|text| !seen.insert(&*text.id)) {
        return Err(IndexError::SameId {
            id: text.id.clone(),
        });
    }
    Ok(texts)
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index")
            .field("texts", &self.data.texts.len())
            .field("by", &self.data.ranker.name())
            .finish()
    }
}

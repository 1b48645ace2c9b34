//! How a call chooses from the demos of its predictor.

use serde::{Deserialize, Serialize};

use super::StateError;
use crate::retrieve::Embedder;

/// Makes the demos of a predictor a pool: each call is shown the `k` demos that are most similar to its
/// inputs, the most similar one last.
///
/// In four comparisons this order was never worse than the reverse. SmolLM2-135M, asked for the name of the
/// playlist in a request, had 61, 61, 70 and 69 of 100 rows right; with the most similar demo first it had
/// 60, 58, 60 and 67 (3 and 5 demos, each chosen by words and by MiniLM).
///
/// Source: Liu et al. 2022, "What Makes Good In-Context Examples for GPT-3?", arXiv 2101.06804.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Nearest {
    /// How similarity is measured: [`LEXICAL`](Self::LEXICAL), or the [id](Embedder::id) of an embedder.
    pub by: String,
    /// The number of demos that a call is shown, if there are that many.
    pub k: usize,
}

impl Nearest {
    /// Texts are similar if they share rare words (BM25).
    pub const LEXICAL: &str = "lexical";

    /// The `k` demos that share the rarest words with the inputs.
    #[must_use]
    pub fn lexical(k: usize) -> Self {
        Self::by(Self::LEXICAL, k)
    }

    /// The `k` demos whose inputs are closest in meaning, as measured by the embedder with this id.
    pub fn by(id: impl Into<String>, k: usize) -> Self {
        Self { by: id.into(), k }
    }

    /// Whether the predictor at `path`, which has this embedder, can compare demos in this way.
    pub(crate) fn check(
        &self,
        path: &str,
        embedder: Option<&dyn Embedder>,
    ) -> Result<(), StateError> {
        let found = embedder.map(Embedder::id);
        if self.by == Self::LEXICAL || found == Some(&*self.by) {
            return Ok(());
        }
        Err(StateError::Embedder {
            path: path.to_owned(),
            wanted: self.by.clone(),
            found: found.map(str::to_owned),
        })
    }
}

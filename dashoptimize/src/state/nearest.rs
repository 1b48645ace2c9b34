//! How a call chooses from the demos of its predictor.

use serde::{Deserialize, Serialize};

use super::StateError;
use crate::retrieve::Embedder;

/// Makes the demos of a predictor a pool: each call is shown the `k` that are most similar to its
/// inputs, the most similar one last.
///
/// That order did no worse in any of four trials with SmolLM2-135M, which takes the name of a playlist
/// out of a request: of 100 rows it had 61, 61, 70 and 69 right, with the most similar demo first 60,
/// 58, 60 and 67 (3 and 5 demos, each by words and by MiniLM).
///
/// Source: Liu et al. 2022, "What Makes Good In-Context Examples for GPT-3?", arXiv 2101.06804.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nearest {
    /// What says how similar two texts are: [`LEXICAL`](Self::LEXICAL), or the
    /// [id](Embedder::id) of an embedder.
    pub by: String,
    /// Demos of a call, where there are as many.
    pub k: usize,
}

impl Nearest {
    /// Similar is what shares rare words (BM25).
    pub const LEXICAL: &str = "lexical";

    /// The `k` demos that share the rarest words with the inputs.
    #[must_use]
    pub fn lexical(k: usize) -> Self {
        Self::by(Self::LEXICAL, k)
    }

    /// The `k` demos whose inputs are closest in meaning, as the embedder of this id has it.
    pub fn by(id: impl Into<String>, k: usize) -> Self {
        Self { by: id.into(), k }
    }

    /// Whether the predictor at `path`, which has this embedder, has what compares demos.
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

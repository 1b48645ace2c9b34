//! The demos of a predictor as a pool: each call is shown those that are nearest to its inputs.

use std::sync::Arc;

use serde_json::Value;

use crate::lm::Message;
use crate::retrieve::{EmbedError, Embedder, Hit, Ranker};
use crate::signature::SignatureSpec;
use crate::state::{Demo, Nearest, PredictorState};

/// Ranks demos by their similarity to inputs, as `nearest` says. [`Nearest::check`] has accepted the
/// embedder.
pub(super) fn ranker(
    nearest: &Nearest,
    spec: &SignatureSpec,
    demos: &[Demo],
    embedder: Option<&Arc<dyn Embedder>>,
) -> Result<Ranker, EmbedError> {
    match embedder {
        Some(embedder) if nearest.by != Nearest::LEXICAL => {
            let texts: Vec<_> = demos.iter().map(|demo| text_of(spec, demo)).collect();
            let texts: Vec<_> = texts.iter().map(String::as_str).collect();
            Ranker::embedded(&texts, Arc::clone(embedder))
        }
        _ => Ok(by_words(spec, demos)),
    }
}

/// Ranks demos by the words that they share with the inputs.
pub(super) fn by_words(spec: &SignatureSpec, demos: &[Demo]) -> Ranker {
    let texts: Vec<_> = demos.iter().map(|demo| text_of(spec, demo)).collect();
    Ranker::lexical(texts.iter().map(String::as_str))
}

/// The demos of a predictor as a pool, ready to be shown.
#[derive(Debug)]
pub(super) struct Pool {
    k: usize,
    ranker: Arc<Ranker>,
    turns: Vec<Vec<Message>>,
    complete: Vec<bool>,
}

impl Pool {
    /// The demos of a state, which these turns show; `None` if every call is shown all of them.
    pub(super) fn new(
        spec: &SignatureSpec,
        state: &PredictorState,
        ranker: Option<&Arc<Ranker>>,
        turns: impl Fn(&Demo) -> Vec<Message>,
    ) -> Option<Self> {
        let (nearest, ranker) = state.nearest.as_ref().zip(ranker)?;
        let demos = state.demos.iter();
        Some(Self {
            k: nearest.k,
            ranker: Arc::clone(ranker),
            turns: demos.clone().map(turns).collect(),
            complete: demos.map(|demo| demo.is_complete(spec)).collect(),
        })
    }

    /// The demos to show for these inputs, in the order in which they are shown. As everywhere, demos that
    /// lack a field come first; otherwise the most similar one is last. Held-out demos are not shown.
    ///
    /// If the inputs have to be embedded, this blocks the task; see [`pick_async`](Self::pick_async).
    pub(super) fn pick(
        &self,
        inputs: &[Value],
        held_out: &[usize],
    ) -> Result<Vec<usize>, EmbedError> {
        let query = joined(inputs.iter());
        let hits = self.ranker.best(&query, self.k + held_out.len())?;
        Ok(self.arranged(hits, held_out))
    }

    /// As [`pick`](Self::pick), without blocking the task: inputs are embedded on another thread.
    pub(super) async fn pick_async(
        &self,
        inputs: &[Value],
        held_out: &[usize],
    ) -> Result<Vec<usize>, EmbedError> {
        let query = joined(inputs.iter());
        let most = self.k + held_out.len();
        let hits = self.ranker.best_async(query, most).await?;
        Ok(self.arranged(hits, held_out))
    }

    fn arranged(&self, hits: Vec<Hit>, held_out: &[usize]) -> Vec<usize> {
        let hits = hits.into_iter().map(|hit| hit.text);
        let mut picked: Vec<usize> = hits
            .filter(|demo| !held_out.contains(demo))
            .take(self.k)
            .collect();
        picked.reverse();
        picked.sort_by_key(|demo| self.complete[*demo]);
        picked
    }

    /// The turns of these demos.
    pub(super) fn turns(&self, picked: &[usize]) -> Vec<Message> {
        let mut turns = Vec::with_capacity(2 * picked.len() + 1);
        for demo in picked {
            turns.extend_from_slice(&self.turns[*demo]);
        }
        turns
    }
}

/// The inputs that a demo has, in the order of the spec.
fn text_of(spec: &SignatureSpec, demo: &Demo) -> String {
    joined(
        spec.inputs()
            .filter_map(|field| demo.inputs.get(&*field.name)),
    )
}

/// The text that is compared: the values, one per line. Their names are the same everywhere and say nothing.
fn joined<'a>(values: impl Iterator<Item = &'a Value>) -> String {
    let mut text = String::new();
    for value in values {
        if !text.is_empty() {
            text.push('\n');
        }
        match value {
            Value::String(value) => text.push_str(value),
            other => text.push_str(&other.to_string()),
        }
    }
    text
}

//! Search by meaning: the cosine between vectors.

use std::sync::Arc;

use super::embedder::{EmbedError, Embedder};

/// The number of texts embedded in one call, so that building a large index needs little more memory
/// than its vectors.
const BATCH: usize = 256;

/// The number of partial sums, so that the compiler can use vector instructions.
const LANES: usize = 16;

/// The vectors of texts, scaled to length 1, one after the other.
#[derive(Debug)]
pub(crate) struct Vectors {
    embedder: Arc<dyn Embedder>,
    values: Vec<f32>,
}

impl Vectors {
    /// Embeds texts.
    pub(super) fn new(texts: &[&str], embedder: Arc<dyn Embedder>) -> Result<Self, EmbedError> {
        let mut values = Vec::with_capacity(texts.len() * embedder.dimension());
        for texts in texts.chunks(BATCH) {
            for vector in embed(&*embedder, texts)? {
                values.extend(vector);
            }
        }
        Ok(Self { embedder, values })
    }

    /// The embedder that computed the vectors.
    pub(super) fn embedder(&self) -> &dyn Embedder {
        &*self.embedder
    }

    /// The cosine of each text with the query, from -1 to 1.
    pub(super) fn scores(&self, query: &str) -> Result<Vec<f64>, EmbedError> {
        let query = embed(&*self.embedder, &[query])?.concat();
        let vectors = self.values.chunks(query.len().max(1));
        Ok(vectors.map(|vector| dot(vector, &query).into()).collect())
    }
}

/// The vectors of these texts, checked and scaled to length 1.
fn embed(embedder: &dyn Embedder, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
    let mut vectors = embedder.embed(texts)?;
    let (expected, found) = (texts.len(), vectors.len());
    if expected != found {
        return Err(EmbedError::Count {
            embedder: embedder.id().to_owned(),
            expected,
            found,
        });
    }
    vectors
        .iter_mut()
        .try_for_each(|vector| normalize(embedder, vector))?;
    Ok(vectors)
}

/// Scales a vector to length 1. A vector of length 0 is left as it is; its cosine with any other is 0.
fn normalize(embedder: &dyn Embedder, vector: &mut [f32]) -> Result<(), EmbedError> {
    let (expected, found) = (embedder.dimension(), vector.len());
    if expected != found {
        return Err(EmbedError::Dimension {
            embedder: embedder.id().to_owned(),
            expected,
            found,
        });
    }
    // In double precision, in which the square of a finite `f32` cannot overflow.
    let squares = vector.iter().map(|&value| f64::from(value).powi(2));
    let length = squares.sum::<f64>().sqrt();
    if !length.is_finite() {
        return Err(EmbedError::NotFinite {
            embedder: embedder.id().to_owned(),
        });
    }
    if length > 0.0 {
        for value in vector {
            *value = (f64::from(*value) / length) as f32;
        }
    }
    Ok(())
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a, a_rest) = a.as_chunks::<LANES>();
    let (b, b_rest) = b.as_chunks::<LANES>();
    let mut lanes = [0.0_f32; LANES];
    for (a, b) in a.iter().zip(b) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    let rest = a_rest.iter().zip(b_rest).map(|(a, b)| a * b);
    lanes.into_iter().chain(rest).sum()
}

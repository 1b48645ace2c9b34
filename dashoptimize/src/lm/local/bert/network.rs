//! The whole network, from tokens to the vector of a text.

use super::layer::{BertLayer, BertScratch, LayerNorm};
use crate::lm::local::error::Flaw;
use crate::lm::local::tensor::sum;
use crate::lm::local::weights::Safetensors;

/// The weights of the network.
#[derive(Debug)]
pub(super) struct BertNetwork {
    /// A row for each token of the vocabulary.
    words: Vec<f32>,
    /// A row for each position, to which the embedding of the only segment is added.
    positions: Vec<f32>,
    norm: LayerNorm,
    layers: Vec<BertLayer>,
    width: usize,
}

impl BertNetwork {
    /// Reads a network with this number of attention heads.
    pub(super) fn load(file: &mut Safetensors, heads: usize) -> Result<Self, Flaw> {
        let [vocabulary, width] = file.shape("embeddings.word_embeddings.weight")?;
        if heads == 0 || !width.is_multiple_of(heads) {
            let what = format!("{width} values cannot be split into {heads} heads");
            return Err(Flaw::malformed(what));
        }
        let words = file.take("embeddings.word_embeddings.weight", &[vocabulary, width])?;
        let positions = positions(file, width)?;
        let norm = LayerNorm::load(file, "embeddings.LayerNorm", width)?;
        Ok(Self {
            words,
            positions,
            norm,
            layers: layers(file, width, heads)?,
            width,
        })
    }

    /// The number of values of a vector.
    pub(super) const fn width(&self) -> usize {
        self.width
    }

    /// The number of tokens that have an embedding.
    pub(super) const fn vocabulary(&self) -> usize {
        self.words.len() / self.width
    }

    /// The largest number of tokens of a text.
    pub(super) const fn positions(&self) -> usize {
        self.positions.len() / self.width
    }

    /// The vectors of texts, computed in one pass.
    pub(super) fn read(&self, texts: &[Vec<u32>]) -> Vec<Vec<f32>> {
        let lengths: Vec<_> = texts.iter().map(Vec::len).collect();
        let mut x: Vec<_> = texts.iter().flat_map(|text| self.embed(text)).collect();
        self.norm.apply(&mut x);
        let mut scratch = BertScratch::default();
        for layer in &self.layers {
            layer.run(&lengths, &mut x, &mut scratch);
        }
        let mut rest = x.as_slice();
        lengths
            .iter()
            .map(|length| rest.split_off(..length * self.width).unwrap_or_default())
            .map(|rows| self.pool(rows))
            .collect()
    }

    /// The rows of the tokens before the first norm.
    fn embed(&self, text: &[u32]) -> impl Iterator<Item = f32> {
        let positions = self.positions.chunks(self.width);
        text.iter().zip(positions).flat_map(|(&token, position)| {
            let first = token as usize * self.width;
            let word = &self.words[first..first + self.width];
            word.iter()
                .zip(position)
                .map(|(word, position)| word + position)
        })
    }

    /// The mean of all rows, scaled to length 1.
    fn pool(&self, rows: &[f32]) -> Vec<f32> {
        let mut vector = vec![0.0_f32; self.width];
        for row in rows.chunks(self.width) {
            for (sum, value) in vector.iter_mut().zip(row) {
                *sum += value;
            }
        }
        let length = sum(&vector, |value| value * value).sqrt();
        if length > 0.0 {
            vector.iter_mut().for_each(|value| *value /= length);
        }
        vector
    }
}

fn layers(file: &mut Safetensors, width: usize, heads: usize) -> Result<Vec<BertLayer>, Flaw> {
    let mut layers = Vec::new();
    loop {
        let name = format!("encoder.layer.{}", layers.len());
        if !file.has(&format!("{name}.intermediate.dense.weight")) {
            break;
        }
        layers.push(BertLayer::load(file, &name, width, heads)?);
    }
    match layers.is_empty() {
        true => Err(Flaw::malformed("it has no layer `encoder.layer.0`")),
        false => Ok(layers),
    }
}

fn positions(file: &mut Safetensors, width: usize) -> Result<Vec<f32>, Flaw> {
    let [count, _] = file.shape("embeddings.position_embeddings.weight")?;
    let [segments, _] = file.shape("embeddings.token_type_embeddings.weight")?;
    let mut positions = file.take("embeddings.position_embeddings.weight", &[count, width])?;
    let segments = file.take(
        "embeddings.token_type_embeddings.weight",
        &[segments, width],
    )?;
    for row in positions.chunks_mut(width) {
        for (value, segment) in row.iter_mut().zip(&segments) {
            *value += segment;
        }
    }
    Ok(positions)
}

//! One layer of the network: attention of all tokens of a text to each other and a feed-forward
//! network, each followed by a norm.

use rayon::prelude::*;

use super::gelu::gelu;
use crate::lm::local::error::Flaw;
use crate::lm::local::tensor::{
    Attention, AttentionScratch, COLUMNS, Kv, KvShape, Matrix, PanelRow, Tiles, add, sum, unpack,
};
use crate::lm::local::weights::Safetensors;

/// The weights of a layer.
#[derive(Debug)]
pub(super) struct BertLayer {
    heads: usize,
    /// One matrix for queries, keys and values.
    qkv: Matrix,
    attention_out: Matrix,
    attention_norm: LayerNorm,
    feed_in: Matrix,
    feed_out: Matrix,
    feed_norm: LayerNorm,
}

/// Buffers that are reused from one layer to the next.
#[derive(Debug, Default)]
pub(super) struct BertScratch {
    tiles: Tiles,
    sums: Vec<PanelRow>,
    qkv: Vec<f32>,
    attended: Vec<f32>,
}

impl BertLayer {
    /// Reads the layer of this name, with `heads` heads over rows of `width` values.
    pub(super) fn load(
        file: &mut Safetensors,
        name: &str,
        width: usize,
        heads: usize,
    ) -> Result<Self, Flaw> {
        let part = |part: &str| format!("{name}.{part}");
        let [hidden, _] = file.shape(&part("intermediate.dense.weight"))?;
        Ok(Self {
            heads,
            qkv: qkv(file, &part("attention.self"), width)?,
            attention_out: linear(file, &part("attention.output.dense"), width, width)?,
            attention_norm: LayerNorm::load(file, &part("attention.output.LayerNorm"), width)?,
            feed_in: linear(file, &part("intermediate.dense"), hidden, width)?,
            feed_out: linear(file, &part("output.dense"), width, hidden)?,
            feed_norm: LayerNorm::load(file, &part("output.LayerNorm"), width)?,
        })
    }

    /// Applies the layer to texts of these lengths, with one row for each token in `x`.
    pub(super) fn run(&self, lengths: &[usize], x: &mut [f32], scratch: &mut BertScratch) {
        let width = self.qkv.inputs();
        let rows = x.len() / width;
        let BertScratch {
            tiles,
            sums,
            qkv,
            attended,
        } = scratch;
        tiles.fill(rows, width, |row, i| x[row * width + i]);
        self.qkv.product(tiles, sums);
        unpack(sums, rows, self.qkv.outputs(), qkv);
        self.attend(lengths, qkv, attended);
        tiles.fill(rows, width, |row, i| attended[row * width + i]);
        self.attention_out.product(tiles, sums);
        add(x, sums, rows);
        self.attention_norm.apply(x);
        tiles.fill(rows, width, |row, i| x[row * width + i]);
        self.feed_in.product(tiles, sums);
        gelu(sums);
        tiles.fill(rows, self.feed_in.outputs(), |row, i| {
            sums[i / COLUMNS * rows + row][i % COLUMNS]
        });
        self.feed_out.product(tiles, sums);
        add(x, sums, rows);
        self.feed_norm.apply(x);
    }

    /// Computes the attention of the tokens of each text to that text, row by row.
    fn attend(&self, lengths: &[usize], qkv: &[f32], attended: &mut Vec<f32>) {
        let width = self.qkv.inputs();
        attended.resize(qkv.len() / 3, 0.0);
        let (mut qkv, mut rest) = (qkv, attended.as_mut_slice());
        let mut texts = Vec::with_capacity(lengths.len());
        for length in lengths {
            let rows = qkv.split_off(..length * 3 * width).unwrap_or_default();
            let attended = rest.split_off_mut(..length * width).unwrap_or_default();
            texts.push((rows, attended));
        }
        texts.into_par_iter().for_each_init(
            AttentionScratch::default,
            |scratch, (rows, attended)| {
                self.attend_in_text(rows, attended, scratch);
            },
        );
    }

    fn attend_in_text(&self, rows: &[f32], attended: &mut [f32], scratch: &mut AttentionScratch) {
        let width = self.qkv.inputs();
        let size = width / self.heads;
        let kv = self.keys_and_values(rows, size);
        let mut queries = Vec::new();
        for head in 0..self.heads {
            let columns = head * size..(head + 1) * size;
            queries.clear();
            for row in rows.chunks(3 * width) {
                queries.extend_from_slice(&row[columns.clone()]);
            }
            // The queries of all tokens use the same keys, like several query heads of one token.
            let attention = Attention {
                kv: &kv,
                layer: 0,
                head,
                positions: kv.len(),
            };
            attention.run(size, &mut queries, scratch);
            for (row, result) in attended.chunks_mut(width).zip(queries.chunks(size)) {
                row[columns.clone()].copy_from_slice(result);
            }
        }
    }

    fn keys_and_values(&self, rows: &[f32], size: usize) -> Kv {
        let width = self.qkv.inputs();
        let mut kv = Kv::new(KvShape {
            layers: 1,
            heads: self.heads,
            size,
        });
        kv.extend(rows.len() / (3 * width));
        for (position, row) in rows.chunks(3 * width).enumerate() {
            let keys = row[width..2 * width].chunks(size);
            for (head, (key, value)) in keys.zip(row[2 * width..].chunks(size)).enumerate() {
                kv.write(0, head, position, key, value);
            }
        }
        kv
    }
}

/// Reads a matrix that maps `inputs` values to `outputs` values, with its bias.
fn linear(
    file: &mut Safetensors,
    name: &str,
    outputs: usize,
    inputs: usize,
) -> Result<Matrix, Flaw> {
    let weights = file.take(&format!("{name}.weight"), &[outputs, inputs])?;
    let bias = file.take(&format!("{name}.bias"), &[outputs])?;
    Ok(Matrix::new(&weights, &bias, inputs))
}

/// Reads the three matrices for queries, keys and values as one, because they are multiplied with the
/// same rows.
fn qkv(file: &mut Safetensors, name: &str, width: usize) -> Result<Matrix, Flaw> {
    let (mut weights, mut bias) = (Vec::new(), Vec::new());
    for part in ["query", "key", "value"] {
        weights.extend(file.take(&format!("{name}.{part}.weight"), &[width, width])?);
        bias.extend(file.take(&format!("{name}.{part}.bias"), &[width])?);
    }
    Ok(Matrix::new(&weights, &bias, width))
}

/// Scales each row to mean 0 and variance 1, then scales and shifts each value.
#[derive(Debug)]
pub(super) struct LayerNorm {
    scale: Vec<f32>,
    shift: Vec<f32>,
}

impl LayerNorm {
    /// The constant that BERT adds to the variance.
    const EPSILON: f32 = 1e-12;

    /// Reads the norm of this name.
    pub(super) fn load(file: &mut Safetensors, name: &str, width: usize) -> Result<Self, Flaw> {
        Ok(Self {
            scale: file.take(&format!("{name}.weight"), &[width])?,
            shift: file.take(&format!("{name}.bias"), &[width])?,
        })
    }

    /// Normalizes all rows.
    pub(super) fn apply(&self, x: &mut [f32]) {
        for row in x.chunks_mut(self.scale.len()) {
            let count = row.len() as f32;
            let mean = sum(row, |value| value) / count;
            let variance = sum(row, |value| (value - mean) * (value - mean)) / count;
            let scale = (variance + Self::EPSILON).sqrt().recip();
            for ((value, own), shift) in row.iter_mut().zip(&self.scale).zip(&self.shift) {
                *value = (*value - mean) * scale * own + shift;
            }
        }
    }
}

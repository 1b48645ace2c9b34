//! One layer of the network: attention of all tokens of a text to all of them, and the
//! feed-forward part, each followed by a norm.

use rayon::prelude::*;

use super::super::attention::{Look, Scratch as LookScratch};
use super::super::error::Flaw;
use super::super::kv::{Kv, KvShape};
use super::super::matrix::{Matrix, add, unpack};
use super::super::tile::{COLUMNS, Row, Tiles};
use super::file::NamedMatrices;
use super::gelu::gelu;

/// The weights of a layer.
#[derive(Debug)]
pub(super) struct Layer {
    heads: usize,
    /// Queries, keys and values at once.
    qkv: Matrix,
    attention_out: Matrix,
    attention_norm: LayerNorm,
    feed_in: Matrix,
    feed_out: Matrix,
    feed_norm: LayerNorm,
}

/// Memory that layers use one after the other.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    tiles: Tiles,
    sums: Vec<Row>,
    qkv: Vec<f32>,
    seen: Vec<f32>,
}

impl Layer {
    /// The layer of this name: so many heads over rows of `width` values.
    pub(super) fn load(
        file: &mut NamedMatrices,
        name: &str,
        width: usize,
        heads: usize,
    ) -> Result<Self, Flaw> {
        let part = |part: &str| format!("{name}.{part}");
        let [hidden, _] = file.shape(&part("intermediate.dense.weight"))?;
        Ok(Self {
            heads,
            qkv: qkv(file, &part("attention.self"), width)?,
            attention_out: file.linear(&part("attention.output.dense"), width, width)?,
            attention_norm: LayerNorm::load(file, &part("attention.output.LayerNorm"), width)?,
            feed_in: file.linear(&part("intermediate.dense"), hidden, width)?,
            feed_out: file.linear(&part("output.dense"), width, hidden)?,
            feed_norm: LayerNorm::load(file, &part("output.LayerNorm"), width)?,
        })
    }

    /// Leads texts of these lengths, one row for each token, through the layer.
    pub(super) fn run(&self, lengths: &[usize], x: &mut [f32], scratch: &mut Scratch) {
        let width = self.qkv.inputs();
        let rows = x.len() / width;
        let Scratch {
            tiles,
            sums,
            qkv,
            seen,
        } = scratch;
        tiles.fill(rows, width, |row, i| x[row * width + i]);
        self.qkv.product(tiles, sums);
        unpack(sums, rows, self.qkv.outputs(), qkv);
        self.attend(lengths, qkv, seen);
        tiles.fill(rows, width, |row, i| seen[row * width + i]);
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

    /// What the tokens of each text see of it, row by row.
    fn attend(&self, lengths: &[usize], qkv: &[f32], seen: &mut Vec<f32>) {
        let width = self.qkv.inputs();
        seen.resize(qkv.len() / 3, 0.0);
        let (mut qkv, mut rest) = (qkv, seen.as_mut_slice());
        let mut texts = Vec::with_capacity(lengths.len());
        for length in lengths {
            let rows = qkv.split_off(..length * 3 * width).unwrap_or_default();
            let seen = rest.split_off_mut(..length * width).unwrap_or_default();
            texts.push((rows, seen));
        }
        texts
            .into_par_iter()
            .for_each_init(LookScratch::default, |scratch, (rows, seen)| {
                self.attend_in_text(rows, seen, scratch);
            });
    }

    fn attend_in_text(&self, rows: &[f32], seen: &mut [f32], scratch: &mut LookScratch) {
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
            // All tokens look at the same keys, as heads of one token that share them would.
            let look = Look {
                kv: &kv,
                layer: 0,
                head,
                seen: kv.len(),
            };
            look.run(size, &mut queries, scratch);
            for (seen, found) in seen.chunks_mut(width).zip(queries.chunks(size)) {
                seen[columns.clone()].copy_from_slice(found);
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

/// One matrix of the three for queries, keys and values: they meet the same rows.
fn qkv(file: &mut NamedMatrices, name: &str, width: usize) -> Result<Matrix, Flaw> {
    let (mut weights, mut bias) = (Vec::new(), Vec::new());
    for part in ["query", "key", "value"] {
        weights.extend(file.take(&format!("{name}.{part}.weight"), &[width, width])?);
        bias.extend(file.take(&format!("{name}.{part}.bias"), &[width])?);
    }
    Ok(Matrix::new(&weights, &bias, width))
}

/// Brings each row to mean 0 and variance 1, then scales and moves each value.
#[derive(Debug)]
pub(super) struct LayerNorm {
    scale: Vec<f32>,
    shift: Vec<f32>,
}

impl LayerNorm {
    /// What BERT adds to the variance.
    const EPSILON: f32 = 1e-12;

    /// The norm of this name.
    pub(super) fn load(file: &mut NamedMatrices, name: &str, width: usize) -> Result<Self, Flaw> {
        Ok(Self {
            scale: file.take(&format!("{name}.weight"), &[width])?,
            shift: file.take(&format!("{name}.bias"), &[width])?,
        })
    }

    /// Norms all rows.
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

/// The sum over a row, in eight lanes, which the compiler keeps in one register; their order is
/// fixed.
pub(super) fn sum(row: &[f32], part: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0.0_f32; 8];
    for values in row.chunks(8) {
        for (lane, value) in lanes.iter_mut().zip(values) {
            *lane += part(*value);
        }
    }
    lanes.iter().sum()
}

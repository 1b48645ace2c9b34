//! The weights of one layer.

use std::io::{Read, Seek};

use super::sizes::Sizes;
use crate::lm::local::error::Flaw;
use crate::lm::local::tensor::{Gated, Matrix, Tiles, sum};
use crate::lm::local::weights::Gguf;

/// The weights of a layer.
#[derive(Debug)]
pub(super) struct LlamaLayer {
    pub(super) attention_norm: RmsNorm,
    /// One matrix for queries, keys and values.
    pub(super) qkv: Matrix,
    pub(super) attention_out: Matrix,
    pub(super) feed_norm: RmsNorm,
    pub(super) feed_in: Gated,
    pub(super) feed_out: Matrix,
}

/// Divides a row by the root of its mean square, then scales each value.
#[derive(Debug)]
pub(super) struct RmsNorm {
    scale: Vec<f32>,
    epsilon: f32,
}

impl LlamaLayer {
    /// Reads the layer at this index.
    pub(super) fn load<R: Read + Seek>(
        file: &mut Gguf<R>,
        layer: usize,
        sizes: Sizes,
    ) -> Result<Self, Flaw> {
        let name = |part: &str| format!("blk.{layer}.{part}");
        let Sizes { width, hidden, .. } = sizes;
        let attended = sizes.heads * sizes.head;
        Ok(Self {
            attention_norm: RmsNorm::load(file, &name("attn_norm.weight"), sizes)?,
            qkv: qkv(file, &name("attn"), sizes)?,
            attention_out: matrix(file, &name("attn_output"), width, attended)?,
            feed_norm: RmsNorm::load(file, &name("ffn_norm.weight"), sizes)?,
            feed_in: Gated::new(
                matrix(file, &name("ffn_gate"), hidden, width)?,
                matrix(file, &name("ffn_up"), hidden, width)?,
            ),
            feed_out: matrix(file, &name("ffn_down"), width, hidden)?,
        })
    }
}

/// Reads a matrix without a bias.
pub(super) fn matrix<R: Read + Seek>(
    file: &mut Gguf<R>,
    name: &str,
    outputs: usize,
    inputs: usize,
) -> Result<Matrix, Flaw> {
    let weights = file.matrix(&format!("{name}.weight"), &[outputs, inputs])?;
    Ok(Matrix::new(&weights, &[], inputs))
}

/// Reads the three matrices for queries, keys and values as one, because they are multiplied with the
/// same rows.
fn qkv<R: Read + Seek>(file: &mut Gguf<R>, name: &str, sizes: Sizes) -> Result<Matrix, Flaw> {
    let (mut weights, mut bias) = (Vec::new(), Vec::new());
    for (part, heads) in [
        ("q", sizes.heads),
        ("k", sizes.kv_heads),
        ("v", sizes.kv_heads),
    ] {
        let outputs = heads * sizes.head;
        weights.extend(file.matrix(&format!("{name}_{part}.weight"), &[outputs, sizes.width])?);
        let part = format!("{name}_{part}.bias");
        match file.has(&part) {
            true => bias.extend(file.matrix(&part, &[outputs])?),
            false => bias.extend(std::iter::repeat_n(0.0, outputs)),
        }
    }
    Ok(Matrix::new(&weights, &bias, sizes.width))
}

impl RmsNorm {
    /// Reads the norm of this name.
    pub(super) fn load<R: Read + Seek>(
        file: &mut Gguf<R>,
        name: &str,
        sizes: Sizes,
    ) -> Result<Self, Flaw> {
        Ok(Self {
            scale: file.matrix(name, &[sizes.width])?,
            epsilon: sizes.epsilon,
        })
    }

    /// Writes the normalized rows into `tiles`.
    pub(super) fn apply(&self, x: &[f32], tiles: &mut Tiles) {
        let width = self.scale.len();
        let factors: Vec<_> = x.chunks(width).map(|row| self.factor(row)).collect();
        tiles.fill(factors.len(), width, |row, i| {
            x[row * width + i] * factors[row] * self.scale[i]
        });
    }

    /// The factor by which a row is multiplied.
    fn factor(&self, row: &[f32]) -> f32 {
        let mean = sum(row, |value| value * value) / row.len() as f32;
        (mean + self.epsilon).sqrt().recip()
    }
}

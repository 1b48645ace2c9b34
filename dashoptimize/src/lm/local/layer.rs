//! The parts of a network as a file has them: sizes, layers, norms.

use std::io::{Read, Seek};

use super::error::Flaw;
use super::gguf::Gguf;
use super::matrix::{Gated, Matrix};
use super::tile::Tiles;

/// The sizes of a network.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    pub(super) layers: usize,
    pub(super) width: usize,
    pub(super) heads: usize,
    pub(super) kv_heads: usize,
    pub(super) head: usize,
    pub(super) hidden: usize,
    pub(super) context: usize,
    pub(super) epsilon: f32,
}

/// The weights of a layer.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) attention_norm: Norm,
    /// Queries, keys and values at once.
    pub(super) qkv: Matrix,
    pub(super) attention_out: Matrix,
    pub(super) feed_norm: Norm,
    pub(super) feed_in: Gated,
    pub(super) feed_out: Matrix,
}

/// Brings a row to length 1 per value, then scales each value.
#[derive(Debug)]
pub(super) struct Norm {
    scale: Vec<f32>,
    epsilon: f32,
}

impl Sizes {
    /// The sizes that a file states.
    pub(super) fn read<R: Read + Seek>(file: &Gguf<R>) -> Result<Self, Flaw> {
        let kind = file.text("general.architecture")?;
        if !matches!(kind, "llama" | "qwen2") {
            return Err(Flaw::unsupported(format!("the architecture `{kind}`")));
        }
        let key = |name: &str| format!("{kind}.{name}");
        let width = file.size(&key("embedding_length"))?;
        let heads = file.size(&key("attention.head_count"))?;
        let kv_heads = file
            .number(&key("attention.head_count_kv"))
            .unwrap_or(heads);
        let head = file
            .number(&key("attention.key_length"))
            .unwrap_or(width / heads);
        if kv_heads == 0 || !heads.is_multiple_of(kv_heads) || head == 0 || !head.is_multiple_of(2)
        {
            return Err(Flaw::malformed(format!(
                "{heads} heads over {kv_heads} of size {head} make no sense"
            )));
        }
        if file
            .number(&key("expert_count"))
            .is_some_and(|experts| experts > 0)
        {
            return Err(Flaw::unsupported("a mixture of experts"));
        }
        Ok(Self {
            layers: file.size(&key("block_count"))?,
            width,
            heads,
            kv_heads,
            head,
            hidden: file.size(&key("feed_forward_length"))?,
            context: file.size(&key("context_length"))?,
            epsilon: file
                .real(&key("attention.layer_norm_rms_epsilon"))
                .unwrap_or(1e-5),
        })
    }
}

impl Layer {
    /// The layer at this index.
    pub(super) fn load<R: Read + Seek>(
        file: &mut Gguf<R>,
        layer: usize,
        sizes: Sizes,
    ) -> Result<Self, Flaw> {
        let name = |part: &str| format!("blk.{layer}.{part}");
        let Sizes { width, hidden, .. } = sizes;
        let seen = sizes.heads * sizes.head;
        Ok(Self {
            attention_norm: Norm::load(file, &name("attn_norm.weight"), sizes)?,
            qkv: qkv(file, &name("attn"), sizes)?,
            attention_out: matrix(file, &name("attn_output"), width, seen)?,
            feed_norm: Norm::load(file, &name("ffn_norm.weight"), sizes)?,
            feed_in: Gated::new(
                matrix(file, &name("ffn_gate"), hidden, width)?,
                matrix(file, &name("ffn_up"), hidden, width)?,
            ),
            feed_out: matrix(file, &name("ffn_down"), width, hidden)?,
        })
    }
}

/// A matrix without biases.
pub(super) fn matrix<R: Read + Seek>(
    file: &mut Gguf<R>,
    name: &str,
    outputs: usize,
    inputs: usize,
) -> Result<Matrix, Flaw> {
    let weights = file.matrix(&format!("{name}.weight"), &[outputs, inputs])?;
    Ok(Matrix::new(&weights, &[], inputs))
}

/// One matrix of the three for queries, keys and values: they meet the same rows.
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

impl Norm {
    /// The norm of this name.
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

    /// Puts the normed rows into tiles.
    pub(super) fn apply(&self, x: &[f32], tiles: &mut Tiles) {
        let width = self.scale.len();
        let lengths: Vec<_> = x.chunks(width).map(|row| self.length(row)).collect();
        tiles.fill(lengths.len(), width, |row, i| {
            x[row * width + i] * lengths[row] * self.scale[i]
        });
    }

    /// What a row is multiplied by. The sum runs in eight lanes, which the compiler keeps in one
    /// register; their order is fixed.
    fn length(&self, row: &[f32]) -> f32 {
        let mut lanes = [0.0_f32; 8];
        for values in row.chunks(8) {
            for (lane, value) in lanes.iter_mut().zip(values) {
                *lane += value * value;
            }
        }
        let mean = lanes.iter().sum::<f32>() / row.len() as f32;
        (mean + self.epsilon).sqrt().recip()
    }
}

//! The whole network, from tokens to the scores of the next token.

use std::io::{Read, Seek};
use std::slice::ChunksExact;

use rayon::prelude::*;

use super::layer::{LlamaLayer, RmsNorm, matrix};
use super::rope::Rope;
use super::sizes::Sizes;
use crate::lm::local::error::Flaw;
use crate::lm::local::tensor::{
    Attention, AttentionScratch, Kv, KvShape, Matrix, PanelRow, Tiles, add, unpack,
};
use crate::lm::local::weights::Gguf;

/// A loaded network.
#[derive(Debug)]
pub(crate) struct Llama {
    sizes: Sizes,
    rope: Rope,
    embeddings: Matrix,
    layers: Vec<LlamaLayer>,
    last_norm: RmsNorm,
    /// The output matrix; `None` if the embeddings are used for it, too.
    head: Option<Matrix>,
}

/// Tokens of one sequence to be read in a pass.
#[derive(Debug)]
pub(crate) struct Chunk<'a> {
    /// The tokens.
    pub(crate) tokens: &'a [u32],
    /// The keys and values of the tokens before them, to which theirs are added.
    pub(crate) kv: &'a mut Kv,
    /// Whether the scores of the token after the last one are wanted.
    pub(crate) logits: bool,
}

/// Buffers that are reused from one pass to the next.
#[derive(Debug, Default)]
pub(crate) struct LlamaScratch {
    x: Vec<f32>,
    qkv: Vec<f32>,
    attended: Vec<f32>,
    tiles: Tiles,
    hidden: Tiles,
    sums: Vec<PanelRow>,
    last: Vec<f32>,
    scores: Vec<f32>,
}

/// The token that a row of a pass belongs to.
#[derive(Clone, Copy)]
struct TokenRow {
    chunk: usize,
    position: usize,
}

impl Llama {
    /// Reads the network of a file.
    pub(crate) fn load<R: Read + Seek>(file: &mut Gguf<R>) -> Result<Self, Flaw> {
        let sizes = Sizes::read(file)?;
        let vocabulary = *file.shape("token_embd.weight")?.first().unwrap_or(&0);
        let width = sizes.width;
        let embeddings = matrix(file, "token_embd", vocabulary, width)?;
        let head = match file.has("output.weight") {
            true => Some(matrix(file, "output", vocabulary, width)?),
            false => None,
        };
        // The matrices of the layers show that the sizes are true.
        let layers = (0..sizes.layers)
            .map(|layer| LlamaLayer::load(file, layer, sizes))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            sizes,
            rope: Rope::read(file, sizes.head)?,
            embeddings,
            layers,
            last_norm: RmsNorm::load(file, "output_norm.weight", sizes)?,
            head,
        })
    }

    /// The number of tokens that have an embedding.
    pub(crate) const fn vocabulary(&self) -> usize {
        self.embeddings.outputs()
    }

    /// The largest number of tokens that the network was trained to read.
    pub(crate) const fn context(&self) -> usize {
        self.sizes.context
    }

    /// The shape of the keys and values of its sequences.
    pub(crate) const fn kv_shape(&self) -> KvShape {
        KvShape {
            layers: self.sizes.layers,
            heads: self.sizes.kv_heads,
            size: self.sizes.head,
        }
    }

    /// Reads chunks of different sequences in one pass. For each chunk that wants them, returns a row
    /// with the scores of all tokens of the vocabulary.
    pub(crate) fn read<'a>(
        &self,
        chunks: &mut [Chunk<'_>],
        scratch: &'a mut LlamaScratch,
    ) -> ChunksExact<'a, f32> {
        let rows = token_rows(chunks);
        let positions: Vec<_> = rows.iter().map(|row| row.position).collect();
        let rope = self.rope.at(&positions);
        self.embed(chunks, &mut scratch.x);
        for (index, layer) in self.layers.iter().enumerate() {
            let LlamaScratch {
                x,
                qkv,
                attended,
                tiles,
                hidden,
                sums,
                ..
            } = scratch;
            layer.attention_norm.apply(x, tiles);
            layer.qkv.product(tiles, sums);
            unpack(sums, rows.len(), layer.qkv.outputs(), qkv);
            self.rotate_and_store(index, &rope, qkv, chunks);
            self.attend(index, &rows, chunks, qkv, attended);
            let width = layer.attention_out.inputs();
            tiles.fill(rows.len(), width, |row, i| attended[row * width + i]);
            layer.attention_out.product(tiles, sums);
            add(x, sums, rows.len());
            layer.feed_norm.apply(x, tiles);
            layer.feed_in.product(tiles, hidden);
            layer.feed_out.product(hidden, sums);
            add(x, sums, rows.len());
        }
        self.score(chunks, scratch)
    }

    fn embed(&self, chunks: &[Chunk<'_>], x: &mut Vec<f32>) {
        x.clear();
        for &token in chunks.iter().flat_map(|chunk| chunk.tokens) {
            x.extend(self.embeddings.weights_of(token as usize));
        }
    }

    fn rotate_and_store(
        &self,
        layer: usize,
        rope: &[Vec<(f32, f32)>],
        qkv: &mut [f32],
        chunks: &mut [Chunk<'_>],
    ) {
        let width = (self.sizes.heads + 2 * self.sizes.kv_heads) * self.sizes.head;
        let (mut rope, mut qkv) = (rope, qkv);
        let mut parts = Vec::with_capacity(chunks.len());
        for chunk in chunks {
            let len = chunk.tokens.len();
            parts.push((
                chunk,
                rope.split_off(..len).unwrap_or_default(),
                qkv.split_off_mut(..len * width).unwrap_or_default(),
            ));
        }
        parts.into_par_iter().for_each(|(chunk, rope, qkv)| {
            let start = chunk.kv.len() - chunk.tokens.len();
            for (offset, (row, angles)) in qkv.chunks_mut(width).zip(rope).enumerate() {
                self.rotate_and_store_row(layer, start + offset, angles, row, chunk.kv);
            }
        });
    }

    fn rotate_and_store_row(
        &self,
        layer: usize,
        position: usize,
        angles: &[(f32, f32)],
        row: &mut [f32],
        kv: &mut Kv,
    ) {
        let Sizes {
            heads,
            kv_heads,
            head: size,
            ..
        } = self.sizes;
        let (rotated, values) = row.split_at_mut((heads + kv_heads) * size);
        for head in rotated.chunks_mut(size) {
            self.rope.rotate(head, angles);
        }
        let keys = rotated[heads * size..].chunks(size);
        for (head, (key, value)) in keys.zip(values.chunks(size)).enumerate() {
            kv.write(layer, head, position, key, value);
        }
    }

    fn attend(
        &self,
        layer: usize,
        rows: &[TokenRow],
        chunks: &[Chunk<'_>],
        qkv: &[f32],
        attended: &mut Vec<f32>,
    ) {
        let Sizes {
            heads,
            kv_heads,
            head: size,
            ..
        } = self.sizes;
        attended.clear();
        for row in qkv.chunks((heads + 2 * kv_heads) * size) {
            attended.extend_from_slice(&row[..heads * size]);
        }
        attended
            .par_chunks_mut(heads / kv_heads * size)
            .enumerate()
            .for_each_init(AttentionScratch::default, |scratch, (index, queries)| {
                let row = rows[index / kv_heads];
                let attention = Attention {
                    kv: &*chunks[row.chunk].kv,
                    layer,
                    head: index % kv_heads,
                    positions: row.position + 1,
                };
                attention.run(size, queries, scratch);
            });
    }

    /// The scores of the token after the last one, for each chunk that wants them. Only these rows are
    /// multiplied with the output matrix, which is the largest of all.
    fn score<'a>(
        &self,
        chunks: &[Chunk<'_>],
        scratch: &'a mut LlamaScratch,
    ) -> ChunksExact<'a, f32> {
        let LlamaScratch {
            x,
            tiles,
            sums,
            last,
            scores,
            ..
        } = scratch;
        let width = self.sizes.width;
        last.clear();
        let mut end = 0;
        for chunk in chunks {
            end += chunk.tokens.len();
            if chunk.logits {
                last.extend_from_slice(&x[(end - 1) * width..end * width]);
            }
        }
        let head = self.head.as_ref().unwrap_or(&self.embeddings);
        scores.clear();
        if !last.is_empty() {
            self.last_norm.apply(last, tiles);
            head.product(tiles, sums);
            unpack(sums, last.len() / width, head.outputs(), scores);
        }
        scores.chunks_exact(head.outputs())
    }
}

/// Makes room for the chunks and returns the rows of their tokens.
fn token_rows(chunks: &mut [Chunk<'_>]) -> Vec<TokenRow> {
    let mut rows = Vec::new();
    for (index, chunk) in chunks.iter_mut().enumerate() {
        let start = chunk.kv.len();
        chunk.kv.extend(chunk.tokens.len());
        rows.extend((start..chunk.kv.len()).map(|position| TokenRow {
            chunk: index,
            position,
        }));
    }
    rows
}

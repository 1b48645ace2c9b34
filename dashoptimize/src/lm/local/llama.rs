//! The network: Llama, and Qwen2, which is a Llama with biases and another order of rotation.

use std::io::{Read, Seek};
use std::slice::ChunksExact;

use rayon::prelude::*;

use super::attention::{Look, Scratch as LookScratch};
use super::error::Flaw;
use super::gguf::Gguf;
use super::kv::{Kv, KvShape};
use super::layer::{Layer, Norm, Sizes, matrix};
use super::matrix::{Matrix, add, unpack};
use super::rope::Rope;
use super::tile::{Row, Tiles};

/// A loaded network.
#[derive(Debug)]
pub(super) struct Llama {
    sizes: Sizes,
    rope: Rope,
    embeddings: Matrix,
    layers: Vec<Layer>,
    last_norm: Norm,
    /// `None` where the embeddings serve as the head.
    head: Option<Matrix>,
}

/// Tokens of one sequence that are to be read.
#[derive(Debug)]
pub(super) struct Chunk<'a> {
    /// The tokens.
    pub(super) tokens: &'a [u32],
    /// What was read before them; they are added to it.
    pub(super) kv: &'a mut Kv,
    /// Whether the scores of what may follow the last token are wanted.
    pub(super) logits: bool,
}

/// Memory that passes use one after the other, so that none of them allocates its own.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    x: Vec<f32>,
    qkv: Vec<f32>,
    seen: Vec<f32>,
    tiles: Tiles,
    hidden: Tiles,
    sums: Vec<Row>,
    last: Vec<f32>,
    scores: Vec<f32>,
}

/// Where a row of a pass belongs.
#[derive(Clone, Copy)]
struct Place {
    chunk: usize,
    position: usize,
}

impl Llama {
    /// Loads the network of a file.
    pub(super) fn load<R: Read + Seek>(file: &mut Gguf<R>) -> Result<Self, Flaw> {
        let sizes = Sizes::read(file)?;
        let vocabulary = *file.shape("token_embd.weight")?.first().unwrap_or(&0);
        let width = sizes.width;
        let embeddings = matrix(file, "token_embd", vocabulary, width)?;
        let head = match file.has("output.weight") {
            true => Some(matrix(file, "output", vocabulary, width)?),
            false => None,
        };
        Ok(Self {
            sizes,
            rope: Rope::read(file, sizes.head)?,
            embeddings,
            layers: (0..sizes.layers)
                .map(|layer| Layer::load(file, layer, sizes))
                .collect::<Result<_, _>>()?,
            last_norm: Norm::load(file, "output_norm.weight", sizes)?,
            head,
        })
    }

    /// Number of tokens it knows.
    pub(super) const fn vocabulary(&self) -> usize {
        self.embeddings.outputs()
    }

    /// Largest number of tokens that it was made to read.
    pub(super) const fn context(&self) -> usize {
        self.sizes.context
    }

    /// How keys and values of its sequences are kept.
    pub(super) const fn kv_shape(&self) -> KvShape {
        KvShape {
            layers: self.sizes.layers,
            heads: self.sizes.kv_heads,
            size: self.sizes.head,
        }
    }

    /// Reads chunks of different sequences in one pass. Gives the scores of every token of the
    /// vocabulary, row by row, for those chunks that want them.
    pub(super) fn read<'a>(
        &self,
        chunks: &mut [Chunk<'_>],
        scratch: &'a mut Scratch,
    ) -> ChunksExact<'a, f32> {
        let places = places(chunks);
        let positions: Vec<_> = places.iter().map(|place| place.position).collect();
        let rope = self.rope.at(&positions);
        self.embed(chunks, &mut scratch.x);
        for (index, layer) in self.layers.iter().enumerate() {
            let Scratch {
                x,
                qkv,
                seen,
                tiles,
                hidden,
                sums,
                ..
            } = scratch;
            layer.attention_norm.apply(x, tiles);
            layer.qkv.product(tiles, sums);
            unpack(sums, places.len(), layer.qkv.outputs(), qkv);
            self.rotate_and_keep(index, &rope, qkv, chunks);
            self.attend(index, &places, chunks, qkv, seen);
            let width = layer.attention_out.inputs();
            tiles.fill(places.len(), width, |row, i| seen[row * width + i]);
            layer.attention_out.product(tiles, sums);
            add(x, sums, places.len());
            layer.feed_norm.apply(x, tiles);
            layer.feed_in.product(tiles, hidden);
            layer.feed_out.product(hidden, sums);
            add(x, sums, places.len());
        }
        self.score(chunks, scratch)
    }

    fn embed(&self, chunks: &[Chunk<'_>], x: &mut Vec<f32>) {
        x.clear();
        for &token in chunks.iter().flat_map(|chunk| chunk.tokens) {
            x.extend(self.embeddings.weights_of(token as usize));
        }
    }

    fn rotate_and_keep(
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
                self.rotate_and_keep_row(layer, start + offset, angles, row, chunk.kv);
            }
        });
    }

    fn rotate_and_keep_row(
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
        let (turned, values) = row.split_at_mut((heads + kv_heads) * size);
        for head in turned.chunks_mut(size) {
            self.rope.turn(head, angles);
        }
        let keys = turned[heads * size..].chunks(size);
        for (head, (key, value)) in keys.zip(values.chunks(size)).enumerate() {
            kv.write(layer, head, position, key, value);
        }
    }

    fn attend(
        &self,
        layer: usize,
        places: &[Place],
        chunks: &[Chunk<'_>],
        qkv: &[f32],
        seen: &mut Vec<f32>,
    ) {
        let Sizes {
            heads,
            kv_heads,
            head: size,
            ..
        } = self.sizes;
        seen.clear();
        for row in qkv.chunks((heads + 2 * kv_heads) * size) {
            seen.extend_from_slice(&row[..heads * size]);
        }
        seen.par_chunks_mut(heads / kv_heads * size)
            .enumerate()
            .for_each_init(LookScratch::default, |scratch, (index, queries)| {
                let place = places[index / kv_heads];
                let look = Look {
                    kv: &*chunks[place.chunk].kv,
                    layer,
                    head: index % kv_heads,
                    seen: place.position + 1,
                };
                look.run(size, queries, scratch);
            });
    }

    /// The scores that follow the last token of those chunks that want them. Only these rows meet
    /// the head, the largest matrix.
    fn score<'a>(&self, chunks: &[Chunk<'_>], scratch: &'a mut Scratch) -> ChunksExact<'a, f32> {
        let Scratch {
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

/// Makes room for the chunks and says where each of their tokens goes.
fn places(chunks: &mut [Chunk<'_>]) -> Vec<Place> {
    let mut places = Vec::new();
    for (index, chunk) in chunks.iter_mut().enumerate() {
        let start = chunk.kv.len();
        chunk.kv.extend(chunk.tokens.len());
        places.extend((start..chunk.kv.len()).map(|position| Place {
            chunk: index,
            position,
        }));
    }
    places
}

//! Attention of one token to the tokens of its sequence.

use pulp::{Simd, WithSimd};

use super::kv::Kv;
use super::tile::{COLUMNS, PanelRow, Tiles, ZERO, exp, with_simd};

/// The attention of one token, in all query heads that share one head of keys and values.
///
/// The scores, their sum and the weighted values are computed position by position, in order, so it
/// makes no difference whether a block was read together with this token, earlier, or by another
/// sequence.
pub(crate) struct Attention<'a> {
    /// The keys and values of the sequence.
    pub(crate) kv: &'a Kv,
    /// The layer of the network.
    pub(crate) layer: usize,
    /// The head of keys and values.
    pub(crate) head: usize,
    /// The number of positions that the token attends to, from the first one on.
    pub(crate) positions: usize,
}

/// Buffers that are reused from one token to the next.
#[derive(Debug, Default)]
pub(crate) struct AttentionScratch {
    queries: Tiles,
    weights: Tiles,
    scores: Vec<PanelRow>,
    sums: Vec<PanelRow>,
}

impl Attention<'_> {
    /// Replaces the queries, which follow each other head by head with `size` values each, by the
    /// results of their heads.
    pub(crate) fn run(&self, size: usize, queries: &mut [f32], scratch: &mut AttentionScratch) {
        let heads = queries.len() / size;
        let scale = (size as f32).sqrt().recip();
        scratch
            .queries
            .fill(heads, size, |head, i| queries[head * size + i] * scale);
        let blocks = self.positions.div_ceil(COLUMNS);
        scratch.scores.clear();
        scratch.scores.resize(blocks * heads, ZERO);
        scratch.sums.clear();
        scratch.sums.resize(size.div_ceil(COLUMNS) * heads, ZERO);
        let total = with_simd(Compute {
            attention: self,
            heads,
            scratch,
        });
        for (head, result) in queries.chunks_mut(size).enumerate() {
            for (i, value) in result.iter_mut().enumerate() {
                *value = scratch.sums[i / COLUMNS * heads + head][i % COLUMNS] / total[head];
            }
        }
    }
}

struct Compute<'a> {
    attention: &'a Attention<'a>,
    heads: usize,
    scratch: &'a mut AttentionScratch,
}

impl WithSimd for Compute<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Vec<f32> {
        let Self {
            attention,
            heads,
            scratch,
        } = self;
        let keys = attention.kv.keys(attention.layer, attention.head);
        for (scores, keys) in scratch.scores.chunks_mut(heads).zip(keys) {
            scratch.queries.add_product(simd, keys, scores);
        }
        let totals = softmax(&mut scratch.scores, heads, attention.positions);
        let values = attention.kv.values(attention.layer, attention.head);
        for (block, (scores, values)) in scratch.scores.chunks(heads).zip(values).enumerate() {
            let positions = COLUMNS.min(attention.positions - block * COLUMNS);
            scratch
                .weights
                .fill(heads, positions, |head, i| scores[head][i]);
            let panels = values.chunks(COLUMNS);
            for (panel, sums) in panels.zip(scratch.sums.chunks_mut(heads)) {
                scratch.weights.add_product(simd, &panel[..positions], sums);
            }
        }
        totals
    }
}

/// Turns scores into weights (not yet divided by their total) and returns the total of each head.
#[inline(always)]
fn softmax(scores: &mut [PanelRow], heads: usize, positions: usize) -> Vec<f32> {
    if let Some(last) = scores.len().checked_sub(heads) {
        let end = (positions - 1) % COLUMNS + 1;
        for row in &mut scores[last..] {
            row[end..].fill(f32::NEG_INFINITY);
        }
    }
    let mut totals = Vec::with_capacity(heads);
    for head in 0..heads {
        totals.push(softmax_of(scores, head, heads));
    }
    totals
}

/// The softmax of one head, whose scores are every `heads`-th row from row `head` on. It is written
/// with loops, because the compiler does not always turn closures into vector code here.
#[inline(always)]
fn softmax_of(scores: &mut [PanelRow], head: usize, heads: usize) -> f32 {
    let mut lanes = [f32::NEG_INFINITY; COLUMNS];
    for row in scores.iter().skip(head).step_by(heads) {
        for (max, &score) in lanes.iter_mut().zip(row) {
            *max = if score > *max { score } else { *max };
        }
    }
    let mut max = f32::NEG_INFINITY;
    for lane in lanes {
        max = if lane > max { lane } else { max };
    }
    let mut total = ZERO;
    for row in scores.iter_mut().skip(head).step_by(heads) {
        for (total, score) in total.iter_mut().zip(row) {
            *score = exp(*score - max);
            *total += *score;
        }
    }
    total.iter().sum()
}

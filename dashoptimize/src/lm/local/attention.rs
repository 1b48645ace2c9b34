//! Attention of one token over all tokens before it.

use pulp::{Simd, WithSimd};

use super::kv::Kv;
use super::tile::{COLUMNS, Row, Tiles, ZERO, exp, with_simd};

/// One token's look, through all query heads that share one head of keys and values.
///
/// Scores, their sum and the weighted values all run over positions in order, block by block, so
/// it makes no difference which blocks were read together with this token, earlier, or by another
/// sequence.
pub(super) struct Look<'a> {
    /// What the sequence has read.
    pub(super) kv: &'a Kv,
    /// Layer of the model.
    pub(super) layer: usize,
    /// Head of keys and values.
    pub(super) head: usize,
    /// Positions that the token sees, its own the last.
    pub(super) seen: usize,
}

/// Memory that looks use one after the other.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    queries: Tiles,
    weights: Tiles,
    scores: Vec<Row>,
    sums: Vec<Row>,
}

impl Look<'_> {
    /// Takes the queries, one head after the other, and leaves what the heads saw in their place.
    pub(super) fn run(&self, size: usize, queries: &mut [f32], scratch: &mut Scratch) {
        let heads = queries.len() / size;
        let scale = (size as f32).sqrt().recip();
        scratch
            .queries
            .fill(heads, size, |head, i| queries[head * size + i] * scale);
        let blocks = self.seen.div_ceil(COLUMNS);
        scratch.scores.clear();
        scratch.scores.resize(blocks * heads, ZERO);
        scratch.sums.clear();
        scratch.sums.resize(size.div_ceil(COLUMNS) * heads, ZERO);
        let total = with_simd(Run {
            look: self,
            heads,
            scratch,
        });
        for (head, seen) in queries.chunks_mut(size).enumerate() {
            for (i, seen) in seen.iter_mut().enumerate() {
                *seen = scratch.sums[i / COLUMNS * heads + head][i % COLUMNS] / total[head];
            }
        }
    }
}

struct Run<'a> {
    look: &'a Look<'a>,
    heads: usize,
    scratch: &'a mut Scratch,
}

impl WithSimd for Run<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Vec<f32> {
        let Self {
            look,
            heads,
            scratch,
        } = self;
        let keys = look.kv.keys(look.layer, look.head);
        for (scores, keys) in scratch.scores.chunks_mut(heads).zip(keys) {
            scratch.queries.add_product(simd, keys, scores);
        }
        let totals = softmax(&mut scratch.scores, heads, look.seen);
        let values = look.kv.values(look.layer, look.head);
        for (block, (scores, values)) in scratch.scores.chunks(heads).zip(values).enumerate() {
            let seen = COLUMNS.min(look.seen - block * COLUMNS);
            scratch.weights.fill(heads, seen, |head, i| scores[head][i]);
            let panels = values.chunks(COLUMNS);
            for (panel, sums) in panels.zip(scratch.sums.chunks_mut(heads)) {
                scratch.weights.add_product(simd, &panel[..seen], sums);
            }
        }
        totals
    }
}

/// Turns scores into weights (not yet divided by their total) and gives the total of each head.
#[inline(always)]
fn softmax(scores: &mut [Row], heads: usize, seen: usize) -> Vec<f32> {
    if let Some(last) = scores.len().checked_sub(heads) {
        let end = (seen - 1) % COLUMNS + 1;
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

/// The same for every `heads`-th row from row `head` on. Loops instead of closures, as closures do
/// not always become vector code here.
#[inline(always)]
fn softmax_of(scores: &mut [Row], head: usize, heads: usize) -> f32 {
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

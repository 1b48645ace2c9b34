//! The arithmetic kernel. Every matrix product, those of attention included, is computed by it.
//!
//! Each element of a result is one chain of fused multiply-adds over `k`, in order, starting from
//! the previous value of the element. Its bits therefore depend neither on the number of rows in
//! the call, nor on how they are cut into tiles, nor on the width of the processor's vector
//! registers. This is what makes a reply independent of the batch in which it was computed. The
//! vectors run across columns, whose sums are independent of each other.

use std::slice::ChunksMut;

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

/// The number of columns of a panel. A matrix is stored as panels of this width.
pub(crate) const COLUMNS: usize = 32;

/// The number of rows of a tile: as many sums as fit into the registers of a processor.
const ROWS: usize = 8;

/// One row of a panel.
pub(crate) type PanelRow = [f32; COLUMNS];

/// A row of zeros.
pub(crate) const ZERO: PanelRow = [0.0; COLUMNS];

/// The rows of a matrix in the order in which the kernel reads them: blocks of [`COLUMNS`] columns;
/// in each block, tiles of [`ROWS`] rows (the last may have fewer); in each tile, all rows of the
/// first column, then all rows of the second, and so on. The last block is filled up with zeros.
#[derive(Debug, Default)]
pub(crate) struct Tiles {
    values: Vec<f32>,
    rows: usize,
    width: usize,
}

/// The number of values from which splitting the work between threads pays off.
pub(crate) const PARALLEL_THRESHOLD: usize = 16_384;

impl Tiles {
    /// Makes room for `rows` rows of `width` values each, and returns it block by block.
    fn blocks(&mut self, rows: usize, width: usize) -> ChunksMut<'_, f32> {
        self.resize(rows, width);
        self.values.chunks_mut((rows * COLUMNS).max(1))
    }

    /// As [`blocks`](Self::blocks), for several threads.
    pub(crate) fn shared_blocks(
        &mut self,
        rows: usize,
        width: usize,
    ) -> rayon::slice::ChunksMut<'_, f32> {
        self.resize(rows, width);
        self.values.par_chunks_mut((rows * COLUMNS).max(1))
    }

    fn resize(&mut self, rows: usize, width: usize) {
        self.rows = rows;
        self.width = width;
        let blocks = width.div_ceil(COLUMNS);
        self.values.resize(blocks * rows * COLUMNS, 0.0);
    }

    /// Sets `rows` rows of `width` values each.
    pub(crate) fn fill(
        &mut self,
        rows: usize,
        width: usize,
        value: impl Fn(usize, usize) -> f32 + Sync,
    ) {
        let fill = |index: usize, block: &mut [f32]| {
            let first = index * COLUMNS;
            let columns = COLUMNS.min(width - first);
            fill_block(block, rows, columns, |row, column| {
                value(row, first + column)
            });
        };
        if rows * width < PARALLEL_THRESHOLD {
            for (index, block) in self.blocks(rows, width).enumerate() {
                fill(index, block);
            }
        } else {
            let blocks = self.shared_blocks(rows, width).enumerate();
            blocks.for_each(|(index, block)| fill(index, block));
        }
    }

    /// The number of rows.
    pub(crate) const fn rows(&self) -> usize {
        self.rows
    }

    /// The number of values per row.
    pub(crate) const fn width(&self) -> usize {
        self.width
    }

    /// Adds the product with a panel to `sums`, which has one [`PanelRow`] for each row of this matrix.
    #[inline(always)]
    pub(crate) fn add_product<S: Simd>(&self, simd: S, panel: &[PanelRow], sums: &mut [PanelRow]) {
        for (index, sums) in sums.chunks_mut(ROWS).enumerate() {
            let tile = Tile {
                values: self
                    .values
                    .get(index * ROWS * COLUMNS..)
                    .unwrap_or_default(),
                stride: self.rows * COLUMNS,
            };
            add_tile(simd, tile, panel, sums);
        }
    }
}

/// Writes the first `columns` columns of a block.
#[inline(always)]
pub(crate) fn fill_block(
    block: &mut [f32],
    rows: usize,
    columns: usize,
    value: impl Fn(usize, usize) -> f32,
) {
    for (index, tile) in block.chunks_mut(ROWS * COLUMNS).enumerate() {
        let first = index * ROWS;
        let height = ROWS.min(rows - first);
        for (column, places) in tile.chunks_mut(height).enumerate() {
            for (row, place) in places.iter_mut().enumerate() {
                *place = if column < columns {
                    value(first + row, column)
                } else {
                    0.0
                };
            }
        }
    }
}

/// The tile at one index, across all blocks.
#[derive(Clone, Copy)]
struct Tile<'a> {
    values: &'a [f32],
    stride: usize,
}

/// `sums += tile · panel`.
#[inline(always)]
fn add_tile<S: Simd>(simd: S, tile: Tile<'_>, panel: &[PanelRow], sums: &mut [PanelRow]) {
    match sums.len() {
        1 => add_rows::<S, 1, 2>(simd, tile, panel, sums),
        2 => add_rows::<S, 2, 2>(simd, tile, panel, sums),
        3 => add_rows::<S, 3, 2>(simd, tile, panel, sums),
        4 => add_rows::<S, 4, 2>(simd, tile, panel, sums),
        5 => add_rows::<S, 5, 2>(simd, tile, panel, sums),
        6 => add_rows::<S, 6, 2>(simd, tile, panel, sums),
        // Two vectors for each of seven or eight rows need more than 16 registers.
        7 if S::REGISTER_COUNT > 16 => add_rows::<S, 7, 2>(simd, tile, panel, sums),
        7 => add_rows::<S, 7, 1>(simd, tile, panel, sums),
        _ if S::REGISTER_COUNT > 16 => add_rows::<S, ROWS, 2>(simd, tile, panel, sums),
        _ => add_rows::<S, ROWS, 1>(simd, tile, panel, sums),
    }
}

/// As [`add_tile`], for `M` rows, with `V` vectors of columns at a time.
#[inline(always)]
fn add_rows<S: Simd, const M: usize, const V: usize>(
    simd: S,
    tile: Tile<'_>,
    panel: &[PanelRow],
    sums: &mut [PanelRow],
) {
    for first in (0..COLUMNS / S::F32_LANES).step_by(V) {
        let mut acc = [[simd.splat_f32s(0.0); V]; M];
        for (acc, sums) in acc.iter_mut().zip(&*sums) {
            acc.copy_from_slice(&S::as_simd_f32s(sums).0[first..first + V]);
        }
        for (block, panel) in tile.values.chunks(tile.stride).zip(panel.chunks(COLUMNS)) {
            for (column, row) in block.as_chunks::<M>().0.iter().zip(panel) {
                let mut b = [simd.splat_f32s(0.0); V];
                b.copy_from_slice(&S::as_simd_f32s(row).0[first..first + V]);
                for (acc, &value) in acc.iter_mut().zip(column) {
                    let value = simd.splat_f32s(value);
                    for (acc, &b) in acc.iter_mut().zip(&b) {
                        *acc = simd.mul_add_f32s(value, b, *acc);
                    }
                }
            }
        }
        for (acc, sums) in acc.iter().zip(&mut *sums) {
            S::as_mut_simd_f32s(sums).0[first..first + V].copy_from_slice(acc);
        }
    }
}

/// Runs an operation with the widest vector registers of this processor.
#[inline]
pub(crate) fn with_simd<Op: WithSimd>(op: Op) -> Op::Output {
    pulp::Arch::new().dispatch(op)
}

/// `e^x`, with the same bits on every processor, in a form that compilers turn into vector code.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    // Adding this constant leaves the rounded value in the low bits of the sum.
    const ROUND: f32 = 12_582_912.0;
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    let x = x.clamp(-87.0, 88.0);
    let shifted = x.mul_add(std::f32::consts::LOG2_E, ROUND);
    let n = shifted - ROUND;
    let r = n.mul_add(-LN2_LOW, n.mul_add(-LN2_HIGH, x));
    let mut p = 1.987_569_1e-4_f32;
    for c in [
        1.398_199_9e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        1.666_666_5e-1,
        0.5,
    ] {
        p = p.mul_add(r, c);
    }
    let p = (p * r).mul_add(r, r) + 1.0;
    let exponent = shifted.to_bits().wrapping_sub(ROUND.to_bits());
    p * f32::from_bits(exponent.wrapping_add(127) << 23)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Product<'a>(&'a Tiles, &'a [PanelRow], &'a mut [PanelRow]);

    impl WithSimd for Product<'_> {
        type Output = ();

        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) {
            self.0.add_product(simd, self.1, self.2);
        }
    }

    fn value(row: usize, column: usize) -> f32 {
        ((row * 31 + column * 17) % 23) as f32 * 0.137 - 1.4
    }

    fn product(rows: std::ops::Range<usize>, panel: &[PanelRow]) -> Vec<PanelRow> {
        let mut tiles = Tiles::default();
        tiles.fill(rows.len(), panel.len(), |r, c| value(rows.start + r, c));
        let mut sums = vec![ZERO; rows.len()];
        with_simd(Product(&tiles, panel, &mut sums));
        sums
    }

    fn panel(height: usize) -> Vec<PanelRow> {
        (0..height)
            .map(|k| std::array::from_fn(|n| value(k + 5, n * 3)))
            .collect()
    }

    #[test]
    fn every_element_is_one_chain_of_multiply_adds() {
        let panel = panel(67);
        let sums = product(0..21, &panel);
        for (row, sums) in sums.iter().enumerate() {
            for (column, sum) in sums.iter().enumerate() {
                let chain = (0..67).fold(0.0_f32, |sum, k| {
                    value(row, k).mul_add(panel[k][column], sum)
                });
                assert_eq!(sum.to_bits(), chain.to_bits(), "row {row}, column {column}");
            }
        }
    }

    #[test]
    fn a_row_does_not_depend_on_the_other_rows() {
        let panel = panel(40);
        let together = product(0..19, &panel);
        for (row, sums) in together.iter().enumerate() {
            assert_eq!(product(row..row + 1, &panel)[0], *sums);
        }
    }

    #[test]
    fn exp_is_close_to_the_exact_value() {
        for i in -860..880 {
            let x = i as f32 / 10.0;
            let exact = f64::from(x).exp();
            let error = (f64::from(exp(x)) - exact).abs() / exact;
            assert!(error < 3e-7, "{x}: {error}");
        }
        assert!(exp(f32::NEG_INFINITY) < 1e-37);
    }
}

//! Weight matrices and their products with rows of values.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::tile::{COLUMNS, PARALLEL_THRESHOLD, PanelRow, Tiles, ZERO, exp, fill_block, with_simd};

/// A matrix that maps rows of `inputs` values to rows of `outputs` values, cut into panels of
/// [`COLUMNS`] outputs.
#[derive(Debug)]
pub(crate) struct Matrix {
    panels: Vec<PanelRow>,
    bias: Vec<PanelRow>,
    inputs: usize,
    outputs: usize,
}

impl Matrix {
    /// Packs a matrix with `inputs` values for each output. The bias is empty or has one value for
    /// each output.
    pub(crate) fn new(weights: &[f32], bias: &[f32], inputs: usize) -> Self {
        let outputs = weights.len() / inputs;
        let mut panels = vec![ZERO; outputs.div_ceil(COLUMNS) * inputs];
        panels
            .par_chunks_mut(inputs)
            .zip(weights.par_chunks(COLUMNS * inputs))
            .for_each(|(panel, weights)| {
                for (column, weights) in weights.chunks(inputs).enumerate() {
                    for (row, &weight) in panel.iter_mut().zip(weights) {
                        row[column] = weight;
                    }
                }
            });
        Self {
            panels,
            bias: rows_of(bias),
            inputs,
            outputs,
        }
    }

    /// The number of values of an input row.
    pub(crate) const fn inputs(&self) -> usize {
        self.inputs
    }

    /// The number of values of an output row.
    pub(crate) const fn outputs(&self) -> usize {
        self.outputs
    }

    /// The weights of one output. In a matrix of embeddings, this is the embedding of a token.
    pub(crate) fn weights_of(&self, output: usize) -> impl Iterator<Item = f32> {
        let first = output / COLUMNS * self.inputs;
        let column = output % COLUMNS;
        self.panels[first..first + self.inputs]
            .iter()
            .map(move |row| row[column])
    }

    /// `x · weights + bias`, panel by panel, with all rows of `x` in each.
    pub(crate) fn product(&self, x: &Tiles, sums: &mut Vec<PanelRow>) {
        debug_assert_eq!(x.width(), self.inputs);
        let rows = x.rows();
        sums.resize(self.outputs.div_ceil(COLUMNS) * rows, ZERO);
        sums.par_chunks_mut(rows.max(1))
            .zip(self.panels.par_chunks(self.inputs))
            .enumerate()
            .for_each(|(panel, (sums, weights))| {
                sums.fill(self.bias.get(panel).copied().unwrap_or(ZERO));
                with_simd(AddProduct { x, weights, sums });
            });
    }
}

/// Values cut into rows, the last filled up with zeros.
fn rows_of(values: &[f32]) -> Vec<PanelRow> {
    values
        .chunks(COLUMNS)
        .map(|chunk| {
            let mut row = ZERO;
            row[..chunk.len()].copy_from_slice(chunk);
            row
        })
        .collect()
}

/// Converts a product from the order of panels to the order of rows.
pub(crate) fn unpack(sums: &[PanelRow], rows: usize, width: usize, out: &mut Vec<f32>) {
    out.resize(rows * width, 0.0);
    out.par_chunks_mut(width)
        .enumerate()
        .for_each(|(row, out)| {
            let panels = out.chunks_mut(COLUMNS);
            for (out, sums) in panels.zip(sums.iter().skip(row).step_by(rows)) {
                out.copy_from_slice(&sums[..out.len()]);
            }
        });
}

/// Adds a product to the rows of `x`.
pub(crate) fn add(x: &mut [f32], sums: &[PanelRow], rows: usize) {
    let width = x.len() / rows;
    x.par_chunks_mut(width)
        .with_min_len(PARALLEL_THRESHOLD / width)
        .enumerate()
        .for_each(|(row, x)| {
            for (x, sums) in x
                .chunks_mut(COLUMNS)
                .zip(sums.iter().skip(row).step_by(rows))
            {
                for (x, sum) in x.iter_mut().zip(sums) {
                    *x += sum;
                }
            }
        });
}

struct AddProduct<'a> {
    x: &'a Tiles,
    weights: &'a [PanelRow],
    sums: &'a mut [PanelRow],
}

impl WithSimd for AddProduct<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        self.x.add_product(simd, self.weights, self.sums);
    }
}

/// The first two matrices of a gated feed-forward network, whose products are multiplied element by
/// element.
#[derive(Debug)]
pub(crate) struct Gated {
    gate: Matrix,
    up: Matrix,
}

impl Gated {
    /// Both matrices must have the same shape.
    pub(crate) const fn new(gate: Matrix, up: Matrix) -> Self {
        Self { gate, up }
    }

    /// `silu(x · gate) * (x · up)`.
    pub(crate) fn product(&self, x: &Tiles, out: &mut Tiles) {
        let rows = x.rows();
        out.shared_blocks(rows, self.gate.outputs)
            .zip(self.gate.panels.par_chunks(self.gate.inputs))
            .zip(self.up.panels.par_chunks(self.up.inputs))
            .for_each_init(Vec::new, |sums, ((block, gate), up)| {
                sums.clear();
                sums.resize(2 * rows, ZERO);
                let (gated, upped) = sums.split_at_mut(rows);
                with_simd(AddProduct {
                    x,
                    weights: gate,
                    sums: gated,
                });
                with_simd(AddProduct {
                    x,
                    weights: up,
                    sums: upped,
                });
                with_simd(|| meet(gated, upped));
                fill_block(block, rows, COLUMNS, |row, column| gated[row][column]);
            });
    }
}

#[inline(always)]
fn meet(gate: &mut [PanelRow], up: &[PanelRow]) {
    for (gate, up) in gate.as_flattened_mut().iter_mut().zip(up.as_flattened()) {
        *gate = *gate / (1.0 + exp(-*gate)) * up;
    }
}

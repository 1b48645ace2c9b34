//! The keys and values of the tokens that a network has read, in blocks that sequences can share.

use std::ops::Range;
use std::sync::Arc;

use super::tile::{COLUMNS, PanelRow, ZERO};

/// The sizes that determine the layout of a [`KvBlock`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KvShape {
    /// The number of layers of the network.
    pub(crate) layers: usize,
    /// The number of heads with separate keys and values, per layer.
    pub(crate) heads: usize,
    /// The number of values of a key.
    pub(crate) size: usize,
}

impl KvShape {
    /// The number of panels that the values of one position take.
    const fn value_panels(self) -> usize {
        self.size.div_ceil(COLUMNS)
    }

    const fn head_rows(self) -> usize {
        self.size + self.value_panels() * COLUMNS
    }

    const fn block_rows(self) -> usize {
        self.layers * self.heads * self.head_rows()
    }

    const fn block_bytes(self) -> usize {
        self.block_rows() * size_of::<PanelRow>()
    }

    fn keys(self, layer: usize, head: usize) -> Range<usize> {
        let start = (layer * self.heads + head) * self.head_rows();
        start..start + self.size
    }

    fn values(self, layer: usize, head: usize) -> Range<usize> {
        let end = (layer * self.heads + head + 1) * self.head_rows();
        end - self.value_panels() * COLUMNS..end
    }
}

/// The keys and values of [`COLUMNS`] positions, for all layers.
///
/// For each layer and head, the keys are a panel with a column per position, and the values are
/// panels with a row per position, which is how the kernel reads them.
#[derive(Clone, Debug)]
pub(crate) struct KvBlock {
    rows: Vec<PanelRow>,
}

/// The keys and values of one sequence.
///
/// A clone shares all blocks. A shared block is copied when one of its owners writes to it.
#[derive(Clone, Debug)]
pub(crate) struct Kv {
    shape: KvShape,
    blocks: Vec<Arc<KvBlock>>,
    len: usize,
}

impl Kv {
    /// Keys and values of no positions.
    pub(crate) const fn new(shape: KvShape) -> Self {
        Self {
            shape,
            blocks: Vec::new(),
            len: 0,
        }
    }

    /// The number of positions.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// Adds room for `more` positions at the end.
    pub(crate) fn extend(&mut self, more: usize) {
        self.len += more;
        let empty = || KvBlock {
            rows: vec![ZERO; self.shape.block_rows()],
        };
        self.blocks
            .resize_with(self.len.div_ceil(COLUMNS), || Arc::new(empty()));
    }

    /// Removes all positions from `len` on.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
        self.blocks.truncate(self.len.div_ceil(COLUMNS));
    }

    /// Writes the key and the value of one position and head.
    pub(crate) fn write(
        &mut self,
        layer: usize,
        head: usize,
        position: usize,
        key: &[f32],
        value: &[f32],
    ) {
        let (keys, values) = (self.shape.keys(layer, head), self.shape.values(layer, head));
        let column = position % COLUMNS;
        let rows = &mut Arc::make_mut(&mut self.blocks[position / COLUMNS]).rows;
        for (row, &key) in rows[keys].iter_mut().zip(key) {
            row[column] = key;
        }
        let panels = rows[values].chunks_mut(COLUMNS);
        for (panel, value) in panels.zip(value.chunks(COLUMNS)) {
            panel[column][..value.len()].copy_from_slice(value);
        }
    }

    /// The keys of a head: one panel for each block.
    pub(crate) fn keys(&self, layer: usize, head: usize) -> impl Iterator<Item = &[PanelRow]> {
        let range = self.shape.keys(layer, head);
        self.blocks
            .iter()
            .map(move |block| &block.rows[range.clone()])
    }

    /// The values of a head: one or more panels for each block.
    pub(crate) fn values(&self, layer: usize, head: usize) -> impl Iterator<Item = &[PanelRow]> {
        let range = self.shape.values(layer, head);
        self.blocks
            .iter()
            .map(move |block| &block.rows[range.clone()])
    }

    /// The address of each block; it is the same for two sequences that share the block.
    pub(crate) fn block_addresses(&self) -> impl Iterator<Item = *const KvBlock> {
        self.blocks.iter().map(Arc::as_ptr)
    }

    /// The size of a block in bytes.
    pub(crate) const fn block_bytes(&self) -> usize {
        self.shape.block_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: KvShape = KvShape {
        layers: 2,
        heads: 2,
        size: 40,
    };

    fn write(kv: &mut Kv, position: usize, value: f32) {
        let values = [value; SHAPE.size];
        kv.write(1, 1, position, &values, &values);
    }

    fn key(kv: &Kv, position: usize) -> f32 {
        let panel = kv.keys(1, 1).nth(position / COLUMNS).unwrap();
        panel[SHAPE.size - 1][position % COLUMNS]
    }

    #[test]
    fn a_clone_shares_blocks_until_it_writes() {
        let mut one = Kv::new(SHAPE);
        one.extend(40);
        write(&mut one, 2, 1.0);
        write(&mut one, 39, 1.0);
        let mut two = one.clone();
        two.truncate(35);
        two.extend(5);
        write(&mut two, 39, 2.0);
        assert_eq!((key(&one, 39), key(&two, 39)), (1.0, 2.0));
        let shared = one.block_addresses().zip(two.block_addresses());
        assert_eq!(
            shared.map(|(a, b)| a == b).collect::<Vec<_>>(),
            [true, false]
        );
    }

    #[test]
    fn values_of_a_position_lie_in_its_row_of_every_panel() {
        let mut kv = Kv::new(SHAPE);
        kv.extend(3);
        let numbers: [f32; SHAPE.size] = std::array::from_fn(|i| i as f32);
        kv.write(0, 1, 2, &numbers, &numbers);
        let panels = kv.values(0, 1).next().unwrap();
        assert_eq!(panels.len(), 2 * COLUMNS);
        assert_eq!(panels[2][31], 31.0);
        assert_eq!(panels[COLUMNS + 2][7], 39.0);
        assert_eq!(panels[COLUMNS + 1], ZERO);
    }
}

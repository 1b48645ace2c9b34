//! The arithmetic that both networks are made of.

mod attention;
mod kv;
mod matrix;
mod sum;
mod tile;

pub(crate) use attention::{Attention, AttentionScratch};
pub(crate) use kv::{Kv, KvShape};
pub(crate) use matrix::{Gated, Matrix, add, unpack};
pub(crate) use sum::sum;
pub(crate) use tile::{COLUMNS, PARALLEL_THRESHOLD, PanelRow, Tiles, exp, with_simd};

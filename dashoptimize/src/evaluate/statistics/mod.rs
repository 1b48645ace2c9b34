//! Intervals, tests and sample sizes for the scores of programs.
//!
//! Everything here is deterministic: random draws come from a seed. The methods are published ones,
//! which each item cites, and they are tested against published values.

mod bootstrap;
mod interval;
mod level;
mod paired_counts;
mod power;
mod sign_flip;

pub use bootstrap::bootstrap_interval;
pub use interval::{Interval, t_interval, wilson_interval};
pub use level::{Alpha, AlphaError};
pub use paired_counts::PairedCounts;
pub use power::{detectable_difference, rows_for_binary, rows_for_graded};
pub use sign_flip::sign_flip_test;

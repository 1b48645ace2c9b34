//! Intervals, tests and sample sizes for scores of programs.
//!
//! Everything here is deterministic: what is drawn at random is drawn from a seed. The numbers
//! follow published methods, which each item cites, and are tested against published values.

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

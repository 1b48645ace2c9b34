//! Intervals, tests and sample sizes for the scores of programs.
//!
//! Tests that may be looked at after every row are those by betting: [`BettingTest`], its
//! [`ConfidenceSequence`], and [`PopulationTest`] for the rows of a data set. All others are for a number of
//! rows that was settled before.
//!
//! Everything here is deterministic: random draws come from a seed. The methods are published ones,
//! which each item cites, and they are tested against published values.

mod betting;
mod bounded_mean;
mod interval;
mod level;
mod paired_counts;
mod power;
mod sign_flip;

pub use betting::{
    BettingTest, ConfidenceSequence, DrawnValue, EValue, OutOfRange, PopulationTest,
};
pub use bounded_mean::bounded_mean_interval;
pub use interval::{Interval, exact_share_interval, t_interval, wilson_interval};
pub use level::{Alpha, AlphaError};
pub use paired_counts::PairedCounts;
pub use power::{
    detectable_difference, rows_for_binary, rows_for_graded, rows_to_bound_unseen, unseen_share,
};
pub use sign_flip::sign_flip_test;

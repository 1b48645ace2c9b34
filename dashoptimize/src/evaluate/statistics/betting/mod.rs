//! Tests that may be looked at after every row.
//!
//! A test by betting starts with a capital of 1 and bets on each value before it is seen. If the null
//! hypothesis holds, no bet is favourable, so the capital exceeds `1 / alpha` at any time with a
//! probability of at most `alpha` (Ville, 1939). Whoever looks after every row, stops when the result is
//! clear, or goes on when it is not, keeps the level. The capital is called an e-value.
//!
//! The bets are those of Waudby-Smith & Ramdas, *Estimating means of bounded random variables by betting*
//! (Journal of the Royal Statistical Society B 86, 2024, pages 1-27; arXiv 2010.09686).

mod confidence_sequence;
mod population_test;
mod stream_test;
mod wealth;

pub use confidence_sequence::ConfidenceSequence;
pub use population_test::{DrawnValue, PopulationTest};
pub use stream_test::BettingTest;
pub use wealth::{EValue, OutOfRange};

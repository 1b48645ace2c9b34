//! Races: candidates meet on the same rows, and one that is shown to be worse stops.

mod duels;
mod headroom;
mod result;
mod row_order;
mod row_weights;
mod runner;
mod setting;
mod stopped;

pub use headroom::Headroom;
pub use result::{Race, Raced, SavedSpend};
pub use setting::Racing;
pub use stopped::StoppedEvaluation;

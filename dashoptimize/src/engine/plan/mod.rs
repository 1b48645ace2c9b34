//! What a run takes, before it is started.

mod cost;
mod display;
mod forecast;
mod latency;
mod make;
mod planned;
mod warning;
mod warnings;

pub use cost::PlannedCost;
pub use forecast::{Forecast, Sizes};
pub use planned::{Plan, PlannedCalls};
pub use warning::PlanWarning;

//! What a person looks at: the progress of a run, and the card at its end.
//!
//! [`Progress`] observes a run, and [`Optimized`](crate::engine::Optimized) prints as an [`EndCard`]:
//!
//! ```
//! use dashoptimize::lm::{ChatRequest, Scripted};
//! use dashoptimize::prelude::*;
//!
//! /// Name the opposite.
//! #[signature]
//! struct Opposite {
//!     #[input]
//!     word: String,
//!     #[output]
//!     opposite: String,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let row = |i| Opposite { word: format!("word{i}"), opposite: format!("drow{i}") };
//! # let data = Dataset::from_vec((0..30).map(row).collect()).split(7, Ratio::new(40, 30, 30))?;
//! let program = Predict::<Opposite>::new(Scripted::new(|_: &ChatRequest| "[[ ## opposite ## ]]\nx"));
//! let is_right = |gold: &Opposite, found: &OppositeOutput| gold.opposite == found.opposite;
//! let run = Run::in_memory().observer(Progress::new());
//! let tuned = LabeledFewShot::new(is_right).optimize(&program, &data, &run).await?;
//! assert!(tuned.to_string().starts_with("VERDICT"));
//! # Ok(())
//! # }
//! ```

mod budget_meter;
mod end_card;
mod evaluation;
mod notes;
mod optimized;
mod progress;
mod run_status;
mod spend_line;
#[cfg(test)]
mod tests;
mod words;

pub use end_card::EndCard;
pub use progress::Progress;

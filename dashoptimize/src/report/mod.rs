//! What a person looks at: the progress of a run, and the card at its end.

mod end_card;
mod meter;
mod optimized;
mod progress;
mod status;
mod words;

pub use end_card::EndCard;
pub use progress::Progress;

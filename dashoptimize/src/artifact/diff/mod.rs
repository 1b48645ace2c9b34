//! What changed from one state of a program to another, for people.

mod demos;
mod lines;
mod predictor;
mod program;
mod prompt_change;
mod prompt_size;
mod settings;

pub use lines::Edit;
pub use predictor::PredictorDiff;
pub use program::Diff;
pub use prompt_change::PromptChange;

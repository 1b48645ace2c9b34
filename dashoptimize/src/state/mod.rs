//! The part of a program that an optimizer may change, as plain data: prose, demos and sampling parameters.
//!
//! A [`State`] holds one [`PredictorState`] for each predictor of a program, by path. Names, types and enum
//! variants cannot be expressed in it, so no candidate can change the schema of a program.

mod demo;
mod error;
mod nearest;
mod predictor;
mod program;

pub use demo::Demo;
pub use error::StateError;
pub use nearest::Nearest;
pub use predictor::{FieldProse, PredictorState};
pub use program::State;

//! `Racer`: a few demo sets, then instructions for what still fails; everything races.

mod demo_sets;
mod failed_runs;
mod news;
mod optimizer;
mod proposer;
mod shorter;

pub use news::RacerNews;
pub use optimizer::Racer;
pub use proposer::{MendInstruction, MendInstructionInput, MendInstructionOutput};

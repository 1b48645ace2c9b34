//! `GEPA`: texts of a program are rewritten by a model that reflects on runs, and a population of programs
//! evolves.
//!
//! [`evolution`] is the loop. Each part of it that can be read alone is a file.

mod acceptance;
mod auto_budget;
mod breeders;
mod child;
mod children;
mod components;
mod evolution;
mod forecast;
mod frontier;
mod fronts;
mod lesson;
mod lessons;
mod limits;
mod lineage;
mod merge;
mod minibatches;
mod news;
mod optimizer;
mod population;
mod proposer;
mod rejected;
mod runs_counted;
mod runs_shown;
mod settings;

pub use acceptance::Acceptance;
pub use auto_budget::AutoBudget;
pub use breeders::ParentSelection;
pub use components::{ComponentChoice, ComponentSelector};
pub use frontier::Frontier;
pub use limits::GepaProgress;
pub use news::GepaNews;
pub use optimizer::GEPA;
pub use proposer::{ReviseText, ReviseTextInput, ReviseTextOutput};

//! Whether a file fits a program.
//!
//! There is one comparison, [`compare`], and it is const. `include_prompt!` runs it while a program is
//! compiled, over the shape that its types have; loading a file runs it over the predictors as they
//! are. So both find the same, and say it in the same words.

mod compare;
mod compile_time;
mod fields;
mod file;
mod json;
mod problems;
mod program;
mod run_time;
#[cfg(test)]
mod tests;
mod values;

pub(crate) use compile_time::assert_fits;
pub use file::{FileField, FilePredictor, FileValue};
pub(super) use run_time::misfits;

//! Whether a file fits a program.
//!
//! There is one comparison, [`compare`], and it is const. `include_prompt!` runs it while a program is
//! compiled, over the shape that its types have; loading a file runs it over the predictors as they
//! are. So both find the same problems and describe them in the same words. Only the values of demos are
//! checked twice: at run time by [`Ty::check`](crate::signature::Ty::check), and by [`values`] where that
//! cannot run. A property test holds the two together.

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
pub(crate) use file::ValueCheck;
pub use file::{FileField, FilePredictor, FileValue};
pub use json::FileJson;
pub(super) use run_time::misfits;

//! What programs do with their nodes and predictors. It is compiled here, and not with each program.

use std::fmt;

use crate::module::{Module, ModuleExt, Predictor};

/// A node under the name that it has in its program.
pub fn under<M: Module>(module: M, name: &str) -> M {
    module.under(name)
}

/// The predictors of all parts, in the order of the parts.
pub fn all<'a>(parts: &mut [Vec<&'a Predictor>]) -> Vec<&'a Predictor> {
    parts.iter_mut().flat_map(std::mem::take).collect()
}

/// The same, to be changed.
pub fn all_mut<'a>(parts: &mut [Vec<&'a mut Predictor>]) -> Vec<&'a mut Predictor> {
    parts.iter_mut().flat_map(std::mem::take).collect()
}

/// Shows a program, as `{:?}` does.
///
/// # Errors
///
/// If the formatter cannot write.
pub fn show(name: &str, predictors: &[&Predictor], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.debug_tuple(name).field(&predictors).finish()
}

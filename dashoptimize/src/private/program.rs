//! What programs do with their nodes and predictors. It is compiled here, and not with each program.

use std::fmt;

use crate::lm::Lm;
use crate::module::{FromLm, Module, Predictor};

/// A node under the name that it has in its program. `set_path` is that of its `Module` impl: with a bound
/// in its place, the compiler would report a type that is not a module twice.
pub fn under<M>(mut module: M, name: &str, set_path: fn(&mut M, &str)) -> M {
    set_path(&mut module, name);
    module
}

/// A new node, without options, under the name that it has in its program.
#[must_use]
pub fn node_on<M: FromLm + Module>(lm: &Lm, name: &str) -> M {
    under(M::from_lm(lm.clone()), name, M::__set_path)
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

//! What programs do with their nodes and predictors. It is compiled here, and not with each program.

use std::fmt;

use crate::lm::Lm;
use crate::module::{FromLm, Module, Predictor, Shape};

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

/// A node of a program without its type. The compiler looks its methods up once, and not for each node.
pub trait DynNode {
    /// [`Module::predictors`].
    fn own_predictors(&self) -> Vec<&Predictor>;

    /// [`Module::predictors_mut`].
    fn own_predictors_mut(&mut self) -> Vec<&mut Predictor>;
}

impl<M: Module> DynNode for M {
    fn own_predictors(&self) -> Vec<&Predictor> {
        self.predictors()
    }

    fn own_predictors_mut(&mut self) -> Vec<&mut Predictor> {
        self.predictors_mut()
    }
}

/// A node without its type.
pub fn dyn_node<M: Module>(node: &M) -> &dyn DynNode {
    node
}

/// The same, to be changed.
pub fn dyn_node_mut<M: Module>(node: &mut M) -> &mut dyn DynNode {
    node
}

/// The predictors of all nodes, in the order of the nodes.
#[must_use]
pub fn all<'a>(nodes: &[&'a dyn DynNode]) -> Vec<&'a Predictor> {
    let nodes = nodes.iter();
    nodes.flat_map(|node| node.own_predictors()).collect()
}

/// The same, to be changed.
pub fn all_mut<const N: usize>(nodes: [&mut dyn DynNode; N]) -> Vec<&mut Predictor> {
    let nodes = nodes.into_iter();
    nodes.flat_map(DynNode::own_predictors_mut).collect()
}

/// A part of a program's shape.
#[must_use]
pub const fn shape_part<M: Module>(name: &'static str) -> (&'static str, Shape) {
    (name, M::SHAPE)
}

/// Shows a program, as `{:?}` does.
///
/// # Errors
///
/// If the formatter cannot write.
pub fn show(name: &str, predictors: &[&Predictor], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.debug_tuple(name).field(&predictors).finish()
}

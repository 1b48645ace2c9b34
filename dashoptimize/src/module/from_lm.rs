//! `FromLm`: modules that only need a model.

use super::Module;
use crate::lm::Lm;

/// A module that only needs a model to be made, as the nodes of a `pipeline!` do.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be made of a model alone, so it cannot be a node",
    label = "not a node",
    note = "name a module with `module!`, or implement `dashoptimize::module::FromLm` for `{Self}`"
)]
pub trait FromLm: Module {
    /// The module on this model.
    fn from_lm(lm: Lm) -> Self;
}

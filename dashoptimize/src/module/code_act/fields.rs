//! The fields that `CodeAct` adds, and the signatures that they make.

use crate::module::chain_of_thought::REASONING;
use crate::module::sandbox::CODE;
use crate::module::shape::added;
use crate::module::{Derived, Piece};
use crate::signature::{Field, Role, Ty};

/// The steps so far, an input of both predictors.
pub(super) const TRAJECTORY: &[Field] = &[added(
    "trajectory",
    Role::Input,
    Ty::Str,
    "the steps so far: code, and what came of it",
    "Trajectory:",
)];

/// Whether the model has what it needs.
pub(super) const FINISHED: &[Field] = &[added(
    "finished",
    Role::Output,
    Ty::Bool,
    "whether nothing more is needed once this code has run",
    "Finished:",
)];

/// The steps, among the outputs of the module.
pub(super) const STEPS: &[Field] = &[added(
    "trajectory",
    Role::Output,
    Ty::Str,
    "the steps: code, and what came of it",
    "Trajectory:",
)];

/// The signature of `act`.
pub(super) const ACT: Derived = &[
    Piece::Inputs,
    Piece::Added(TRAJECTORY),
    Piece::Added(CODE),
    Piece::Added(FINISHED),
];

/// The signature of `extract`.
pub(super) const EXTRACT: Derived = &[
    Piece::Inputs,
    Piece::Added(TRAJECTORY),
    Piece::Added(REASONING),
    Piece::Outputs,
];

/// The inputs and outputs of the module.
pub(super) const OUTER: Derived = &[
    Piece::Inputs,
    Piece::Added(STEPS),
    Piece::Added(REASONING),
    Piece::Outputs,
];

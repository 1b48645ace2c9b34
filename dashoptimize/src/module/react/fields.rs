//! The fields that the agent adds, and the signatures that they make.

use crate::module::chain_of_thought::REASONING;
use crate::module::shape::added;
use crate::module::tool_use::{THOUGHT, TOOL_ARGS, TOOL_NAME};
use crate::module::{Derived, Piece};
use crate::signature::{Field, Role, Ty};

/// The steps so far, an input of both predictors.
const TRAJECTORY: &[Field] = &[added(
    "trajectory",
    Role::Input,
    Ty::Str,
    "the steps so far: thoughts, actions and what came of them",
    "Trajectory:",
)];

/// The decision of the model in each step.
pub(super) const NEXT: &[Field] = &[
    added(
        THOUGHT,
        Role::Output,
        Ty::Str,
        "what is known so far, and what to do next",
        "Next Thought:",
    ),
    added(
        TOOL_NAME,
        Role::Output,
        Ty::Str,
        "the name of the tool to use",
        "Next Tool Name:",
    ),
    added(
        TOOL_ARGS,
        Role::Output,
        Ty::Json,
        "the arguments of the tool, as a JSON object",
        "Next Tool Args:",
    ),
];

/// The steps, among the outputs of the module.
pub(super) const STEPS: &[Field] = &[added(
    "trajectory",
    Role::Output,
    Ty::Str,
    "the steps: thoughts, actions and what came of them",
    "Trajectory:",
)];

/// The signature of `react`.
pub(super) const REACT: Derived = &[Piece::Inputs, Piece::Added(TRAJECTORY), Piece::Added(NEXT)];

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

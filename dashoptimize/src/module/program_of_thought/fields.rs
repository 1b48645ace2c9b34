//! The fields that `ProgramOfThought` adds, and the signatures that they make.

use crate::module::chain_of_thought::REASONING;
use crate::module::sandbox::CODE;
use crate::module::shape::added;
use crate::module::{Derived, Piece};
use crate::signature::{Field, Role, Ty};

/// The inputs that show code that failed.
pub(super) const FAILED: &[Field] = &[
    added(
        "previous_code",
        Role::Input,
        Ty::Str,
        "code that was written before and failed",
        "Previous code:",
    ),
    added("error", Role::Input, Ty::Str, "how it failed", "Error:"),
];

/// The inputs that show code that ran.
pub(super) const RAN: &[Field] = &[
    added(
        "final_generated_code",
        Role::Input,
        Ty::Str,
        "code that was written to compute the answer",
        "Code:",
    ),
    added(
        "code_output",
        Role::Input,
        Ty::Str,
        "what it printed, and its value",
        "Code output:",
    ),
];

/// The predictors and their signatures.
pub(super) const PREDICTORS: &[(&str, Derived)] = &[
    (
        "generate",
        &[Piece::Inputs, Piece::Added(REASONING), Piece::Added(CODE)],
    ),
    (
        "regenerate",
        &[
            Piece::Inputs,
            Piece::Added(FAILED),
            Piece::Added(REASONING),
            Piece::Added(CODE),
        ],
    ),
    (
        "answer",
        &[
            Piece::Inputs,
            Piece::Added(RAN),
            Piece::Added(REASONING),
            Piece::Outputs,
        ],
    ),
];

/// The inputs and outputs of the module.
pub(super) const OUTER: Derived = &[Piece::Inputs, Piece::Added(REASONING), Piece::Outputs];

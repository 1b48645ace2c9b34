//! The fields that `MultiChainComparison` adds, and the signatures that they make.

use crate::module::chain_of_thought::REASONING;
use crate::module::shape::added;
use crate::module::{Derived, Piece};
use crate::signature::{Field, Role, Ty};

/// The output that comes before all others of the comparison.
pub(super) const RATIONALE: &[Field] = &[added(
    "rationale",
    Role::Output,
    Ty::Str,
    "what the attempts get right and wrong, and from that the correct reasoning",
    "Rationale:",
)];

/// An input of the comparison, once for each attempt.
pub(super) const ATTEMPT: &Field = &added(
    "reasoning_attempt_",
    Role::Input,
    Ty::Str,
    "an attempt at the answer, which may be wrong",
    "Reasoning attempt:",
);

/// The predictors and their signatures.
pub(super) const PREDICTORS: &[(&str, Derived); 2] = &[
    (
        "attempt",
        &[Piece::Inputs, Piece::Added(REASONING), Piece::Outputs],
    ),
    (
        "compare",
        &[
            Piece::Inputs,
            Piece::Numbered(ATTEMPT),
            Piece::Added(RATIONALE),
            Piece::Outputs,
        ],
    ),
];

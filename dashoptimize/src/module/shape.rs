//! What is known of a program before it runs: its predictors, and the fields of each.

use std::borrow::Cow;

use crate::signature::{Field, Role, SignatureSpec};

/// The predictors of a program as const data, so that a stored prompt can be checked against them at
/// compile time.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A program that was written by hand and does not say.
    Unknown,
    /// A module over a signature.
    Over {
        /// The signature.
        signature: &'static SignatureSpec,
        /// The module's predictors by name; see
        /// [`ValueModule::PREDICTORS`](super::ValueModule::PREDICTORS).
        predictors: &'static [(&'static str, Derived)],
    },
    /// A program of named parts.
    Parts(&'static [(&'static str, Self)]),
}

/// How the signature of a predictor comes from the signature of its module: pieces, in the order of
/// the fields.
pub type Derived = &'static [Piece];

/// A piece of a derived signature.
#[derive(Clone, Copy, Debug)]
pub enum Piece {
    /// The inputs of the module's signature.
    Inputs,
    /// The outputs of the module's signature.
    Outputs,
    /// Fields that the module adds.
    Added(&'static [Field]),
    /// Fields that the module adds once for each number from 1 on: the name is followed by the
    /// number. How many there are is known when the program runs.
    Numbered(&'static Field),
}

/// The signature that these pieces make of another one. `count` is how many
/// [`Numbered`](Piece::Numbered) fields there are.
pub(crate) fn derive(signature: &SignatureSpec, pieces: &[Piece], count: usize) -> SignatureSpec {
    let mut fields = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Inputs => fields.extend(signature.inputs().cloned()),
            Piece::Outputs => fields.extend(signature.outputs().cloned()),
            Piece::Added(added) => fields.extend(added.iter().cloned()),
            Piece::Numbered(field) => fields.extend((1..=count).map(|n| numbered(field, n))),
        }
    }
    // Inputs come first, whatever the order of the pieces.
    fields.sort_by_key(|field| field.role == Role::Output);
    SignatureSpec {
        name: signature.name.clone(),
        instructions: signature.instructions.clone(),
        fields: Cow::Owned(fields),
    }
}

fn numbered(field: &Field, number: usize) -> Field {
    let prefix = field.prefix.trim_end_matches(':');
    Field {
        name: format!("{}{number}", field.name).into(),
        prefix: format!("{prefix} {number}:").into(),
        ..field.clone()
    }
}

/// A field that a module adds to a signature.
pub(crate) const fn added(
    name: &'static str,
    role: Role,
    ty: crate::signature::Ty,
    desc: &'static str,
    prefix: &'static str,
) -> Field {
    Field {
        name: Cow::Borrowed(name),
        role,
        ty,
        desc: Cow::Borrowed(desc),
        prefix: Cow::Borrowed(prefix),
        checks: Cow::Borrowed(&[]),
    }
}

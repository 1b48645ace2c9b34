//! What a step takes and gives: fields, types and texts, as const data from `#[signature]` or
//! parsed at run time by [`make_signature`].

mod constraint;
mod container;
mod dynamic;
mod field;
mod field_type;
mod fingerprint;
pub(crate) mod json_schema;
pub(crate) mod nearest;
mod number;
mod plain;
mod record;
mod spec;
mod ty;

pub use dynamic::{SpecError, make_signature};
pub use field::{Check, Constraint, Field, OnFail, Role};
pub use field_type::{FieldType, ValueError};
pub use fingerprint::Fingerprint;
pub use record::{Record, Row, RowError};
pub use spec::{Signature, SignatureSpec};
pub use ty::{EnumTy, Property, StructTy, Text, Ty, TyRef, Variant};

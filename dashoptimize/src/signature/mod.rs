//! What a step takes and gives: fields, types and texts, as const data made by `#[signature]` or
//! parsed at run time by [`make_signature`].

#[cfg(any(feature = "chrono", feature = "jiff", feature = "uuid"))]
mod as_text;
mod constraint;
mod container;
mod dynamic;
mod field;
mod field_type;
mod fingerprint;
pub(crate) mod json_schema;
mod label;
mod number;
mod plain;
mod record;
mod schema;
mod spec;
pub(crate) mod suggestion;
mod text;
mod ty;
mod type_check;
mod value_error;
mod words;

pub use constraint::{Check, Constraint, OnFail};
pub use dynamic::{SpecError, make_signature};
pub use field::ReadValue;
pub(crate) use field::Reads;
pub use field::{Field, Role};
pub use field_type::FieldType;
pub use fingerprint::Fingerprint;
pub use record::{Record, Row, RowError};
pub(crate) use schema::{push_field, push_type};
pub use spec::{Signature, SignatureSpec};
pub use text::Text;
pub(crate) use text::{items, text};
pub use ty::{EnumTy, Property, StructTy, Ty, TyRef, Variant};
pub(crate) use type_check::no_variant;
pub use value_error::ValueError;
pub(crate) use words::{Words, same, written};

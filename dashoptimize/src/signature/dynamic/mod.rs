//! Signatures made at run time from a text such as `question -> answer: float`.

mod cursor;
mod error;
mod field_name;
mod parse;
mod type_names;

pub use error::SpecError;
pub use parse::make_signature;

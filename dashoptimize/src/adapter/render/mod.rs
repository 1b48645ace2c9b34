//! From a signature and values to the texts of a prompt. Every adapter, and every demo as well as
//! every query, goes through here.

mod fields;
mod turns;
mod type_words;
mod values;

pub(super) use fields::push_fields;
pub(crate) use fields::{push_arguments, push_inputs};
pub(crate) use turns::demo_turns;
pub(super) use turns::{NOT_SUPPLIED, input_turn, named, output_turn};
pub(super) use values::push_json;

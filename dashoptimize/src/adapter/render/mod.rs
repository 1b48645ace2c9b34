//! From a signature and values to the texts of a prompt. Every adapter, and every demo as well as
//! every query, goes through here.

mod fields;
mod turns;
mod type_words;
mod values;

pub(crate) use fields::push_arguments;
pub(super) use fields::push_fields;
pub(super) use turns::{NOT_SUPPLIED, demo_turns, input_turn, named, output_turn};
pub(super) use values::push_json;

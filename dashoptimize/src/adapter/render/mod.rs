//! From a signature and values to the texts of a prompt. All adapters use this code, for demos and for
//! queries.

mod fields;
mod requests;
mod turns;
mod type_words;
mod values;

pub(crate) use fields::{push_arguments, push_inputs};
pub(super) use requests::{opening, repair_request};
pub(crate) use turns::demo_turns;
pub(super) use turns::{NOT_SUPPLIED, named, output_turn, query};
pub(super) use values::push_json;

//! From a reply to typed values. The reader knows the types of the outputs. It repairs what a person
//! would read without doubt, reports every repair, and rejects what could be read in two ways.
//!
//! Reading has three steps: [find](reply) the text or JSON of each output, read it as the output's
//! type ([from text](from_text), [from JSON](from_json)), and [check](checks) the signature's rules.

mod checks;
mod choice;
mod exact;
mod extract;
mod from_json;
mod from_text;
mod labels;
mod list;
mod loose_json;
mod loose_words;
mod number;
mod number_words;
mod object;
mod output_reader;
mod reply;
mod sections;
mod single;
mod source;
mod structure;

pub(crate) use from_json::read_value;
pub(super) use reply::{ReplyForm, read};
pub(crate) use structure::take_similar;

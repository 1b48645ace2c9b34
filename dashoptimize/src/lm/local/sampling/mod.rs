//! The text of one reply: which token comes next, and where the text ends.

mod reply_text;
mod sampler;

pub(crate) use reply_text::ReplyText;
pub(crate) use sampler::Sampler;

//! Texts that a model proposes: how a proposer is asked, what it is shown, and what is turned away.

mod asking;
mod copied;
mod cut_off;
mod edit;
mod examine;
mod hygiene;
mod rejection;
mod request;
mod room;
mod rules;
mod schema;
#[cfg(test)]
mod tests;

pub(super) use asking::{answer, propose};
pub use edit::Edit;
pub use rejection::Rejection;
pub use request::ProposalRequest;
pub use room::Room;
pub use rules::ProposalRules;

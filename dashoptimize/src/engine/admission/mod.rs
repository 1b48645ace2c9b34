//! Why each candidate was let in or turned away: `events.jsonl` and `candidates/`.

mod decision;
mod lineage;
mod log;
mod record;

pub use decision::Decision;
pub(super) use log::AdmissionLog;
pub(super) use record::Record;

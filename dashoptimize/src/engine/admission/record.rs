//! What the files say.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::engine::candidate::{Candidate, Sources};
use crate::engine::evidence::Evidence;
use crate::engine::state_id::StateId;
use crate::module::Module;
use crate::state::State;

/// The version of both kinds of file.
const VERSION: u32 = 1;

/// A line of `events.jsonl`, without its number.
#[derive(Serialize)]
pub(in crate::engine) struct Record<'a> {
    /// `stage 2`, of an optimizer in a pipeline.
    pub(in crate::engine) stage: Option<String>,
    /// Null if there is no candidate, as of a proposal.
    pub(in crate::engine) candidate: Option<u32>,
    pub(in crate::engine) state: Option<StateId>,
    pub(in crate::engine) parents: &'a [u32],
    pub(in crate::engine) evidence: &'a [Evidence],
    pub(in crate::engine) rule: &'a str,
    pub(in crate::engine) decision: &'a str,
    pub(in crate::engine) reason: String,
    /// The texts of a proposal, by component.
    pub(in crate::engine) texts: BTreeMap<String, &'a str>,
}

/// A line of `events.jsonl`.
#[derive(Serialize)]
pub(super) struct Numbered<'a> {
    v: u32,
    n: u64,
    #[serde(flatten)]
    record: &'a Record<'a>,
}

impl<'a> Numbered<'a> {
    pub(super) const fn new(n: u64, record: &'a Record<'a>) -> Self {
        Self {
            v: VERSION,
            n,
            record,
        }
    }
}

/// A file in `candidates/`.
#[derive(Serialize)]
pub(super) struct Made<'a> {
    v: u32,
    candidate: u32,
    origin: &'a str,
    state_id: StateId,
    parents: &'a [u32],
    sources: BTreeMap<&'a str, Vec<SourceOfDemo>>,
    state: State,
}

/// What a demo was made of.
#[derive(Serialize)]
struct SourceOfDemo {
    row: usize,
    is_bootstrapped: bool,
}

impl<'a> Made<'a> {
    pub(super) fn of<M: Module>(candidate: &'a Candidate<M>) -> Self {
        Self {
            v: VERSION,
            candidate: candidate.id(),
            origin: candidate.origin(),
            state_id: candidate.state_id(),
            parents: candidate.parents(),
            sources: sources(candidate.sources()),
            state: candidate.state(),
        }
    }
}

fn sources(sources: &Sources) -> BTreeMap<&str, Vec<SourceOfDemo>> {
    let sources = sources.iter().map(|(path, demos)| {
        let demos = demos.iter().map(|demo| SourceOfDemo {
            row: demo.row,
            is_bootstrapped: demo.is_bootstrapped,
        });
        (path.as_str(), demos.collect())
    });
    sources.collect()
}

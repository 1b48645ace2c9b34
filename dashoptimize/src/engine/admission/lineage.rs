//! What a study writes about its candidates.

use std::collections::BTreeMap;

use super::record::{Made, Record};
use crate::engine::candidate::Candidate;
use crate::engine::evidence::Evidence;
use crate::engine::stop::Stop;
use crate::engine::study::Study;
use crate::evaluate::Example;
use crate::module::Module;

impl<M: Module, E: Example<M::Input>> Study<'_, M, E> {
    /// Writes a line about a candidate to the log.
    pub(in crate::engine) fn record(
        &self,
        candidate: &Candidate<M>,
        decision: &str,
        rule: &str,
        reason: String,
        evidence: &[Evidence],
    ) -> Result<(), Stop> {
        Ok(self.log().write(&Record {
            stage: self.stage_in_log(),
            candidate: Some(candidate.id()),
            state: Some(candidate.state_id()),
            parents: candidate.parents(),
            evidence,
            rule,
            decision,
            reason,
            texts: BTreeMap::new(),
        })?)
    }

    /// Writes the files of candidates that have none yet.
    pub(in crate::engine) fn note(&self, candidates: &[&Candidate<M>]) -> Result<(), Stop> {
        let mut log = self.log();
        let mut candidates = candidates.iter();
        Ok(
            candidates
                .try_for_each(|candidate| log.note(candidate.id(), || Made::of(candidate)))?,
        )
    }
}

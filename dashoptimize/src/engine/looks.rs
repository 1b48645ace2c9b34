//! The looks at the hold-out of a run folder: it is opened once, unless somebody asks for more.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::candidate::Candidate;
use super::folder::read_json;
use super::folder_error::FolderError;
use super::state_id::StateId;
use super::stop::Ended;
use crate::evaluate::Verdict;
use crate::lm::Budget;

/// The file that the looks are kept in.
pub(super) const LOOKS: &str = "holdout.json";

/// The looks at the hold-out so far, by this and earlier attempts at the run.
#[derive(Clone, Debug, Default)]
pub(super) struct Looks {
    folder: PathBuf,
    looks: Vec<Look>,
}

/// One look at the hold-out: the verdict on one candidate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Look {
    candidate: u32,
    origin: String,
    state: String,
    /// How the search ended, and with what budget.
    ended: Ended,
    budget: Budget,
    verdict: String,
}

/// The candidate that is to be judged.
pub(super) struct Judged<'a> {
    candidate: u32,
    origin: &'a str,
    state: StateId,
}

impl<'a> Judged<'a> {
    pub(super) fn of<M>(candidate: &'a Candidate<M>) -> Self {
        Self {
            candidate: candidate.id(),
            origin: candidate.origin(),
            state: candidate.state_id(),
        }
    }
}

impl Looks {
    /// Reads the looks of earlier attempts, if there were any.
    pub(super) fn open(folder: Option<&Path>) -> Result<Self, FolderError> {
        let Some(folder) = folder else {
            return Ok(Self::default());
        };
        let looks = read_json(&folder.join(LOOKS))?;
        Ok(Self {
            folder: folder.to_owned(),
            looks: looks.unwrap_or_default(),
        })
    }

    /// Whether a run with this budget may start. A search that the budget ended and whose result was judged
    /// would find another result with another budget.
    pub(super) fn check_budget(&self, budget: &Budget) -> Result<(), FolderError> {
        match self.looks.last() {
            Some(last) if last.ended != Ended::Done && last.budget != *budget => {
                Err(self.refused("with another budget, the search would go on"))
            }
            _ => Ok(()),
        }
    }

    /// Whether the hold-out may be opened for this candidate.
    pub(super) fn check_candidate(&self, judged: &Judged<'_>) -> Result<(), FolderError> {
        match self.looks.is_empty() || self.position(judged).is_some() {
            true => Ok(()),
            false => Err(self.refused("this attempt found another candidate")),
        }
    }

    /// Whether a run that has no verdict may end here. It would replace the verdict of an earlier attempt.
    pub(super) fn check_no_verdict(&self, ended: &Ended) -> Result<(), FolderError> {
        match self.looks.is_empty() {
            true => Ok(()),
            false => Err(self.refused(&format!("this attempt ended without one ({ended})"))),
        }
    }

    /// The number of the look at the hold-out for this candidate, from 1.
    pub(super) fn number(&self, judged: &Judged<'_>) -> u32 {
        let index = self.position(judged).unwrap_or(self.looks.len());
        u32::try_from(index + 1).unwrap_or(u32::MAX)
    }

    /// The file with this look after the others, if it is a new one.
    pub(super) fn with(
        mut self,
        judged: &Judged<'_>,
        ended: &Ended,
        budget: Budget,
        verdict: &Verdict,
    ) -> Option<String> {
        if self.position(judged).is_some() {
            return None;
        }
        self.looks.push(Look {
            candidate: judged.candidate,
            origin: judged.origin.to_owned(),
            state: judged.state.to_string(),
            ended: ended.clone(),
            budget,
            verdict: verdict.to_string(),
        });
        let text = serde_json::to_string_pretty(&self.looks)
            .expect("bug in dashoptimize: a look consists of texts and numbers");
        Some(text + "\n")
    }

    fn position(&self, judged: &Judged<'_>) -> Option<usize> {
        let state = judged.state.to_string();
        self.looks.iter().position(|look| look.state == state)
    }

    fn refused(&self, why: &str) -> FolderError {
        let verdict = self.looks.last().map(|look| look.verdict.clone());
        FolderError::Judged {
            path: self.folder.clone(),
            verdict: verdict.unwrap_or_default(),
            why: why.to_owned(),
        }
    }
}

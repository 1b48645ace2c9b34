//! The looks at the hold-out of a run folder: it is opened once, unless somebody asks for more.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::candidate::Candidate;
use super::file_if_any::json_if_any;
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
    verdict: Verdict,
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
        let looks = json_if_any(&folder.join(LOOKS))?;
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
        let state = judged.state.to_string();
        match self.looks.is_empty() || self.looks.iter().any(|look| look.state == state) {
            true => Ok(()),
            false => Err(self.refused("this attempt found another candidate")),
        }
    }

    /// Whether this verdict may be given. If an earlier attempt gave another one for the same candidate, the
    /// program is not what it was, or its calls have other ends.
    pub(super) fn check_verdict(
        &self,
        judged: &Judged<'_>,
        verdict: &Verdict,
    ) -> Result<(), FolderError> {
        match self.looks.is_empty() || self.position(judged, verdict).is_some() {
            true => Ok(()),
            false => Err(self.refused(&format!("this attempt found another verdict, {verdict}"))),
        }
    }

    /// Whether a run that has no verdict may end here. It would replace the verdict of an earlier attempt.
    pub(super) fn check_no_verdict(&self, ended: &Ended) -> Result<(), FolderError> {
        match self.looks.is_empty() {
            true => Ok(()),
            false => Err(self.refused(&format!("this attempt ended without one ({ended})"))),
        }
    }

    /// The number of the look at the hold-out that gave this verdict, from 1.
    pub(super) fn number(&self, judged: &Judged<'_>, verdict: &Verdict) -> u32 {
        let index = self.position(judged, verdict);
        u32::try_from(index.unwrap_or(self.looks.len()) + 1).unwrap_or(u32::MAX)
    }

    /// The file with this look after the others, if it is a new one.
    pub(super) fn with(
        mut self,
        judged: &Judged<'_>,
        ended: &Ended,
        budget: Budget,
        verdict: &Verdict,
    ) -> Option<String> {
        if self.position(judged, verdict).is_some() {
            return None;
        }
        self.looks.push(Look {
            candidate: judged.candidate,
            origin: judged.origin.to_owned(),
            state: judged.state.to_string(),
            ended: ended.clone(),
            budget,
            verdict: verdict.clone(),
        });
        let text = serde_json::to_string_pretty(&self.looks)
            .expect("bug in dashoptimize: a look consists of texts and numbers");
        Some(text + "\n")
    }

    /// The place of the look that gave this verdict, whatever look the verdict says that it is.
    fn position(&self, judged: &Judged<'_>, verdict: &Verdict) -> Option<usize> {
        let state = judged.state.to_string();
        let is_same = |look: &Look| {
            let number = look.verdict.look;
            look.state == state && look.verdict == verdict.clone().at_look(number)
        };
        self.looks.iter().position(is_same)
    }

    fn refused(&self, why: &str) -> FolderError {
        let verdict = self.looks.last().map(|look| look.verdict.to_string());
        FolderError::Judged {
            path: self.folder.clone(),
            verdict: verdict.unwrap_or_default(),
            why: why.to_owned(),
        }
    }
}

//! The journal of a run: every reply that was paid for, on disk before anyone uses it.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::ledger::{Ledger, Purpose, Spend, Tag};
use super::log::{Log, LogError};
use super::record::{End, Record};
use crate::lm::request::RequestKey;

/// A journal or a cache that cannot be written or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct JournalError {
    message: String,
}

/// All calls of a run that ended. A rerun reads replies from here instead of paying for them again.
pub(crate) struct Journal {
    place: Place,
    /// What the records held when the journal was opened.
    ledger: Ledger,
    elapsed: Duration,
}

enum Place {
    Memory(Mutex<HashMap<RequestKey, End>>),
    File(Log),
}

/// What to do with recorded failures of the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failures {
    /// They are part of the run and are met again.
    Keep,
    /// They ended the last sitting: try those calls again, in this sitting and in all later ones.
    Forget,
}

impl Journal {
    /// A journal that lives as long as the process.
    pub(crate) fn in_memory() -> Self {
        Self {
            place: Place::Memory(Mutex::default()),
            ledger: Ledger::new(),
            elapsed: Duration::ZERO,
        }
    }

    /// Opens or makes the journal in a file.
    pub(crate) fn open(path: &Path, failures: Failures) -> Result<Self, JournalError> {
        let mut ledger = Ledger::new();
        let mut elapsed = Duration::ZERO;
        let mut failed = Failed::default();
        let log = Log::open(path, |record: Record| {
            elapsed = Duration::from_millis(record.elapsed);
            failed.read(&record);
            if !matches!(record.end, End::Again) {
                ledger.enter(record.tag(), record.spend);
            }
            record.end.is_answer().then_some(record.key)
        })?;
        if failures == Failures::Forget {
            let again = Record::again(elapsed);
            failed.read(&again);
            log.append(None, &again)?;
        }
        log.forget(&failed.forgotten);
        Ok(Self {
            place: Place::File(log),
            ledger,
            elapsed,
        })
    }

    /// What earlier sittings spent.
    pub(super) fn ledger(&self) -> Ledger {
        self.ledger.clone()
    }

    /// Time of work of earlier sittings.
    pub(super) const fn elapsed(&self) -> Duration {
        self.elapsed
    }

    pub(super) fn find(&self, key: RequestKey) -> Result<Option<End>, JournalError> {
        match &self.place {
            Place::Memory(ends) => {
                let ends = ends.lock().unwrap_or_else(PoisonError::into_inner);
                Ok(ends.get(&key).cloned())
            }
            Place::File(log) => Ok(log.find::<Record>(key)?.map(|record| record.end)),
        }
    }

    pub(super) fn write(&self, record: Record) -> Result<(), JournalError> {
        match &self.place {
            Place::Memory(ends) => {
                let mut ends = ends.lock().unwrap_or_else(PoisonError::into_inner);
                if record.end.is_answer() {
                    ends.insert(record.key, record.end);
                }
                Ok(())
            }
            Place::File(log) => {
                let key = record.end.is_answer().then_some(record.key);
                Ok(log.append(key, &record)?)
            }
        }
    }

    pub(super) fn sync(&self) -> Result<(), JournalError> {
        match &self.place {
            Place::Memory(_) => Ok(()),
            Place::File(log) => Ok(log.sync()?),
        }
    }
}

/// The failed calls of a journal.
#[derive(Default)]
struct Failed {
    /// They are part of the run and fail again.
    kept: HashSet<RequestKey>,
    /// They are to be made again, and were not yet.
    forgotten: HashSet<RequestKey>,
}

impl Failed {
    fn read(&mut self, record: &Record) {
        match record.end {
            End::Reply(_) => {
                self.kept.remove(&record.key);
                self.forgotten.remove(&record.key);
            }
            End::Failure { .. } => {
                self.kept.insert(record.key);
                self.forgotten.remove(&record.key);
            }
            End::Lost => {}
            End::Again => self.forgotten.extend(self.kept.drain()),
        }
    }
}

impl Record {
    fn again(elapsed: Duration) -> Self {
        let tag = Tag {
            purpose: Purpose::Task,
            predictor: &"".into(),
            candidate: 0,
        };
        Self::new(
            RequestKey([0; 16]),
            tag,
            Spend::NOTHING,
            elapsed,
            End::Again,
        )
    }

    const fn tag(&self) -> Tag<'_> {
        Tag {
            purpose: self.purpose,
            predictor: &self.predictor,
            candidate: self.candidate,
        }
    }
}

impl From<LogError> for JournalError {
    fn from(error: LogError) -> Self {
        let advice = match error {
            LogError::Io { .. } | LogError::Foreign { .. } => "",
            LogError::InUse { .. } => "; wait for it, or use another file",
            LogError::Damaged { .. } => {
                "; cut the file before that line to go on from there, or use a new file"
            }
        };
        Self {
            message: format!("{error}{advice}"),
        }
    }
}

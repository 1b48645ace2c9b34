//! The journal of a run: every reply that was paid for, on disk before it is used.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::ledger::{Ledger, Purpose, Spend, Tag};
use super::log::{Log, LogError};
use super::record::{CallEnd, Record};
use crate::lm::request_key::RequestKey;

/// A journal or a cache that cannot be written or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct JournalError {
    message: String,
}

/// All calls of a run that have ended. When the run is resumed, it reads replies from here instead of
/// paying for them again.
pub(crate) struct Journal {
    store: JournalStore,
    /// The sum of the records when the journal was opened.
    ledger: Ledger,
    elapsed: Duration,
}

enum JournalStore {
    Memory(Mutex<HashMap<RequestKey, CallEnd>>),
    File(Log),
}

/// What to do with the failures of the provider that a journal holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecordedFailures {
    /// They are part of the run: the same calls fail again.
    Keep,
    /// They ended the last attempt at the run: make those calls again, in this attempt and in all later
    /// ones.
    Forget,
}

impl Journal {
    /// A journal in memory, for a run without a folder.
    pub(crate) fn in_memory() -> Self {
        Self {
            store: JournalStore::Memory(Mutex::default()),
            ledger: Ledger::new(),
            elapsed: Duration::ZERO,
        }
    }

    /// Opens the journal in a file, which is created if it does not exist.
    pub(crate) fn open(path: &Path, failures: RecordedFailures) -> Result<Self, JournalError> {
        let mut ledger = Ledger::new();
        let mut elapsed = Duration::ZERO;
        let mut failed = Failed::default();
        let log = Log::open(path, |record: Record| {
            elapsed = Duration::from_millis(record.elapsed);
            failed.read(&record);
            if !matches!(record.end, CallEnd::Again) {
                ledger.enter(record.tag(), record.spend);
            }
            record.end.is_answer().then_some(record.key)
        })?;
        if failures == RecordedFailures::Forget {
            let again = Record::again(elapsed);
            failed.read(&again);
            log.append(None, &again)?;
        }
        log.forget(&failed.forgotten);
        Ok(Self {
            store: JournalStore::File(log),
            ledger,
            elapsed,
        })
    }

    /// What earlier attempts at the run spent.
    pub(super) fn ledger(&self) -> Ledger {
        self.ledger.clone()
    }

    /// The working time of earlier attempts at the run.
    pub(super) const fn elapsed(&self) -> Duration {
        self.elapsed
    }

    pub(super) fn find(&self, key: RequestKey) -> Result<Option<CallEnd>, JournalError> {
        match &self.store {
            JournalStore::Memory(ends) => {
                let ends = ends.lock().unwrap_or_else(PoisonError::into_inner);
                Ok(ends.get(&key).cloned())
            }
            JournalStore::File(log) => Ok(log.find::<Record>(key)?.map(|record| record.end)),
        }
    }

    pub(super) fn write(&self, record: Record) -> Result<(), JournalError> {
        match &self.store {
            JournalStore::Memory(ends) => {
                let mut ends = ends.lock().unwrap_or_else(PoisonError::into_inner);
                if record.end.is_answer() {
                    ends.insert(record.key, record.end);
                }
                Ok(())
            }
            JournalStore::File(log) => {
                let key = record.end.is_answer().then_some(record.key);
                Ok(log.append(key, &record)?)
            }
        }
    }

    pub(super) fn sync(&self) -> Result<(), JournalError> {
        match &self.store {
            JournalStore::Memory(_) => Ok(()),
            JournalStore::File(log) => Ok(log.sync()?),
        }
    }
}

/// The failed calls of a journal.
#[derive(Default)]
struct Failed {
    /// They are part of the run, and fail again.
    kept: HashSet<RequestKey>,
    /// They are to be made again, and have not been yet.
    forgotten: HashSet<RequestKey>,
}

impl Failed {
    fn read(&mut self, record: &Record) {
        match record.end {
            CallEnd::Reply(_) => {
                self.kept.remove(&record.key);
                self.forgotten.remove(&record.key);
            }
            CallEnd::Failure { .. } => {
                self.kept.insert(record.key);
                self.forgotten.remove(&record.key);
            }
            CallEnd::Lost => {}
            CallEnd::Again => self.forgotten.extend(self.kept.drain()),
        }
    }
}

impl Record {
    fn again(elapsed: Duration) -> Self {
        let predictor = "".into();
        let tag = Tag::new(Purpose::Task, &predictor);
        Self::new(
            RequestKey([0; 16]),
            tag,
            Spend::NOTHING,
            elapsed,
            CallEnd::Again,
        )
    }

    const fn tag(&self) -> Tag<'_> {
        Tag::new(self.purpose, &self.predictor).with_candidate(self.candidate)
    }
}

impl From<LogError> for JournalError {
    fn from(error: LogError) -> Self {
        let advice = match error {
            LogError::Io { .. } | LogError::Foreign { .. } => "",
            LogError::InUse { .. } => "; wait for it, or use another file",
            LogError::Damaged { .. } => {
                "; truncate the file before that line to resume from there, or use a new file"
            }
        };
        Self {
            message: format!("{error}{advice}"),
        }
    }
}

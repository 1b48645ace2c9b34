//! The journal of a run: every call before it is sent, with the most that it can cost, and every reply
//! before it is used.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::excess::UsageExcess;
use super::ledger::{Ledger, Spend, Tag};
use super::log::{Kept, Log, LogError, LogFormat};
use super::record::{CallEnd, Record};
use crate::error_text::debug_is_message;
use crate::lm::request_key::RequestKey;

/// A journal or a cache that cannot be written or read.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct JournalError {
    message: String,
}

debug_is_message!(JournalError);

/// The form of the records. A change that this version could not read needs another number.
const FORMAT: u32 = 1;

/// All calls of a run. When the run is resumed, it reads replies from here instead of paying for them
/// again. A call that was sent and of which no end is known counts with its worst case, and is made again.
pub(crate) struct Journal {
    store: JournalStore,
    opened: Earlier,
}

/// What earlier attempts at the run left.
#[derive(Default)]
struct Earlier {
    /// What they spent.
    ledger: Ledger,
    elapsed: Duration,
    excesses: Vec<UsageExcess>,
    /// Whether they opened the hold-out.
    holdout: bool,
}

enum JournalStore {
    Memory(Mutex<HashMap<RequestKey, Record>>),
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
            opened: Earlier::default(),
        }
    }

    /// Opens the journal in a file, which is created if it does not exist.
    pub(crate) fn open(path: &Path, failures: RecordedFailures) -> Result<Self, JournalError> {
        let mut opened = Earlier::default();
        let mut failed = Failed::default();
        let mut sent = SentCalls::default();
        let format = LogFormat::new("journal", FORMAT);
        let log = Log::open(path, &format, |record: Record, next| {
            match record.n {
                n if n < next => return Kept::Copy,
                n if n > next => return Kept::AfterGap,
                _ => {}
            }
            opened.elapsed = Duration::from_millis(record.elapsed);
            opened.excesses.extend(record.beyond.clone());
            opened.holdout |= matches!(record.end, CallEnd::Holdout);
            failed.read(&record);
            sent.read(&record, &mut opened.ledger);
            match record.end.is_answer() {
                true => Kept::Under(record.key),
                false => Kept::Unkeyed,
            }
        })?;
        sent.count_unended(&mut opened.ledger);
        if failures == RecordedFailures::Forget {
            let again = Record::note(opened.elapsed, CallEnd::AllAgain);
            failed.read(&again);
            log.append(None, |n| Record { n, ..again })?;
        }
        log.forget(&failed.forgotten);
        Ok(Self {
            store: JournalStore::File(log),
            opened,
        })
    }

    /// What earlier attempts at the run spent.
    pub(super) fn ledger(&self) -> Ledger {
        self.opened.ledger.clone()
    }

    /// The working time of earlier attempts at the run.
    pub(super) const fn elapsed(&self) -> Duration {
        self.opened.elapsed
    }

    /// Whether an earlier attempt at the run opened the hold-out.
    pub(super) const fn has_opened_holdout(&self) -> bool {
        self.opened.holdout
    }

    /// The models whose usage exceeded the worst case in earlier attempts at the run.
    pub(super) fn excesses(&self) -> &[UsageExcess] {
        &self.opened.excesses
    }

    /// How a call ended, and what it cost with all attempts.
    pub(super) fn find(&self, key: RequestKey) -> Result<Option<(CallEnd, Spend)>, JournalError> {
        let record = match &self.store {
            JournalStore::Memory(ends) => {
                let ends = ends.lock().unwrap_or_else(PoisonError::into_inner);
                ends.get(&key).cloned()
            }
            JournalStore::File(log) => log.find::<Record>(key)?,
        };
        Ok(record.map(|record| {
            let cost = record.cost_of_call();
            (record.end, cost)
        }))
    }

    /// Writes a record. Returns its number, by which the end of a call refers to its start.
    pub(super) fn write(&self, record: Record) -> Result<u64, JournalError> {
        let key = record.end.is_answer().then_some(record.key);
        match &self.store {
            // A process that was killed leaves no such journal, so no call in it can be without an end.
            JournalStore::Memory(ends) => {
                let mut ends = ends.lock().unwrap_or_else(PoisonError::into_inner);
                ends.extend(key.map(|key| (key, record)));
                Ok(0)
            }
            JournalStore::File(log) => Ok(log.append(key, |n| Record { n, ..record })?),
        }
    }

    pub(super) fn sync(&self) -> Result<(), JournalError> {
        match &self.store {
            JournalStore::Memory(_) => Ok(()),
            JournalStore::File(log) => Ok(log.sync()?),
        }
    }
}

/// The calls of a journal that were sent and have not ended yet, by the number of their record.
#[derive(Default)]
struct SentCalls(BTreeMap<u64, Record>);

impl SentCalls {
    fn read(&mut self, record: &Record, ledger: &mut Ledger) {
        match record.end {
            CallEnd::Sent => {
                self.0.insert(record.n, record.clone());
            }
            CallEnd::AllAgain | CallEnd::Holdout => {}
            CallEnd::Reply(_) | CallEnd::Failure { .. } | CallEnd::Again => {
                record.of.and_then(|sent| self.0.remove(&sent));
                ledger.enter(record.tag(), record.spend);
            }
        }
    }

    /// Nobody knows what became of them.
    fn count_unended(self, ledger: &mut Ledger) {
        for record in self.0.values() {
            ledger.enter(record.tag(), record.spend);
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
            CallEnd::Sent | CallEnd::Again | CallEnd::Holdout => {}
            CallEnd::AllAgain => self.forgotten.extend(self.kept.drain()),
        }
    }
}

impl Record {
    const fn tag(&self) -> Tag<'_> {
        Tag::new(self.purpose, &self.predictor).with_candidate(self.candidate)
    }
}

impl From<LogError> for JournalError {
    fn from(error: LogError) -> Self {
        let advice = match error {
            LogError::Io { .. } | LogError::Foreign { .. } => "",
            LogError::InUse { .. } => "; wait for it, or use another file",
            LogError::Damaged { .. } | LogError::Gap { .. } => {
                "; truncate the file before that line to resume from there, or use a new file"
            }
            LogError::OtherVersion { .. } => {
                "; use the version that wrote it, which can read what was paid for, or another file"
            }
        };
        Self {
            message: format!("{error}{advice}"),
        }
    }
}

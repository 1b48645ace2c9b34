//! Replies kept across runs, on request only.

use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::journal::JournalError;
use super::log::Log;
use crate::lm::ChatReply;
use crate::lm::request::RequestKey;

/// Replies by request, in a file, shared by all runs that are given it. Nothing is cached unless a
/// run is given a cache.
///
/// The key is the whole request: model, messages, parameters, sample. A request for another sample
/// is another request, so that repeats are independent.
#[derive(Clone)]
pub struct Cache {
    log: Arc<Log>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    key: RequestKey,
    reply: ChatReply,
}

impl Cache {
    /// Opens or makes a cache in this file.
    ///
    /// # Errors
    ///
    /// Where the file cannot be read or written, is in use by another process, or is damaged. A
    /// cache can be deleted at any time.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, JournalError> {
        let log = Log::open(path.as_ref(), |entry: Entry| Some(entry.key))?;
        Ok(Self { log: Arc::new(log) })
    }

    /// A reply that cannot be read back is asked for again.
    pub(super) fn find(&self, key: RequestKey) -> Option<ChatReply> {
        let entry: Option<Entry> = self.log.find(key).ok().flatten();
        entry.map(|entry| entry.reply)
    }

    pub(super) fn store(&self, key: RequestKey, reply: &ChatReply) -> Result<(), JournalError> {
        let entry = Entry {
            key,
            reply: reply.clone(),
        };
        Ok(self.log.append(Some(key), &entry)?)
    }
}

impl std::fmt::Debug for Cache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cache")
    }
}

//! Replies that are kept across runs, where the user asks for it.

use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::journal::JournalError;
use super::log::{Kept, Log, LogFormat};
use crate::lm::ChatReply;
use crate::lm::request_key::RequestKey;

/// Replies by request, in a file, shared by all runs that are given it. Nothing is cached unless a
/// run is given a cache.
///
/// The key is the whole request: model, messages, parameters, format, tools and sample. A request for
/// another sample is another request, so that repeats are independent.
#[derive(Clone)]
pub struct Cache {
    log: Arc<Log>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CachedReply {
    key: RequestKey,
    reply: ChatReply,
}

impl Cache {
    /// Opens the cache in this file, which is created if it does not exist.
    ///
    /// # Errors
    ///
    /// Where the file cannot be read or written, is in use by another process, or is damaged. A cache
    /// can be deleted at any time.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, JournalError> {
        let format = LogFormat::new("cache", 1);
        let keep = |cached: CachedReply, _| Kept::Under(cached.key);
        let log = Log::open(path.as_ref(), &format, keep)?;
        Ok(Self { log: Arc::new(log) })
    }

    /// A reply that cannot be read back is asked for again.
    pub(super) fn find(&self, key: RequestKey) -> Option<ChatReply> {
        let cached: Option<CachedReply> = self.log.find(key).ok().flatten();
        cached.map(|cached| cached.reply)
    }

    pub(super) fn store(&self, key: RequestKey, reply: &ChatReply) -> Result<(), JournalError> {
        let cached = CachedReply {
            key,
            reply: reply.clone(),
        };
        self.log.append(Some(key), |_| cached)?;
        Ok(())
    }
}

impl std::fmt::Debug for Cache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cache")
    }
}

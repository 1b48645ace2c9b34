//! A file of records that only grows: one line each, with a checksum, found by key.

use std::collections::{HashMap, HashSet};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::lm::request_key::RequestKey;

/// Length of the checksum and the space after it.
const HEAD: usize = 9;

/// A log in a file. One process writes it at a time.
pub(super) struct Log {
    path: PathBuf,
    file: Mutex<LogFile>,
}

struct LogFile {
    file: File,
    length: u64,
    spans: HashMap<RequestKey, RecordSpan>,
    line: Vec<u8>,
}

/// Where in the file a record is.
#[derive(Clone, Copy)]
struct RecordSpan {
    start: u64,
    length: u32,
}

/// Why a log cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum LogError {
    #[error("cannot {what} `{path}`: {source}", path = path.display())]
    Io {
        what: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    #[error("`{path}` is in use by another run or process", path = path.display())]
    InUse { path: PathBuf },
    #[error("`{path}`, line {line}: the record is damaged", path = path.display())]
    Damaged { path: PathBuf, line: usize },
    #[error("`{path}` is neither a journal nor a cache; it is left unchanged", path = path.display())]
    Foreign { path: PathBuf },
}

impl Log {
    /// Opens or creates the file and reads it from the start, passing each record to `keep`; the records
    /// for which `keep` returns a key can be found by it. A last line that was cut off by a crash is
    /// dropped; a file that is something else is left unchanged.
    pub(super) fn open<R: DeserializeOwned>(
        path: &Path,
        mut keep: impl FnMut(R) -> Option<RequestKey>,
    ) -> Result<Self, LogError> {
        let error = |what| {
            let path = path.to_owned();
            move |source| LogError::Io { what, path, source }
        };
        let file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)
            .map_err(error("open"))?;
        lock(&file, path)?;
        let mut spans = HashMap::new();
        let mut lines = BufReader::new(&file);
        let mut line = Vec::new();
        let mut length = 0;
        let mut number = 0;
        loop {
            line.clear();
            let read = lines.read_until(b'\n', &mut line).map_err(error("read"))?;
            if read == 0 {
                break;
            }
            number += 1;
            let Some(record) = read_line(&line) else {
                let path = path.to_owned();
                let is_last = lines.fill_buf().map_err(error("read"))?.is_empty();
                match (is_last, is_torn(&line), number) {
                    (true, true, _) => break,
                    (_, false, 1) if body(&line).is_none() => {
                        return Err(LogError::Foreign { path });
                    }
                    (_, _, line) => return Err(LogError::Damaged { path, line }),
                }
            };
            if let Some(key) = keep(record) {
                let start = length;
                let length = u32::try_from(read).unwrap_or(u32::MAX);
                spans.insert(key, RecordSpan { start, length });
            }
            length += read as u64;
        }
        file.set_len(length).map_err(error("shorten"))?;
        Ok(Self {
            path: path.to_owned(),
            file: Mutex::new(LogFile {
                file,
                length,
                spans,
                line,
            }),
        })
    }

    /// Appends a record, which can be found by its key if it has one. When this returns, the record
    /// survives the end of the process.
    pub(super) fn append<R: Serialize>(
        &self,
        key: Option<RequestKey>,
        record: &R,
    ) -> Result<(), LogError> {
        let mut log = self.lock();
        let log = &mut *log;
        write_line(&mut log.line, record).map_err(|source| self.error("write", source))?;
        if let Err(source) = log.file.write_all(&log.line) {
            // Part of a line must not be left in the middle of the file.
            let _ = log.file.set_len(log.length);
            return Err(self.error("write", source));
        }
        let span = RecordSpan {
            start: log.length,
            length: u32::try_from(log.line.len()).unwrap_or(u32::MAX),
        };
        log.length += log.line.len() as u64;
        log.spans.extend(key.map(|key| (key, span)));
        Ok(())
    }

    /// Makes the records of these keys unfindable, until they are appended again.
    pub(super) fn forget(&self, keys: &HashSet<RequestKey>) {
        self.lock().spans.retain(|key, _| !keys.contains(key));
    }

    /// The record of this key.
    pub(super) fn find<R: DeserializeOwned>(&self, key: RequestKey) -> Result<Option<R>, LogError> {
        let mut log = self.lock();
        let log = &mut *log;
        let Some(span) = log.spans.get(&key) else {
            return Ok(None);
        };
        log.line.resize(span.length as usize, 0);
        let read = log
            .file
            .seek(SeekFrom::Start(span.start))
            .and_then(|_| log.file.read_exact(&mut log.line));
        read.map_err(|source| self.error("read", source))?;
        match read_line(&log.line) {
            Some(record) => Ok(Some(record)),
            None => Err(self.error("read", io::ErrorKind::InvalidData.into())),
        }
    }

    /// Makes all records survive a loss of power.
    pub(super) fn sync(&self) -> Result<(), LogError> {
        let synced = self.lock().file.sync_data();
        synced.map_err(|source| self.error("write", source))
    }

    fn error(&self, what: &'static str, source: io::Error) -> LogError {
        LogError::Io {
            what,
            path: self.path.clone(),
            source,
        }
    }

    fn lock(&self) -> MutexGuard<'_, LogFile> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How often a lock that is held elsewhere is tried again, and how long to wait between tries.
const LOCK_TRIES: u32 = 20;
const LOCK_PAUSE: Duration = Duration::from_millis(5);

/// A process that is being started holds the files of its parent, and their locks, until it runs: for a
/// moment, a file that nobody uses any more is still locked.
fn lock(file: &File, path: &Path) -> Result<(), LogError> {
    for _ in 0..LOCK_TRIES {
        match file.try_lock() {
            Err(std::fs::TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
            // Some network file systems have no locks; runs work there all the same.
            Ok(()) | Err(std::fs::TryLockError::Error(_)) => return Ok(()),
        }
    }
    Err(LogError::InUse {
        path: path.to_owned(),
    })
}

fn write_line<R: Serialize>(line: &mut Vec<u8>, record: &R) -> io::Result<()> {
    line.clear();
    line.resize(HEAD, b' ');
    serde_json::to_writer(&mut *line, record)?;
    let sum = checksum(&line[HEAD..]);
    line[..HEAD - 1].copy_from_slice(&sum);
    line.push(b'\n');
    Ok(())
}

fn read_line<R: DeserializeOwned>(line: &[u8]) -> Option<R> {
    serde_json::from_slice(body(line)?).ok()
}

/// What follows the checksum, if the line is whole.
fn body(line: &[u8]) -> Option<&[u8]> {
    let (head, body) = line.strip_suffix(b"\n")?.split_at_checked(HEAD)?;
    (head[..HEAD - 1] == checksum(body) && head[HEAD - 1] == b' ').then_some(body)
}

/// Whether a crash can have left this of a line: its beginning, or nothing but zeros. A whole line that
/// cannot be understood is damage of another kind.
fn is_torn(line: &[u8]) -> bool {
    let mut head = line.iter().take(HEAD - 1);
    let begins = head.all(u8::is_ascii_hexdigit)
        && line.get(HEAD - 1).is_none_or(|byte| *byte == b' ')
        && line.get(HEAD).is_none_or(|byte| *byte == b'{');
    (begins && !line.ends_with(b"\n")) || line.iter().all(|byte| *byte == 0)
}

/// The first eight hexadecimal digits of the SHA-256.
fn checksum(body: &[u8]) -> [u8; HEAD - 1] {
    let digest = Sha256::digest(body);
    let mut sum = [0; HEAD - 1];
    // Four bytes are eight digits, so this cannot fail.
    let _ = base16ct::lower::encode(&digest[..4], &mut sum);
    sum
}

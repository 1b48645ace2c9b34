//! A file of records that only grows: one line each, with a checksum, found by key. The first line says
//! what kind of file it is and in which form its records are.

use std::collections::{HashMap, HashSet};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
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
    /// How many records it has, copies of lines left out.
    records: u64,
    spans: HashMap<RequestKey, RecordSpan>,
    line: Vec<u8>,
}

/// Where in the file a record is.
#[derive(Clone, Copy)]
struct RecordSpan {
    start: u64,
    length: u32,
}

/// What a log is, as its first line says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LogFormat {
    file: String,
    version: u32,
}

/// What a log does with a record that it has read.
pub(super) enum Kept {
    /// It can be found by this key.
    Under(RequestKey),
    /// It cannot be found.
    Unkeyed,
    /// The line is a copy of an earlier one, and nothing else.
    Copy,
    /// Records that must have been before it are missing.
    AfterGap,
}

/// Why a log cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum LogError {
    #[error("cannot {what} `{path}`: {cause}", path = path.display())]
    Io {
        what: &'static str,
        path: PathBuf,
        cause: io::Error,
    },
    #[error("`{path}` is in use by another run or process", path = path.display())]
    InUse { path: PathBuf },
    #[error("`{path}`, line {line}: the record is damaged", path = path.display())]
    Damaged { path: PathBuf, line: usize },
    #[error("`{path}`, line {line}: records before it are missing", path = path.display())]
    Gap { path: PathBuf, line: usize },
    #[error("`{path}` is not a {wanted}; it is left unchanged", path = path.display())]
    Foreign { path: PathBuf, wanted: String },
    #[error(
        "`{path}`, line {line}: the record is whole, but in a form that this version of dashoptimize \
         (which reads format {version}) does not know; it is left unchanged",
        path = path.display()
    )]
    OtherVersion {
        path: PathBuf,
        line: usize,
        version: u32,
    },
}

impl LogFormat {
    pub(super) fn new(file: &str, version: u32) -> Self {
        Self {
            file: file.to_owned(),
            version,
        }
    }
}

impl Log {
    /// Opens or creates the file and reads it from the start, passing each record to `keep`, with the number
    /// that the next record has. A last line that was cut off by a crash is dropped; a file that is
    /// something else, or of another version, is left unchanged.
    pub(super) fn open<R: DeserializeOwned>(
        path: &Path,
        format: &LogFormat,
        mut keep: impl FnMut(R, u64) -> Kept,
    ) -> Result<Self, LogError> {
        let error = |what| {
            let path = path.to_owned();
            move |cause| LogError::Io { what, path, cause }
        };
        let file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)
            .map_err(error("open"))?;
        lock(&file, path)?;
        let mut log = LogFile {
            file,
            length: 0,
            records: 0,
            spans: HashMap::new(),
            line: Vec::new(),
        };
        let reader = log.file.try_clone().map_err(error("open"))?;
        let mut lines = BufReader::new(reader);
        let mut line = Vec::new();
        let mut number = 0;
        loop {
            line.clear();
            let read = lines.read_until(b'\n', &mut line).map_err(error("read"))?;
            if read == 0 {
                break;
            }
            number += 1;
            let is_last = lines.fill_buf().map_err(error("read"))?.is_empty();
            if is_last && is_torn(&line) {
                break;
            }
            log.read(&line, number, format, &mut keep)
                .map_err(|problem| problem.into_error(path, number, format))?;
        }
        log.file.set_len(log.length).map_err(error("shorten"))?;
        if log.length == 0 {
            log.write(format).map_err(error("write"))?;
        }
        Ok(Self {
            path: path.to_owned(),
            file: Mutex::new(log),
        })
    }

    /// Appends the record of the next number, which can be found by its key if it has one. When this
    /// returns, the record survives the end of the process. Returns its number.
    pub(super) fn append<R: Serialize>(
        &self,
        key: Option<RequestKey>,
        record: impl FnOnce(u64) -> R,
    ) -> Result<u64, LogError> {
        let mut log = self.lock();
        let number = log.records + 1;
        let span = log
            .write(&record(number))
            .map_err(|source| self.error("write", source))?;
        log.records = number;
        log.spans.extend(key.map(|key| (key, span)));
        Ok(number)
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

    fn error(&self, what: &'static str, cause: io::Error) -> LogError {
        LogError::Io {
            what,
            path: self.path.clone(),
            cause,
        }
    }

    fn lock(&self) -> MutexGuard<'_, LogFile> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LogFile {
    /// Reads one whole line.
    fn read<R: DeserializeOwned>(
        &mut self,
        line: &[u8],
        number: usize,
        format: &LogFormat,
        keep: &mut impl FnMut(R, u64) -> Kept,
    ) -> Result<(), Unreadable> {
        let Some(body) = body(line) else {
            return Err(Unreadable::Damaged);
        };
        let head = serde_json::from_slice::<LogFormat>(body).ok();
        let kept = match (head, number) {
            (Some(head), _) if head == *format => Kept::Unkeyed,
            (Some(head), _) if head.file != format.file => return Err(Unreadable::Foreign),
            (Some(_), _) | (None, 1) => return Err(Unreadable::OtherVersion),
            (None, _) => {
                let Ok(record) = serde_json::from_slice(body) else {
                    return Err(Unreadable::OtherVersion);
                };
                let kept = keep(record, self.records + 1);
                if !matches!(kept, Kept::Copy) {
                    self.records += 1;
                }
                kept
            }
        };
        let span = RecordSpan {
            start: self.length,
            length: u32::try_from(line.len()).unwrap_or(u32::MAX),
        };
        self.length += line.len() as u64;
        match kept {
            Kept::Under(key) => drop(self.spans.insert(key, span)),
            Kept::Unkeyed | Kept::Copy => {}
            Kept::AfterGap => return Err(Unreadable::Gap),
        }
        Ok(())
    }

    /// Appends a line.
    fn write(&mut self, record: &impl Serialize) -> io::Result<RecordSpan> {
        write_line(&mut self.line, record)?;
        if let Err(error) = self.file.write_all(&self.line) {
            // Part of a line must not be left in the middle of the file.
            let _ = self.file.set_len(self.length);
            return Err(error);
        }
        let span = RecordSpan {
            start: self.length,
            length: u32::try_from(self.line.len()).unwrap_or(u32::MAX),
        };
        self.length += self.line.len() as u64;
        Ok(span)
    }
}

/// Why a line cannot be read.
enum Unreadable {
    Damaged,
    Foreign,
    Gap,
    OtherVersion,
}

impl Unreadable {
    fn into_error(self, path: &Path, line: usize, format: &LogFormat) -> LogError {
        let path = path.to_owned();
        match self {
            // Whatever this file is, none of its lines was written by a log.
            Self::Damaged | Self::Foreign if line == 1 => LogError::Foreign {
                path,
                wanted: format.file.clone(),
            },
            Self::Damaged | Self::Foreign => LogError::Damaged { path, line },
            Self::Gap => LogError::Gap { path, line },
            Self::OtherVersion => LogError::OtherVersion {
                path,
                line,
                version: format.version,
            },
        }
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

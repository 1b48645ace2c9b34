//! The worker's way to the program.

use std::borrow::Cow;
use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};

use monty_types::{MontyException, PrintWriterCallback};

use super::super::protocol::News;
use super::super::{Ending, Limit};

/// Where news go. Shared by the thread that runs code and the one that watches it.
pub(super) struct Channel {
    pending: Mutex<Printed>,
    /// Bytes that one run may print.
    limit: usize,
}

/// What the code printed.
#[derive(Default)]
struct Printed {
    /// What is not sent yet.
    text: String,
    /// Bytes of this run so far.
    bytes: usize,
}

/// Sent in pieces of this size, so that a loop of short prints makes few messages.
const PIECE: usize = 4096;

impl Channel {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            pending: Mutex::default(),
            limit,
        }
    }

    /// A new run has printed nothing.
    pub(super) fn begin(&self) {
        self.lock().bytes = 0;
    }

    /// Takes what the code prints; more than the limit ends the process.
    pub(super) fn print(&self, text: &str) {
        let mut printed = self.lock();
        let rest = self.limit - printed.bytes;
        if text.len() > rest {
            let fits = text.floor_char_boundary(rest);
            printed.text.push_str(&text[..fits]);
            end(&mut printed, Ending::Limit(Limit::Output));
        }
        printed.bytes += text.len();
        printed.text.push_str(text);
        if printed.text.len() >= PIECE {
            flush(&mut printed);
        }
    }

    /// Sends news, after what was printed before.
    pub(super) fn send(&self, news: &News) {
        let mut printed = self.lock();
        flush(&mut printed);
        write(news);
    }

    /// Says that a limit is met, and ends the process.
    pub(super) fn stop(&self, limit: Limit) -> ! {
        end(&mut self.lock(), Ending::Limit(limit))
    }

    /// A thread that panicked while it printed leaves whole texts behind.
    fn lock(&self) -> MutexGuard<'_, Printed> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Holding the lock, so that nothing can follow the last news.
fn end(printed: &mut Printed, ending: Ending) -> ! {
    flush(printed);
    write(&News::Ended(ending));
    std::process::exit(0)
}

fn flush(printed: &mut Printed) {
    if !printed.text.is_empty() {
        write(&News::Printed(std::mem::take(&mut printed.text)));
    }
}

/// Nobody listens where this fails, so the process ends.
fn write(news: &News) {
    let written = serde_json::to_vec(news).map(|mut line| {
        line.push(b'\n');
        let mut out = std::io::stdout().lock();
        out.write_all(&line).and_then(|()| out.flush())
    });
    if !matches!(written, Ok(Ok(()))) {
        std::process::exit(1);
    }
}

/// What the interpreter prints to. It also counts steps, because the interpreter polls its printer
/// after every so many instructions, and offers no other count of them.
pub(super) struct Printer<'a> {
    channel: &'a Channel,
    /// Instructions that are left.
    steps: u64,
}

/// The interpreter polls after every 256 instructions (its `CHECK_INTERVAL`, and the one that polls).
const INSTRUCTIONS_PER_POLL: u64 = 256;

impl<'a> Printer<'a> {
    pub(super) const fn new(channel: &'a Channel, steps: u64) -> Self {
        Self { channel, steps }
    }
}

impl PrintWriterCallback for Printer<'_> {
    fn stdout_write(&mut self, output: Cow<'_, str>) -> Result<(), MontyException> {
        self.channel.print(&output);
        Ok(())
    }

    fn stdout_push(&mut self, end: char) -> Result<(), MontyException> {
        self.channel.print(end.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn poll_flush(&mut self) -> Result<(), MontyException> {
        match self.steps.checked_sub(INSTRUCTIONS_PER_POLL) {
            Some(left) => self.steps = left,
            None => self.channel.stop(Limit::Steps),
        }
        Ok(())
    }
}

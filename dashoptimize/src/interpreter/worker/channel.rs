//! Messages from the worker to the program.

use std::borrow::Cow;
use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};

use monty_types::{MontyException, PrintWriterCallback};

use crate::interpreter::limits::Limit;
use crate::interpreter::outcome::Ending;
use crate::interpreter::protocol::FromWorker;

/// The standard output of the worker, shared by the thread that runs code and the one that watches it.
pub(super) struct Channel {
    pending: Mutex<Printed>,
    /// The number of bytes that one run may print.
    limit: usize,
}

/// The text that the code printed.
#[derive(Default)]
struct Printed {
    /// The part that has not been sent yet.
    text: String,
    /// The number of bytes that this run has printed.
    bytes: usize,
}

/// The size from which printed text is sent, so that a loop of short prints sends few messages.
const PIECE: usize = 4096;

impl Channel {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            pending: Mutex::default(),
            limit,
        }
    }

    /// Starts a new run, which has printed nothing.
    pub(super) fn start_run(&self) {
        self.lock().bytes = 0;
    }

    /// Prints a text. If the limit is exceeded, the process ends.
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

    /// Sends a message after the text that was printed before.
    pub(super) fn send(&self, message: &FromWorker) {
        let mut printed = self.lock();
        flush(&mut printed);
        write(message);
    }

    /// Reports that a limit is reached, and ends the process.
    pub(super) fn stop(&self, limit: Limit) -> ! {
        end(&mut self.lock(), Ending::Limit(limit))
    }

    /// The text is valid even if a thread panicked while it held the lock.
    fn lock(&self) -> MutexGuard<'_, Printed> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends the last message and ends the process. The caller holds the lock, so no other message can follow.
fn end(printed: &mut Printed, ending: Ending) -> ! {
    flush(printed);
    write(&FromWorker::Ended(ending));
    std::process::exit(0)
}

fn flush(printed: &mut Printed) {
    if !printed.text.is_empty() {
        write(&FromWorker::Printed(std::mem::take(&mut printed.text)));
    }
}

/// Writes a message. If that fails, the program is gone, and the process ends.
fn write(message: &FromWorker) {
    let written = serde_json::to_vec(message).map(|mut line| {
        line.push(b'\n');
        let mut out = std::io::stdout().lock();
        out.write_all(&line).and_then(|()| out.flush())
    });
    if !matches!(written, Ok(Ok(()))) {
        std::process::exit(1);
    }
}

/// The printer of the interpreter. It also counts instructions: the interpreter polls its printer at a
/// fixed number of instructions and has no other way to count them.
pub(super) struct Printer<'a> {
    channel: &'a Channel,
    /// The number of instructions that are left.
    steps: u64,
}

/// The number of instructions between two polls (the interpreter's `CHECK_INTERVAL` and the one that
/// polls).
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

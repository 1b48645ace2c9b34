//! `serve`: the main function of the worker.

use std::io::BufRead;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use super::channel::Channel;
use super::run::Runner;
use super::watch::Watch;
use crate::interpreter::limits::Limits;
use crate::interpreter::measure;
use crate::interpreter::outcome::Ending;
use crate::interpreter::protocol::{FromWorker, ToWorker, VARIABLE, VERSION};

/// The stack size in bytes: enough for [`Limits::DEEPEST`] frames in a debug build. The system allocates
/// only the part that is used.
const STACK: usize = 256 << 20;

/// Whether `main` called [`serve`]. It decides whether a child process of the same program would be a worker
/// or a second run of the program.
static SERVING: AtomicBool = AtomicBool::new(false);

/// Makes the program its own worker; see [`Interpreter`](crate::interpreter::Interpreter). It must be called
/// first in `main`.
///
/// In a process that an interpreter started, it runs the code that the interpreter sends and does not
/// return. In any other process, it returns immediately.
///
/// ```no_run
/// // The first line of `main`:
/// dashoptimize::interpreter::serve();
/// ```
pub fn serve() {
    SERVING.store(true, Ordering::Relaxed);
    if std::env::var_os(VARIABLE).is_some() {
        work();
        std::process::exit(0);
    }
}

/// Whether a new process of this program would be a worker.
pub(crate) enum Serving {
    Ready,
    Not,
    InWorker,
}

/// Whether this program can be its own worker.
pub(crate) fn serving() -> Serving {
    if std::env::var_os(VARIABLE).is_some() {
        Serving::InWorker
    } else if SERVING.load(Ordering::Relaxed) {
        Serving::Ready
    } else {
        Serving::Not
    }
}

/// Passes messages on until there are no more. Then the program has ended or dropped the session, and the
/// process ends, even in the middle of a run.
fn work() {
    let mut messages = std::io::stdin()
        .lock()
        .lines()
        .map_while(Result::ok)
        .map_while(|line| serde_json::from_str::<ToWorker>(&line).ok());
    let Some(ToWorker::Start(limits)) = messages.next() else {
        return;
    };
    let (sender, receiver) = mpsc::channel();
    let spawned = thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || run_all(limits, &receiver));
    if spawned.is_err() {
        return;
    }
    for message in messages {
        if sender.send(message).is_err() {
            return;
        }
    }
}

/// Runs the code of all messages, then ends the process.
fn run_all(limits: Limits, messages: &mpsc::Receiver<ToWorker>) {
    let channel = Arc::new(Channel::new(limits.output));
    let Some(watch) = Watch::start(limits, Arc::clone(&channel)) else {
        std::process::exit(1);
    };
    channel.send(&FromWorker::Ready {
        version: VERSION.to_owned(),
    });
    let mut runner = Runner::new(limits, &channel, &watch, messages);
    while let Ok(ToWorker::Run {
        code,
        inputs,
        functions,
    }) = messages.recv()
    {
        let run = AssertUnwindSafe(|| runner.run(&code, inputs, functions));
        match panic::catch_unwind(run) {
            Ok(ending) => channel.send(&FromWorker::Ended(ending)),
            Err(panic) => {
                channel.send(&FromWorker::Ended(Ending::Crashed(measure::cut(
                    panic_message(&*panic),
                    limits.output,
                ))));
                break;
            }
        }
    }
    std::process::exit(0);
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("the interpreter panicked")
}

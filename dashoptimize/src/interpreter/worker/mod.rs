//! The worker: what runs in the child process.

mod channel;
mod json;
mod run;
mod watch;

use std::io::BufRead;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use super::protocol::{News, Order, VARIABLE, VERSION};
use super::{Ending, Limits};
use channel::Channel;
use run::Runner;
use watch::Watch;

/// Enough for [`Limits::DEEPEST`] frames in a debug build. The system gives memory for the part that
/// is used.
const STACK: usize = 256 << 20;

/// That `main` called [`serve`]: a fact about the process, which decides whether a child of the same
/// program would be a worker or a second run of the program.
static SERVING: AtomicBool = AtomicBool::new(false);

/// Makes the program able to be the worker of an [`Interpreter`](super::Interpreter). Call it first in
/// `main`.
///
/// In a process that an interpreter started, it runs the code that it is given and never returns. In any
/// other, it returns at once.
pub fn serve() {
    SERVING.store(true, Ordering::Relaxed);
    if std::env::var_os(VARIABLE).is_some() {
        work();
        std::process::exit(0);
    }
}

/// What a new process of this program would be.
pub(super) enum Serving {
    Ready,
    Not,
    InWorker,
}

pub(super) fn serving() -> Serving {
    if std::env::var_os(VARIABLE).is_some() {
        Serving::InWorker
    } else if SERVING.load(Ordering::Relaxed) {
        Serving::Ready
    } else {
        Serving::Not
    }
}

/// Reads orders until there are no more, which ends the process in the middle of a run as well: then
/// the program is gone or wants no more of it.
fn work() {
    let mut orders = std::io::stdin()
        .lock()
        .lines()
        .map_while(Result::ok)
        .map_while(|line| serde_json::from_str::<Order>(&line).ok());
    let Some(Order::Start(limits)) = orders.next() else {
        return;
    };
    let (sender, receiver) = mpsc::channel();
    let spawned = thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || obey(limits, &receiver));
    if spawned.is_err() {
        return;
    }
    for order in orders {
        if sender.send(order).is_err() {
            return;
        }
    }
}

/// Runs code as ordered. Its end ends the process.
fn obey(limits: Limits, orders: &mpsc::Receiver<Order>) {
    let channel = Arc::new(Channel::new(limits.output));
    let Some(watch) = Watch::start(limits, Arc::clone(&channel)) else {
        std::process::exit(1);
    };
    channel.send(&News::Ready {
        version: VERSION.to_owned(),
    });
    let mut runner = Runner::new(limits, &channel, &watch, orders);
    while let Ok(Order::Run {
        code,
        inputs,
        functions,
    }) = orders.recv()
    {
        let run = AssertUnwindSafe(|| runner.run(&code, inputs, functions));
        match panic::catch_unwind(run) {
            Ok(ending) => channel.send(&News::Ended(ending)),
            Err(panic) => {
                channel.send(&News::Ended(Ending::Crashed(words(&*panic))));
                break;
            }
        }
    }
    std::process::exit(0);
}

/// What a panic says.
fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("the interpreter panicked").to_owned()
}

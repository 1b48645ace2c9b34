//! `InterpreterError`: why code cannot be run at all.

use std::path::PathBuf;
use std::sync::Arc;

use crate::error_text::debug_is_message;

/// Why code cannot be run. Errors of the code itself are an [`Ending`](super::Ending).
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum InterpreterError {
    /// The program did not call [`serve`](super::serve), so it cannot be its own worker.
    #[error(
        "this program cannot run Python; call `dashoptimize::interpreter::serve` first in `main`, or \
         name a program that does with `Interpreter::with_worker`"
    )]
    NotServing,
    /// An interpreter was created inside a worker.
    #[error(
        "this process is itself a worker; call `dashoptimize::interpreter::serve` first in `main`, \
         before anything else runs"
    )]
    InWorker,
    /// An input cannot be given to code.
    #[error("the input `{name}` cannot be given to the interpreter: it is {why}")]
    Input {
        /// The name of the input.
        name: String,
        /// In what it exceeds the limits.
        why: String,
    },
    /// The worker process cannot be started.
    #[error("the worker `{}` cannot be started: {cause}", .program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// The error of the operating system.
        cause: Arc<std::io::Error>,
    },
    /// The program started, but is not a worker of this version.
    #[error(
        "`{}` is not a worker of this version ({found}); it must call \
         `dashoptimize::interpreter::serve` first in `main`, and be built with the same \
         `dashoptimize`",
        .program.display()
    )]
    NotAWorker {
        /// The program.
        program: PathBuf,
        /// What it does instead.
        found: String,
    },
}

debug_is_message!(InterpreterError);

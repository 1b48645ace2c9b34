//! Why code could not be run at all.

use std::path::PathBuf;
use std::sync::Arc;

/// Why code could not be run. What code itself does wrong is an [`Ending`](super::Ending).
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InterpreterError {
    /// The program is not ready to be its own worker.
    #[error(
        "this program cannot run Python; call `dashoptimize::interpreter::serve` first in `main`, or \
         name a program that does with `Interpreter::with_worker`"
    )]
    NotServing,
    /// An interpreter was made within a worker.
    #[error(
        "this process is itself a worker; call `dashoptimize::interpreter::serve` first in `main`, \
         before anything else runs"
    )]
    InWorker,
    /// The worker does not start.
    #[error("worker `{}` does not start", .program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// Why.
        #[source]
        source: Arc<std::io::Error>,
    },
    /// The program started, but is no worker of this version.
    #[error(
        "`{}` is no worker of this version ({found}); it must call \
         `dashoptimize::interpreter::serve` first in `main`, and be built with the same \
         `dashoptimize`",
        .program.display()
    )]
    NoWorker {
        /// The program.
        program: PathBuf,
        /// What it did instead.
        found: String,
    },
}

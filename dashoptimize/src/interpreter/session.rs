//! Interpreters, and the sessions that remember variables.

use std::path::PathBuf;

use serde_json::{Map, Value};

use super::process::Process;
use super::worker::Serving;
use super::{Host, InterpreterError, Limits, Outcome, worker};

/// A Python interpreter with limits. Cheap to clone; it starts a worker per [`Session`].
#[derive(Clone, Debug)]
pub struct Interpreter {
    limits: Limits,
    worker: PathBuf,
}

impl Interpreter {
    /// An interpreter with the default [`Limits`], whose workers are this very program.
    ///
    /// # Errors
    ///
    /// [`InterpreterError::NotServing`] where the program did not call [`serve`](super::serve), because
    /// then a worker would be a second run of the program, and [`InterpreterError::InWorker`].
    pub fn new() -> Result<Self, InterpreterError> {
        match worker::serving() {
            Serving::Ready => {}
            Serving::Not => return Err(InterpreterError::NotServing),
            Serving::InWorker => return Err(InterpreterError::InWorker),
        }
        let program = std::env::current_exe().map_err(|error| InterpreterError::Start {
            program: PathBuf::from("this program"),
            source: error.into(),
        })?;
        Ok(Self::with_worker(program))
    }

    /// An interpreter with the default [`Limits`] whose workers are another program: one that calls
    /// [`serve`](super::serve) first in `main`. For tests, whose `main` is not their own.
    #[must_use]
    pub fn with_worker(program: impl Into<PathBuf>) -> Self {
        Self {
            limits: Limits::default(),
            worker: program.into(),
        }
    }

    /// Sets the limits of each run. Default: [`Limits::default`].
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// A session without variables. Its worker starts with the first run.
    #[must_use]
    pub fn session(&self) -> Session {
        Session {
            interpreter: self.clone(),
            process: None,
        }
    }
}

/// Runs of code that share their variables, like the cells of a notebook.
///
/// Dropping it, or a future of [`run`](Self::run), ends the worker at once.
#[derive(Debug)]
pub struct Session {
    interpreter: Interpreter,
    process: Option<Process>,
}

impl Session {
    /// Runs code. `inputs` become variables, the functions of `host` can be called, and
    /// `SUBMIT(value)` or `SUBMIT(name = value, …)` ends the run with that value.
    ///
    /// # Errors
    ///
    /// Where the worker does not start. Whatever the code does is an [`Outcome`].
    pub async fn run(
        &mut self,
        code: &str,
        inputs: Map<String, Value>,
        host: &dyn Host,
    ) -> Result<Outcome, InterpreterError> {
        let mut process = match self.process.take() {
            Some(process) => process,
            None => Process::start(&self.interpreter.worker, self.interpreter.limits).await?,
        };
        let mut output = String::new();
        let ending = process.run(code, inputs, host, &mut output).await;
        if ending.keeps_variables() {
            self.process = Some(process);
        }
        Ok(Outcome { output, ending })
    }
}

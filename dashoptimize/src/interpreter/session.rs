//! `Interpreter`, and `Session`, which keeps variables between runs.

use std::path::PathBuf;

use serde_json::{Map, Value};

use super::error::InterpreterError;
use super::host::Host;
use super::limits::Limits;
use super::measure;
use super::outcome::CodeOutcome;
use super::process::WorkerProcess;
use super::worker::{self, Serving};

/// A Python interpreter with limits. Cloning it is cheap. It starts one worker process for each
/// [`Session`].
#[derive(Clone, Debug)]
pub struct Interpreter {
    limits: Limits,
    worker: PathBuf,
}

impl Interpreter {
    /// An interpreter with the default [`Limits`], whose workers are this program itself.
    ///
    /// # Errors
    ///
    /// Returns [`InterpreterError::NotServing`] if the program did not call [`serve`](super::serve),
    /// because then a worker would be a second run of the program, and [`InterpreterError::InWorker`] if
    /// this process is a worker.
    pub fn new() -> Result<Self, InterpreterError> {
        match worker::serving() {
            Serving::Ready => {}
            Serving::Not => return Err(InterpreterError::NotServing),
            Serving::InWorker => return Err(InterpreterError::InWorker),
        }
        let program = std::env::current_exe().map_err(|error| InterpreterError::Start {
            program: PathBuf::from("this program"),
            cause: error.into(),
        })?;
        Ok(Self::with_worker(program))
    }

    /// An interpreter with the default [`Limits`], whose workers are another program, which must call
    /// [`serve`](super::serve) first in `main`. This is meant for tests, which cannot change their `main`.
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

    /// Starts a session without variables. Its worker process starts with the first run.
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
/// Dropping the session, or a future of [`run`](Self::run), kills the worker immediately.
#[derive(Debug)]
pub struct Session {
    interpreter: Interpreter,
    process: Option<WorkerProcess>,
}

impl Session {
    /// Runs code. The `inputs` become variables, and the functions of `host` can be called.
    /// `SUBMIT(value)` or `SUBMIT(name=value, …)` ends the run with that value.
    ///
    /// # Errors
    ///
    /// Returns an error if an input is nested too deeply or too large, or if the worker cannot be started.
    /// Errors of the code are part of the [`CodeOutcome`].
    pub async fn run(
        &mut self,
        code: &str,
        inputs: Map<String, Value>,
        host: &dyn Host,
    ) -> Result<CodeOutcome, InterpreterError> {
        for (name, value) in &inputs {
            let fits = measure::for_code(value, &self.interpreter.limits);
            fits.map_err(|unfit| InterpreterError::Input {
                name: name.clone(),
                why: unfit.to_string(),
            })?;
        }
        let mut process = match self.process.take() {
            Some(process) => process,
            None => WorkerProcess::start(&self.interpreter.worker, self.interpreter.limits).await?,
        };
        let mut output = String::new();
        let ending = process.run(code, inputs, host, &mut output).await;
        if ending.keeps_variables() {
            self.process = Some(process);
        }
        Ok(CodeOutcome { output, ending })
    }
}

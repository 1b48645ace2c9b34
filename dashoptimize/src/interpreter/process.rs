//! A worker process, as the program sees it.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use super::error::InterpreterError;
use super::host::{self, FunctionCall, Host, HostError};
use super::limits::Limits;
use super::measure;
use super::outcome::Ending;
use super::protocol::{FromWorker, ToWorker, VARIABLE, VERSION};

/// How long a worker may take to be ready, even on a busy machine.
const START_LIMIT: Duration = Duration::from_secs(60);

/// The size in bytes of a message besides the texts that [`Limits::output`] limits.
const LONGEST_REST: usize = 1 << 16;

/// A running worker. Dropping it kills the process.
#[derive(Debug)]
pub(super) struct WorkerProcess {
    child: Child,
    to_worker: ChildStdin,
    from_worker: BufReader<ChildStdout>,
    limits: Limits,
    /// How long to wait for a message: only a worker that gets no CPU time takes longer.
    patience: Duration,
}

impl WorkerProcess {
    /// Starts a worker and waits until it is ready.
    pub(super) async fn start(program: &Path, limits: Limits) -> Result<Self, InterpreterError> {
        let failed = |error: std::io::Error| InterpreterError::Start {
            program: program.to_owned(),
            cause: error.into(),
        };
        let mut child = spawn(program).map_err(failed)?;
        let (Some(to_worker), Some(from_worker)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(failed(std::io::ErrorKind::BrokenPipe.into()));
        };
        let mut process = Self {
            child,
            to_worker,
            from_worker: BufReader::new(from_worker),
            limits,
            patience: limits.time.saturating_mul(10).saturating_add(START_LIMIT),
        };
        process.handshake(program, limits).await?;
        Ok(process)
    }

    /// Sends the limits and waits until the worker is ready.
    async fn handshake(&mut self, program: &Path, limits: Limits) -> Result<(), InterpreterError> {
        let not_a_worker = |found: &str| InterpreterError::NotAWorker {
            program: program.to_owned(),
            found: found.to_owned(),
        };
        // Sending fails if the program is not a worker and has already ended; that is reported below.
        let _ = self.send(&ToWorker::Start(limits)).await;
        match timeout(START_LIMIT, self.first_message()).await {
            Ok(Some(FromWorker::Ready { version })) if version == VERSION => Ok(()),
            Ok(Some(FromWorker::Ready { version })) => {
                Err(not_a_worker(&format!("its version is {version}")))
            }
            Ok(Some(_)) => Err(not_a_worker("it sent an unexpected message")),
            Ok(None) => Err(not_a_worker("it ended")),
            Err(_) => Err(not_a_worker("it sent nothing")),
        }
    }

    /// The first line that is a message. Lines that `main` prints before it calls `serve` are skipped.
    async fn first_message(&mut self) -> Option<FromWorker> {
        loop {
            let line = self.line().await?;
            if let Ok(message) = serde_json::from_slice(&line) {
                return Some(message);
            }
        }
    }

    /// Runs code until it ends, in whatever way. What it prints is added to `output`.
    pub(super) async fn run(
        &mut self,
        code: &str,
        inputs: Map<String, Value>,
        host: &dyn Host,
        output: &mut String,
    ) -> Ending {
        let mut message = ToWorker::Run {
            code: code.to_owned(),
            inputs,
            functions: host.functions(),
        };
        loop {
            if self.send(&message).await.is_err() {
                return self.crashed().await;
            }
            let call = match self.until_called(output).await {
                Ok(call) => call,
                Err(ending) => return ending,
            };
            message = self.called(host, call).await;
        }
    }

    /// Calls a host function. Its result is checked here, because a worker cannot read every value.
    async fn called(&self, host: &dyn Host, call: FunctionCall) -> ToWorker {
        let name = call.name.clone();
        let result = host::call(host, call).await.and_then(|value| {
            let fits = measure::for_code(&value, &self.limits);
            fits.map_err(|unfit| {
                HostError::new("ValueError", format!("the result of {name}() is {unfit}"))
            })
            .map(|()| value)
        });
        match result {
            Ok(value) => ToWorker::Return(value),
            Err(error) => ToWorker::Raise {
                kind: measure::cut(&error.kind, self.limits.output),
                message: measure::cut(&error.message, self.limits.output),
            },
        }
    }

    /// Waits for the next call of a host function, or for the end of the run.
    async fn until_called(&mut self, output: &mut String) -> Result<FunctionCall, Ending> {
        loop {
            match timeout(self.patience, self.line()).await {
                // The worker measures the time of the code itself.
                Err(_) => return Err(Ending::Crashed("the worker does not run".to_owned())),
                Ok(None) => return Err(self.crashed().await),
                Ok(Some(line)) => match serde_json::from_slice(&line) {
                    Ok(FromWorker::Printed(text)) => output.push_str(&text),
                    Ok(FromWorker::Called(call)) => return Ok(call),
                    Ok(FromWorker::Ended(ending)) => return Err(ending),
                    Ok(FromWorker::Ready { .. }) => return Err(unexpected("a second `ready`")),
                    Err(error) => return Err(unexpected(&error.to_string())),
                },
            }
        }
    }

    async fn send(&mut self, message: &ToWorker) -> std::io::Result<()> {
        let mut line = serde_json::to_vec(message)?;
        line.push(b'\n');
        self.to_worker.write_all(&line).await?;
        self.to_worker.flush().await
    }

    /// The next complete line; `None` if the worker has ended. A worker that sends more than the limits
    /// allow does not keep them, and is killed.
    async fn line(&mut self) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        // A byte of a text has at most six bytes as JSON.
        let longest = self
            .limits
            .output
            .saturating_mul(6)
            .saturating_add(LONGEST_REST);
        let mut from_worker = (&mut self.from_worker).take(longest as u64);
        from_worker.read_until(b'\n', &mut line).await.ok()?;
        if line.pop() != Some(b'\n') {
            // Fails if it has ended.
            let _ = self.child.start_kill();
            return None;
        }
        Some(line)
    }

    /// The ending of a run whose worker has ended.
    async fn crashed(&mut self) -> Ending {
        let how = match timeout(START_LIMIT, self.child.wait()).await {
            Ok(Ok(status)) => status.to_string(),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "its pipes are closed".to_owned(),
        };
        Ending::Crashed(format!("the worker ended: {how}"))
    }
}

fn spawn(program: &Path) -> std::io::Result<Child> {
    Command::new(program)
        .env_clear()
        .env(VARIABLE, VERSION)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
}

fn unexpected(message: &str) -> Ending {
    Ending::Crashed(format!("the worker sent an unexpected message: {message}"))
}

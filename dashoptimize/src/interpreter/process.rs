//! A worker process, seen from the program.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use super::protocol::{News, Order, VARIABLE, VERSION};
use super::{Ending, Host, InterpreterError, Limit, Limits, host};

/// How long a worker may take to be ready, on a machine with much else to do.
const START: Duration = Duration::from_secs(60);

/// A started worker. Dropping it kills it.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    orders: ChildStdin,
    news: BufReader<ChildStdout>,
    /// For the worst case: a worker that gets no CPU, so that its own clock stands still.
    patience: Duration,
}

impl Process {
    pub(super) async fn start(program: &Path, limits: Limits) -> Result<Self, InterpreterError> {
        let failed = |error: std::io::Error| InterpreterError::Start {
            program: program.to_owned(),
            source: error.into(),
        };
        let mut child = spawn(program).map_err(failed)?;
        let (Some(orders), Some(news)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(failed(std::io::ErrorKind::BrokenPipe.into()));
        };
        let mut process = Self {
            child,
            orders,
            news: BufReader::new(news),
            patience: limits.time.saturating_mul(10).saturating_add(START),
        };
        process.greet(program, limits).await?;
        Ok(process)
    }

    /// Sends the limits and waits until the worker is ready.
    async fn greet(&mut self, program: &Path, limits: Limits) -> Result<(), InterpreterError> {
        let strange = |found: &str| InterpreterError::NoWorker {
            program: program.to_owned(),
            found: found.to_owned(),
        };
        // A program that is no worker may have ended already; what it says instead tells.
        let _ = self.order(&Order::Start(limits)).await;
        match timeout(START, self.first_news()).await {
            Ok(Some(News::Ready { version })) if version == VERSION => Ok(()),
            Ok(Some(News::Ready { version })) => Err(strange(&format!("it is of {version}"))),
            Ok(Some(_)) => Err(strange("it is out of step")),
            Ok(None) => Err(strange("it ended")),
            Err(_) => Err(strange("it says nothing")),
        }
    }

    /// The first line that is news: what `main` prints before it serves is none.
    async fn first_news(&mut self) -> Option<News> {
        loop {
            let line = self.line().await?;
            if let Ok(news) = serde_json::from_slice(&line) {
                return Some(news);
            }
        }
    }

    /// Runs code to its end, whatever it is. What is printed is added to `output`.
    pub(super) async fn run(
        &mut self,
        code: &str,
        inputs: Map<String, Value>,
        host: &dyn Host,
        output: &mut String,
    ) -> Ending {
        let mut order = Order::Run {
            code: code.to_owned(),
            inputs,
            functions: host.functions(),
        };
        loop {
            if self.order(&order).await.is_err() {
                return self.crashed().await;
            }
            let call = match self.until_called(output).await {
                Ok(call) => call,
                Err(ending) => return ending,
            };
            order = match host::call(host, call).await {
                Ok(value) => Order::Return(value),
                Err(error) => Order::Raise {
                    kind: error.kind,
                    message: error.message,
                },
            };
        }
    }

    /// The next call of a host function, or the ending.
    async fn until_called(&mut self, output: &mut String) -> Result<super::FunctionCall, Ending> {
        loop {
            match timeout(self.patience, self.line()).await {
                Err(_) => return Err(Ending::Limit(Limit::Time)),
                Ok(None) => return Err(self.crashed().await),
                Ok(Some(line)) => match serde_json::from_slice(&line) {
                    Ok(News::Printed(text)) => output.push_str(&text),
                    Ok(News::Called(call)) => return Ok(call),
                    Ok(News::Ended(ending)) => return Err(ending),
                    Ok(News::Ready { .. }) => return Err(out_of_step("it is ready twice")),
                    Err(error) => return Err(out_of_step(&error.to_string())),
                },
            }
        }
    }

    async fn order(&mut self, order: &Order) -> std::io::Result<()> {
        let mut line = serde_json::to_vec(order)?;
        line.push(b'\n');
        self.orders.write_all(&line).await?;
        self.orders.flush().await
    }

    /// The next whole line; `None` where the worker is gone.
    async fn line(&mut self) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        self.news.read_until(b'\n', &mut line).await.ok()?;
        (line.pop() == Some(b'\n')).then_some(line)
    }

    /// How the worker went.
    async fn crashed(&mut self) -> Ending {
        let how = match timeout(START, self.child.wait()).await {
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

fn out_of_step(found: &str) -> Ending {
    Ending::Crashed(format!("the worker is out of step: {found}"))
}

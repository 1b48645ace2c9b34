//! The transport to a server process: a message is a line.

use std::future::Future;
use std::io;
use std::sync::Arc;

use rmcp::RoleClient;
use rmcp::model::{ErrorData, JsonRpcMessage, RequestId};
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use serde::Deserialize;
use serde::de::IgnoredAny;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::Mutex;

use super::limits::{MESSAGE, VALUES};
use super::process::ServerProcess;

/// The pipes of a server process. Dropping them without [`close`](Transport::close), as a runtime does
/// that stops, kills the process.
pub(super) struct Pipes {
    process: ServerProcess,
    input: Arc<Mutex<Option<ChildStdin>>>,
    output: BufReader<ChildStdout>,
    /// The line that is being read, or its beginning.
    line: Vec<u8>,
    /// Whether the line is too long, so that its end is dropped.
    too_long: bool,
    closed: bool,
}

/// Where the identifier of a message must stand if the message is too long to be read whole.
const BEGINNING: usize = 256;

impl Pipes {
    pub(super) fn new(
        process: ServerProcess,
        input: std::process::ChildStdin,
        output: std::process::ChildStdout,
    ) -> io::Result<Self> {
        Ok(Self {
            process,
            input: Arc::new(Mutex::new(Some(ChildStdin::from_std(input)?))),
            output: BufReader::new(ChildStdout::from_std(output)?),
            line: Vec::new(),
            too_long: false,
            closed: false,
        })
    }

    /// Reads a line, of which at most [`MESSAGE`] bytes are kept. All state is in `self`, because a
    /// future of it may be dropped.
    async fn read_line(&mut self) -> io::Result<()> {
        loop {
            let read = self.output.fill_buf().await?;
            if read.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let end = read.iter().position(|byte| *byte == b'\n');
            let part = &read[..end.unwrap_or(read.len())];
            let fits = part.len().min(MESSAGE - self.line.len());
            self.line.extend_from_slice(&part[..fits]);
            self.too_long |= fits < part.len();
            let consumed = part.len() + usize::from(end.is_some());
            self.output.consume(consumed);
            if end.is_some() {
                return Ok(());
            }
        }
    }

    /// The message in the line, which is then empty. A line that is not a message is skipped, like text
    /// that a server prints for people.
    fn message(&mut self) -> Option<RxJsonRpcMessage<RoleClient>> {
        let line = std::mem::take(&mut self.line);
        if std::mem::take(&mut self.too_long) {
            let id = id_in_beginning(&line)?;
            return Some(unreadable(
                id,
                &format!("it is larger than {MESSAGE} bytes"),
            ));
        }
        if values(&line) > VALUES {
            let id = identifier(&line)?;
            return Some(unreadable(id, &format!("it has more than {VALUES} values")));
        }
        match serde_json::from_slice(&line) {
            Ok(message) => Some(message),
            Err(error) => Some(unreadable(identifier(&line)?, &error.to_string())),
        }
    }
}

impl Transport<RoleClient> for Pipes {
    type Error = io::Error;

    fn send(
        &mut self,
        message: TxJsonRpcMessage<RoleClient>,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        let input = Arc::clone(&self.input);
        async move {
            let mut line = serde_json::to_vec(&message)?;
            line.push(b'\n');
            match &mut *input.lock().await {
                Some(input) => input.write_all(&line).await,
                None => Err(io::ErrorKind::NotConnected.into()),
            }
        }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleClient>> {
        loop {
            self.read_line().await.ok()?;
            if let Some(message) = self.message() {
                return Some(message);
            }
        }
    }

    /// Closes the input of the server and lets it end. A message that it does not read is in the way of
    /// the first, and not of the second.
    async fn close(&mut self) -> io::Result<()> {
        if let Ok(mut input) = self.input.try_lock() {
            input.take();
        }
        self.process.end();
        self.closed = true;
        Ok(())
    }
}

impl Drop for Pipes {
    fn drop(&mut self) {
        if !self.closed {
            self.process.kill();
        }
    }
}

/// A reply in place of one that cannot be used, so that the request does not wait for its time limit.
fn unreadable(id: RequestId, why: &str) -> RxJsonRpcMessage<RoleClient> {
    let why = format!("the answer of the server cannot be read: {why}");
    JsonRpcMessage::error(ErrorData::internal_error(why, None), Some(id))
}

/// The identifier of a reply, however deep or large the rest is.
fn identifier(line: &[u8]) -> Option<RequestId> {
    #[derive(Deserialize)]
    struct Reply {
        id: RequestId,
        method: Option<IgnoredAny>,
    }
    let reply: Reply = serde_json::from_slice(line).ok()?;
    reply.method.is_none().then_some(reply.id)
}

/// The number behind the first `"id":` at the beginning of a message.
fn id_in_beginning(line: &[u8]) -> Option<RequestId> {
    let beginning = String::from_utf8_lossy(&line[..line.len().min(BEGINNING)]);
    let (_, behind) = beginning.split_once("\"id\"")?;
    let number = behind.trim_start().strip_prefix(':')?.trim_start();
    let end = number.find(|c: char| !c.is_ascii_digit())?;
    Some(RequestId::Number(number[..end].parse().ok()?))
}

/// The number of JSON values in a text, roughly: one more than the commas, colons and brackets outside
/// of texts.
fn values(json: &[u8]) -> usize {
    let (mut count, mut in_text, mut escaped) = (1, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b',' | b':' | b'[' | b'{' if !in_text => count += 1,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_outside_of_texts() {
        assert_eq!(values(b"1"), 1);
        assert_eq!(values(br#"{"a,b\",[": [1, 2]}"#), 5);
    }

    #[test]
    fn a_reply_is_identified_however_deep_it_is() {
        let deep = format!(
            r#"{{"result": {}, "id": 7}}"#,
            "[".repeat(999) + &"]".repeat(999)
        );
        assert_eq!(identifier(deep.as_bytes()), Some(RequestId::Number(7)));
        assert_eq!(identifier(br#"{"id": 7, "method": "ping"}"#), None);
        assert_eq!(identifier(b"listening"), None);
    }

    #[test]
    fn a_reply_is_identified_by_its_beginning() {
        let id = id_in_beginning(br#"{"jsonrpc":"2.0","id": 12,"result":{"#);
        assert_eq!(id, Some(RequestId::Number(12)));
        assert_eq!(id_in_beginning(br#"{"result":"#), None);
    }
}

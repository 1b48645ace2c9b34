//! A small HTTP server on a real socket that answers by a script.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A server on a free port of the loopback address. It ends when it is dropped.
pub(crate) struct Server {
    port: u16,
    received: Arc<Mutex<Vec<Received>>>,
    task: JoinHandle<()>,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    /// Request line and headers, in lower case.
    pub(crate) head: String,
    pub(crate) body: String,
}

/// What to answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    bytes: Vec<u8>,
    before: Duration,
    then_close: bool,
}

impl Answer {
    /// A completion with this text, of 10 tokens of prompt (4 of them cached) and 3 of reply.
    pub(crate) fn text(text: &str) -> Self {
        let text = serde_json::Value::from(text);
        Self::new(
            200,
            &[],
            format!(
                r#"{{"choices":[{{"index":0,"finish_reason":"stop","message":{{"role":"assistant","content":{text},"refusal":null}}}}],"usage":{{"prompt_tokens":10,"completion_tokens":3,"total_tokens":13,"prompt_tokens_details":{{"cached_tokens":4}}}}}}"#
            ),
        )
    }

    pub(crate) fn new(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let length = body.len().to_string();
        let mut bytes = format!("HTTP/1.1 {status} Scripted\r\n").into_bytes();
        for (name, value) in headers.iter().chain(&[("content-length", length.as_str())]) {
            bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(body);
        Self::raw(bytes)
    }

    pub(crate) const fn raw(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            before: Duration::ZERO,
            then_close: false,
        }
    }

    /// Length in bytes.
    pub(crate) const fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Leaves out the last bytes and closes the connection.
    pub(crate) fn cut(mut self, bytes: usize) -> Self {
        self.bytes.truncate(self.bytes.len() - bytes);
        self.then_close = true;
        self
    }

    /// Waits before the answer.
    pub(crate) const fn after(mut self, wait: Duration) -> Self {
        self.before = wait;
        self
    }
}

impl Server {
    /// Answers the first request with the first of these and so on; after the last, with the last.
    pub(crate) async fn start(answers: impl IntoIterator<Item = Answer>) -> Self {
        let answers: Vec<_> = answers.into_iter().collect();
        Self::start_with(move |place, _| answers[place.min(answers.len() - 1)].clone()).await
    }

    /// Answers with what the function says, which gets the number of earlier requests.
    pub(crate) async fn start_with(
        answer: impl Fn(usize, &Received) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let received = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&received);
        let answer = Arc::new(answer);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (kept, answer) = (Arc::clone(&kept), Arc::clone(&answer));
                tokio::spawn(async move {
                    // A client that hangs up is part of some tests.
                    let _ = serve(stream, &kept, &*answer).await;
                });
            }
        });
        Self {
            port,
            received,
            task,
        }
    }

    /// The base URL for a client.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/v1", self.port)
    }

    /// The requests so far.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().expect("no test panics here").clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves one connection, which may carry several requests.
async fn serve(
    mut stream: TcpStream,
    received: &Mutex<Vec<Received>>,
    answer: &(impl Fn(usize, &Received) -> Answer + Send + Sync),
) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    while let Some(request) = read_request(&mut stream, &mut bytes).await? {
        let place = {
            let mut received = received.lock().expect("no test panics here");
            received.push(request.clone());
            received.len() - 1
        };
        let answer = answer(place, &request);
        // Even a timer of no time at all waits for the next millisecond.
        if !answer.before.is_zero() {
            tokio::time::sleep(answer.before).await;
        }
        stream.write_all(&answer.bytes).await?;
        if answer.then_close {
            return stream.shutdown().await;
        }
    }
    Ok(())
}

/// Reads one request; `None` at the end of the connection.
async fn read_request(
    stream: &mut TcpStream,
    bytes: &mut Vec<u8>,
) -> std::io::Result<Option<Received>> {
    loop {
        if let Some((request, length)) = whole_request(bytes) {
            bytes.drain(..length);
            return Ok(Some(request));
        }
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await? {
            0 => return Ok(None),
            count => bytes.extend_from_slice(&chunk[..count]),
        }
    }
}

fn whole_request(bytes: &[u8]) -> Option<(Received, usize)> {
    let head_end = 4 + bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..head_end]).to_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok())
        .unwrap_or(0);
    let body = bytes.get(head_end..head_end + length)?;
    let body = String::from_utf8_lossy(body).into_owned();
    Some((Received { head, body }, head_end + length))
}

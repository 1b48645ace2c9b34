//! A server that counts what it is asked, and answers no more than it is told to.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout};

use super::run::CONCURRENCY;

/// One request in so many fails, where any do.
const ONE_IN: u64 = 7;

/// How long nothing may arrive before it is taken that nothing more will.
const QUIET: Duration = Duration::from_millis(25);

/// The longest time that a run needs to send what it can.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Server {
    pub(crate) url: String,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    requests: AtomicU64,
    waiting: AtomicUsize,
    fails: AtomicBool,
    /// Requests that may be answered.
    answers: Semaphore0,
    /// Requests that are refused because of their key.
    refusals: Semaphore0,
}

/// A semaphore without permits.
struct Semaphore0(Semaphore);

impl Default for Semaphore0 {
    fn default() -> Self {
        Self(Semaphore::new(0))
    }
}

impl Server {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("it is bound");
        let state = Arc::new(State::default());
        let kept = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&kept);
                tokio::spawn(async move {
                    // Clients that are killed hang up.
                    let _ = state.serve(stream).await;
                });
            }
        });
        Self {
            url: format!("http://{address}/v1"),
            state,
        }
    }

    /// Requests that arrived so far.
    pub(crate) fn requests(&self) -> u64 {
        self.state.requests.load(Ordering::SeqCst)
    }

    /// Forgets what arrived so far.
    pub(crate) fn count_anew(&self) {
        self.state.requests.store(0, Ordering::SeqCst);
    }

    /// Whether one in seven requests fails.
    pub(crate) fn fail_sometimes(&self, fails: bool) {
        self.state.fails.store(fails, Ordering::SeqCst);
    }

    /// Answers so many requests, and no more.
    pub(crate) fn answer_only(&self, requests: usize) {
        let answers = &self.state.answers.0;
        answers.forget_permits(Semaphore::MAX_PERMITS);
        answers.add_permits(requests);
    }

    /// Answers all requests.
    pub(crate) fn answer_all(&self) {
        self.answer_only(Semaphore::MAX_PERMITS / 2);
    }

    /// Waits until nothing more is answered and as many requests wait as the run sends.
    pub(crate) async fn all_wait(&self) {
        let waiting = timeout(PATIENCE, async {
            let mut last = (0, Instant::now());
            loop {
                sleep(Duration::from_millis(2)).await;
                let requests = self.requests();
                if requests != last.0 {
                    last = (requests, Instant::now());
                }
                let waiting = self.state.waiting.load(Ordering::SeqCst);
                let is_answering = self.state.answers.0.available_permits() > 0;
                let is_quiet = waiting > 0 && last.1.elapsed() > QUIET;
                if !is_answering && (waiting >= CONCURRENCY || is_quiet) {
                    return;
                }
            }
        });
        waiting.await.expect("the run sends requests");
    }

    /// Waits until no client waits any more.
    pub(crate) async fn none_waits(&self) {
        while self.state.waiting.load(Ordering::SeqCst) > 0 {
            sleep(Duration::from_millis(1)).await;
        }
    }

    /// Refuses the key of one request that waits.
    pub(crate) fn refuse_one(&self) {
        self.state.refusals.0.add_permits(1);
    }
}

impl State {
    async fn serve(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let mut bytes = Vec::new();
        while let Some(body) = read_request(&mut stream, &mut bytes).await? {
            let number = self.requests.fetch_add(1, Ordering::SeqCst);
            self.waiting.fetch_add(1, Ordering::SeqCst);
            let mut byte = [0];
            let answer = tokio::select! {
                permit = self.answers.0.acquire() => {
                    permit.expect("it is never closed").forget();
                    Some(self.answer(number, &body))
                }
                permit = self.refusals.0.acquire() => {
                    permit.expect("it is never closed").forget();
                    Some(response("401 Unauthorized", r#"{"error":{"message":"no"}}"#))
                }
                _ = stream.read(&mut byte) => None,
            };
            self.waiting.fetch_sub(1, Ordering::SeqCst);
            match answer {
                Some(answer) => stream.write_all(&answer).await?,
                None => return Ok(()),
            }
        }
        Ok(())
    }

    fn answer(&self, number: u64, body: &str) -> Vec<u8> {
        if self.fails.load(Ordering::SeqCst) && number % ONE_IN == 3 {
            return response("503 Busy", "{}");
        }
        // The last question is the one that is asked; those before it are in demos.
        let questions = body.matches("of number").count();
        let asked = body.rsplit("of number ").next().unwrap_or_default();
        let digits = asked.chars().take_while(char::is_ascii_digit);
        let asked: u64 = digits.collect::<String>().parse().unwrap_or(0);
        // The more demos, the more it knows.
        let knows = asked.wrapping_mul(37) % 10 < 2 + 2 * questions as u64;
        let word = if knows { asked * 7 } else { 0 };
        let text = format!("[[ ## answer ## ]]\\nword{word}\\n\\n[[ ## completed ## ]]");
        let body = format!(
            r#"{{"choices":[{{"index":0,"finish_reason":"stop","message":{{"role":"assistant","content":"{text}"}}}}],"usage":{{"prompt_tokens":20,"completion_tokens":9,"total_tokens":29}}}}"#
        );
        response("200 OK", &body)
    }
}

fn response(status: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n\r\n{body}").into_bytes()
}

/// The body of the next request; `None` at the end of the connection.
async fn read_request(
    stream: &mut TcpStream,
    bytes: &mut Vec<u8>,
) -> std::io::Result<Option<String>> {
    loop {
        if let Some((body, length)) = whole_request(bytes) {
            bytes.drain(..length);
            return Ok(Some(body));
        }
        let mut chunk = [0; 8192];
        match stream.read(&mut chunk).await? {
            0 => return Ok(None),
            count => bytes.extend_from_slice(&chunk[..count]),
        }
    }
}

fn whole_request(bytes: &[u8]) -> Option<(String, usize)> {
    let head = 4 + bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let lines = String::from_utf8_lossy(&bytes[..head]).to_lowercase();
    let length = lines
        .lines()
        .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok())
        .unwrap_or(0);
    let body = bytes.get(head..head + length)?;
    Some((String::from_utf8_lossy(body).into_owned(), head + length))
}

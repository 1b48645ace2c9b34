//! Servers that answer the client with what no server should send, on real sockets: the client ends within its
//! limits of time and bytes, with a typed error, whatever comes.

use std::future::Future;
use std::time::{Duration, Instant};

use dashoptimize::lm::{ChatReply, LmError, LmErrorKind, OpenAi, OpenAiBuilder};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::support::ask::{ask_once, request};
use crate::support::server::{Answer, Server};

const KEY: &str = "test-key-0123456789-very-secret";
const LIMIT: Duration = Duration::from_secs(4);
const MOST_BYTES: usize = 64 << 10;
const BODY: &str = r#"{"choices":[{"message":{"content":"4"},"finish_reason":"stop"}]}"#;

/// What a script does with a connection after the request has come.
type Script = fn(TcpStream) -> std::pin::Pin<Box<dyn Future<Output = std::io::Result<()>> + Send>>;

/// A server that follows a script on each connection.
struct Hostile {
    port: u16,
    task: JoinHandle<()>,
}

impl Hostile {
    async fn start(script: Script) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("it is bound").port();
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut request = [0; 8 << 10];
                    let _ = stream.read(&mut request).await;
                    // The client hangs up.
                    let _ = script(stream).await;
                });
            }
        });
        Self { port, task }
    }
}

impl Drop for Hostile {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn client(port: u16) -> OpenAiBuilder {
    OpenAi::builder("m")
        .base_url(format!("http://127.0.0.1:{port}/v1"))
        .api_key(KEY)
        .timeout(LIMIT)
        .max_reply_bytes(MOST_BYTES)
}

/// Asks once, and checks that the client ends soon.
async fn asked(script: Script) -> Result<ChatReply, LmError> {
    let server = Hostile::start(script).await;
    let model = client(server.port).build().expect("good settings");
    let start = Instant::now();
    let reply = ask_once(model, &request("2 + 2?")).await;
    assert!(start.elapsed() < 10 * LIMIT, "{:?}", start.elapsed());
    reply
}

async fn failure(script: Script) -> LmError {
    let error = asked(script).await.expect_err("no reply");
    assert!(!format!("{error} {error:?}").contains(KEY), "{error}");
    error
}

/// The same bytes over and over.
async fn endless(mut stream: TcpStream, start: String, more: String) -> std::io::Result<()> {
    stream.write_all(start.as_bytes()).await?;
    let more = more.repeat(1 + (16 << 10) / more.len());
    loop {
        stream.write_all(more.as_bytes()).await?;
    }
}

/// One byte at a time.
async fn dripping(mut stream: TcpStream, start: String, byte: u8) -> std::io::Result<()> {
    stream.write_all(start.as_bytes()).await?;
    loop {
        stream.write_all(&[byte]).await?;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn once(mut stream: TcpStream, bytes: Vec<u8>) -> std::io::Result<()> {
    stream.write_all(&bytes).await?;
    stream.shutdown().await
}

const OK: &str = "HTTP/1.1 200 OK\r\n";

#[tokio::test]
async fn a_server_that_drips_is_not_waited_for() {
    let scripts: [Script; 5] = [
        |stream| Box::pin(dripping(stream, String::new(), b'H')),
        |stream| Box::pin(dripping(stream, format!("{OK}x: "), b'a')),
        |stream| {
            Box::pin(dripping(
                stream,
                format!("{OK}content-length: 99999\r\n\r\n"),
                b' ',
            ))
        },
        |stream| Box::pin(dripping(stream, format!("{OK}\r\n"), b' ')),
        |stream| {
            Box::pin(dripping(
                stream,
                format!("{OK}transfer-encoding: chunked\r\n\r\n"),
                b'1',
            ))
        },
    ];
    for (place, script) in scripts.into_iter().enumerate() {
        let error = failure(script).await;
        let kind = error.kind();
        let is_bounded = matches!(
            kind,
            LmErrorKind::Timeout | LmErrorKind::Connection | LmErrorKind::Protocol
        );
        assert!(is_bounded, "{place}: {kind:?} {error}");
    }
}

#[tokio::test]
async fn an_answer_without_an_end_is_read_up_to_the_limit() {
    let bodies: [Script; 4] = [
        |stream| Box::pin(endless(stream, format!("{OK}\r\n"), BODY.into())),
        |stream| {
            Box::pin(endless(
                stream,
                format!("{OK}content-length: 9999999999\r\n\r\n"),
                " ".into(),
            ))
        },
        |stream| {
            let chunked = format!("{OK}transfer-encoding: chunked\r\n\r\n");
            Box::pin(endless(stream, chunked, "5\r\n{\"a\":\r\n".into()))
        },
        |stream| {
            let events = format!("{OK}content-type: text/event-stream\r\n\r\n");
            Box::pin(endless(
                stream,
                events,
                "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n".into(),
            ))
        },
    ];
    for script in bodies {
        let error = failure(script).await;
        assert_eq!(error.kind(), LmErrorKind::Protocol, "{error}");
        assert!(error.to_string().contains("65536 bytes"), "{error}");
    }
    let heads: [Script; 4] = [
        |stream| Box::pin(endless(stream, OK.into(), "x: y\r\n".into())),
        |stream| Box::pin(endless(stream, format!("{OK}x: "), "y".into())),
        |stream| {
            Box::pin(endless(
                stream,
                String::new(),
                "HTTP/1.1 100 Continue\r\n\r\n".into(),
            ))
        },
        |stream| Box::pin(endless(stream, String::new(), "a".into())),
    ];
    for (place, script) in heads.into_iter().enumerate() {
        let kind = failure(script).await.kind();
        let is_typed = matches!(
            kind,
            LmErrorKind::Timeout | LmErrorKind::Connection | LmErrorKind::Protocol
        );
        assert!(is_typed, "{place}: {kind:?}");
    }
}

/// The status says what is wrong, however long and slow its explanation is.
#[tokio::test]
async fn the_status_of_a_failure_counts_whatever_its_body_is() {
    let scripts: [(Script, LmErrorKind); 5] = [
        (
            |stream| {
                Box::pin(endless(
                    stream,
                    "HTTP/1.1 401 No\r\n\r\n".into(),
                    "no ".into(),
                ))
            },
            LmErrorKind::Auth,
        ),
        (
            |stream| {
                Box::pin(dripping(
                    stream,
                    "HTTP/1.1 429 Wait\r\nretry-after: 7\r\n\r\n".into(),
                    b'x',
                ))
            },
            LmErrorKind::RateLimited,
        ),
        (
            |stream| {
                Box::pin(once(
                    stream,
                    b"HTTP/1.1 403 No\r\ncontent-length: 900\r\n\r\ncut".to_vec(),
                ))
            },
            LmErrorKind::Auth,
        ),
        (
            |stream| {
                Box::pin(once(
                    stream,
                    b"HTTP/1.1 503 No\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n".to_vec(),
                ))
            },
            LmErrorKind::Server,
        ),
        (
            |stream| {
                Box::pin(once(
                    stream,
                    b"HTTP/1.1 400 No\r\ncontent-length: 4\r\n\r\n\xff\xfe\0\x01".to_vec(),
                ))
            },
            LmErrorKind::InvalidRequest,
        ),
    ];
    for (script, kind) in scripts {
        let error = failure(script).await;
        assert_eq!(error.kind(), kind, "{error}");
        if kind == LmErrorKind::RateLimited {
            assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        }
    }
}

#[tokio::test]
async fn a_length_that_is_not_true_makes_no_reply_of_a_part() {
    let scripts: [Script; 5] = [
        // Shorter than the body, longer, unbelievable, twice, and not a number.
        |stream| {
            Box::pin(once(
                stream,
                format!("{OK}content-length: 20\r\n\r\n{BODY}").into(),
            ))
        },
        |stream| {
            Box::pin(once(
                stream,
                format!("{OK}content-length: 500\r\n\r\n{BODY}").into(),
            ))
        },
        |stream| {
            Box::pin(once(
                stream,
                format!("{OK}content-length: 18446744073709551615\r\n\r\n{BODY}").into(),
            ))
        },
        |stream| {
            Box::pin(once(
                stream,
                format!("{OK}content-length: 5\r\ncontent-length: 6\r\n\r\n{BODY}").into(),
            ))
        },
        |stream| {
            Box::pin(once(
                stream,
                format!("{OK}content-length: -1\r\n\r\n{BODY}").into(),
            ))
        },
    ];
    for (place, script) in scripts.into_iter().enumerate() {
        let error = failure(script).await;
        let kind = error.kind();
        let is_typed = matches!(kind, LmErrorKind::Protocol | LmErrorKind::Connection);
        assert!(is_typed, "{place}: {kind:?} {error}");
    }
}

/// The client asks for no compression and unpacks none, so nothing small becomes large.
#[tokio::test]
async fn nothing_compressed_is_unpacked() {
    let error = failure(|stream| {
        let bomb = [&b"\x1f\x8b\x08\0\0\0\0\0\0\x03"[..], &[0xff; 4000]].concat();
        let head = format!(
            "{OK}content-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
            bomb.len()
        );
        Box::pin(once(stream, [head.as_bytes(), &bomb].concat()))
    });
    let error = error.await;
    assert_eq!(error.kind(), LmErrorKind::NotAReply, "{error}");
    let server = Server::start([Answer::text("4")]).await;
    let model = OpenAi::builder("m").base_url(server.url()).build();
    let reply = ask_once(model.expect("good settings"), &request("?")).await;
    assert_eq!(reply.expect("a reply").text, "4");
    let head = server.received().remove(0).head;
    assert!(!head.contains("accept-encoding"), "{head}");
}

#[tokio::test]
async fn i13_no_redirect_shows_the_key_to_another_server() {
    let other = Server::start([Answer::text("4")]).await;
    for status in [300, 301, 302, 303, 305, 307, 308] {
        let target = format!("{}/chat/completions", other.url());
        let server = Server::start([Answer::new(status, &[("location", &target)], "")]).await;
        let model = OpenAi::builder("m").base_url(server.url()).api_key(KEY);
        let asked = ask_once(model.build().expect("good settings"), &request("?")).await;
        let error = asked.expect_err("it is not followed");
        assert_eq!(error.kind(), LmErrorKind::NotFound, "{status}: {error}");
        assert_eq!(error.status(), Some(status));
    }
    assert_eq!(other.received().len(), 0);
}

#[tokio::test]
async fn a_body_that_is_not_text_or_not_one_reply_is_typed() {
    let with_text = |body: &str| Answer::new(200, &[], body);
    for (answer, kind) in [
        (
            Answer::new(200, &[], b"\xff\xfe\xfd"),
            LmErrorKind::NotAReply,
        ),
        (
            Answer::new(
                200,
                &[],
                BODY.encode_utf16()
                    .flat_map(u16::to_le_bytes)
                    .collect::<Vec<_>>(),
            ),
            LmErrorKind::Protocol,
        ),
        (
            with_text("data: {\"choices\":[{\"delta\":{\"content\":\"4\"}}]}\n\n"),
            LmErrorKind::Protocol,
        ),
        (
            with_text(
                "event: error\ndata: {\"error\":{\"message\":\"overloaded\",\"code\":503}}\n\n",
            ),
            LmErrorKind::Server,
        ),
        (with_text("event: ping\n\n"), LmErrorKind::Protocol),
        (with_text(&"[".repeat(60_000)), LmErrorKind::Protocol),
        (
            with_text(&format!("{{\"choices\":{}", "[{\"a\":".repeat(9_000))),
            LmErrorKind::Protocol,
        ),
    ] {
        let server = Server::start([answer]).await;
        let model = OpenAi::builder("m").base_url(server.url()).build();
        let asked = ask_once(model.expect("good settings"), &request("?")).await;
        let error = asked.expect_err("no reply");
        assert_eq!(error.kind(), kind, "{error}");
    }
}

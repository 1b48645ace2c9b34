//! Failures, their kinds, and what is done about them.

use super::*;

#[tokio::test]
async fn a_failing_server_is_asked_again_by_the_gateway() {
    let busy = Answer::new(500, &[], "busy");
    let server = Server::start([busy.clone(), busy, Answer::text("4")]).await;
    let start = Instant::now();
    let reply = ask(&Lm::new(build(client(&server))), &request("2 + 2?")).await;
    assert_eq!(reply.expect("a reply").text, "4");
    assert_eq!(server.received().len(), 3);
    let waited = start.elapsed();
    assert!(
        waited >= Duration::from_millis(1400),
        "0.5 s and 1 s, not {waited:?}"
    );
}

#[tokio::test]
async fn a_refused_key_is_not_tried_again_and_says_what_to_do() {
    let body = r#"{"error":{"message":"Incorrect API key provided","type":"invalid_request_error","code":"invalid_api_key"}}"#;
    let server = Server::start([Answer::new(401, &[], body)]).await;
    let error = ask(&Lm::new(build(client(&server))), &request("?")).await;
    let error = error.expect_err("a wrong key");
    assert_eq!(server.received().len(), 1);
    assert_eq!(
        (error.kind(), error.status()),
        (LmErrorKind::Auth, Some(401))
    );
    for words in [
        "gpt-4o-mini",
        "127.0.0.1",
        "Incorrect API key",
        "OPENAI_API_KEY",
        "HTTP 401",
    ] {
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test]
async fn every_failure_has_its_kind() {
    use LmErrorKind::*;
    for (status, body, kind) in [
        (
            404,
            r#"{"error":{"message":"no such model","code":"model_not_found"}}"#,
            NotFound,
        ),
        (302, "", NotFound),
        (
            429,
            r#"{"error":{"message":"slow","code":"rate_limit_exceeded"}}"#,
            RateLimited,
        ),
        (
            429,
            r#"{"error":{"message":"pay","code":"insufficient_quota"}}"#,
            Quota,
        ),
        (
            400,
            r#"{"error":{"message":"long","code":"context_length_exceeded"}}"#,
            ContextTooLong,
        ),
        (
            400,
            r#"{"error":{"message":"no","code":"content_filter"}}"#,
            ContentPolicy,
        ),
        (
            400,
            r#"{"error":{"message":"bad temperature"}}"#,
            InvalidRequest,
        ),
        (503, "<html>", Server),
        (408, "", Timeout),
        (
            200,
            r#"{"error":{"message":"upstream","code":503}}"#,
            Server,
        ),
        (200, "{\"choices\":[", Protocol),
        (200, "<html>hello</html>", NotAReply),
        (200, "", Protocol),
        (200, r#"{"choices":[]}"#, Protocol),
    ] {
        let error = failure(Answer::new(status, &[("location", "/elsewhere")], body)).await;
        assert_eq!(error.kind(), kind, "{status} {body}: {error}");
    }
}

#[tokio::test]
async fn a_wait_that_the_server_asks_for_is_read() {
    let after = |name: &'static str, value: &'static str| async move {
        let headers = [(name, value), ("date", "Sun, 06 Nov 1994 08:49:00 GMT")];
        failure(Answer::new(429, &headers, "")).await.retry_after()
    };
    assert_eq!(
        after("retry-after", "7").await,
        Some(Duration::from_secs(7))
    );
    assert_eq!(
        after("retry-after-ms", "250").await,
        Some(Duration::from_millis(250))
    );
    let date = "Sun, 06 Nov 1994 08:49:37 GMT";
    assert_eq!(
        after("retry-after", date).await,
        Some(Duration::from_secs(37))
    );
    assert_eq!(after("retry-after", "soon").await, None);
}

#[tokio::test]
async fn a_wait_that_is_too_long_ends_the_attempts() {
    let hour = Answer::new(429, &[("retry-after", "3600")], "");
    let server = Server::start([hour]).await;
    let error = ask(&Lm::new(build(client(&server))), &request("?")).await;
    assert_eq!(error.expect_err("limited").kind(), LmErrorKind::RateLimited);
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_cut_body_is_no_reply() {
    let error = failure(Answer::text("4").cut(10)).await;
    assert_eq!(error.kind(), LmErrorKind::Protocol, "{error}");
    let error = failure(Answer::text("4").cut(200)).await;
    assert_eq!(error.kind(), LmErrorKind::Protocol, "{error}");
}

#[tokio::test]
async fn bytes_that_are_no_text_do_not_lose_a_reply() {
    let body = b"{\"choices\":[{\"message\":{\"content\":\"caf\xe9\"}}]}";
    let server = Server::start([Answer::new(200, &[], body)]).await;
    let reply = ask_once(build(client(&server)), &request("?")).await;
    assert_eq!(reply.expect("a reply").text, "caf\u{fffd}");
    let error = failure(Answer::new(500, &[], b"\xff\xfe")).await;
    assert_eq!(error.kind(), LmErrorKind::Server, "{error}");
}

#[tokio::test]
async fn what_is_no_http_is_no_reply() {
    for bytes in [&b"hello\r\n\r\n"[..], b"\0\xff\xff\xff", b""] {
        let error = failure(Answer::raw(bytes.to_vec()).cut(0)).await;
        let kind = error.kind();
        assert!(kind.is_transient(), "{kind:?} {error}");
    }
}

#[tokio::test]
async fn a_slow_server_is_not_waited_for() {
    let server = Server::start([Answer::text("4").after(Duration::from_secs(60))]).await;
    let model = build(client(&server).timeout(Duration::from_millis(100)));
    let start = Instant::now();
    let error = ask_once(model, &request("?")).await.expect_err("too slow");
    assert!(start.elapsed() < Duration::from_secs(3));
    assert_eq!(error.kind(), LmErrorKind::Timeout);
    assert!(error.to_string().contains("100ms"), "{error}");
}

#[tokio::test]
async fn a_refused_connection_says_where() {
    let server = Server::start([Answer::text("4")]).await;
    let url = server.url();
    drop(server);
    tokio::task::yield_now().await;
    let model = build(OpenAi::builder("m").base_url(&url));
    let error = ask_once(model, &request("?"))
        .await
        .expect_err("nobody listens");
    assert_eq!(error.kind(), LmErrorKind::Connection, "{error}");
    for words in ["127.0.0.1", "base URL"] {
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test]
async fn a_huge_body_is_not_read() {
    let huge = Answer::new(200, &[], vec![b' '; 3 << 20]);
    let server = Server::start([huge]).await;
    let model = build(client(&server).max_reply_bytes(1 << 20));
    let error = ask_once(model, &request("?")).await.expect_err("too long");
    assert_eq!(error.kind(), LmErrorKind::Protocol);
    assert!(error.to_string().contains("1048576"), "{error}");
}

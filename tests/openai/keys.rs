//! Keys: where they come from, and where they never go.

use super::*;

#[tokio::test]
async fn i13_a_key_that_comes_back_in_a_call_is_taken_out() {
    let call = json!({"function": {"name": "add", "arguments": {"a": KEY}}});
    let echo = json!({"choices": [{"message": {"tool_calls": [call]}}]});
    let server = Server::start([Answer::new(200, &[], echo.to_string())]).await;
    let reply = ask(&Lm::new(build(client(&server))), &with_tool("?")).await;
    let calls = reply.expect("a call").tool_calls;
    assert_eq!(calls[0].arguments, r#"{"a":"[redacted]"}"#);
}

#[tokio::test]
async fn a_server_without_a_key_gets_none() {
    let server = Server::start([Answer::text("4")]).await;
    let model = OpenAi::builder("llama")
        .base_url(server.url())
        .price(Price::FREE);
    ask_once(build(model), &request("2 + 2?"))
        .await
        .expect("a reply");
    let sent = server.received().remove(0);
    assert!(!sent.head.contains("authorization"), "{}", sent.head);
}

#[tokio::test]
async fn a_key_is_asked_for_on_each_attempt() {
    let server = Server::start([Answer::new(500, &[], ""), Answer::text("4")]).await;
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let model = OpenAi::builder("m")
        .base_url(server.url())
        .api_key_with(move || {
            let number = counter.fetch_add(1, Ordering::Relaxed);
            async move { Ok(Secret::new(format!("token-{number}"))) }
        });
    let lm = Lm::new(build(model));
    ask(&lm, &request("2 + 2?")).await.expect("a reply");
    let sent = server.received();
    assert!(sent[0].head.contains("bearer token-0\r\n"));
    assert!(sent[1].head.contains("bearer token-1\r\n"));
}

#[tokio::test]
async fn a_failure_to_get_a_key_is_the_callbacks_own() {
    let server = Server::start([Answer::text("4")]).await;
    let model = client(&server)
        .api_key_with(|| async { Err(LmError::new(LmErrorKind::Connection, "the vault sleeps")) });
    let error = ask_once(build(model), &request("?"))
        .await
        .expect_err("no key");
    assert_eq!(
        (error.kind(), error.message()),
        (LmErrorKind::Connection, "the vault sleeps")
    );
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn no_secret_is_ever_shown() {
    let echo = |status| {
        let body = format!(
            r#"{{"error":{{"message":"wrong: {KEY} and sk-abc***xyz and blue-team-key and query-key-987 and p4ssw0rd"}}}}"#
        );
        Answer::new(status, &[], body)
    };
    for answer in [
        echo(401),
        echo(400),
        echo(500),
        echo(200),
        Answer::new(500, &[], format!("plain {KEY}")),
        Answer::new(200, &[], format!(r#"{{"choices":"{KEY}"}}"#)),
        Answer::new(200, &[], KEY),
        Answer::text("4").cut(5),
    ] {
        let server = Server::start([answer]).await;
        let query = format!("{}?key=query-key-987", server.url());
        let query = query.replace("127.", "user:p4ssw0rd@127.");
        let model = client(&server)
            .base_url(query)
            .header("x-team", "blue-team-key");
        let model = build(model);
        let mut shown = format!("{model:?} {:?} {:?}", Lm::new(model.clone()), model.info());
        let error = ask_once(model, &request("?")).await;
        shown += &all_of(&error.expect_err("a failure"));
        for secret in [
            KEY,
            "sk-abc",
            "xyz",
            "blue-team-key",
            "query-key-987",
            "p4ssw0rd",
        ] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }
}

/// Everything that an error can show.
fn all_of(error: &LmError) -> String {
    let mut shown = format!("{error} {error:?} {error:#?}");
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        shown += &format!("{inner} {inner:?}");
        source = inner.source();
    }
    shown
}

#[tokio::test]
async fn a_broken_connection_does_not_show_the_url() {
    let server = Server::start([Answer::text("4")]).await;
    let url = format!("{}/path-key?key=query-key", server.url());
    drop(server);
    tokio::task::yield_now().await;
    let model = build(OpenAi::builder("m").base_url(&url));
    let error = ask_once(model, &request("?")).await;
    let shown = all_of(&error.expect_err("nobody listens"));
    assert!(
        !shown.contains("path-key") && !shown.contains("query-key"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_key_that_was_asked_for_is_not_shown_either() {
    let server =
        Server::start_with(|_, received| Answer::new(401, &[], received.head.replace('\r', " ")))
            .await;
    let model = client(&server).api_key_with(|| async { Ok(Secret::new("fresh-token-42")) });
    let error = ask_once(build(model), &request("?"))
        .await
        .expect_err("refused");
    assert!(!error.to_string().contains("fresh-token-42"), "{error}");
    assert!(error.to_string().contains("[redacted]"), "{error}");
}

#[tokio::test]
async fn a_key_in_a_reply_is_taken_out() {
    let server = Server::start([Answer::text(&format!("your key is {KEY}"))]).await;
    let reply = ask_once(build(client(&server)), &request("?")).await;
    assert_eq!(reply.expect("a reply").text, "your key is [redacted]");
}

/// Runs [`in_an_environment_of_its_own`] in a process with these variables.
fn in_environment(variables: &[(&str, &str)]) -> String {
    let program = std::env::current_exe().expect("this test");
    let output = std::process::Command::new(program)
        .args([
            "--exact",
            "openai::keys::in_an_environment_of_its_own",
            "--ignored",
            "--nocapture",
        ])
        .env_remove("OPENAI_API_KEY")
        .env_remove("OPENAI_BASE_URL")
        .envs(variables.iter().copied())
        .output()
        .expect("the test starts again");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
#[ignore = "it is run by `the_environment_sets_key_and_server`"]
fn in_an_environment_of_its_own() {
    match OpenAi::from_env("gpt-4o-mini") {
        Ok(model) => println!("{model:?}"),
        Err(error) => println!("{:?} {error}", error.kind()),
    }
}

#[test]
fn the_environment_sets_key_and_server() {
    let without = in_environment(&[]);
    assert!(
        without.contains("Auth") && without.contains("set OPENAI_API_KEY"),
        "{without}"
    );
    let with = in_environment(&[("OPENAI_API_KEY", KEY)]);
    assert!(
        with.contains("api.openai.com") && !with.contains(KEY),
        "{with}"
    );
    let other = in_environment(&[("OPENAI_BASE_URL", "http://localhost:8000/v1")]);
    assert!(
        other.contains("gpt-4o-mini@http://localhost:8000"),
        "{other}"
    );
}

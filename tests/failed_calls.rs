//! What failed calls cost, on real sockets: a connection that was never made costs nothing, one that was
//! closed after the request may be billed.

use std::time::Duration;

use dashoptimize::engine::{Run, Stop};
use dashoptimize::lm::{
    Budget, FailureCost, LmError, LmErrorKind, OpenAi, OpenAiBuilder, Price, Retry, Spend,
};
use dashoptimize::optimizer::{LabeledFewShot, Optimizer};

use crate::support::ask::{ask_once, request};
use crate::support::quiz::{Quiz, is_right, node, rows, splits};
use crate::support::server::{Answer, Server};

fn client(url: &str) -> OpenAiBuilder {
    OpenAi::builder("m")
        .base_url(url)
        .price(Price::per_1m(1.0, 2.0))
}

/// An address at which nobody listens.
fn nowhere() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}/v1", listener.local_addr().unwrap())
}

async fn failure(lm: OpenAi) -> LmError {
    let asked = ask_once(lm, &request("2 + 2?")).await;
    asked.expect_err("the server fails")
}

async fn failure_of(answer: Answer) -> LmError {
    let server = Server::start([answer]).await;
    failure(client(&server.url()).build().unwrap()).await
}

/// An answer that is closed when so many bytes were sent.
fn closed_after(bytes: usize) -> Answer {
    let whole = Answer::text("4");
    let length = whole.len();
    whole.cut(length - bytes)
}

#[tokio::test]
async fn a_connection_that_was_never_made_costs_nothing() {
    let lms = [
        client(&nowhere()),
        client("http://127.0.0.1:1/v1"),
        client("http://no-such-host.invalid/v1"),
        // A server that speaks no TLS.
        client(
            &Server::start([Answer::text("4")])
                .await
                .url()
                .replace("http:", "https:"),
        ),
    ];
    for lm in lms {
        let error = failure(lm.timeout(Duration::from_secs(20)).build().unwrap()).await;
        assert_eq!(error.kind(), LmErrorKind::Connection, "{error}");
        assert_eq!(error.cost(), FailureCost::NotSent, "{error}");
        assert!(error.to_string().contains("cannot be reached"), "{error}");
    }
}

#[tokio::test]
async fn a_connection_that_was_closed_after_the_request_may_be_billed() {
    for bytes in [0, 1, 20] {
        let error = failure_of(closed_after(bytes)).await;
        assert_eq!(error.cost(), FailureCost::Unknown, "{bytes} bytes: {error}");
        assert!(!error.to_string().contains("cannot be reached"), "{error}");
    }
    let error = failure_of(closed_after(0)).await;
    assert_eq!(error.kind(), LmErrorKind::Connection, "{error}");
    assert!(
        error.to_string().contains("closed the connection"),
        "{error}"
    );
}

fn within_tokens(spend: &Spend) -> bool {
    spend.usage.total() + spend.unmetered_tokens <= 10_000
}

fn within_dollars(spend: &Spend) -> bool {
    spend.cost.is_some_and(|cost| cost.as_usd() <= 0.01)
}

#[tokio::test]
async fn i3_requests_whose_connection_is_closed_count_with_their_worst_case() {
    for (budget, is_kept) in [
        (Budget::tokens(10_000), within_tokens as fn(&Spend) -> bool),
        (Budget::usd(0.01), within_dollars),
    ] {
        let answer = Answer::text("[[ ## answer ## ]]\nx");
        let server = Server::start([answer, closed_after(0)]).await;
        let lm = client(&server.url()).build().unwrap();
        let run = Run::in_memory()
            .budget(budget)
            .max_errors(usize::MAX)
            .retry(Retry::none());
        let (student, rows) = (node(lm), rows(0..200));
        let (evaluation, _) = run.evaluate(&student, &rows, &is_right).await.unwrap();
        let (sent, spend) = (server.received().len() as u64, evaluation.spend);
        // A call can use some 200 tokens.
        assert!((10..100).contains(&sent), "{sent} requests");
        assert!(is_kept(&spend), "{spend:?}");
        assert_eq!((spend.calls, spend.failed), (sent, sent - 1));
    }
}

/// A small budget does not hide why nothing works, and nothing is booked.
#[tokio::test]
async fn an_unreachable_server_ends_the_run_with_the_reason_and_nothing_is_spent() {
    let moment = Duration::from_millis(1);
    let run = Run::in_memory()
        .budget(Budget::calls(20))
        // The end of the run drops what is on its way, and nobody knows how far that is.
        .concurrency(1)
        .retry(Retry::DEFAULT.with_waits(moment, moment));
    let student = node(client(&nowhere()).build().unwrap());
    let error = LabeledFewShot::new(is_right as fn(&Quiz, &Quiz) -> bool)
        .optimize(&student, &splits(5, 5, 5), &run)
        .await
        .unwrap_err();
    assert!(!matches!(*error.stop, Stop::Budget(_)), "{error}");
    assert!(
        error.to_string().to_lowercase().contains("refused"),
        "{error}"
    );
    assert_eq!((error.spend.calls, error.spend.failed), (0, 0), "{error}");
    assert!(error.spend.unsent >= 3, "{:?}", error.spend);
}

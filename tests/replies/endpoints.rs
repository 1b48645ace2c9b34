//! A reply belongs to the endpoint that gave it.

use dashoptimize::lm::{Cache, ChatModel, OpenAi, Recorder};
use dashoptimize::module::Predict;

use super::*;
use crate::support::server::{Answer, Server};

/// A server that answers with what it was asked at: path, query and the field `route` of the body.
async fn deployments() -> Server {
    Server::start_with(|_, received| {
        let place = received.head.split(' ').nth(1).unwrap_or_default();
        let route = received.body.split("\"route\":").nth(1).unwrap_or_default();
        let route = route.split([',', '}']).next().unwrap_or_default();
        Answer::text(&format!("[[ ## answer ## ]]\n{place} {route}"))
    })
    .await
}

/// Clients of one server that differ in nothing but what follows its address, and in their own fields of the
/// body, with what the server says to each.
fn clients(server: &Server) -> Vec<(OpenAi, &'static str)> {
    let at = |base: &str| client(&server.url().replace("/v1", base));
    let routed = |route: serde_json::Value| at("/v1").body_field("route", route);
    [
        (at("/v1"), "/v1/chat/completions "),
        (at("/depa/v1"), "/depa/v1/chat/completions "),
        (at("/depb/v1"), "/depb/v1/chat/completions "),
        (at("/depa"), "/depa/chat/completions "),
        (
            at("/v1?api-version=1"),
            "/v1/chat/completions?api-version=1 ",
        ),
        (
            at("/v1?api-version=2"),
            "/v1/chat/completions?api-version=2 ",
        ),
        (
            at("/depa/v1?api-version=1"),
            "/depa/v1/chat/completions?api-version=1 ",
        ),
        (routed("low".into()), "/v1/chat/completions \"low\""),
        (routed("high".into()), "/v1/chat/completions \"high\""),
        (routed(1.into()), "/v1/chat/completions 1"),
        (routed("1".into()), "/v1/chat/completions \"1\""),
        (routed(true.into()), "/v1/chat/completions true"),
        (routed("true".into()), "/v1/chat/completions \"true\""),
    ]
    .into_iter()
    .map(|(builder, says)| (builder.build().expect("good settings"), says))
    .collect()
}

#[tokio::test]
async fn a_cache_gives_no_endpoint_the_replies_of_another() {
    let server = deployments().await;
    let folder = tempfile::tempdir().expect("a folder");
    let cache = Cache::open(folder.path().join("cache.jsonl")).expect("a cache");
    let clients = clients(&server);
    for (round, requests) in [(1, clients.len()), (2, clients.len())] {
        for (client, says) in &clients {
            let program = Predict::<Ask>::new(client.clone());
            let says_so = |_: &Ask, said: &AskOutput| said.answer == says.trim();
            let run = Run::in_memory().cache(cache.clone());
            let evaluation = evaluated(&program, 1, run, &says_so).await;
            let (evaluation, _) = evaluation.expect("an evaluation");
            assert_eq!(
                evaluation.measured.score(),
                Some(1.0),
                "round {round}: {says}"
            );
        }
        assert_eq!(server.received().len(), requests, "round {round}");
    }
}

#[tokio::test]
async fn i5_no_run_is_resumed_with_another_endpoint() {
    let server = deployments().await;
    let folder = tempfile::tempdir().expect("a folder");
    let run = || Run::folder(folder.path().join("run"));
    let clients = clients(&server);
    let first = Predict::<Ask>::new(clients[0].0.clone());
    evaluated(&first, 3, run(), &anything)
        .await
        .expect("an evaluation");
    for (other, _) in &clients[1..] {
        let other = Predict::<Ask>::new(other.clone());
        let stop = evaluated(&other, 3, run(), &anything).await;
        let stop = stop.expect_err("it is another run").to_string();
        assert!(stop.contains("the model of predictor"), "{stop}");
    }
    evaluated(&first, 3, run(), &anything)
        .await
        .expect("the same run");
    assert_eq!(server.received().len(), 3, "nothing is asked twice");
}

#[tokio::test]
async fn a_cassette_has_the_replies_of_one_endpoint() {
    let server = deployments().await;
    let folder = tempfile::tempdir().expect("a folder");
    let tape = folder.path().join("tape.jsonl");
    let clients = clients(&server);
    let first = Recorder::new(clients[0].0.clone(), &tape).expect("a new file");
    let program = Predict::<Ask>::new(first);
    program.call(question()).await.expect("an answer");
    drop(program);
    for (other, _) in &clients[1..] {
        let id = other.info().id;
        let error = Recorder::new(other.clone(), &tape).expect_err("it is another model");
        assert!(error.to_string().contains(&id), "{error}");
    }
    Recorder::new(clients[0].0.clone(), &tape).expect("the same endpoint");
}

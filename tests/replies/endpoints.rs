//! A reply belongs to the endpoint that gave it.

use dashoptimize::lm::Cache;
use dashoptimize::module::Predict;

use super::*;
use crate::support::server::{Answer, Server};

/// One server with two deployments, which say different things.
async fn deployments() -> Server {
    Server::start_with(|_, received| {
        let answer = match received.head.contains("/depa/") {
            true => "Paris",
            false => "Lyon",
        };
        Answer::text(&format!("[[ ## answer ## ]]\n{answer}"))
    })
    .await
}

fn program(server: &Server, deployment: &str) -> Predict<Ask> {
    let url = server.url().replace("/v1", &format!("/{deployment}/v1"));
    Predict::new(client(&url).build().expect("good settings"))
}

fn says_paris(_: &Ask, said: &AskOutput) -> bool {
    said.answer == "Paris"
}

#[tokio::test]
async fn a_cache_gives_no_deployment_the_replies_of_another() {
    let server = deployments().await;
    let folder = tempfile::tempdir().expect("a folder");
    let cache = Cache::open(folder.path().join("cache.jsonl")).expect("a cache");
    let mut right = Vec::new();
    for deployment in ["depA", "depB", "depA"] {
        let run = Run::in_memory().cache(cache.clone());
        let program = program(&server, deployment);
        let (evaluation, _) = evaluated(&program, 3, run, &says_paris)
            .await
            .expect("an evaluation");
        right.push(evaluation.measured.score());
    }
    assert_eq!(right, [Some(1.0), Some(0.0), Some(1.0)]);
    assert_eq!(server.received().len(), 6, "the third time from the cache");
}

#[tokio::test]
async fn i5_a_run_is_not_resumed_with_another_deployment() {
    let server = deployments().await;
    let folder = tempfile::tempdir().expect("a folder");
    let run = || Run::folder(folder.path());
    evaluated(&program(&server, "depA"), 3, run(), &says_paris)
        .await
        .expect("an evaluation");
    let other = evaluated(&program(&server, "depB"), 3, run(), &says_paris).await;
    assert!(other.is_err() || server.received().len() == 6);
}

//! I13 on the whole road: a key that a model is called with is nowhere to be found afterwards.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use dashoptimize::engine::{Event, Observer, Run};
use dashoptimize::lm::{Cache, OpenAi, Retry};
use dashoptimize::module::{LLMNode, ModuleExt};
use dashoptimize::optimizer::BootstrapFewShot;
use dashoptimize::signature::make_signature;
use tempfile::tempdir;

use crate::support::quiz::{Quiz, is_right, splits};
use crate::support::server::{Answer, Server};

const KEY: &str = "key-that-nobody-may-ever-see-0123456789";
const HEADER: &str = "header-that-nobody-may-ever-see-0123456789";

#[derive(Clone, Debug, Default)]
struct Heard(Arc<Mutex<Vec<String>>>);

impl Observer for Heard {
    fn on_event(&self, event: &Event) {
        let mut heard = self.0.lock().expect("no test panics here");
        heard.push(format!("{event:?}"));
    }
}

/// Answers some requests, and quotes key and header in all the ways in which a server could.
async fn server() -> Server {
    Server::start_with(|place, received| {
        assert!(received.head.contains(KEY) && received.head.contains(HEADER));
        let words = format!("no access with {KEY} and {HEADER}");
        let refused = format!(r#"{{"error":{{"message":"{words}","code":"{KEY}"}}}}"#);
        match place % 4 {
            0 => Answer::text("[[ ## answer ## ]]\nx"),
            1 => Answer::text(&format!("[[ ## answer ## ]]\n{words}")),
            2 => Answer::text(&words),
            _ => Answer::new(400, &[("x-said", KEY)], refused),
        }
    })
    .await
}

fn program(url: &str) -> LLMNode<Quiz> {
    let model = OpenAi::builder("model")
        .base_url(url)
        .api_key(KEY)
        .header("x-team", HEADER)
        .build()
        .expect("the settings are good");
    assert_hidden("the client", &format!("{model:?}"));
    let signature = make_signature("question -> answer", "Answer.").expect("a good signature");
    LLMNode::new(signature, model, "quiz").max_tokens(9)
}

fn assert_hidden(place: &str, text: &str) {
    for secret in [KEY, HEADER] {
        assert!(!text.contains(secret), "a secret is in {place}: {text}");
    }
}

fn assert_hidden_in(folder: &Path) -> usize {
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files += assert_hidden_in(&path);
        } else {
            let bytes = fs::read(&path).unwrap();
            assert_hidden(
                &path.display().to_string(),
                &String::from_utf8_lossy(&bytes),
            );
            files += 1;
        }
    }
    files
}

#[tokio::test]
async fn i13_no_secret_is_in_a_run_or_in_what_it_shows() {
    let server = server().await;
    let folder = tempdir().unwrap();
    let heard = Heard::default();
    let student = program(&server.url());
    let run = Run::folder(folder.path().join("run"))
        .cache(Cache::open(folder.path().join("cache.jsonl")).unwrap())
        .retry(Retry::none())
        .max_errors(1_000)
        .observer(heard.clone());
    let tuned = BootstrapFewShot::new(|_: &Quiz, _: &Quiz| true)
        .optimize(&student, &splits(6, 20, 8), &run)
        .await
        .unwrap();

    assert!(server.received().len() > 20);
    let shown = [
        ("the run", format!("{run:?}")),
        ("the program", format!("{student:?}")),
        ("the result", format!("{tuned:?}")),
        ("the end card", tuned.to_string()),
        ("the artifact", tuned.artifact.to_text()),
        ("the events", heard.0.lock().unwrap().join("\n")),
    ];
    for (place, text) in shown {
        assert_hidden(place, &text);
    }
    // Manifest, journal, artifact, report, cache, and results of several evaluations.
    assert!(assert_hidden_in(folder.path()) >= 8);
}

#[tokio::test]
async fn i13_no_secret_is_in_the_error_that_ends_a_run() {
    let refused = format!(r#"{{"error":{{"message":"wrong key {KEY}, {HEADER}"}}}}"#);
    for status in [400, 401, 403, 429, 500] {
        let server = Server::start([Answer::new(status, &[], &refused)]).await;
        let folder = tempdir().unwrap();
        let run = Run::folder(folder.path())
            .retry(Retry::none())
            .max_errors(0);
        let student = program(&server.url());
        let error = BootstrapFewShot::new(is_right)
            .optimize(&student, &splits(3, 3, 3), &run)
            .await
            .unwrap_err();
        assert_hidden("the error", &format!("{error} {error:?}"));
        assert!(assert_hidden_in(folder.path()) >= 3);
    }
}

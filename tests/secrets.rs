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

/// A key in the path, one as a bare query, one as user and password, one in a header with its scheme, and the
/// one that is set as the key.
const PATH: &str = "tok-7f3a9b2c4d5e6f708192";
const QUERY: &str = "qry-1a2b3c4d5e6f7a8b9c0d";
const PASSWORD: &str = "pw/0f9e8d7c+6b5a4938=27";
const BEARER: &str = "tkn_55aa66bb77cc88dd99ee";
const SET: &str = "gsk_0123abcd4567efgh89zz";

/// What a server can know of the keys, as it may quote them.
fn quotations() -> Vec<String> {
    let encoded = PASSWORD
        .replace('/', "%2F")
        .replace('+', "%2B")
        .replace('=', "%3D");
    vec![
        format!("Cannot POST /{PATH}/v1/chat/completions"),
        format!("GET /{PATH}/v1/chat/completions?{QUERY} 404"),
        format!("authorization: Bearer {SET}"),
        format!("x-auth: Bearer {BEARER}"),
        format!("user:{PASSWORD}"),
        format!("user:{encoded}"),
        format!("user:{}", encoded.to_lowercase()),
        format!("password={}", PASSWORD.replace('/', "\\/")),
        // `user:` and the password in base64, as they are sent.
        "Basic dXNlcjpwdy8wZjllOGQ3Yys2YjVhNDkzOD0yNw==".to_owned(),
        format!("the key {} is not known", SET.replace("abcd4567", "****")),
    ]
}

fn leaks(text: &str) -> Option<&'static str> {
    let base64 = "dXNlcjpwdy8wZjllOGQ3";
    let secrets = [
        PATH,
        QUERY,
        PASSWORD,
        BEARER,
        SET,
        base64,
        "0f9e8d7c%2B",
        "0f9e8d7c%2b",
    ];
    // A part of a key is still a key.
    let parts =
        |secret: &&'static str| (0..secret.len() - 7).any(|at| text.contains(&secret[at..at + 8]));
    secrets.into_iter().find(|secret| parts(secret))
}

fn hidden_keys(url: &str) -> LLMNode<Quiz> {
    let encoded = PASSWORD
        .replace('/', "%2F")
        .replace('+', "%2B")
        .replace('=', "%3D");
    let url = url.replace("127.", &format!("user:{encoded}@127."));
    let url = url.replace("/v1", &format!("/{PATH}/v1?{QUERY}"));
    let model = OpenAi::builder("model")
        .base_url(url)
        .api_key(SET)
        .header("x-auth", format!("Bearer {BEARER}"))
        .body_field("user", SET)
        .build()
        .expect("the settings are good");
    assert_eq!(leaks(&format!("{model:?}")), None);
    let signature = make_signature("question -> answer", "Answer.").expect("a good signature");
    LLMNode::new(signature, model, "quiz").max_tokens(9)
}

fn leaks_in(folder: &Path) -> Option<&'static str> {
    fs::read_dir(folder).unwrap().find_map(|entry| {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => leaks_in(&path),
            false => leaks(&String::from_utf8_lossy(&fs::read(&path).unwrap())),
        }
    })
}

/// Wherever a message is cut, by the server or for being long, no part of a key is left, in the words of an
/// error or in a run folder.
#[tokio::test]
async fn i13_no_part_of_a_key_is_left_where_a_message_is_cut() {
    let server = Server::start_with(|place, _| {
        let quotation = quotations().swap_remove(place % 10);
        let shift = place / 10;
        let words = match place % 3 {
            // The end of the excerpt, at 500 characters, is inside of the key.
            0 => format!("{} {quotation} {}", "x".repeat(470 + shift), "y".repeat(99)),
            // The server has cut.
            1 => {
                let end = quotation.len().saturating_sub(1 + shift % 12);
                format!("no: {}…", &quotation[..end])
            }
            _ => quotation,
        };
        match place % 4 {
            0 => Answer::new(200, &[], format!("<html>{words}")),
            1 => Answer::new(
                200,
                &[],
                serde_json::json!({"error": {"message": words, "code": 400}}).to_string(),
            ),
            2 => Answer::new(400, &[], &words),
            _ => Answer::new(400, &[], serde_json::json!({"detail": words}).to_string()),
        }
    })
    .await;
    let folder = tempdir().unwrap();
    let program = hidden_keys(&server.url());
    for place in 0..240 {
        let question = Quiz {
            question: format!("{place}?"),
            answer: String::new(),
        };
        let error = program.call(question).await.unwrap_err();
        let shown = format!("{error} {error:?}");
        assert_eq!(leaks(&shown), None, "{shown}");
    }
    let run = Run::folder(folder.path())
        .retry(Retry::none())
        .max_errors(1_000);
    let ended = BootstrapFewShot::new(is_right)
        .optimize(&program, &splits(3, 20, 3), &run)
        .await;
    let shown = format!("{ended:?} {run:?}");
    assert_eq!(leaks(&shown), None, "{shown}");
    assert_eq!(leaks_in(folder.path()), None);
}

//! Errors as `fn main() -> Result<(), Box<dyn Error>>` prints them, and their causes.

use std::error::Error;
use std::io;

use dashoptimize::artifact::Artifact;
use dashoptimize::evaluate::ContentId;
use dashoptimize::lm::{
    ChatReply, ChatRequest, FinishReason, Gateway, LmError, LmErrorKind, Recorder, Replay, Scripted,
};
use dashoptimize::module::ReAct;
use dashoptimize::prelude::*;
use dashoptimize::retrieve::{Document, EmbedError, IndexError};
use dashoptimize::tool::ToolError;

/// Name the opposite.
#[signature]
struct Opposite {
    #[input]
    word: String,
    #[output]
    opposite: String,
}

/// An error of a program, whose message leaves its cause out.
#[derive(Debug, thiserror::Error)]
#[error("the shelf is empty")]
struct Shelf(#[source] Quoted);

/// An error of a program, whose message quotes its cause.
#[derive(Debug, thiserror::Error)]
#[error("no book: {0}")]
struct Quoted(#[source] io::Error);

fn shelf() -> Shelf {
    Shelf(Quoted(io::Error::other("no such room")))
}

fn row(word: &str) -> Opposite {
    Opposite {
        word: word.to_owned(),
        opposite: String::new(),
    }
}

fn input() -> OppositeInput {
    let word = String::new();
    OppositeInput { word }
}

fn is_right(gold: &Opposite, said: &OppositeOutput) -> bool {
    gold.opposite == said.opposite
}

type Told = (Box<dyn Error>, &'static str);

fn told(error: impl Error + 'static, words: &'static str) -> Told {
    (Box::new(error), words)
}

/// Errors of files that are not there, with what each must say.
fn of_files() -> Vec<Told> {
    let missing = "No such file";
    let dir = tempfile::tempdir().unwrap();
    let lines = dir.path().join("lines");
    std::fs::write(&lines, "{\"text\": 3}\n").unwrap();
    let no_lm = Scripted::replies([""; 0]);
    vec![
        told(
            Dataset::<Opposite>::from_jsonl("no/file").unwrap_err(),
            missing,
        ),
        told(
            Dataset::<Opposite>::from_csv("no/file").unwrap_err(),
            missing,
        ),
        told(Artifact::open("no/file").unwrap_err(), missing),
        told(
            Artifact::of(&Predict::<Opposite>::new(no_lm.clone()))
                .save(dir.path().join("a".repeat(300)))
                .unwrap_err(),
            "name too long",
        ),
        told(Document::from_jsonl("no/file").unwrap_err(), missing),
        told(Document::from_jsonl(&lines).unwrap_err(), "invalid type"),
        told(Replay::open("no/file").unwrap_err(), missing),
        told(Recorder::new(no_lm, "no/dir/file").unwrap_err(), missing),
        told(
            "x".parse::<ContentId>().unwrap_err(),
            "32 hexadecimal digits",
        ),
        told(make_signature("->", "").unwrap_err(), "signature"),
    ]
}

/// Errors of calls, with what each must say.
async fn of_calls() -> Vec<Told> {
    let program = |lm: Scripted| Predict::<Opposite>::new(lm.without_price());
    let whole = || program(Scripted::new(|_: &ChatRequest| "[[ ## opposite ## ]]\na"));
    let cut = |_: &ChatRequest| ChatReply::new("a").with_finish(FinishReason::Length);
    let tools = ReAct::<Opposite>::new(Scripted::replies([""; 0])).tools(dashoptimize::tools![
        double,
        dashoptimize::tool::of::<double>()
    ]);
    let no_calls = Gateway::direct().budget(Budget::calls(0));
    let no_key = LmError::new(LmErrorKind::Auth, "no key").caused_by(&shelf());
    vec![
        told(
            program(Scripted::replies([""; 0]))
                .call(input())
                .await
                .unwrap_err(),
            "script",
        ),
        told(
            program(Scripted::new(|_: &ChatRequest| ""))
                .call(input())
                .await
                .unwrap_err(),
            "is missing",
        ),
        told(
            program(Scripted::new(cut)).call(input()).await.unwrap_err(),
            "max_tokens",
        ),
        told(
            whole().call_in(&no_calls, input()).await.unwrap_err(),
            "0 calls",
        ),
        told(tools.call(input()).await.unwrap_err(), "double"),
        told(
            CallError::step("fetch", shelf()),
            "the shelf is empty: no book: no such room",
        ),
        told(CallError::program("no book"), "no book"),
        told(no_key, "no key: the shelf is empty: no book: no such room"),
        told(
            EmbedError::failed("words", shelf()),
            "the shelf is empty: no book: no such room",
        ),
        told(
            IndexError::from(EmbedError::failed("words", shelf())),
            "no such room",
        ),
        (
            Box::<dyn Error + Send + Sync>::from(ToolError::from(shelf())),
            "the shelf is empty: no book: no such room",
        ),
    ]
}

/// Errors of runs, with what each must say.
async fn of_runs() -> Vec<Told> {
    let lm = Scripted::new(|_: &ChatRequest| "no marker").without_price();
    let program = Predict::<Opposite>::new(lm);
    let set = |word: &str| Dataset::from_vec(vec![row(word)]);
    let data = Splits::builder()
        .train(set("a"))
        .val(set("b"))
        .build()
        .unwrap();
    let dollars = Run::in_memory().budget(Budget::usd(1.0));
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    let damaged = dir.path().join("run");
    std::fs::create_dir_all(damaged.join("journal.jsonl")).unwrap();
    let optimizer = || LabeledFewShot::new(is_right);
    vec![
        told(
            dollars
                .evaluate(&program, &[row("a")], &is_right)
                .await
                .unwrap_err(),
            "dollars",
        ),
        told(
            optimizer()
                .optimize(&program, &data, &dollars)
                .await
                .unwrap_err(),
            "dollars",
        ),
        told(
            optimizer()
                .optimize(&program, &data, &Run::folder(&file))
                .await
                .unwrap_err(),
            "cannot",
        ),
        told(
            optimizer()
                .optimize(&program, &data, &Run::folder(&damaged))
                .await
                .unwrap_err(),
            "cannot open",
        ),
    ]
}

async fn errors() -> Vec<Told> {
    let mut errors = of_files();
    errors.extend(of_calls().await);
    errors.extend(of_runs().await);
    errors
}

/// Doubles a number.
#[tool]
fn double(number: i64) -> i64 {
    2 * number
}

#[tokio::test]
async fn an_error_that_main_returns_is_printed_as_a_sentence_with_its_cause() {
    for (error, words) in errors().await {
        assert_eq!(format!("{error:?}"), error.to_string());
        assert!(
            error.to_string().contains(words),
            "{error}, without {words}"
        );
    }
}

#[tokio::test]
async fn a_chain_of_causes_says_nothing_twice() {
    for (error, _) in errors().await {
        let mut said = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            assert!(
                !said.contains(&cause.to_string()),
                "{cause} again after {said}"
            );
            said = format!("{said}: {cause}");
            source = cause.source();
        }
    }
}

#[tokio::test]
async fn the_cause_of_a_call_can_be_downcast() {
    let error = CallError::step("fetch", shelf());
    let cause = error.cause().expect("a cause");
    assert!(cause.downcast_ref::<Shelf>().is_some());
    let program = Predict::<Opposite>::new(Scripted::replies([""; 0]));
    let error = program.call(input()).await.unwrap_err();
    assert!(
        error.cause().is_some_and(|cause| cause.is::<LmError>()),
        "{error}"
    );
    assert!(CallError::program("no book").cause().is_none());
}

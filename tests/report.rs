//! What a person looks at: the card, the report and the artifact of a run.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::sync::Mutex;

use dashoptimize::artifact::Artifact;
use dashoptimize::engine::Optimized;
use dashoptimize::lm::{ChatReply, ChatRequest, LmError, LmErrorKind, Retry, Scripted};
use dashoptimize::prelude::*;
use dashoptimize::report::EndCard;
use serde_json::{Value, json};
use tempfile::tempdir;

/// Name the opposite.
#[signature]
struct Opposite {
    /// a word
    #[input]
    word: String,
    /// its opposite
    #[output(check(len(..=4)))]
    opposite: String,
}

fn word(number: usize) -> String {
    format!("w{number}")
}

/// A file of so many rows from this number on.
fn data_file(folder: &Path, name: &str, from: usize, rows: usize) -> std::path::PathBuf {
    let path = folder.join(name);
    let line = |number| json!({ "word": word(number), "opposite": format!("o{number}") });
    let lines: Vec<String> = (from..from + rows).map(|n| line(n).to_string()).collect();
    fs::write(&path, lines.join("\n")).unwrap();
    path
}

fn data(folder: &Path) -> Splits<Opposite> {
    let part = |name, from, rows| {
        Dataset::<Opposite>::from_jsonl(data_file(folder, name, from, rows)).unwrap()
    };
    Splits::builder()
        .train(part("learn.jsonl", 0, 8))
        .val(part("choose.jsonl", 100, 10))
        .holdout(part("judge.jsonl", 200, 30))
        .build()
        .unwrap()
}

fn is_right(gold: &Opposite, said: &OppositeOutput) -> bool {
    gold.opposite == said.opposite
}

/// Knows the opposites of the words that it is shown demos for, and of one more row; answers rows of the
/// other parts only with demos, except one of them, too lengthily.
fn answer(request: &ChatRequest) -> String {
    let asked = request.turns[0].text();
    let word = asked.lines().nth(1).unwrap_or_default();
    let number: usize = word[1..].parse().expect("a word of the data");
    let demos = request.prefix.messages().len() > 1;
    let said = match number {
        105 => "far too long".to_owned(),
        _ if demos || number == 3 => format!("o{number}"),
        _ => "x".to_owned(),
    };
    format!("[[ ## opposite ## ]]\n{said}")
}

async fn optimized(folder: &Path, run: &str, lm: Scripted) -> Optimized<Predict<Opposite>> {
    let run = Run::folder(folder.join(run)).retry(Retry::default());
    let optimizer = RandomSearch::new(is_right)
        .seeds(-1..0)
        .max_labeled_demos(2);
    let program = Predict::<Opposite>::new(lm);
    optimizer
        .optimize(&program, &data(folder), &run)
        .await
        .unwrap()
}

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path).unwrap()
}

#[tokio::test]
async fn the_report_of_a_run_says_what_was_run_on_what_and_what_came_of_it() {
    let folder = tempdir().unwrap();
    let tuned = optimized(folder.path(), "run", Scripted::new(answer)).await;
    let report = read(folder.path().join("run/report.txt"));
    let card = tuned.to_string();
    let (of_card, _) = card.split_once("NEXT").unwrap();
    assert!(report.starts_with(of_card), "{report}");
    let place = folder.path().display().to_string();
    assert!(!report.contains(&place), "a folder can be moved: {report}");
    assert!(
        card.contains(" points, 95 % +") && card.contains("exact McNemar"),
        "{card}"
    );
    let facts = "
PROGRAM   Predict<Opposite>
MODEL     scripted
METRIC    is_right
DATA      8 rows of learn.jsonl to learn from
          10 rows of choose.jsonl to choose by
          30 rows of judge.jsonl to judge by
SEED      0
OPTIMIZER RandomSearch
";
    assert!(report.contains(facts), "{report}");
    let candidate = "   2  seed -1: bootstrapped demos, rows in order: 90.0 % of 10 rows (95 % \
                     59.6–98.2); broken checks: `opposite` must have at most 4 characters: 1 row\n";
    assert!(report.contains(candidate), "{report}");
    assert!(
        report.ends_with(&format!("\n\n{}\n", tuned.diff())),
        "{report}"
    );
    assert!(
        report.contains(r#"+ word="w3" -> opposite="o3""#),
        "{report}"
    );
}

#[tokio::test]
async fn an_artifact_shows_its_words_and_where_demos_and_data_come_from() {
    let folder = tempdir().unwrap();
    optimized(folder.path(), "run", Scripted::new(answer)).await;
    let text = read(folder.path().join("run/artifact.json"));
    let artifact: Value = serde_json::from_str(&text).unwrap();
    let predictor = &artifact["predictors"]["predict"];
    let demos = predictor["demos"].as_array().unwrap().iter();
    let origins: Vec<_> = demos.filter_map(|demo| demo["origin"].as_str()).collect();
    let expected = [1, 2, 3, 4].map(|line| format!("learn.jsonl:{line}, bootstrapped"));
    assert_eq!(origins, expected);
    let prompt = predictor["prompt"].as_array().unwrap();
    assert_eq!(prompt[0], "Name the opposite.");
    assert!(
        prompt.contains(&json!("1. `word` (text): a word")),
        "{prompt:?}"
    );
    let provenance = &artifact["provenance"];
    assert_eq!(provenance["metric"], "is_right");
    assert_eq!(provenance["optimizer"], "RandomSearch");
    assert_eq!(provenance["verdict"]["decision"], "better");
    let holdout = &provenance["data"]["holdout"];
    assert_eq!(holdout["rows"], 30);
    assert_eq!(holdout["files"], json!(["judge.jsonl"]));
    let folder = folder.path().display().to_string();
    assert!(!text.contains(&folder), "the same on every machine: {text}");
}

/// Fails each seventh request when it is sent first.
fn failing_now_and_then() -> Scripted {
    let seen: Mutex<HashSet<String>> = Mutex::default();
    Scripted::new(move |request: &ChatRequest| {
        let mut seen = seen.lock().unwrap();
        let is_new = seen.insert(format!("{request:?}"));
        match is_new && seen.len().is_multiple_of(7) {
            true => Err(LmError::new(LmErrorKind::Server, "overloaded")),
            false => Ok(ChatReply::new(answer(request))),
        }
    })
}

#[tokio::test(start_paused = true)]
async fn i5_transient_failures_do_not_change_an_artifact() {
    let folder = tempdir().unwrap();
    let calm = optimized(folder.path(), "calm", Scripted::new(answer)).await;
    let rough = optimized(folder.path(), "rough", failing_now_and_then()).await;
    let failed = rough.report.ledger.total().failed;
    assert!(failed >= 10, "{failed} calls failed");
    assert_ne!(calm.report.ledger.total(), rough.report.ledger.total());
    let artifact = |run: &str| read(folder.path().join(run).join("artifact.json"));
    assert_eq!(artifact("calm"), artifact("rough"));
}

#[tokio::test]
async fn a_saved_result_keeps_where_it_comes_from_and_a_saved_program_says_that_it_does_not() {
    let folder = tempdir().unwrap();
    let tuned = optimized(folder.path(), "run", Scripted::new(answer)).await;
    assert!(tuned.installed);
    let path = folder.path().join("prompt.json");
    tuned.save(&path).unwrap();
    assert_eq!(read(&path), read(folder.path().join("run/artifact.json")));
    tuned.program.save(&path).unwrap();
    assert!(
        read(&path).contains("\"provenance\": null"),
        "{}",
        read(&path)
    );

    // Nothing is better than always being right, so the program as given stays.
    let lm = Scripted::new(|request: &ChatRequest| {
        let said = answer(request).replace("\nx", "\no1");
        match request.prefix.messages().len() {
            1 => said,
            _ => "[[ ## opposite ## ]]\nx".to_owned(),
        }
    });
    let kept = optimized(folder.path(), "worse", lm).await;
    assert!(!kept.installed);
    kept.save(&path).unwrap();
    let saved = Artifact::open(&path).unwrap();
    assert_eq!(saved.state(), kept.original);
    assert_eq!(saved.provenance(), kept.artifact.provenance());
}

#[test]
fn words_that_changed_in_the_code_since_a_file_was_written_can_be_seen() {
    /// Name the very opposite.
    #[signature]
    struct Reworded {
        /// a word
        #[input]
        word: String,
        /// its opposite
        #[output(check(len(..=4)))]
        opposite: String,
    }
    let lm = Scripted::replies(["x"]);
    let file = Artifact::of(&Predict::<Opposite>::new(lm.clone()));
    let same = file.changed_prompts(&Predict::<Opposite>::new(lm.clone()));
    assert_eq!(same.unwrap(), []);
    let reworded = Predict::<Reworded>::new(lm);
    assert!(
        file.install(&reworded).is_ok(),
        "a comment makes no file unusable"
    );
    let changed = file.changed_prompts(&reworded).unwrap();
    let words: Vec<String> = changed.iter().map(ToString::to_string).collect();
    let expected = "predict\n  - Name the opposite.\n  + Name the very opposite.\n";
    assert!(words[0].starts_with(expected), "{words:?}");
    let row = Reworded {
        word: String::new(),
        opposite: String::new(),
    };
    assert_eq!(row.word, row.opposite);
}

#[tokio::test]
async fn the_card_says_why_nothing_was_learned() {
    let folder = tempdir().unwrap();
    let mute = Scripted::new(|_: &ChatRequest| "I do not know.");
    let run = Run::folder(folder.path().join("run"));
    let program = ChainOfThought::<Opposite>::new(mute);
    let data = data(folder.path());
    let metric = |gold: &Opposite, said: &Reasoned<OppositeOutput>| is_right(gold, said);
    let optimizer = BootstrapFewShot::new(metric)
        .max_labeled_demos(0)
        .max_iterations(1);
    let tuned = optimizer.optimize(&program, &data, &run).await.unwrap();
    let card = tuned.to_string();
    let words = card.split_whitespace().collect::<Vec<_>>().join(" ");
    let note = "NOTE No run on a training row got the best score, and demos are made of good runs \
                only: 0.0 % of 8 rows (95 % 0.0–32.4); counted as 0: 8 replies did not parse; no row \
                was scored. Of 8 failures, 8 have this cause: predictor `chain_of_thought`: the reply cannot \
                be read: `reasoning` is missing; `opposite` is missing.";
    assert!(words.contains(note), "{card}");
}

#[tokio::test]
async fn an_evaluation_leaves_a_report() {
    let folder = tempdir().unwrap();
    let path = data_file(folder.path(), "choose.jsonl", 100, 10);
    let rows = Dataset::<Opposite>::from_jsonl(path).unwrap();
    let run = Run::folder(folder.path().join("run"));
    let program = Predict::<Opposite>::new(Scripted::new(answer));
    run.evaluate(&program, &rows, &is_right).await.unwrap();
    let report = read(folder.path().join("run/report.txt"));
    let lines: Vec<&str> = report
        .lines()
        .filter(|line| !line.starts_with("SPEND"))
        .collect();
    let expected = "\
SCORE     0.0 % of 10 rows (95 % 0.0–27.8); broken checks: `opposite` must have at most 4
          characters: 1 row
ROWS      10 rows of choose.jsonl
PROGRAM   Predict<Opposite>
MODEL     scripted
METRIC    is_right
NEXT      Read the rows that are not right in results/rows-wrong.txt; all rows are in
          results/rows.jsonl.";
    assert_eq!(lines.join("\n"), expected);
}

#[test]
fn an_end_card_is_readable() {
    let card = EndCard::new("Better")
        .holdout(
            "70.1 % → 76.8 % on 240 held-out rows (+6.7 points, 95 % +2.1 to +11.3, p = 0.004, \
             exact McNemar)",
        )
        .spend("612 calls, 1.9M tokens, $1.84")
        .changed("1 of 2 predictors: +4 demos of `answer`; +792 bytes of constant prompt")
        .next([
            "tuned.save(\"prompts/triage.json\") keeps it",
            "tuned.diff() shows every change",
        ]);
    let expected = "\
VERDICT   Better
HOLD-OUT  70.1 % → 76.8 % on 240 held-out rows (+6.7 points, 95 % +2.1 to +11.3, p = 0.004,
          exact McNemar)
SPEND     612 calls, 1.9M tokens, $1.84
CHANGED   1 of 2 predictors: +4 demos of `answer`; +792 bytes of constant prompt
NEXT      tuned.save(\"prompts/triage.json\") keeps it
          tuned.diff() shows every change";
    assert_eq!(card.to_string(), expected);
    assert_eq!(EndCard::default().to_string(), "");
}

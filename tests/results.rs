//! What a run folder and `Run::evaluate` say about each row.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use dashoptimize::engine::{EvaluatedRow, Evaluation};
use dashoptimize::evaluate::{Outcome, Score};
use dashoptimize::lm::{
    ChatReply, ChatRequest, LmError, LmErrorKind, Price, Retry, Scripted, Usage,
};
use dashoptimize::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tempfile::tempdir;

/// Classify a message.
#[signature]
struct Triage {
    /// the message as the customer wrote it
    #[input]
    message: String,
    /// what the customer wants
    #[output]
    intent: Intent,
    /// from 0 to 1
    #[output(check(0.0..=1.0))]
    confidence: f64,
    /// Who wrote it: in no prompt and in no file.
    #[skip]
    customer: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, FieldType)]
enum Intent {
    Refund,
    CardLost,
}

const MESSAGES: [(&str, &str); 6] = [
    ("money back", "Refund"),
    ("card gone", "CardLost"),
    ("wallet \u{1b}[2J\ngone", "CardLost"),
    ("mumbled", "Refund"),
    ("too sure", "Refund"),
    ("unreachable", "Refund"),
];

fn file(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("triage.jsonl");
    let line = |(message, intent): &(&str, &str)| {
        json!({ "message": message, "intent": intent, "confidence": 1.0 }).to_string()
    };
    let lines: Vec<String> = MESSAGES.iter().map(line).collect();
    fs::write(&path, lines.join("\n")).unwrap();
    path
}

/// Takes every wallet for a refund, and fails in several ways.
fn model() -> Scripted {
    Scripted::new(|request: &ChatRequest| {
        let asked = request.turns[0].text();
        let (intent, confidence) = match asked {
            _ if asked.contains("card") => ("CardLost", "0.9"),
            _ if asked.contains("mumbled") => ("I would say: a refund?", "0.5"),
            _ if asked.contains("too sure") => ("Refund", "7.0"),
            _ if asked.contains("unreachable") => {
                return Err(LmError::new(LmErrorKind::Timeout, "no answer"));
            }
            _ => ("Refund", "0.9"),
        };
        let text = format!("[[ ## intent ## ]]\n{intent}\n\n[[ ## confidence ## ]]\n{confidence}");
        Ok(ChatReply::new(text).with_usage(Usage::new(100, 10)))
    })
    .with_price(Price::per_1m(1.0, 2.0))
}

fn judged(gold: &Triage, said: &TriageOutput) -> Score {
    let score = f64::from(u8::from(gold.intent == said.intent));
    let score = Score::new(score).expect("a finite number");
    match gold.intent == said.intent {
        true => score,
        false => score.with_feedback(format!("{:?} is right", gold.intent)),
    }
    .with_objective("confidence", said.confidence)
}

async fn evaluated(folder: &Path) -> (Evaluation, Vec<EvaluatedRow<TriageOutput>>) {
    let data = Dataset::<Triage>::from_jsonl(file(folder)).unwrap();
    let run = Run::folder(folder.join("run")).retry(Retry::none());
    let program = Predict::<Triage>::new(model());
    run.evaluate(&program, &data, &judged).await.unwrap()
}

/// The lines of a file, without the times.
fn lines(path: impl AsRef<Path>) -> Vec<Value> {
    let line = |line: &str| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        assert!(line["seconds"].take().is_f64());
        for step in line["steps"].as_array_mut().unwrap() {
            assert!(step["seconds"].take().is_f64());
        }
        line
    };
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(line).collect()
}

/// All bytes that a run left, as text.
fn everything_in(folder: &Path) -> String {
    let mut all = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => all += &everything_in(&path),
            false => all += &fs::read_to_string(path).unwrap(),
        }
    }
    all
}

#[tokio::test]
async fn a_line_says_where_a_row_comes_from_and_what_became_of_it() {
    let folder = tempdir().unwrap();
    evaluated(folder.path()).await;
    let lines = lines(folder.path().join("run/results/rows.jsonl"));
    assert_eq!(lines.len(), MESSAGES.len());
    let file = folder.path().join("triage.jsonl");
    let expected = json!({
        "row": 2,
        "origin": format!("{}:3", file.display()),
        "outcome": "scored",
        "score": 0.0,
        "inputs": { "message": MESSAGES[2].0 },
        "gold": { "intent": "CardLost", "confidence": 1.0 },
        "prediction": { "intent": "Refund", "confidence": 0.9 },
        "feedback": "CardLost is right",
        "objectives": { "confidence": 0.9 },
        "error": null,
        "broken_checks": [],
        "steps": [{
            "predictor": "predict",
            "model": "scripted",
            "outputs": { "intent": "Refund", "confidence": 0.9 },
            "reply": "[[ ## intent ## ]]\nRefund\n\n[[ ## confidence ## ]]\n0.9",
            "error": null,
            "repairs": [],
            "seconds": null,
        }],
        "calls": 1,
        "tokens": 110,
        "usd": 0.00012,
        "seconds": null,
    });
    assert_eq!(lines[2], expected);
    let broken = json!({
        "predictor": "predict", "field": "confidence", "rule": "must be from 0 to 1"
    });
    assert_eq!(lines[4]["broken_checks"], json!([broken]));
    assert_eq!(lines[5]["outcome"], "provider_failed");
    assert_eq!(lines[5]["score"], Value::Null);
    assert_eq!(lines[5]["error"], "predictor `predict`: no answer");
    // A table needs the same columns in the same order, whatever became of a row.
    let columns = |line: &Value| {
        line.as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    for line in &lines {
        assert_eq!(columns(line), columns(&expected));
    }
}

#[tokio::test]
async fn the_mean_of_the_scores_in_the_lines_is_the_score_of_the_evaluation() {
    let folder = tempdir().unwrap();
    let data = Dataset::<Triage>::from_jsonl(file(folder.path())).unwrap();
    let run = Run::folder(folder.path().join("run")).retry(Retry::none());
    let metric = |gold: &Triage, said: &TriageOutput| match said.confidence > 1.0 {
        true => Err("not a confidence"),
        false => Ok(gold.intent == said.intent),
    };
    let program = Predict::<Triage>::new(model());
    let evaluation = run.evaluate_each(&program, &data, &metric, drop);
    let measured = evaluation.await.unwrap().measured;
    let lines = lines(folder.path().join("run/results/rows.jsonl"));
    assert_eq!(lines[4]["outcome"], "metric_failed");
    assert_eq!(lines[4]["prediction"]["confidence"], 7.0);
    let scores: Vec<f64> = lines
        .iter()
        .filter_map(|line| line["score"].as_f64())
        .collect();
    assert_eq!(scores, [1.0, 1.0, 0.0, 1.0, 0.0]);
    assert_eq!(measured.score(), Some(3.0 / 5.0));
    assert_eq!(
        measured.to_string(),
        "60.0 % of 5 rows (95 % 23.1–88.2); counted as 0: 1 metric error; 75.0 % of 4 scored \
         rows; left out: 1 provider error; broken checks: `confidence` must be from 0 to 1: 1 row"
    );
}

#[tokio::test]
async fn rows_that_are_not_right_can_be_read_without_tools() {
    let folder = tempdir().unwrap();
    evaluated(folder.path()).await;
    let text = fs::read_to_string(folder.path().join("run/results/rows-wrong.txt")).unwrap();
    let file = folder.path().join("triage.jsonl");
    let expected = r#"FILE:3: score 0
  inputs        message: "wallet \u001b[2J\ngone"
  gold          intent: "CardLost"
                confidence: 1.0
  prediction    intent: "Refund"
                confidence: 0.9
  feedback      CardLost is right

FILE:6: no score
  inputs        message: "unreachable"
  gold          intent: "Refund"
                confidence: 1.0
  error         predictor `predict`: no answer

"#;
    assert_eq!(text, expected.replace("FILE", &file.display().to_string()));
}

#[tokio::test]
async fn an_evaluation_gives_typed_answers_to_count() {
    let folder = tempdir().unwrap();
    let data = Dataset::<Triage>::from_jsonl(file(folder.path())).unwrap();
    let (_, rows) = evaluated(folder.path()).await;
    let mut confusion = BTreeMap::new();
    for row in &rows {
        let said = row.output.as_ref().map(|output| output.intent);
        *confusion.entry((data[row.index].intent, said)).or_insert(0) += 1;
    }
    let (refund, lost) = (Intent::Refund, Intent::CardLost);
    let expected = [
        ((refund, None), 1),
        ((refund, Some(refund)), 3),
        ((lost, Some(refund)), 1),
        ((lost, Some(lost)), 1),
    ];
    assert_eq!(confusion, BTreeMap::from(expected));
    let sure = rows.iter().filter_map(|row| row.output.as_ref());
    assert_eq!(sure.filter(|output| output.confidence > 0.8).count(), 4);
    let broken: Vec<usize> = rows
        .iter()
        .filter(|row| row.rollout.broken_checks().count() > 0)
        .map(|row| row.index)
        .collect();
    assert_eq!(broken, [4]);
    let origin = rows[3].origin.as_ref().expect("the rows come from a file");
    assert_eq!(origin.line(), 4);
    assert!(matches!(rows[5].outcome(), Outcome::ProviderFailed { .. }));
}

#[tokio::test]
async fn private_fields_of_a_row_are_in_no_file() {
    #[derive(Clone, Serialize, Deserialize)]
    struct Ticket {
        email: String,
        message: String,
        intent: String,
        #[serde(skip)]
        phone: String,
    }
    let tickets = |from: usize| {
        let ticket = |number| Ticket {
            email: "PRIVATE-1".to_owned(),
            message: format!("help {number}"),
            intent: "Refund".to_owned(),
            phone: "PRIVATE-2".to_owned(),
        };
        (from..from + 3).map(ticket).collect::<Vec<_>>()
    };
    assert_eq!(tickets(0)[0].phone, "PRIVATE-2");
    let lm = Scripted::new(|_: &ChatRequest| "[[ ## intent ## ]]\nOther");
    let spec = make_signature("message -> intent", "Classify.").unwrap();
    let program = LLMNode::<Ticket>::new(spec, lm, "triage");
    let metric = |gold: &Ticket, said: &Ticket| gold.intent == said.intent;
    let folder = tempdir().unwrap();
    let run = Run::folder(folder.path().join("evaluation"));
    run.evaluate(&program, &tickets(0), &metric).await.unwrap();
    let set = |from| Dataset::from_vec_serde(tickets(from)).unwrap();
    let data = Splits::builder().train(set(0)).val(set(3)).holdout(set(6));
    let run = Run::folder(folder.path().join("optimization"));
    let optimizer = BootstrapFewShot::new(metric);
    let data = data.build().unwrap();
    optimizer.optimize(&program, &data, &run).await.unwrap();
    let typed = folder.path().join("typed");
    let secretive = Triage {
        message: "money back".to_owned(),
        intent: Intent::Refund,
        confidence: 1.0,
        customer: "PRIVATE-3".to_owned(),
    };
    assert_eq!(secretive.customer, "PRIVATE-3");
    let program = Predict::<Triage>::new(model());
    let run = Run::folder(typed);
    run.evaluate(&program, &[secretive], &judged).await.unwrap();
    let all = everything_in(folder.path());
    assert!(all.contains("help 2") && all.contains("money back"));
    assert!(!all.contains("PRIVATE"), "{all}");
}

/// Note what the question is about.
#[signature]
struct Note {
    #[input]
    question: String,
    #[output]
    topic: String,
}

/// Answer with the topic at hand.
#[signature]
struct Answer {
    #[input]
    topic: String,
    #[output]
    answer: String,
}

/// A question and what is right.
#[signature]
struct Labelled {
    #[input]
    asked: String,
    #[output]
    right: String,
}

pipeline!(
    /// Two steps and a function.
    #[with(rows = Labelled)]
    fn TwoSteps(asked: String) -> String {
        let note = Predict::<Note> { question: asked };
        let answer = Predict::<Answer> { topic: note.topic }.answer;
        let loud = shout(answer);
        loud
    }
);

fn shout(mut text: String) -> String {
    text.make_ascii_uppercase();
    text
}

#[tokio::test]
async fn each_step_of_a_pipeline_is_shown_and_the_prediction_is_that_of_the_whole() {
    let lm =
        Scripted::new(
            |request: &ChatRequest| match request.turns[0].text().contains("question") {
                true => "[[ ## topic ## ]]\nboats",
                false => "[[ ## answer ## ]]\nrow",
            },
        );
    let folder = tempdir().unwrap();
    let row = Labelled {
        asked: "How?".to_owned(),
        right: "ROW".to_owned(),
    };
    let metric = |gold: &Labelled, said: &String| gold.right == *said;
    let run = Run::folder(folder.path());
    let program = TwoSteps::new(lm);
    let (_, rows) = run.evaluate(&program, &[row], &metric).await.unwrap();
    assert_eq!(rows[0].output.as_deref(), Some("ROW"));
    let line = lines(folder.path().join("results/rows.jsonl")).swap_remove(0);
    assert_eq!(line["origin"], Value::Null);
    assert_eq!(line["inputs"], json!({ "asked": "How?" }));
    assert_eq!(line["gold"], json!({ "right": "ROW" }));
    assert_eq!(line["prediction"], "ROW");
    let steps = line["steps"].as_array().unwrap();
    let shown: Vec<_> = steps
        .iter()
        .map(|step| json!([step["predictor"], step["inputs"], step["outputs"]]))
        .collect();
    let expected = [
        json!(["note", { "question": "How?" }, { "topic": "boats" }]),
        json!(["answer", { "topic": "boats" }, { "answer": "row" }]),
    ];
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn the_trials_of_an_optimizer_are_written_down_too() {
    let folder = tempdir().unwrap();
    let rows = |part: &str| {
        let row = |number: usize| Triage {
            message: format!("money back, {part} {number}"),
            intent: if number == 0 {
                Intent::CardLost
            } else {
                Intent::Refund
            },
            confidence: 1.0,
            customer: String::new(),
        };
        Dataset::from_vec((0..3).map(row).collect())
    };
    let data = Splits::builder().train(rows("train")).val(rows("val"));
    let data = data.holdout(rows("hold-out")).build().unwrap();
    let run = Run::folder(folder.path());
    let program = Predict::<Triage>::new(model());
    let optimizer = BootstrapFewShot::new(judged).max_labeled_demos(0);
    optimizer.optimize(&program, &data, &run).await.unwrap();
    let results = folder.path().join("results");
    let trials = lines(results.join("trials.jsonl"));
    let shown: Vec<_> = trials
        .iter()
        .map(|line| json!([line["part"], line["from"], line["origin"], line["score"]]))
        .collect();
    let expected = [(1, 0.0), (2, 1.0), (3, 1.0)]
        .map(|(row, score)| json!(["train", "the teacher", format!("row {row}"), score]));
    assert_eq!(shown[..3], expected);
    let held_out = lines(results.join("0000-holdout.jsonl"));
    assert_eq!(held_out[1]["inputs"]["message"], "money back, hold-out 1");
}

//! A pipeline is a program like any other: optimized, saved, loaded, resumed.

use std::sync::{Arc, Mutex};

use dashoptimize::engine::{Event, Observer, Run};
use dashoptimize::evaluate::{Dataset, Splits};
use dashoptimize::lm::{ChatRequest, Scripted};
use dashoptimize::optimizer::{Optimized, Optimizer, RowsLackInputs};
use dashoptimize::prelude::*;
use serde_json::{Value, json};

use crate::support::pipelines::{Outer, Qa, form};

fn rows(range: std::ops::Range<usize>) -> Dataset<Qa> {
    let rows = range.map(|n| Qa {
        question: format!("question {n}"),
        answer: format!("answer {n}"),
    });
    Dataset::from_vec(rows.collect())
}

/// A model that answers the question with its own number; without demos every third answer is wrong.
fn model() -> Scripted {
    Scripted::new(|request: &ChatRequest| {
        let query = request.turns[0].text();
        let asked = query.rsplit("question ").next().unwrap_or_default();
        let number: usize = asked
            .chars()
            .take_while(char::is_ascii_digit)
            .collect::<String>()
            .parse()
            .unwrap_or_default();
        let knows = request.prefix.messages().len() > 1 || !number.is_multiple_of(3);
        let answer = format!("answer {}", if knows { number } else { 0 });
        form(
            request,
            &[
                ("reasoning", "because"),
                ("text", "sky"),
                ("kind", "Simple"),
                ("summary", "a note"),
                ("answer", &answer),
            ],
        )
    })
}

fn is_right(gold: &Qa, said: &String) -> bool {
    gold.answer == *said
}

async fn tuned(run: &Run) -> dashoptimize::optimizer::Optimized<Outer> {
    let data = Splits::builder().train(rows(1..13)).val(rows(13..25));
    let data = data.build().expect("the rows differ");
    BootstrapFewShot::new(is_right)
        .max_bootstrapped_demos(2)
        .max_labeled_demos(2)
        .max_iterations(1)
        .optimize(&Outer::new(model()), &data, run)
        .await
        .expect("the run ends")
}

#[tokio::test]
async fn every_node_that_ran_gets_demos() {
    let tuned = tuned(&Run::in_memory()).await;
    assert_eq!(tuned.initial_score(), Some(8.0 / 12.0));
    assert_eq!(tuned.final_score(), Some(1.0));
    let demos: Vec<(&str, usize)> = tuned
        .tuned
        .predictors
        .iter()
        .map(|(path, state)| (path.as_str(), state.demos.len()))
        .collect();
    // The hard branch and the check were never taken, and the rows lack an input of theirs.
    assert_eq!(
        demos,
        [
            ("checked.then", 0),
            ("inner.answer.hard", 0),
            ("inner.answer.simple", 2),
            ("inner.notes", 2),
            ("inner.query", 2),
        ]
    );
}

/// What the observer of a run was told by its optimizer.
#[derive(Clone, Debug, Default)]
struct Told(Arc<Mutex<Vec<RowsLackInputs>>>);

impl Observer for Told {
    fn on_event(&self, event: &Event) {
        if let Event::FromSearch(event) = event {
            self.0.lock().unwrap().extend(event.downcast_ref().cloned());
        }
    }
}

/// What is told about rows, and the tuned program.
async fn lacking(
    optimizer: impl Optimizer<Outer, Qa>,
) -> (Vec<(String, Vec<String>, usize)>, Optimized<Outer>) {
    let data = Splits::builder().train(rows(1..13)).val(rows(13..25));
    let data = data.build().expect("the rows differ");
    let told = Told::default();
    let run = Run::in_memory().observer(told.clone());
    let tuned = optimizer.optimize(&Outer::new(model()), &data, &run).await;
    let told = std::mem::take(&mut *told.0.lock().unwrap());
    let told = told
        .into_iter()
        .map(|told| (told.predictor, told.inputs, told.rows));
    (told.collect(), tuned.expect("the run ends"))
}

fn without_inputs(tuned: &Optimized<Outer>) -> usize {
    let program = Outer::new(model())
        .with_state(&tuned.tuned)
        .expect("it fits");
    let predictors = program.predictors().into_iter();
    let lacking = predictors.flat_map(|predictor| {
        let demos = predictor.state().demos.iter();
        demos.filter(|demo| !demo.has_all_inputs(predictor.spec()))
    });
    lacking.count()
}

/// The rows have no `notes`, which an earlier step writes.
#[tokio::test]
async fn rows_that_lack_an_input_of_a_step_are_no_demos_of_it_and_the_run_says_so() {
    let missing = |path: &str| (path.to_owned(), vec!["notes".to_owned()], 12);
    let all = ["inner.answer.simple", "inner.answer.hard", "checked.then"].map(missing);
    let (mut told, tuned) = lacking(LabeledFewShot::new(is_right)).await;
    told.sort();
    let mut wanted = all.to_vec();
    wanted.sort();
    assert_eq!(told, wanted);
    assert!(
        tuned
            .tuned
            .predictors
            .values()
            .all(|state| state.demos.is_empty())
    );
    let sentence = "No training row has all inputs of predictor `checked.then`, so it is shown no labelled rows; missing: `notes`.";
    let card = tuned
        .to_string()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(card.contains(sentence), "{card}");
    assert_eq!(tuned.report.remarks.len(), 3);

    for (told, tuned) in [
        lacking(BootstrapFewShot::new(is_right)).await,
        lacking(RandomSearch::new(is_right).seeds(-3..2)).await,
        lacking(KNNFewShot::new(is_right)).await,
    ] {
        assert_eq!(without_inputs(&tuned), 0);
        let mut told = told;
        told.sort();
        assert_eq!(told, wanted, "each once");
        assert!(tuned.to_string().contains("`checked.then`"));
    }
}

/// A row of which a label, and an input, may be missing.
#[tokio::test]
async fn rows_that_have_all_inputs_are_shown_although_others_lack_one() {
    let all = json!({"question": "a", "hint": "b", "answer": "c"});
    let some = json!({"question": "d", "answer": "e"});
    let rows = |from: usize| {
        let rows = (from..from + 8).map(|number| {
            let mut row = if number % 4 == 0 {
                all.clone()
            } else {
                some.clone()
            };
            row["question"] = json!(format!("question {number}"));
            row
        });
        Dataset::from_vec_serde(rows.collect()).expect("JSON")
    };
    let data = Splits::builder()
        .train(rows(0))
        .val(rows(8))
        .build()
        .expect("the rows differ");
    let spec = make_signature("question, hint -> answer", "Answer.").expect("a good spec");
    let lm = Scripted::new(|_: &ChatRequest| "[[ ## answer ## ]]\nx");
    let node = LLMNode::<Value>::new(spec, lm, "node");
    let told = Told::default();
    let run = Run::in_memory().observer(told.clone());
    let is_right = |gold: &Value, said: &Value| gold["answer"] == said["answer"];
    let tuned = LabeledFewShot::new(is_right)
        .optimize(&node, &data, &run)
        .await;
    let tuned = tuned.expect("the run ends");
    let demos: usize = tuned
        .tuned
        .predictors
        .values()
        .map(|state| state.demos.len())
        .sum();
    assert_eq!(demos, 2);
    let told = told.0.lock().unwrap();
    assert_eq!((told.len(), told[0].rows, told[0].of), (1, 6, 8));
    assert!(tuned.report.remarks[0].starts_with("6 of 8 training rows lack an input"));
}

#[tokio::test]
async fn i4_the_artifact_is_the_same_at_any_concurrency() {
    let one = tuned(&Run::in_memory().concurrency(1)).await;
    let many = tuned(&Run::in_memory().concurrency(16)).await;
    assert_eq!(one.artifact.to_text(), many.artifact.to_text());
}

#[tokio::test]
async fn i5_a_rerun_pays_nothing_and_ends_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = tuned(&Run::folder(folder.path())).await;
    let again = tuned(&Run::folder(folder.path())).await;
    assert_eq!(first.artifact.to_text(), again.artifact.to_text());
    let calls =
        |tuned: &dashoptimize::optimizer::Optimized<Outer>| tuned.report.ledger.total().calls;
    assert_eq!(
        calls(&first),
        calls(&again),
        "earlier calls count, and none is made anew"
    );
}

#[tokio::test]
async fn i9_prompts_of_a_pipeline_are_saved_and_loaded_by_path() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("outer.json");
    let tuned = tuned(&Run::in_memory()).await.program;
    tuned.save(&path).expect("it can be written");
    let loaded = Outer::new(model()).load(&path).expect("it fits");
    assert_eq!(loaded.state(), tuned.state());
}

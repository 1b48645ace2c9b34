//! A pipeline is a program like any other: optimized, saved, loaded, resumed.

use dashoptimize::engine::Run;
use dashoptimize::evaluate::{Dataset, Splits};
use dashoptimize::lm::{ChatRequest, Scripted};
use dashoptimize::prelude::*;

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
    // The hard branch and the check were never taken; rows fit the check, so it gets labelled ones.
    assert_eq!(
        demos,
        [
            ("checked.then", 2),
            ("inner.answer.hard", 2),
            ("inner.answer.simple", 2),
            ("inner.notes", 2),
            ("inner.query", 2),
        ]
    );
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

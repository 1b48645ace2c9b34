//! Metrics and code are functions, of which a folder cannot hold a copy: how changes of them are noticed.

use std::fs;

use dashoptimize::engine::{Run, Stop};
use dashoptimize::evaluate::Metric;
use dashoptimize::lm::{Budget, ChatRequest, LmError, LmErrorKind, Retry, Scripted};
use dashoptimize::optimizer::{LabeledFewShot, Optimizer};
use dashoptimize::prelude::{Dataset, Splits};
use tempfile::tempdir;

use crate::support::pipelines::Qa;
use crate::support::quiz::{Learner, Quiz, is_right, node, rows, splits};

mod before {
    use crate::support::pipelines::{Qa, ShortAnswer};
    use dashoptimize::prelude::*;

    pipeline!(
        /// Searches and answers.
        #[with(rows = Qa)]
        pub(super) fn Rag(question: String) -> String {
            let notes = super::search(question, 3);
            Predict::<ShortAnswer> { notes, question }.answer
        }
    );

    pipeline!(
        #[with(rows = Qa)]
        pub(super) fn Outer(question: String) -> String {
            let answer = Rag { question };
            answer
        }
    );
}

mod after {
    use crate::support::pipelines::{Qa, ShortAnswer};
    use dashoptimize::prelude::*;

    pipeline!(
        /// Searches and answers.
        #[with(rows = Qa)]
        pub(super) fn Rag(question: String) -> String {
            // One more.
            let notes = super::search(question, 4);
            Predict::<ShortAnswer> { notes, question }.answer
        }
    );

    pipeline!(
        #[with(rows = Qa)]
        pub(super) fn Outer(question: String) -> String {
            let answer = Rag { question };
            answer
        }
    );
}

fn search(question: String, notes: usize) -> Vec<String> {
    vec![question; notes]
}

fn qa(n: usize) -> Splits<Qa> {
    let rows = |from: usize| {
        let row = |i| Qa {
            question: format!("number {i}"),
            answer: "x".to_owned(),
        };
        Dataset::from_vec((from..from + n).map(row).collect())
    };
    Splits::builder()
        .train(rows(0))
        .val(rows(n))
        .build()
        .expect("different rows")
}

fn says_x() -> Scripted {
    Scripted::new(|_: &ChatRequest| "[[ ## answer ## ]]\nx")
}

#[tokio::test]
async fn i5_changed_code_in_a_pipeline_is_another_run() {
    let folder = tempdir().unwrap();
    let optimizer = || LabeledFewShot::new(|gold: &Qa, found: &String| gold.answer == *found);
    let run = |name: &str| Run::folder(folder.path().join(name));
    let lm = says_x();

    let (one, other) = (before::Rag::new(lm.clone()), after::Rag::new(lm.clone()));
    optimizer()
        .optimize(&one, &qa(3), &run("rag"))
        .await
        .unwrap();
    let calls = lm.calls();
    let error = optimizer()
        .optimize(&other, &qa(3), &run("rag"))
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains(": the code of the steps of `Rag` differs; use"),
        "{error}"
    );
    assert_eq!(lm.calls(), calls);

    let (one, other) = (
        before::Outer::new(lm.clone()),
        after::Outer::new(lm.clone()),
    );
    optimizer()
        .optimize(&one, &qa(3), &run("outer"))
        .await
        .unwrap();
    let error = optimizer()
        .optimize(&other, &qa(3), &run("outer"))
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains(": the code of the steps of `Outer.answer` differs; use"),
        "{error}"
    );
}

fn starts_alike(gold: &Quiz, found: &Quiz) -> bool {
    gold.answer.starts_with("word") && found.answer.starts_with("no")
}

/// Both metrics have the same name and no version.
fn unnamed(judge: fn(&Quiz, &Quiz) -> bool) -> impl Metric<Quiz, Quiz> + Clone {
    move |gold: &Quiz, found: &Quiz| judge(gold, found)
}

#[tokio::test]
async fn i5_a_metric_that_scores_the_same_replies_otherwise_is_noticed() {
    let folder = tempdir().unwrap();
    let lm = Learner::default();
    let optimize = async |judge: fn(&Quiz, &Quiz) -> bool| {
        let optimizer = LabeledFewShot::new(unnamed(judge)).max_demos(4);
        let run = Run::folder(folder.path());
        optimizer
            .optimize(&node(lm.clone()), &splits(9, 20, 30), &run)
            .await
    };
    optimize(is_right).await.unwrap();
    let artifact = || fs::read(folder.path().join("artifact.json")).unwrap();
    let (calls, before) = (lm.calls(), artifact());
    for _ in 0..2 {
        let error = optimize(starts_alike).await.unwrap_err();
        assert!(matches!(*error.stop, Stop::Folder(_)), "{error}");
        let words = "the score of candidate 0 on the val rows was";
        assert!(error.to_string().contains(words), "{error}");
    }
    assert_eq!((lm.calls(), artifact()), (calls, before));
    optimize(is_right).await.expect("the same run is resumed");
}

#[tokio::test]
async fn i5_an_evaluation_by_a_changed_metric_is_noticed_too() {
    let folder = tempdir().unwrap();
    let lm = Learner::default();
    let run = Run::folder(folder.path());
    let data = rows(0..20);
    run.evaluate(&node(lm.clone()), &data, &unnamed(is_right))
        .await
        .unwrap();
    let stop = run
        .evaluate(&node(lm.clone()), &data, &unnamed(starts_alike))
        .await
        .unwrap_err();
    assert!(stop.to_string().contains("with the same replies"), "{stop}");
    run.evaluate(&node(lm.clone()), &data, &unnamed(is_right))
        .await
        .unwrap();
    assert_eq!(lm.calls(), 20);
}

#[tokio::test]
async fn scores_that_new_replies_changed_are_no_other_run() {
    let folder = tempdir().unwrap();
    let run = |calls| {
        Run::folder(folder.path())
            .retry(Retry::none())
            .max_errors(2)
            .concurrency(1)
            .budget(Budget::calls(calls))
    };
    let data = rows(0..8);
    let flaky = Scripted::new(|request: &ChatRequest| {
        match request.turns[0].text().contains("number 5?") {
            true => Err(LmError::new(LmErrorKind::Timeout, "too slow")),
            false => Ok("[[ ## answer ## ]]\nx"),
        }
    });
    let (evaluation, _) = run(100)
        .evaluate(&node(flaky), &data, &is_right)
        .await
        .unwrap();
    assert_eq!(evaluation.measured.scored(), 7);
    // The attempt ended well, so the failure is part of it.
    let (again, _) = run(100)
        .evaluate(&node(says_x()), &data, &is_right)
        .await
        .unwrap();
    assert_eq!(again.measured.scored(), 7);
    // As if it had ended with an error: the failure is forgotten, and the row is scored.
    fs::write(folder.path().join("failed.txt"), "").unwrap();
    let (mended, _) = run(100)
        .evaluate(&node(says_x()), &data, &is_right)
        .await
        .unwrap();
    assert_eq!(mended.measured.scored(), 8);
    run(100)
        .evaluate(&node(says_x()), &data, &is_right)
        .await
        .unwrap();
}

//! The hold-out of a folder is opened once.

use std::fs;
use std::path::Path;

use dashoptimize::call::{CallError, Context};
use dashoptimize::engine::{Ended, FolderError, Run, Stop};
use dashoptimize::lm::Budget;
use dashoptimize::module::{LLMNode, Module, Predictor};
use dashoptimize::optimizer::{LabeledFewShot, OptimizeError, Optimized, Optimizer, RandomSearch};
use tempfile::tempdir;

use crate::support::quiz::{Learner, Quiz, is_right, node, row, splits};

type Tuned = Result<Optimized<LLMNode<Quiz>>, OptimizeError>;

async fn optimize(lm: &Learner, run: Run) -> Tuned {
    RandomSearch::new(is_right as fn(&Quiz, &Quiz) -> bool)
        .seeds(0..8)
        .max_bootstrapped_demos(8)
        .max_labeled_demos(0)
        .optimize(&node(lm.clone()), &splits(60, 30, 40), &run.seed(3))
        .await
}

fn run(folder: &Path, calls: u64) -> Run {
    Run::folder(folder)
        .budget(Budget::calls(calls))
        .concurrency(1)
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).expect("a file")
}

/// A run that a budget of this many calls ends with a verdict.
async fn judged(folder: &Path, lm: &Learner, calls: u64) -> Optimized<LLMNode<Quiz>> {
    let tuned = optimize(lm, run(folder, calls)).await.unwrap();
    assert!(matches!(tuned.report.ended, Ended::Budget(_)));
    assert!(tuned.verdict.is_some());
    tuned
}

#[tokio::test]
async fn a_search_that_was_judged_does_not_go_on_with_a_larger_budget() {
    let folder = tempdir().unwrap();
    let lm = Learner::default();
    let first = judged(folder.path(), &lm, 200).await;
    let (calls, artifact) = (lm.calls(), read(folder.path(), "artifact.json"));

    for budget in [1_000, 201, 199, 20] {
        let error = optimize(&lm, run(folder.path(), budget)).await.unwrap_err();
        let refused = matches!(&*error.stop, Stop::Folder(FolderError::Judged { .. }));
        assert!(refused, "{error}");
        let words = error.to_string();
        let verdict = first.verdict.as_ref().unwrap().to_string();
        assert!(
            words.contains(&verdict) && words.contains("Run::reopen_holdout"),
            "{words}"
        );
    }
    assert_eq!(lm.calls(), calls, "nothing was paid");
    assert_eq!(read(folder.path(), "artifact.json"), artifact);

    // The same run has the same end.
    let again = optimize(&lm, run(folder.path(), 200)).await.unwrap();
    assert_eq!(again.verdict, first.verdict);
    assert_eq!(lm.calls(), calls);
    assert_eq!(read(folder.path(), "artifact.json"), artifact);
}

#[tokio::test]
async fn a_second_look_that_was_asked_for_says_that_it_is_one() {
    let folder = tempdir().unwrap();
    let lm = Learner::default();
    let first = judged(folder.path(), &lm, 170).await;
    assert_eq!(first.verdict.as_ref().map(|verdict| verdict.look), Some(1));
    assert!(!read(folder.path(), "artifact.json").contains("\"look\""));

    let second = optimize(&lm, run(folder.path(), 1_000).reopen_holdout())
        .await
        .unwrap();
    assert_ne!(second.tuned, first.tuned, "the search went on");
    let verdict = second.verdict.as_ref().unwrap();
    assert_eq!(verdict.look, 2);
    let words = "At look 2 at the same hold-out: ";
    assert!(verdict.to_string().starts_with(words), "{verdict}");
    assert!(second.to_string().contains(words), "{second}");
    assert!(
        verdict
            .what_next()
            .ends_with("rows that no run has been judged by.")
    );
    assert!(read(folder.path(), "artifact.json").contains("\"look\": 2"));
    let looks: serde_json::Value =
        serde_json::from_str(&read(folder.path(), "holdout.json")).unwrap();
    assert_eq!(looks.as_array().map(Vec::len), Some(2));

    // Resumed, it is still the second look.
    let again = optimize(&lm, run(folder.path(), 1_000).reopen_holdout())
        .await
        .unwrap();
    assert_eq!(again.verdict.unwrap().look, 2);
}

#[tokio::test]
async fn a_search_that_was_done_has_the_same_verdict_with_any_budget_that_suffices() {
    let folder = tempdir().unwrap();
    let lm = Learner::default();
    let first = optimize(&lm, run(folder.path(), 5_000)).await.unwrap();
    assert_eq!(first.report.ended, Ended::Done);
    let (calls, artifact) = (lm.calls(), read(folder.path(), "artifact.json"));
    let again = optimize(&lm, Run::folder(folder.path())).await.unwrap();
    assert_eq!(again.verdict, first.verdict);
    assert_eq!(lm.calls(), calls);
    assert_eq!(read(folder.path(), "artifact.json"), artifact);
}

#[tokio::test]
async fn an_artifact_with_a_verdict_is_never_overwritten_by_one_without() {
    let folder = tempdir().unwrap();
    let lm = Learner::default();
    optimize(&lm, run(folder.path(), 5_000)).await.unwrap();
    let files = || ["artifact.json", "report.txt"].map(|name| read(folder.path(), name));
    let before = files();
    // The journal is lost, and this attempt is to end without a verdict.
    fs::remove_file(folder.path().join("journal.jsonl")).unwrap();
    let run = || run(folder.path(), 35).without_verdict();
    let error = optimize(&lm, run()).await.unwrap_err();
    assert!(error.to_string().contains("ended without one"), "{error}");
    let reopened = run().reopen_holdout();
    let error = optimize(&lm, reopened).await.unwrap_err();
    assert!(error.to_string().contains("ended without one"), "{error}");
    assert_eq!(files(), before);
}

/// Asks for the answer to another question, as a changed function of a program might.
#[derive(Clone, Debug)]
struct Asks {
    node: LLMNode<Quiz>,
    further: usize,
}

impl Module for Asks {
    type Input = Quiz;
    type Output = Quiz;

    async fn forward(&self, context: &Context<'_>, mut input: Quiz) -> Result<Quiz, CallError> {
        let digits = input.question.chars().filter(char::is_ascii_digit);
        let number: usize = digits.collect::<String>().parse().expect("a number");
        input.question = row(number + self.further).question;
        self.node.forward(context, input).await
    }

    fn predictors(&self) -> Vec<&Predictor> {
        self.node.predictors()
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        self.node.predictors_mut()
    }
}

#[tokio::test]
async fn another_verdict_on_the_same_candidate_is_refused() {
    let folder = tempdir().unwrap();
    let optimize = async |further, run: Run| {
        let program = Asks {
            node: node(Learner::default()),
            further,
        };
        LabeledFewShot::new(is_right as fn(&Quiz, &Quiz) -> bool)
            .max_demos(6)
            .optimize(&program, &splits(20, 30, 40), &run)
            .await
    };
    let run = || Run::folder(folder.path());
    let first = optimize(0, run()).await.unwrap();
    let artifact = read(folder.path(), "artifact.json");
    // All answers are wrong, which the folder cannot know before.
    let error = optimize(1_000, run()).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("this attempt found another verdict"),
        "{error}"
    );
    assert_eq!(read(folder.path(), "artifact.json"), artifact);

    let second = optimize(1_000, run().reopen_holdout()).await.unwrap();
    assert_eq!(second.verdict.map(|verdict| verdict.look), Some(2));
    assert_eq!(second.tuned, first.tuned);
}

#[tokio::test]
async fn a_folder_without_a_verdict_goes_on_with_a_larger_budget() {
    let folder = tempdir().unwrap();
    let lm = Learner::default();
    let without = run(folder.path(), 25).without_verdict();
    let first = optimize(&lm, without).await.unwrap();
    assert!(first.verdict.is_none());
    let second = optimize(&lm, run(folder.path(), 5_000)).await.unwrap();
    assert_eq!(second.verdict.unwrap().look, 1);
    assert_eq!(second.report.ended, Ended::Done);
}

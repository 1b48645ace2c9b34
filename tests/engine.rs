//! The engine: budget, determinism, resume, errors.

use std::fs;
use std::path::Path;
use std::time::Duration;

use dashoptimize::call::Context;
use dashoptimize::engine::{Ended, Run, Stop};
use dashoptimize::evaluate::{MetricError, OptimizerMetric, Outcome, async_metric};
use dashoptimize::lm::{Budget, LmError, LmErrorKind, Purpose, Retry, Scripted};
use dashoptimize::module::{Module, ModuleExt};
use dashoptimize::optimizer::{BootstrapFewShot, LabeledFewShot, Optimized, RandomSearch};
use tempfile::tempdir;

use crate::support::journal::answers;
use crate::support::quiz::{Learner, Quiz, is_right, node, rows, splits};

type Metric = fn(&Quiz, &Quiz) -> bool;

fn search() -> RandomSearch<OptimizerMetric<'static, Quiz, Quiz>> {
    RandomSearch::new(is_right as Metric)
        .seeds(-3..3)
        .max_bootstrapped_demos(3)
        .max_labeled_demos(5)
        .max_rounds(2)
}

async fn optimize(
    lm: Learner,
    run: Run,
) -> Result<Optimized<dashoptimize::module::LLMNode<Quiz>>, dashoptimize::optimizer::OptimizeError>
{
    search()
        .optimize(&node(lm), &splits(30, 40, 60), &run)
        .await
}

fn artifact(folder: &Path) -> Vec<u8> {
    fs::read(folder.join("artifact.json")).expect("the run wrote its artifact")
}

#[tokio::test]
async fn the_search_finds_demos_that_help_and_the_verdict_says_so() {
    let lm = Learner::default();
    let student = node(lm.clone());
    let before = student.state();
    let run = Run::in_memory();
    let tuned = search()
        .optimize(&student, &splits(30, 40, 60), &run)
        .await
        .unwrap();

    assert!(
        tuned.verdict.as_ref().unwrap().is_better(),
        "{:?}",
        tuned.verdict
    );
    assert!(tuned.installed);
    assert_eq!(
        student.state(),
        before,
        "the student given in is never changed"
    );
    assert!(tuned.final_score() > tuned.initial_score());
    // The baseline and six candidates. Seed -3 has the state of the baseline, which is not measured again.
    let report = &tuned.report;
    assert_eq!(report.tried.len() + report.stopped.len(), 7);
    let total = tuned.report.ledger.total();
    assert_eq!(total.calls, lm.calls(), "every call is in the ledger");
}

#[tokio::test]
async fn i2_the_parts_of_the_ledger_sum_to_the_total() {
    let tuned = optimize(Learner::default(), Run::in_memory())
        .await
        .unwrap();
    let ledger = &tuned.report.ledger;
    let total = ledger.total();
    let by_part: u64 = ledger.parts().map(|(_, _, _, spend)| spend.calls).sum();
    assert_eq!(by_part, total.calls);
    let tokens: u64 = ledger
        .parts()
        .map(|(_, _, _, spend)| spend.usage.total())
        .sum();
    assert_eq!(tokens, total.usage.total());
    let purposes: u64 = Purpose::ALL
        .map(|purpose| ledger.for_purpose(purpose).calls)
        .iter()
        .sum();
    assert_eq!(purposes, total.calls);
}

#[tokio::test]
async fn i3_a_budget_of_n_calls_is_n_calls_at_concurrency_64() {
    for calls in [0, 1, 39, 40, 41, 100, 177] {
        let lm = Learner::default();
        let run = Run::in_memory()
            .budget(Budget::calls(calls))
            .without_verdict()
            .concurrency(64);
        let tuned = optimize(lm.clone(), run).await.unwrap();
        assert_eq!(lm.calls(), calls, "not one call more, and none left unused");
        assert_eq!(tuned.report.ledger.total().calls, calls);
        assert!(matches!(tuned.report.ended, Ended::Budget(_)));
    }
}

#[tokio::test]
async fn i3_a_budget_that_ends_in_the_search_still_leaves_the_verdict() {
    let lm = Learner::default();
    // 40 for the baseline, 120 reserved for the hold-out; the rest suffices for some candidates.
    let run = Run::in_memory().budget(Budget::calls(300)).concurrency(8);
    let tuned = optimize(lm.clone(), run).await.unwrap();
    assert!(matches!(tuned.report.ended, Ended::Budget(_)));
    assert!(
        tuned.verdict.is_some(),
        "the budget for the hold-out was reserved"
    );
    assert!(lm.calls() <= 300);
    assert!(
        tuned.final_score() > tuned.initial_score(),
        "the best so far is kept"
    );
}

#[tokio::test]
async fn i3_dollars_and_tokens_are_never_overrun() {
    for concurrency in [1, 64] {
        let run = Run::in_memory()
            .budget(Budget::usd(0.004))
            .without_verdict()
            .concurrency(concurrency);
        let tuned = optimize(Learner::default(), run).await.unwrap();
        let cost = tuned.report.ledger.total().cost.unwrap().as_usd();
        assert!(cost <= 0.004 && cost > 0.0016, "{cost}");
        let run = Run::in_memory()
            .budget(Budget::tokens(9_000))
            .without_verdict()
            .concurrency(concurrency);
        let tuned = optimize(Learner::default(), run).await.unwrap();
        let tokens = tuned.report.ledger.total().usage.total();
        assert!(tokens <= 9_000 && tokens > 3_600, "{tokens}");
    }
}

#[tokio::test]
async fn i3_dollars_without_a_price_are_refused_before_the_first_call() {
    let lm = Scripted::new(|_| "[[ ## answer ## ]]\nx").without_price();
    let student = node(lm);
    let run = Run::in_memory().budget(Budget::usd(1.0));
    let error = search()
        .optimize(&student, &splits(5, 5, 5), &run)
        .await
        .unwrap_err();
    assert_eq!(error.spend.calls, 0);
    assert!(error.to_string().contains("price"), "{error}");
}

#[tokio::test]
async fn i4_concurrency_1_and_64_give_the_same_artifact() {
    let folder = tempdir().unwrap();
    let mut artifacts = Vec::new();
    for concurrency in [1, 3, 64] {
        let path = folder.path().join(concurrency.to_string());
        let run = Run::folder(&path).seed(3).concurrency(concurrency);
        optimize(Learner::default(), run).await.unwrap();
        artifacts.push(artifact(&path));
    }
    assert_eq!(artifacts[0], artifacts[1]);
    assert_eq!(artifacts[0], artifacts[2]);
}

#[tokio::test]
async fn i4_concurrency_does_not_matter_where_a_budget_of_calls_ends_the_search() {
    let folder = tempdir().unwrap();
    let mut artifacts = Vec::new();
    for concurrency in [1, 64] {
        let path = folder.path().join(concurrency.to_string());
        let run = Run::folder(&path)
            .budget(Budget::calls(310))
            .concurrency(concurrency);
        optimize(Learner::default(), run).await.unwrap();
        artifacts.push(artifact(&path));
    }
    assert_eq!(artifacts[0], artifacts[1]);
}

#[tokio::test]
async fn another_seed_gives_another_result() {
    let one = optimize(Learner::default(), Run::in_memory().seed(1))
        .await
        .unwrap();
    let two = optimize(Learner::default(), Run::in_memory().seed(2))
        .await
        .unwrap();
    assert_ne!(one.tuned, two.tuned);
}

/// Runs in a folder next to `path` until the model stops answering, and leaves in `path` what is on disk
/// at that moment. The run is leaked and not dropped, because `kill -9` runs no destructors.
async fn run_and_die(path: &Path, call: u64, concurrency: usize) {
    let first = path.with_extension("killed");
    let lm = Learner::dying_at(call);
    let run = Run::folder(&first).seed(5).concurrency(concurrency);
    let mut dying = Box::pin(async move { optimize(lm, run).await.is_ok() });
    let ended = tokio::time::timeout(Duration::from_millis(150), &mut dying).await;
    assert!(
        ended.is_err(),
        "the run cannot end once the model is silent"
    );
    std::mem::forget(dying);
    fs::create_dir(path).unwrap();
    for name in ["manifest.json", "journal.jsonl"] {
        fs::copy(first.join(name), path.join(name)).unwrap();
    }
}

#[tokio::test]
async fn i5_a_killed_run_goes_on_and_ends_byte_equal() {
    let folder = tempdir().unwrap();
    let whole = folder.path().join("whole");
    let lm = Learner::default();
    let run = Run::folder(&whole).seed(5).concurrency(8);
    optimize(lm.clone(), run).await.unwrap();
    let all = lm.calls();

    for (number, call) in (0..all).step_by(13).enumerate() {
        let path = folder.path().join(number.to_string());
        let concurrency = [1, 8, 64][number % 3];
        run_and_die(&path, call, concurrency).await;
        let recorded = answers(&path);
        let lm = Learner::default();
        let run = Run::folder(&path).seed(5).concurrency(8);
        optimize(lm.clone(), run).await.unwrap();
        assert_eq!(lm.calls(), all - recorded, "no recorded call is paid twice");
        assert_eq!(
            artifact(&path),
            artifact(&whole),
            "killed at call {call} of {all}"
        );
    }
}

#[tokio::test]
async fn i5_a_torn_last_record_is_dropped() {
    let folder = tempdir().unwrap();
    let whole = folder.path().join("whole");
    optimize(Learner::default(), Run::folder(&whole).seed(5))
        .await
        .unwrap();

    let path = folder.path().join("torn");
    run_and_die(&path, 50, 8).await;
    let journal = path.join("journal.jsonl");
    let text = fs::read(&journal).unwrap();
    fs::write(&journal, &text[..text.len() - 20]).unwrap();
    optimize(Learner::default(), Run::folder(&path).seed(5))
        .await
        .unwrap();
    assert_eq!(artifact(&path), artifact(&whole));
}

#[tokio::test]
async fn i5_a_damaged_record_in_the_middle_is_a_clear_error() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("run");
    run_and_die(&path, 50, 8).await;
    let journal = path.join("journal.jsonl");
    let text = fs::read_to_string(&journal).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let mut damaged = lines.clone();
    let flipped = lines[20].replacen("quiz", "quit", 1);
    damaged[20] = &flipped;
    fs::write(&journal, damaged.join("\n") + "\n").unwrap();
    let error = optimize(Learner::default(), Run::folder(&path).seed(5))
        .await
        .unwrap_err();
    let words = error.to_string();
    assert!(
        words.contains("line 21") && words.contains("journal.jsonl"),
        "{words}"
    );
}

#[tokio::test]
async fn a_second_start_calls_nothing() {
    let folder = tempdir().unwrap();
    let first = Learner::default();
    optimize(first.clone(), Run::folder(folder.path()))
        .await
        .unwrap();
    let again = Learner::default();
    let tuned = optimize(again.clone(), Run::folder(folder.path()))
        .await
        .unwrap();
    assert_eq!(again.calls(), 0);
    assert_eq!(tuned.report.ledger.total().calls, first.calls());
}

#[tokio::test]
async fn a_folder_of_another_run_is_refused() {
    let folder = tempdir().unwrap();
    optimize(Learner::default(), Run::folder(folder.path()).seed(1))
        .await
        .unwrap();
    let error = optimize(Learner::default(), Run::folder(folder.path()).seed(2))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("seed"), "{error}");
}

#[tokio::test]
async fn i6_failures_of_request_and_metric_are_outcomes_of_their_own() {
    let lm = Scripted::new(|request: &dashoptimize::lm::ChatRequest| {
        let query = request.turns[0].text();
        if query.contains("number 1?") {
            return Err(LmError::new(LmErrorKind::InvalidRequest, "not this one"));
        }
        Ok("[[ ## answer ## ]]\nx".to_owned())
    });
    let metric = |gold: &Quiz, _: &Quiz| match gold.question.contains("number 2?") {
        true => Err(MetricError::new("cannot judge")),
        false if gold.question.contains("number 3?") => panic!("a bug in the metric"),
        false => Ok(true),
    };
    let (evaluation, evaluated) = Run::in_memory()
        .evaluate(&node(lm), &rows(0..5), &metric)
        .await
        .unwrap();
    assert!(
        matches!(evaluated[1].outcome(), Outcome::RequestFailed { .. }),
        "{:?}",
        evaluated[1].outcome()
    );
    assert!(matches!(
        evaluated[2].outcome(),
        Outcome::MetricFailed { .. }
    ));
    assert!(matches!(
        evaluated[3].outcome(),
        Outcome::MetricFailed { .. }
    ));
    assert_eq!(evaluation.measured.scored(), 2);
    assert_eq!(
        evaluation.measured.mean_of_scored(),
        Some(1.0),
        "failures are not zeros"
    );
    // They count against the program: with what it asked, and with what the metric made of it.
    assert_eq!(evaluation.measured.score(), Some(0.4));
}

#[tokio::test]
async fn an_error_budget_ends_the_run_with_the_first_causes_and_the_next_attempt_tries_again() {
    let folder = tempdir().unwrap();
    let broken = Scripted::new(
        |_: &dashoptimize::lm::ChatRequest| -> Result<String, LmError> {
            Err(LmError::new(
                LmErrorKind::Server,
                "the server is set up wrongly",
            ))
        },
    )
    .with_id("model");
    let run = || {
        Run::folder(folder.path())
            .max_errors(2)
            .retry(Retry::none())
    };
    let optimizer = LabeledFewShot::new(is_right as Metric).max_demos(2);
    let error = optimizer
        .optimize(&node(broken), &splits(5, 9, 0), &run())
        .await
        .unwrap_err();
    let Stop::CannotWork { reasons, .. } = &*error.stop else {
        panic!("{error:?}");
    };
    assert_eq!(reasons.count(), 3);
    assert!(error.to_string().contains("set up wrongly"), "{error}");

    let repaired =
        Scripted::new(|_: &dashoptimize::lm::ChatRequest| "[[ ## answer ## ]]\nx").with_id("model");
    let tuned = optimizer
        .optimize(&node(repaired), &splits(5, 9, 0), &run())
        .await
        .unwrap();
    assert_eq!(
        tuned
            .report
            .initial
            .as_ref()
            .map(|measured| measured.scored()),
        Some(9)
    );
}

#[tokio::test]
async fn a_fatal_error_ends_the_run_immediately() {
    let lm = Scripted::new(
        |_: &dashoptimize::lm::ChatRequest| -> Result<String, LmError> {
            Err(LmError::new(LmErrorKind::Auth, "the key is wrong"))
        },
    );
    let calls = node(lm);
    let error = search()
        .optimize(&calls, &splits(5, 9, 3), &Run::in_memory().concurrency(1))
        .await
        .unwrap_err();
    assert!(matches!(*error.stop, Stop::Provider(_)));
    assert_eq!(error.spend.calls, 1);
}

#[tokio::test]
async fn bootstrap_stops_when_an_iteration_gains_too_little() {
    let optimizer = BootstrapFewShot::new(is_right as Metric)
        .max_bootstrapped_demos(2)
        .max_labeled_demos(2)
        .max_iterations(10)
        .min_improvement(0.02);
    let tuned = optimizer
        .optimize(
            &node(Learner::default()),
            &splits(30, 40, 0),
            &Run::in_memory(),
        )
        .await
        .unwrap();
    // Every iteration makes the same demos here, so the second one gains nothing.
    assert_eq!(tuned.report.tried.len(), 3, "baseline and two iterations");
    let demos = &tuned.tuned.predictors["quiz"].demos;
    assert_eq!(demos.len(), 2);
}

#[tokio::test]
async fn i1_gold_never_reaches_the_model() {
    let lm = Scripted::new(|_: &dashoptimize::lm::ChatRequest| "[[ ## answer ## ]]\nx")
        .keeping_requests();
    let lm = std::sync::Arc::new(lm);
    let signature =
        dashoptimize::signature::make_signature("question -> answer", "Answer.").unwrap();
    let student =
        dashoptimize::module::LLMNode::<Quiz>::new(signature, std::sync::Arc::clone(&lm), "quiz");
    let data = rows(0..20);
    let metric = |gold: &Quiz, prediction: &Quiz| {
        assert_ne!(
            gold.answer, prediction.answer,
            "a prediction never starts from gold"
        );
        false
    };
    Run::in_memory()
        .evaluate(&student, &data, &metric)
        .await
        .unwrap();
    for request in lm.requests() {
        for message in request.messages() {
            assert!(data.iter().all(|row| !message.text().contains(&row.answer)));
        }
    }
}

/// A metric that asks a model whether the answer is right.
fn judge(lm: Learner) -> impl dashoptimize::evaluate::Metric<Quiz, Quiz> {
    let judge = node(lm);
    async_metric(move |gold: &Quiz, said: &Quiz, context: &Context<'_>| {
        let (judge, gold, said) = (judge.clone(), gold.clone(), said.clone());
        Box::pin(async move {
            let opinion = judge.forward(context, gold.clone()).await;
            opinion.map(|_| gold.answer == said.answer)
        })
    })
}

#[tokio::test]
async fn i2_calls_of_a_judge_are_in_the_ledger_under_their_purpose() {
    let (task, jury) = (Learner::default(), Learner::named("jury"));
    let optimizer = LabeledFewShot::new(judge(jury.clone())).max_demos(3);
    let run = Run::in_memory();
    let tuned = optimizer
        .optimize(&node(task.clone()), &splits(10, 12, 8), &run)
        .await
        .unwrap();
    let ledger = &tuned.report.ledger;
    assert_eq!(ledger.for_purpose(Purpose::Judge).calls, jury.calls());
    assert_eq!(ledger.for_purpose(Purpose::Task).calls, task.calls());
    assert_eq!(ledger.total().calls, task.calls() + jury.calls());
    // Two candidates on the same 20 rows: the second question about a row equals the first.
    assert_eq!(jury.calls(), 20);
}

#[tokio::test]
async fn i3_a_budget_holds_for_program_and_judge_together() {
    for calls in [0, 1, 7, 24, 35] {
        let (task, jury) = (Learner::default(), Learner::named("jury"));
        let optimizer = LabeledFewShot::new(judge(jury.clone())).max_demos(3);
        let run = Run::in_memory()
            .budget(Budget::calls(calls))
            .without_verdict()
            .concurrency(64);
        let tuned = optimizer
            .optimize(&node(task.clone()), &splits(10, 12, 8), &run)
            .await
            .unwrap();
        assert_eq!(task.calls() + jury.calls(), calls);
        assert!(matches!(tuned.report.ended, Ended::Budget(_)));
    }
}

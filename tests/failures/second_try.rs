//! Rows that the provider fails are tried once more when all others have ended.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use dashoptimize::engine::{EvaluatedRow, Run, Stop};
use dashoptimize::evaluate::Outcome;
use dashoptimize::lm::{Budget, ChatReply, ChatRequest, Lm, LmError, LmErrorKind, Retry, Scripted};
use dashoptimize::optimizer::{BootstrapFewShot, LabeledFewShot, RandomSearch};
use tempfile::tempdir;

use crate::support::quiz::{Quiz, is_right, node, row, rows, splits};
use crate::support::run_folder::files;

type Metric = fn(&Quiz, &Quiz) -> bool;

/// Knows every answer, but fails calls that `fails` names: by row, and how often this request came.
fn failing(fails: impl Fn(usize, usize) -> bool + Send + Sync + 'static) -> Scripted {
    let asked: Mutex<HashMap<String, usize>> = Mutex::default();
    Scripted::new(move |request: &ChatRequest| -> Result<ChatReply, LmError> {
        let query = request.turns[0].text().to_owned();
        let number = query.split("number ").nth(1).expect("a row");
        let number = number
            .split('?')
            .next()
            .and_then(|digits| digits.parse().ok());
        let number: usize = number.expect("a number");
        let mut asked = asked.lock().expect("no panic");
        let request = format!("{} {query}", request.prefix.messages().len());
        let times = asked.entry(request).or_default();
        *times += 1;
        match fails(number, *times) {
            true => Err(LmError::new(
                LmErrorKind::Server,
                format!("no answer to {number}"),
            )),
            false => Ok(ChatReply::new(format!(
                "[[ ## answer ## ]]\n{}",
                row(number).answer
            ))),
        }
    })
}

fn run() -> Run {
    Run::in_memory().retry(Retry::none())
}

#[tokio::test]
async fn a_row_that_fails_once_is_scored() {
    let lm = failing(|row, times| [3, 7].contains(&row) && times == 1);
    let order = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&order);
    let each = move |row: EvaluatedRow<Quiz>| seen.lock().unwrap().push(row.index);
    let evaluation = run()
        .evaluate_each(&node(lm.clone()), &rows(0..10), &is_right, each)
        .await
        .unwrap();
    assert_eq!(evaluation.measured.scored(), 10);
    assert_eq!(evaluation.measured.score(), Some(1.0));
    assert_eq!(lm.calls(), 12, "only those rows are tried again");
    assert_eq!(*order.lock().unwrap(), [0, 1, 2, 4, 5, 6, 8, 9, 3, 7]);
}

/// What rows cost is said alike by the run that paid for them and by one that takes them from the journal.
#[tokio::test]
async fn what_a_second_try_costs_is_said_once() {
    let folder = tempdir().unwrap();
    let evaluate = async |lm: Scripted| {
        let run = Run::folder(folder.path()).retry(Retry::none());
        let rows = rows(0..10);
        run.evaluate(&node(lm), &rows, &is_right).await.unwrap()
    };
    let fails = |row: usize, times: usize| row == 7 || (row == 3 && times == 1);
    for lm in [failing(fails), failing(|_, _| false)] {
        let (evaluation, evaluated) = evaluate(lm).await;
        let spend = evaluation.spend;
        assert_eq!((spend.calls, spend.failed), (12, 3));
        for row in &evaluated {
            let (calls, failed) = match row.index {
                3 => (2, 1),
                7 => (2, 2),
                _ => (1, 0),
            };
            let spend = row.rollout.spend();
            assert_eq!(
                (spend.calls, spend.failed),
                (calls, failed),
                "row {}",
                row.index
            );
        }
    }
}

#[tokio::test]
async fn a_row_that_fails_twice_has_no_score_and_is_not_tried_a_third_time() {
    let lm = failing(|row, _| [3, 7].contains(&row));
    let (evaluation, evaluated) = run()
        .evaluate(&node(lm.clone()), &rows(0..10), &is_right)
        .await
        .unwrap();
    assert_eq!(evaluation.measured.failures().provider, 2);
    assert_eq!(lm.calls(), 12);
    for row in &evaluated {
        let is_unanswered = matches!(row.outcome(), Outcome::ProviderFailed { .. });
        let index = row.index;
        assert_eq!(is_unanswered, [3, 7].contains(&index), "row {index}");
    }
}

#[tokio::test]
async fn trials_of_an_optimizer_are_tried_again_too() {
    // The teacher is asked for rows 0 and 1.
    let lm = failing(|row, times| row == 1 && times == 1);
    let tuned = BootstrapFewShot::new(is_right as Metric)
        .max_bootstrapped_demos(2)
        .max_labeled_demos(0)
        .max_iterations(1)
        .optimize(&node(lm), &splits(2, 4, 0), &run())
        .await
        .unwrap();
    let demos = &tuned.tuned.predictors["quiz"].demos;
    assert_eq!(demos.len(), 2);
}

#[tokio::test]
async fn a_budget_that_does_not_allow_the_second_try_leaves_the_row_without_a_score() {
    let lm = failing(|row, times| row == 3 && times == 1);
    let (evaluation, _) = run()
        .budget(Budget::calls(10))
        .evaluate(&node(lm.clone()), &rows(0..10), &is_right)
        .await
        .unwrap();
    assert_eq!(lm.calls(), 10);
    let failures = evaluation.measured.failures();
    assert_eq!((failures.provider, failures.refused), (1, 0));
}

#[tokio::test]
async fn a_judge_that_fails_is_asked_a_second_time() {
    use dashoptimize::call::{CallError, Context};
    use dashoptimize::evaluate::{Metric as _, async_metric};
    use dashoptimize::module::Module as _;

    let asked = Arc::new(AtomicUsize::new(0));
    let times = Arc::clone(&asked);
    let judge = Scripted::new(
        move |_: &ChatRequest| match times.fetch_add(1, Ordering::SeqCst) {
            4 => Err(LmError::new(LmErrorKind::Timeout, "too slow")),
            _ => Ok("[[ ## answer ## ]]\nyes"),
        },
    );
    let lm = Lm::new(judge);
    let judge = node_of(lm.clone());
    let metric = async_metric(move |gold: &Quiz, found: &Quiz, context: &Context<'_>| {
        let (judge, gold, found) = (judge.clone(), gold.clone(), found.clone());
        Box::pin(async move {
            judge.forward(context, gold).await?;
            Ok::<_, CallError>(!found.answer.is_empty())
        })
    })
    .with_models([lm]);
    let (evaluation, _) = run()
        .concurrency(1)
        .evaluate(&node(failing(|_, _| false)), &rows(0..8), &metric)
        .await
        .unwrap();
    assert_eq!(evaluation.measured.scored(), 8);
    assert_eq!(asked.load(Ordering::SeqCst), 9);
}

fn node_of(lm: Lm) -> dashoptimize::module::LLMNode<Quiz> {
    let signature = dashoptimize::signature::make_signature("question -> answer", "Judge.");
    dashoptimize::module::LLMNode::new(signature.unwrap(), lm, "judge")
}

// --- what counts as an error

#[tokio::test]
async fn rows_that_a_second_try_mends_do_not_count_as_errors() {
    // Twelve in all, four in each evaluation; the limit is 4.
    let lm = failing(|row, times| row % 5 == 4 && times == 1);
    let optimizer = RandomSearch::new(is_right as Metric)
        .seeds([-3, -2])
        .max_labeled_demos(2);
    let data = splits(3, 20, 0);
    let run = run().max_errors(4);
    let tuned = optimizer.optimize(&node(lm), &data, &run).await.unwrap();
    assert_eq!(tuned.report.tried.len(), 3);
    assert_eq!(tuned.final_score(), Some(1.0));
}

#[tokio::test]
async fn more_rows_without_an_answer_than_the_limit_end_the_run_at_once() {
    let lm = failing(|row, _| row % 5 == 4);
    let stop = run()
        .max_errors(3)
        .concurrency(1)
        .evaluate(&node(lm.clone()), &rows(0..100), &is_right)
        .await
        .unwrap_err();
    let Stop::TooManyErrors { limit, reasons, .. } = &stop else {
        panic!("{stop}");
    };
    assert_eq!((*limit, reasons.count()), (3, 4));
    assert_eq!(lm.calls(), 20, "the fourth failure is that of row 19");
    assert_eq!(
        stop.to_string(),
        "the provider did not answer 4 rollouts, more than the 3 that the run tolerates: \
         predictor `quiz`: no answer to 4; predictor `quiz`: no answer to 9; predictor `quiz`: no \
         answer to 14; and 1 other reason; run again when the cause is removed: replies that were \
         received are not paid twice (`Run::max_errors` sets the limit)"
    );
}

#[tokio::test]
async fn what_the_program_fails_at_does_not_count_as_an_error() {
    let lm = Scripted::new(|request: &ChatRequest| {
        match request.turns[0].text().contains("number 0?") {
            true => Ok("[[ ## answer ## ]]\nx"),
            false => Err(LmError::new(LmErrorKind::ContextTooLong, "too long")),
        }
    });
    let (evaluation, _) = run()
        .max_errors(0)
        .evaluate(&node(lm), &rows(0..40), &is_right)
        .await
        .unwrap();
    assert_eq!(evaluation.measured.failures().request, 39);
}

#[tokio::test]
async fn i4_second_tries_are_the_same_at_any_concurrency() {
    let fails = |row: usize, times: usize| row % 9 == 4 || (row % 7 == 2 && times == 1);
    let mut results = Vec::new();
    for concurrency in [1, 4, 64] {
        let folder = tempdir().unwrap();
        let run = Run::folder(folder.path())
            .retry(Retry::none())
            .max_errors(100)
            .concurrency(concurrency);
        RandomSearch::new(is_right as Metric)
            .seeds(-2..3)
            .max_labeled_demos(3)
            .optimize(&node(failing(fails)), &splits(8, 30, 20), &run)
            .await
            .unwrap();
        results.push(files(folder.path()));
    }
    assert_eq!(results[0], results[1]);
    assert_eq!(results[0], results[2]);
}

// --- resumed

/// Some rows are mended by the second try and some are not. A run that replays its journal, and one that was
/// cut off anywhere and resumed, must end alike, although the server has recovered in the meantime.
#[tokio::test(start_paused = true)]
async fn i5_second_tries_are_part_of_the_run() {
    let folder = tempdir().unwrap();
    let data = splits(6, 20, 20);
    let fails = |row: usize, times: usize| row % 9 == 4 || (row % 7 == 2 && times == 1);
    let optimize = async |name: &str, lm: Scripted| {
        let run = Run::folder(folder.path().join(name))
            .retry(Retry::none())
            .max_errors(100)
            .concurrency(1);
        LabeledFewShot::new(is_right as Metric)
            .max_demos(2)
            .optimize(&node(lm), &data, &run)
            .await
    };
    let lm = failing(fails);
    optimize("whole", lm.clone()).await.unwrap();
    let whole = files(&folder.path().join("whole"));
    assert!(whole.iter().any(|(name, _)| name.starts_with("results")));

    let recovered = failing(|_, _| false);
    optimize("whole", recovered.clone()).await.unwrap();
    assert_eq!(recovered.calls(), 0, "failures are replayed");
    assert_eq!(files(&folder.path().join("whole")), whole);

    for call in (4..lm.calls()).step_by(11) {
        let name = format!("cut off at {call}");
        // The clone knows what was asked before the cut.
        let lm = failing(fails);
        let dying = lm.clone().with_delay(std::time::Duration::from_secs(1));
        let after = std::time::Duration::from_millis(call * 1_000 + 500);
        let cut_off = tokio::time::timeout(after, optimize(&name, dying)).await;
        assert!(cut_off.is_err(), "{name}");
        optimize(&name, lm).await.unwrap();
        assert_eq!(files(&folder.path().join(&name)), whole, "{name}");
    }
}

//! The budget of the hold-out: a run that can end in a verdict does, one that cannot is refused, and nothing
//! is spent on a verdict that cannot come.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use dashoptimize::engine::{NoVerdict, Run, Stop};
use dashoptimize::lm::{
    BoxFuture, Budget, ChatModel, ChatReply, ChatRequest, LmError, LmErrorKind, ModelInfo, Permit,
    Retry, Spend,
};
use dashoptimize::module::LLMNode;
use dashoptimize::optimizer::{
    BootstrapFewShot, LabeledFewShot, OptimizeError, Optimized, Optimizer, RandomSearch,
};
use tempfile::tempdir;

use crate::support::quiz::{Learner, Quiz, is_right, node, rows, splits};

type Metric = fn(&Quiz, &Quiz) -> bool;
type Tuned = Result<Optimized<LLMNode<Quiz>>, OptimizeError>;

/// A learner of which some attempts fail, or that does not report its usage.
#[derive(Clone, Default)]
struct Unsteady {
    learner: Learner,
    attempts: Arc<AtomicU64>,
    fails: Option<fn(u64) -> Option<LmErrorKind>>,
    hides_usage: bool,
}

impl Unsteady {
    fn failing(fails: fn(u64) -> Option<LmErrorKind>) -> Self {
        Self {
            fails: Some(fails),
            ..Self::default()
        }
    }

    fn hiding_usage() -> Self {
        Self {
            hides_usage: true,
            ..Self::default()
        }
    }

    fn attempts(&self) -> u64 {
        self.attempts.load(Ordering::SeqCst)
    }
}

impl ChatModel for Unsteady {
    fn chat<'a>(
        &'a self,
        request: &'a ChatRequest,
        permit: Permit<'a>,
    ) -> BoxFuture<'a, Result<ChatReply, LmError>> {
        Box::pin(async move {
            let attempt = self.attempts.fetch_add(1, Ordering::SeqCst);
            if let Some(kind) = self.fails.and_then(|fails| fails(attempt)) {
                return Err(LmError::new(kind, "not now"));
            }
            let mut reply = self.learner.chat(request, permit).await?;
            reply.usage = reply.usage.filter(|_| !self.hides_usage);
            Ok(reply)
        })
    }

    fn info(&self) -> ModelInfo {
        self.learner.info()
    }
}

/// One attempt in three fails.
fn one_in_three(attempt: u64) -> Option<LmErrorKind> {
    (attempt % 3 == 1).then_some(LmErrorKind::Server)
}

/// One attempt in four fails in a way that may be billed, at places that are not regular.
fn one_in_four_billed(attempt: u64) -> Option<LmErrorKind> {
    let mixed = attempt.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    mixed.is_multiple_of(4).then_some(LmErrorKind::Timeout)
}

fn run(budget: Budget) -> Run {
    let moment = Duration::from_millis(1);
    Run::in_memory()
        .budget(budget)
        .retry(Retry::DEFAULT.with_attempts(20).with_waits(moment, moment))
}

async fn label(lm: impl ChatModel, sizes: [usize; 3], run: Run) -> Tuned {
    let [train, val, holdout] = sizes;
    LabeledFewShot::new(is_right as Metric)
        .max_demos(6)
        .optimize(&node(lm), &splits(train, val, holdout), &run)
        .await
}

async fn search(lm: impl ChatModel, sizes: [usize; 3], run: Run) -> Tuned {
    let [train, val, holdout] = sizes;
    RandomSearch::new(is_right as Metric)
        .seeds(-3..6)
        .max_bootstrapped_demos(3)
        .max_labeled_demos(6)
        .optimize(&node(lm), &splits(train, val, holdout), &run)
        .await
}

#[track_caller]
fn assert_refused(tuned: Tuned, needed: &str) {
    let error = tuned.expect_err("the budget does not suffice");
    assert!(
        matches!(*error.stop, Stop::BudgetTooSmall { .. }),
        "{error}"
    );
    let words = error.to_string();
    assert!(words.contains(&format!("at least {needed}")), "{words}");
    assert!(words.contains("`Run::without_verdict`"), "{words}");
    assert_eq!(error.spend, Spend::default(), "nothing was sent");
}

#[tokio::test(start_paused = true)]
async fn retries_are_part_of_what_is_reserved() {
    let sizes = [12, 20, 40];
    for fails in [one_in_three as fn(u64) -> _, one_in_four_billed] {
        for calls in [200, 300, 400] {
            let searched = search(Unsteady::failing(fails), sizes, run(Budget::calls(calls)));
            let tuned = searched.await.unwrap();
            assert!(tuned.verdict.is_some(), "{calls} calls: {}", tuned.report);
            assert!(tuned.report.ledger.total().calls <= calls);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn calls_of_unknown_usage_are_part_of_what_is_reserved() {
    for budget in [Budget::tokens(60_000), Budget::usd(0.08)] {
        let lm = Unsteady::hiding_usage();
        let tuned = RandomSearch::new(is_right as Metric)
            .seeds(-3..6)
            .max_bootstrapped_demos(1)
            .max_labeled_demos(1)
            .optimize(&node(lm), &splits(12, 20, 40), &run(budget))
            .await
            .unwrap();
        assert!(tuned.verdict.is_some(), "{budget:?}: {}", tuned.report);
        assert!(tuned.report.tried.len() > 2, "{}", tuned.report);
    }
}

/// Each of the budgets either suffices for the program as given, one candidate and both on the hold-out, and
/// then there is a verdict, or the hold-out stays closed.
#[tokio::test(start_paused = true)]
async fn what_fits_is_judged_and_what_does_not_is_not_opened() {
    let sizes = [12, 20, 100];
    for hides_usage in [false, true] {
        let lm = || Unsteady {
            hides_usage,
            ..Unsteady::default()
        };
        let whole = label(lm(), sizes, run(Budget::unlimited())).await.unwrap();
        let total = whole.report.ledger.total();
        let tokens = total.usage.total() + total.unmetered_tokens;
        let usd = total.cost.unwrap().as_usd();
        // More than the worst case of one call, which must be free when the last one is sent.
        let spare = 1_500;
        let budgets = (1..=14).flat_map(|step| {
            let share = f64::from(step) / 7.0;
            let tokens_of_step = (tokens as f64 * share) as u64 + spare;
            [
                (step >= 7, Budget::tokens(tokens_of_step)),
                (step >= 7, Budget::usd(usd * share + 0.003)),
            ]
        });
        for (fits, budget) in budgets {
            let lm = lm();
            let tuned = label(lm.clone(), sizes, run(budget)).await;
            match tuned {
                Ok(tuned) if fits => assert!(tuned.verdict.is_some(), "{budget:?}"),
                Ok(tuned) => {
                    let why = tuned.report.no_verdict.clone().expect("it does not fit");
                    assert!(
                        matches!(
                            why,
                            NoVerdict::BudgetTooSmall { .. } | NoVerdict::NoCandidate
                        ),
                        "{why}"
                    );
                    assert!(
                        lm.attempts() <= 40,
                        "the hold-out was opened with {budget:?}"
                    );
                }
                Err(error) => {
                    assert!(!fits, "{error}");
                    assert!(
                        matches!(*error.stop, Stop::BudgetTooSmall { .. }),
                        "{error}"
                    );
                    assert!(lm.attempts() <= 20, "more than the baseline: {budget:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_budget_of_calls_that_cannot_suffice_is_refused_before_the_first_call() {
    for calls in [0, 1, 60, 120, 180, 239] {
        let tuned = search(Learner::default(), [12, 20, 100], run(Budget::calls(calls))).await;
        assert_refused(tuned, "240 calls");
    }
    for calls in [240, 300, 360] {
        let tuned = search(Learner::default(), [12, 20, 100], run(Budget::calls(calls)));
        let tuned = tuned.await.unwrap();
        assert!(tuned.verdict.is_some(), "{calls}: {}", tuned.report);
    }
    let tuned = search(Learner::default(), [5, 10, 1_000], run(Budget::calls(500))).await;
    assert_refused(tuned, "2020 calls");
    let tuned = label(Learner::default(), [12, 20, 20], run(Budget::calls(79))).await;
    assert_refused(tuned, "80 calls");
    let tuned = label(Learner::default(), [12, 20, 20], run(Budget::calls(80))).await;
    assert!(tuned.unwrap().verdict.is_some());
    // Other limits do not hide it.
    let both = Budget::calls(79).and(Budget::usd(99.0));
    let tuned = label(Learner::default(), [12, 20, 20], run(both)).await;
    assert_refused(tuned, "80 calls");
}

#[tokio::test]
async fn a_refused_run_goes_on_with_the_budget_that_it_asks_for() {
    let folder = tempdir().unwrap();
    let lm = Learner::default();
    let run = |budget| Run::folder(folder.path()).budget(budget);
    let sizes = [12, 20, 20];
    let error = label(lm.clone(), sizes, run(Budget::tokens(4_000))).await;
    let error = error.expect_err("it does not suffice");
    let Stop::BudgetTooSmall { limit, needed, .. } = &*error.stop else {
        panic!("{error}");
    };
    assert_eq!((limit.as_str(), error.spend.calls), ("4000 tokens", 20));
    let needed: u64 = needed.strip_suffix(" tokens").unwrap().parse().unwrap();
    // A candidate with demos is more expensive than the least that is known.
    let tuned = label(lm.clone(), sizes, run(Budget::tokens(4 * needed))).await;
    assert!(tuned.unwrap().verdict.is_some());
    assert_eq!(lm.calls(), 80, "the baseline is not paid for again");
}

#[tokio::test]
async fn a_run_without_a_verdict_spends_everything_on_the_search() {
    let lm = Learner::default();
    let run = run(Budget::calls(79)).without_verdict();
    let tuned = search(lm.clone(), [12, 20, 100], run).await.unwrap();
    assert_eq!(lm.calls(), 79);
    assert_eq!(tuned.report.no_verdict, Some(NoVerdict::NotWanted));
    assert!(tuned.verdict.is_none() && !tuned.installed);
    assert!(
        tuned
            .to_string()
            .contains("VERDICT   none, the run was told to do without")
    );
}

#[tokio::test]
async fn the_program_as_given_is_not_compared_with_itself() {
    // The demos take more calls than there are, so that no candidate is measured.
    let lm = Learner::default();
    let tuned = BootstrapFewShot::new(is_right as Metric)
        .max_bootstrapped_demos(16)
        .optimize(
            &node(lm.clone()),
            &splits(90, 20, 30),
            &run(Budget::calls(100)),
        )
        .await
        .unwrap();
    assert_eq!(tuned.report.no_verdict, Some(NoVerdict::NoCandidate));
    assert!(tuned.verdict.is_none());
    assert!(
        lm.calls() <= 40,
        "{} calls: 60 were for the hold-out",
        lm.calls()
    );
    let card = tuned.to_string();
    assert!(
        card.contains("VERDICT   none, no candidate was measured"),
        "{card}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_evaluation_costs_what_its_calls_cost_failed_attempts_included() {
    let folder = tempdir().unwrap();
    for kind in [LmErrorKind::Timeout, LmErrorKind::Server] {
        let first_fails: fn(u64) -> _ = match kind {
            LmErrorKind::Timeout => {
                |attempt| attempt.is_multiple_of(2).then_some(LmErrorKind::Timeout)
            }
            _ => |attempt| attempt.is_multiple_of(2).then_some(LmErrorKind::Server),
        };
        let path = folder.path().join(format!("{kind:?}"));
        let lm = Unsteady::failing(first_fails);
        let run = Run::folder(&path).concurrency(1).retry(Retry::DEFAULT);
        let (student, rows) = (node(lm.clone()), rows(0..50));
        let (evaluation, _) = run.evaluate(&student, &rows, &is_right).await.unwrap();
        let spend = evaluation.spend;
        assert_eq!((spend.calls, spend.failed), (100, 50), "{kind:?}");
        assert_eq!(lm.attempts(), 100);
        assert_eq!(spend.unmetered_tokens > 0, kind == LmErrorKind::Timeout);
        // What the journal holds, as a resumed run reads it.
        let (again, _) = run.evaluate(&student, &rows, &is_right).await.unwrap();
        assert_eq!(again.spend, spend);
        assert_eq!(lm.attempts(), 100);
    }
}

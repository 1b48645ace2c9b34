//! What fails during a search.

use std::sync::atomic::{AtomicUsize, Ordering};

use dashoptimize::call::{CallError, Context};
use dashoptimize::engine::Ended;
use dashoptimize::lm::{Budget, ChatReply, ChatRequest, FinishReason, LmError, LmErrorKind, Retry};
use dashoptimize::module::{Module, Predictor};
use dashoptimize::optimizer::{ReviseTextInput, ReviseTextOutput};

use super::pupil::{answer, inputs, rule, says, with_rule};
use super::*;

/// A proposer whose first four replies, those of the first generation, are these.
fn failing_first(
    reply: impl Fn() -> Result<ChatReply, LmError> + Send + Sync + 'static,
) -> Scripted {
    let model = Scripted::new(move |request: &ChatRequest| match request.sample {
        0..4 => reply(),
        _ => Ok(says(&with_rule(&inputs(request)))),
    });
    model.with_id("teacher")
}

async fn rejected_then_found(teacher: Scripted, expected: &str) {
    let news = News::default();
    let run = Run::in_memory().observer(news.clone()).retry(Retry::none());
    let tuned = search_with(pupil(4), teacher, |gepa| gepa, run)
        .await
        .unwrap();
    let first: Vec<&str> = news.rejections().into_iter().take(4).collect();
    assert_eq!(first, [expected; 4]);
    assert!(
        tuned.final_score() >= Some(0.75),
        "{expected}: {:?}",
        tuned.final_score()
    );
}

#[tokio::test]
async fn a_proposal_that_fails_is_rejected_and_the_search_goes_on() {
    let error = |kind| move || Err(LmError::new(kind, "no"));
    let kinds = [
        LmErrorKind::RateLimited,
        LmErrorKind::Server,
        LmErrorKind::Timeout,
        LmErrorKind::Protocol,
        LmErrorKind::ContentPolicy,
        LmErrorKind::InvalidRequest,
    ];
    for kind in kinds {
        rejected_then_found(failing_first(error(kind)), "unanswered").await;
    }
    let ok = |text: &'static str| move || Ok(ChatReply::new(text));
    let said = |text: &'static str| move || Ok(says(text));
    rejected_then_found(failing_first(ok("")), "unreadable").await;
    rejected_then_found(failing_first(said("")), "empty").await;
    rejected_then_found(failing_first(said("```\nAnswer with a")), "cut_off").await;
    rejected_then_found(failing_first(said("<think>Well,")), "cut_off").await;
    rejected_then_found(failing_first(said("Answer with the word.")), "known").await;
    let cut = || Ok(says("Answer with").with_finish(FinishReason::Length));
    rejected_then_found(failing_first(cut), "cut_off").await;
}

#[tokio::test]
async fn a_proposer_that_is_not_allowed_in_ends_the_run() {
    let teacher = failing_first(|| Err(LmError::new(LmErrorKind::Auth, "no such key")));
    let error = search_with(pupil(4), teacher, |gepa| gepa, Run::in_memory())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("no such key"), "{error}");
}

#[tokio::test]
async fn a_proposer_that_always_fails_ends_the_search_and_changes_nothing() {
    let teacher = Scripted::new(|_: &ChatRequest| "nothing of use").with_id("teacher");
    let news = News::default();
    let run = Run::in_memory().observer(news.clone());
    let set: Set = |gepa| gepa.num_generations(None);
    let tuned = search_with(pupil(4), teacher, set, run).await.unwrap();
    assert_eq!(news.end(), "`max_idle_generations` is reached: 5");
    assert_eq!(tuned.final_score(), Some(0.0));
    assert_eq!(tuned.report.tried.len(), 1);
}

/// A proposer whose own code fails.
#[derive(Clone, Debug)]
struct Broken {
    predictor: Predictor,
    panics: bool,
}

impl Module for Broken {
    type Input = ReviseTextInput;
    type Output = ReviseTextOutput;

    async fn forward(
        &self,
        _: &Context<'_>,
        _: ReviseTextInput,
    ) -> Result<ReviseTextOutput, CallError> {
        assert!(!self.panics, "boom");
        Err(CallError::program("no idea"))
    }

    fn predictors(&self) -> Vec<&Predictor> {
        vec![&self.predictor]
    }

    fn predictors_mut(&mut self) -> Vec<&mut Predictor> {
        vec![&mut self.predictor]
    }
}

#[tokio::test]
async fn a_proposer_whose_code_fails_or_panics_ends_no_run() {
    for panics in [false, true] {
        let spec = dashoptimize::signature::make_signature("a -> b", "Do it.").unwrap();
        let predictor = Predictor::new("own", Arc::new(spec), Lm::new(teacher()));
        let optimizer = GEPA::new(judge(4)).propose_with(Broken { predictor, panics });
        let news = News::default();
        let run = Run::in_memory().observer(news.clone());
        optimizer
            .optimize(&node_of(pupil(4)), &splits(12, 8, 0), &run)
            .await
            .unwrap();
        assert!(!news.rejections().is_empty());
        assert!(news.rejections().iter().all(|rule| *rule == "unanswered"));
    }
}

/// Every call of the program fails once: at each position of the run in turn.
#[tokio::test]
async fn a_call_of_the_program_that_fails_once_changes_nothing() {
    let whole = search(|gepa| gepa, Run::in_memory()).await.unwrap();
    for position in (0..40).step_by(3) {
        let asked = AtomicUsize::new(0);
        let pupil = Scripted::new(move |request: &ChatRequest| {
            match asked.fetch_add(1, Ordering::SeqCst) == position {
                true => Err(LmError::new(LmErrorKind::Server, "once")),
                false => Ok(ChatReply::new(answer(request, 4))),
            }
        });
        let run = Run::in_memory().retry(Retry::none()).concurrency(1);
        let tuned = search_with(pupil, teacher(), |gepa| gepa, run)
            .await
            .unwrap();
        assert_eq!(tuned.tuned, whole.tuned, "position {position}");
    }
}

/// Rows that the provider never answers are left out of the comparison of parent and child.
#[tokio::test]
async fn rows_that_the_provider_fails_are_no_evidence() {
    let pupil = Scripted::new(|request: &ChatRequest| {
        let number = super::pupil::number(request.turns[0].text());
        match number % 4 == 3 {
            true => Err(LmError::new(LmErrorKind::Server, "never")),
            false => Ok(ChatReply::new(answer(request, 4))),
        }
    });
    let run = Run::in_memory().retry(Retry::none()).max_errors(1_000);
    let tuned = search_with(pupil, teacher(), |gepa| gepa, run)
        .await
        .unwrap();
    let text = instructions(&tuned);
    for kind in 0..3 {
        assert!(text.contains(&rule(kind)), "{text}");
    }
    assert!(!text.contains(&rule(3)), "{text}");
}

#[tokio::test]
async fn a_metric_that_panics_counts_as_the_worst_score_and_is_shown() {
    let metric = |gold: &Quiz, said: &Quiz| {
        let kind = super::pupil::number(&gold.question) % 4;
        assert!(
            said.answer != "no idea" || kind > 0,
            "no idea: add rule {kind};"
        );
        gold.answer == said.answer
    };
    let optimizer = GEPA::new(metric).proposer(teacher()).max_metric_calls(400);
    let run = Run::in_memory();
    let tuned = optimizer
        .optimize(&node_of(pupil(4)), &splits(12, 8, 0), &run)
        .await
        .unwrap();
    assert_eq!(tuned.final_score(), Some(0.25));
    assert!(instructions(&tuned).contains(&rule(0)));
}

/// The budget of the run, cut at every size: not one call more, and the best so far is the result.
#[tokio::test]
async fn a_budget_that_ends_the_search_keeps_the_best_so_far() {
    let mut scores = Vec::new();
    for calls in (8..300).step_by(29) {
        let (pupil, teacher) = (pupil(4), teacher());
        let budget = Budget::calls(calls);
        let run = Run::in_memory()
            .budget(budget)
            .without_verdict()
            .concurrency(64);
        let set: Set = |gepa| gepa;
        let tuned = search_with(pupil.clone(), teacher.clone(), set, run)
            .await
            .unwrap();
        assert!(pupil.calls() + teacher.calls() <= calls);
        if pupil.calls() + teacher.calls() == calls {
            assert!(matches!(tuned.report.ended, Ended::Budget(_) | Ended::Done));
        }
        scores.push(tuned.final_score().unwrap());
    }
    assert!(scores.is_sorted(), "{scores:?}");
    assert_eq!(scores.last(), Some(&1.0));
}

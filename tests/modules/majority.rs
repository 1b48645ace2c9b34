//! `Majority`. What counts in a vote is tested in the module itself.

use dashoptimize::call::CallError;
use dashoptimize::engine::Run;
use dashoptimize::evaluate::Outcome;
use dashoptimize::lm::Budget;
use dashoptimize::module::Majority;

use super::*;

fn most(lm: &Scripted, n: u32) -> Majority<Predict<Qa>> {
    Majority::new(qa(lm), |output| output.answer.clone()).n(n)
}

#[tokio::test]
async fn what_most_attempts_say_is_the_answer_as_the_first_of_them_wrote_it() {
    let lm = by_sample(&["Lyon", "the Paris", "Nice", "Paris.", "lyon", "paris"]);
    let watched = watched(&most(&lm, 6), input("?")).await;
    assert_eq!(watched.outcome.unwrap().answer, "the Paris");
    assert_eq!(
        answers(&watched.trace),
        ["the Paris"],
        "the trace is that of the answer"
    );
    assert_eq!(watched.calls, 6);
    let votes = ["lyon", "paris", "nice", "paris", "lyon", "paris"];
    let voted = (0..).zip(votes).map(|(index, vote)| {
        let attempt = CallPart::new(PartKind::Attempt, index, 6);
        (attempt, PartOutcome::Voted(Some(vote.into())))
    });
    assert_eq!(ended(&watched.told), voted.collect::<Vec<_>>());
}

#[tokio::test]
async fn of_equal_ones_the_answer_that_came_first_wins() {
    let lm = by_sample(&["c", "b", "b", "c"]);
    assert_eq!(most(&lm, 4).call(input("?")).await.unwrap().answer, "c");
}

#[tokio::test]
async fn without_normalization_texts_are_compared_as_they_stand() {
    let lm = by_sample(&["Paris", "paris", "paris."]);
    let exact = most(&lm, 3).normalize(false);
    assert_eq!(exact.call(input("?")).await.unwrap().answer, "Paris");
    let lm = by_sample(&["Paris", "paris.", "paris."]);
    let exact = most(&lm, 3).normalize(false);
    assert_eq!(exact.call(input("?")).await.unwrap().answer, "paris.");
}

#[tokio::test]
async fn attempts_that_abstain_or_fail_have_no_vote() {
    let lm = by_sample(&["unsure", "!", "x", "unsure", "unsure"]);
    let sure = |output: &QaOutput| (output.answer != "unsure").then(|| output.answer.clone());
    let program = Majority::new(qa(&lm), sure);
    assert_eq!(program.call(input("?")).await.unwrap().answer, "x");
    assert_eq!(lm.calls(), 5, "the default");
    let lm = by_sample(&["!", "unsure", "unsure", "!", "!"]);
    let watched = watched(&Majority::new(qa(&lm), sure), input("?")).await;
    assert_eq!(watched.outcome.unwrap().answer, "unsure", "nobody votes");
    assert_eq!(ended(&watched.told)[1].1, PartOutcome::Voted(None));
    assert_eq!(answers(&watched.trace), ["unsure"]);
}

#[tokio::test]
async fn where_too_many_attempts_fail_the_call_fails() {
    let lm = by_sample(&["!", "x", "!", "!"]);
    assert_eq!(most(&lm, 4).call(input("?")).await.unwrap().answer, "x");
    let strict = most(&lm, 4).fail_count(2).call(input("?")).await;
    assert!(matches!(strict, Err(CallError::Parse { .. })));
    let lm = by_sample(&["!", "!"]);
    assert!(matches!(
        most(&lm, 2).call(input("?")).await,
        Err(CallError::Parse { .. })
    ));
    let error = most(&locked_out(), 2).call(input("?")).await.unwrap_err();
    assert!(error.ends_the_run());
}

#[tokio::test(start_paused = true)]
async fn attempts_are_made_concurrently_and_end_with_the_call() {
    let lm = slow("x");
    most(&lm, 7).call(input("?")).await.unwrap();
    assert_eq!(lm.max_concurrent_calls(), 7);
    let lm = slow("x");
    assert_eq!(dropped(&most(&lm, 7), input("?"), &lm).await, (7, 7));
}

#[tokio::test]
async fn attempts_are_samples_of_their_own_at_a_temperature_of_their_own() {
    let lm = by_sample(&["x"; 3]);
    evaluated(&most(&lm, 3), 1, Run::in_memory()).await;
    assert_eq!(samples(&lm), [0, 1, 2]);
    assert_eq!(temperatures(&lm), [Some(0.7); 3]);
}

#[tokio::test]
async fn where_the_budget_ends_the_rollout_is_refused() {
    let lm = by_sample(&["x"; 3]);
    let run = Run::in_memory().budget(Budget::calls(2));
    let (evaluation, outcomes) = evaluated(&most(&lm, 3), 1, run).await;
    assert!(
        matches!(outcomes[0], Outcome::Refused { .. }),
        "{outcomes:?}"
    );
    assert_eq!((lm.calls(), evaluation.spend.calls), (2, 2));
}

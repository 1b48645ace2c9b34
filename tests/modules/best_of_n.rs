//! `BestOfN`.

use dashoptimize::artifact::Persist;
use dashoptimize::call::{CallError, Context};
use dashoptimize::engine::Run;
use dashoptimize::evaluate::Outcome;
use dashoptimize::lm::{Budget, Cache, ChatRequest, Gateway, Scripted};
use dashoptimize::module::{BestOfN, ChainOfThought, Module, ModuleExt, Shape};

use super::*;

#[tokio::test]
async fn the_best_attempt_wins_and_of_equal_ones_the_first() {
    let lm = by_sample(&["bb", "cccc", "dddd", "e"]);
    let output = BestOfN::new(qa(&lm), length).n(4).call(input("?")).await;
    assert_eq!(output.unwrap().answer, "cccc");
    assert_eq!(lm.calls(), 4);
    let negative = |_: &QaInput, output: &QaOutput| -(output.answer.len() as f64);
    let output = BestOfN::new(qa(&lm), negative).n(4).call(input("?")).await;
    assert_eq!(output.unwrap().answer, "e");
}

#[tokio::test(start_paused = true)]
async fn without_a_threshold_the_attempts_are_made_concurrently() {
    let lm = slow("x");
    BestOfN::new(qa(&lm), length)
        .n(5)
        .call(input("?"))
        .await
        .unwrap();
    assert_eq!((lm.calls(), lm.max_concurrent_calls()), (5, 5));
}

#[tokio::test(start_paused = true)]
async fn a_threshold_stops_the_search_so_that_nothing_is_called_in_vain() {
    let lm = slow("xxx");
    let program = BestOfN::new(qa(&lm), length).n(5).threshold(3.0);
    program.call(input("?")).await.unwrap();
    assert_eq!(
        (lm.calls(), lm.max_concurrent_calls()),
        (1, 1),
        "the first reaches it"
    );
    let lm = by_sample(&["b", "ccc", "dd"]);
    let program = BestOfN::new(qa(&lm), length).threshold(3.0);
    assert_eq!(program.call(input("?")).await.unwrap().answer, "ccc");
    assert_eq!(lm.calls(), 2, "exactly the threshold is enough");
    let lm = by_sample(&["b", "ccc", "dd"]);
    let program = BestOfN::new(qa(&lm), length).threshold(4.0);
    assert_eq!(program.call(input("?")).await.unwrap().answer, "ccc");
    assert_eq!(lm.calls(), 3, "none reaches it, and the best is given");
}

#[tokio::test]
async fn a_reward_that_is_not_a_finite_number_is_a_failed_attempt() {
    let reward = |_: &QaInput, output: &QaOutput| match &*output.answer {
        "nan" => f64::NAN,
        "inf" => f64::INFINITY,
        answer => answer.len() as f64,
    };
    let lm = by_sample(&["nan", "x", "inf"]);
    let output = BestOfN::new(qa(&lm), reward).call(input("?")).await;
    assert_eq!(output.unwrap().answer, "x");
    let lm = by_sample(&["nan", "inf", "nan"]);
    let error = BestOfN::new(qa(&lm), reward)
        .call(input("?"))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the reward of attempt 1: the metric failed: a score must be a finite number, not NaN"
    );
}

#[tokio::test]
async fn a_reward_may_give_all_that_a_metric_may() {
    let lm = by_sample(&["b", "ccc", "dd"]);
    let yes = |_: &QaInput, output: &QaOutput| output.answer == "ccc";
    let output = BestOfN::new(qa(&lm), yes).call(input("?")).await;
    assert_eq!(output.unwrap().answer, "ccc");
    let unsure = |_: &QaInput, output: &QaOutput| match output.answer.len() {
        2 => Ok((0.5, "too short")),
        _ => Err("cannot say"),
    };
    let watched = watched(&BestOfN::new(qa(&lm), unsure), input("?")).await;
    assert_eq!(watched.outcome.unwrap().answer, "dd");
    let failed = "the reward of attempt 1: the metric failed: cannot say";
    let told = ended(&watched.told);
    let attempt = |index| CallPart::new(PartKind::Attempt, index, 3);
    assert_eq!(
        told[0],
        (attempt(0), PartOutcome::Failed(failed.to_owned()))
    );
    let too_short = PartOutcome::scored(0.5, Some("too short".to_owned()));
    assert_eq!(told[2], (attempt(2), too_short));
}

#[tokio::test]
async fn as_many_attempts_may_fail_as_the_user_says_in_every_call() {
    let lm = by_sample(&["!", "!", "x"]);
    let program = BestOfN::new(qa(&lm), length);
    for _ in 0..3 {
        assert_eq!(program.call(input("?")).await.unwrap().answer, "x");
        let tolerant = program.clone().fail_count(2).call(input("?")).await;
        assert_eq!(tolerant.unwrap().answer, "x");
        let strict = program.clone().fail_count(1).call(input("?")).await;
        assert!(matches!(strict, Err(CallError::Parse { .. })));
    }
    let before = lm.calls();
    let strict = program.fail_count(0).threshold(9.0).call(input("?")).await;
    assert!(matches!(strict, Err(CallError::Parse { .. })));
    assert_eq!(
        lm.calls(),
        before + 1,
        "one after the other, the first failure is the last call"
    );
}

#[tokio::test]
async fn where_all_attempts_fail_the_first_failure_is_the_error() {
    let lm =
        Scripted::new(|request: &ChatRequest| format!("[[ ## anser ## ]]\n{}", request.sample));
    let program = BestOfN::new(ChainOfThought::<Qa>::new(lm), |_: &_, _: &_| 1.0);
    for program in [program.clone(), program.threshold(1.0)] {
        let Err(CallError::Parse { source, .. }) = program.call(input("?")).await else {
            panic!("none of the replies can be read");
        };
        assert_eq!(source.reply, "[[ ## anser ## ]]\n0");
    }
}

#[tokio::test]
async fn a_failure_that_would_meet_every_attempt_ends_the_call() {
    let lm = locked_out();
    let program = BestOfN::new(qa(&lm), length).n(5).threshold(1.0);
    let error = program.call(input("?")).await.unwrap_err();
    assert!(error.ends_the_run());
    assert_eq!(lm.calls(), 1);
}

#[tokio::test]
async fn attempts_have_a_temperature_of_their_own_unless_the_caller_sets_one() {
    let lm = by_sample(&["b", "c", "d"]);
    let program = BestOfN::new(qa(&lm).temperature(0.2), length).n(1);
    program.call(input("?")).await.unwrap();
    let own = program.clone().attempt_temperature(None);
    own.call(input("?")).await.unwrap();
    let hot = program.clone().attempt_temperature(1.5);
    hot.call(input("?")).await.unwrap();
    let gateway = Gateway::direct();
    let context = Context::new(&gateway).with_temperature(0.7);
    hot.forward(&context, input("?")).await.unwrap();
    assert_eq!(
        temperatures(&lm),
        [Some(1.0), Some(0.2), Some(1.5), Some(0.7)]
    );
}

#[tokio::test]
async fn the_trace_is_that_of_the_winner_and_listeners_hear_of_all() {
    for threshold in [None, Some(9.0)] {
        let lm = by_sample(&["b", "ccc", "dd"]);
        let mut program = BestOfN::new(qa(&lm), length);
        if let Some(threshold) = threshold {
            program = program.threshold(threshold);
        }
        let watched = watched(&program, input("?")).await;
        assert_eq!(answers(&watched.trace), ["ccc"]);
        assert_eq!(watched.calls, 3, "all attempts are paid for");
        assert_eq!(ended(&watched.told), scored(&[1.0, 3.0, 2.0]));
        let step_ended = |event: &&TraceEvent| matches!(event, TraceEvent::PredictorEnded(_));
        assert_eq!(watched.told.iter().filter(step_ended).count(), 3);
    }
}

#[tokio::test]
async fn no_two_attempts_of_any_rollouts_are_one_entry_of_a_cache() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path().join("cache")).unwrap();
    let answer = |request: &ChatRequest| reply(&"x".repeat(1 + request.sample as usize));
    let lm = Scripted::new(answer).keeping_requests();
    let program = BestOfN::new(qa(&lm), length);
    for sitting in ["first", "second"] {
        let run = Run::folder(folder.path().join(sitting)).cache(cache.clone());
        evaluated(&program, 2, run).await;
        assert_eq!(
            lm.calls(),
            6,
            "{sitting}: the second finds all attempts in the cache"
        );
    }
    assert_eq!(
        samples(&lm),
        [0, 0, 1, 1, 2, 2],
        "3 samples for each of 2 rows"
    );

    let gateway = Gateway::direct();
    for rollout in [0, 1] {
        let context = Context::new(&gateway).with_sample(rollout);
        program.forward(&context, input("the same")).await.unwrap();
    }
    let again = &lm.requests()[6..];
    let mut again: Vec<u32> = again.iter().map(|request| request.sample).collect();
    again.sort_unstable();
    assert_eq!(
        again,
        [0, 1, 2, 3, 4, 5],
        "the attempts of two rollouts on one task all differ"
    );
}

#[tokio::test]
async fn attempts_within_attempts_all_differ() {
    let answer = |request: &ChatRequest| reply(&"x".repeat(1 + request.sample as usize));
    let lm = Scripted::new(answer).keeping_requests();
    let inner = BestOfN::new(qa(&lm), length).n(2);
    BestOfN::new(inner, length)
        .n(3)
        .call(input("?"))
        .await
        .unwrap();
    assert_eq!(samples(&lm), [0, 1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn where_the_budget_ends_the_rollout_is_refused_and_what_was_paid_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    for threshold in [None, Some(9.0)] {
        let lm = by_sample(&["b", "ccc", "dd"]);
        let mut program = BestOfN::new(qa(&lm), length);
        if let Some(threshold) = threshold {
            program = program.threshold(threshold);
        }
        let path = folder.path().join(format!("{}", threshold.is_some()));
        let run = Run::folder(&path).budget(Budget::calls(2));
        let (evaluation, outcomes) = evaluated(&program, 1, run).await;
        assert!(
            matches!(outcomes[0], Outcome::Refused { .. }),
            "{outcomes:?}"
        );
        assert_eq!((lm.calls(), evaluation.spend.calls), (2, 2));
        let run = Run::folder(&path).budget(Budget::calls(3));
        let (_, outcomes) = evaluated(&program, 1, run).await;
        assert!(matches!(outcomes[0], Outcome::Scored(_)), "{outcomes:?}");
        assert_eq!(
            lm.calls(),
            3,
            "the two attempts that were paid for are not paid again"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_makes_no_further_call() {
    let lm = slow("x");
    let program = BestOfN::new(qa(&lm), length).n(4);
    assert_eq!(dropped(&program, input("?"), &lm).await, (4, 4));
    let lm = slow("x");
    let program = BestOfN::new(qa(&lm), length).threshold(9.0);
    assert_eq!(dropped(&program, input("?"), &lm).await, (1, 1));
}

#[test]
fn the_module_keeps_its_paths_so_that_its_prompts_fit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("qa.json");
    let lm = by_sample(&["x"]);
    let mut state = qa(&lm).state();
    let predictor = state.predictors.get_mut("predict").unwrap();
    predictor.instructions = Some("Answer in one word.".to_owned());
    qa(&lm).with_state(&state).unwrap().save(&path).unwrap();
    let mut best = BestOfN::new(qa(&lm), length).load(&path).unwrap();
    assert_eq!(best.state(), state);
    best = best.under("answer");
    assert_eq!(best.predictors()[0].path(), "answer");
    assert!(matches!(
        <BestOfN<Predict<Qa>> as Module>::SHAPE,
        Shape::Over { .. }
    ));
}

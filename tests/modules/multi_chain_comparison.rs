//! `MultiChainComparison`.

use std::panic::catch_unwind;

use dashoptimize::artifact::Persist;
use dashoptimize::call::CallError;
use dashoptimize::engine::Run;
use dashoptimize::evaluate::Outcome;
use dashoptimize::lm::{Budget, ChatRequest};
use dashoptimize::module::{
    Compared, LLMNode, ModuleCore, MultiChainComparison, Shape, ValueModule,
};
use dashoptimize::signature::{SignatureSpec, make_signature};
use dashoptimize::state::Demo;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::*;

fn is_comparison(request: &ChatRequest) -> bool {
    request.turns[0].text().contains("reasoning_attempt_1")
}

/// A model that attempts with these answers and compares with the last words `so Paris`.
fn model(attempts: &'static [&'static str]) -> Scripted {
    Scripted::new(|request: &ChatRequest| {
        if is_comparison(request) {
            return "[[ ## rationale ## ]]\nthey differ\n\n[[ ## answer ## ]]\nParis".to_owned();
        }
        let sample = request.sample as usize;
        match attempts[sample] {
            "!" => String::new(),
            answer => {
                format!("[[ ## reasoning ## ]]\n because {sample}\n\n[[ ## answer ## ]]\n{answer}")
            }
        }
    })
    .keeping_requests()
}

fn compare(lm: &Scripted) -> MultiChainComparison<Qa> {
    MultiChainComparison::new(lm.clone())
}

#[tokio::test]
async fn attempts_are_sampled_and_then_compared() {
    let lm = model(&["Lyon", "Nice", "Paris"]);
    let watched = watched(&compare(&lm), input("the capital?")).await;
    let Compared {
        rationale, output, ..
    } = watched.outcome.unwrap();
    assert_eq!((&*rationale, &*output.answer), ("they differ", "Paris"));
    assert_eq!(lm.calls(), 4, "3 attempts and the comparison");
    assert_eq!(samples(&lm), [0, 0, 1, 2]);
    let comparison = lm.requests().pop().unwrap();
    assert_eq!(
        comparison.turns[0].text(),
        "[[ ## question ## ]]\nthe capital?\n\n\
         [[ ## reasoning_attempt_1 ## ]]\nbecause 0\nanswer: Lyon\n\n\
         [[ ## reasoning_attempt_2 ## ]]\nbecause 1\nanswer: Nice\n\n\
         [[ ## reasoning_attempt_3 ## ]]\nbecause 2\nanswer: Paris"
    );
    let mut expected = vec![Some(0.7); 3];
    expected.push(None);
    assert_eq!(temperatures(&lm), expected, "only the attempts are sampled");
    assert_eq!(
        paths(&watched.trace),
        ["attempt", "attempt", "attempt", "compare"]
    );
    assert_eq!(answers(&watched.trace), ["Lyon", "Nice", "Paris", "Paris"]);
    let attempt = |index| {
        (
            CallPart::new(PartKind::Attempt, index, 3),
            PartOutcome::Answered,
        )
    };
    assert_eq!(ended(&watched.told), [0, 1, 2].map(attempt));
}

#[tokio::test]
async fn attempts_that_fail_are_left_out() {
    let lm = model(&["!", "Nice", "!", "Lyon"]);
    let watched = watched(&compare(&lm).m(4), input("?")).await;
    assert_eq!(watched.outcome.unwrap().answer, "Paris");
    let text = lm.requests().pop().unwrap().turns[0].text().to_owned();
    let (_, attempts) = text
        .split_once("[[ ## reasoning_attempt_1 ## ]]\n")
        .unwrap();
    assert_eq!(
        attempts,
        "because 1\nanswer: Nice\n\n\
         [[ ## reasoning_attempt_2 ## ]]\nbecause 3\nanswer: Lyon\n\n\
         [[ ## reasoning_attempt_3 ## ]]\n(no further attempt)\n\n\
         [[ ## reasoning_attempt_4 ## ]]\n(no further attempt)"
    );
    let (_, first) = &ended(&watched.told)[0];
    assert!(has_failed_with(first, "predictor `attempt`"), "{first:?}");
    let outcomes = watched.trace.iter().map(|step| step.outputs().is_some());
    let expected = [false, true, false, true, true];
    assert_eq!(
        outcomes.collect::<Vec<_>>(),
        expected,
        "failed steps are kept"
    );
}

#[tokio::test]
async fn where_all_attempts_fail_nothing_is_compared() {
    let lm = model(&["!", "!", "!"]);
    let error = compare(&lm).call(input("?")).await.unwrap_err();
    assert!(matches!(error, CallError::Parse { .. }), "{error}");
    assert_eq!(lm.calls(), 3);
    let lm = locked_out();
    let error = compare(&lm).call(input("?")).await.unwrap_err();
    assert!(error.ends_the_run());
    assert_eq!(lm.calls(), 3, "all at once, and no comparison");
}

#[tokio::test]
async fn where_the_budget_ends_the_rollout_is_refused_and_what_was_paid_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let lm = model(&["Lyon", "Nice", "Paris"]);
    let rows = [row(0)];
    let right = |_: &Qa, said: &Compared<QaOutput>| said.answer == "Paris";
    for calls in [2, 3, 4] {
        let run = Run::folder(folder.path()).budget(Budget::calls(calls));
        let (_, evaluated) = run.evaluate(&compare(&lm), &rows, &right).await.unwrap();
        let is_refused = matches!(evaluated[0].outcome(), Outcome::Refused { .. });
        assert_eq!(is_refused, calls < 4, "{evaluated:?}");
        assert_eq!(lm.calls(), calls, "each sitting adds one call");
    }
}

#[tokio::test(start_paused = true)]
async fn attempts_are_made_concurrently_and_end_with_the_call() {
    let lm = model(&["x"; 5]).with_delay(Duration::from_secs(1));
    compare(&lm).m(5).call(input("?")).await.unwrap();
    assert_eq!(lm.max_concurrent_calls(), 5);
    let lm = model(&["x"; 5]).with_delay(Duration::from_secs(1));
    assert_eq!(dropped(&compare(&lm).m(5), input("?"), &lm).await, (5, 5));
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct QaState {
    question: String,
    answer: String,
    rationale: Option<String>,
}

#[tokio::test]
async fn it_is_a_node_over_any_state() {
    let signature = make_signature("question -> answer", "Answer.").unwrap();
    let lm = model(&["Lyon", "Nice"]);
    let module = MultiChainComparison::over(&signature, lm.clone()).m(2);
    let node = LLMNode::<QaState, _>::over(module, "multi_chain");
    let paths = node.predictors();
    let paths: Vec<&str> = paths.iter().map(|predictor| predictor.path()).collect();
    assert_eq!(paths, ["multi_chain.attempt", "multi_chain.compare"]);
    let state = QaState {
        question: "the capital?".to_owned(),
        answer: "gold".to_owned(),
        rationale: None,
    };
    let state = node.call(state).await.unwrap();
    assert_eq!(state.answer, "Paris");
    assert_eq!(state.rationale.as_deref(), Some("they differ"));
    let asked: Vec<String> = lm
        .requests()
        .iter()
        .flat_map(|request| {
            request
                .messages()
                .map(|m| m.text().to_owned())
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(
        asked.iter().all(|text| !text.contains("gold")),
        "i1: {asked:?}"
    );
}

fn demo(attempts: usize) -> Demo {
    let attempts = (1..=attempts).map(|n| (format!("reasoning_attempt_{n}"), json!("x")));
    Demo::new(
        [("question".to_owned(), json!("?"))]
            .into_iter()
            .chain(attempts)
            .collect(),
        [
            ("rationale".to_owned(), json!("r")),
            ("answer".to_owned(), json!("a")),
        ]
        .into_iter()
        .collect(),
    )
}

#[test]
fn prompts_of_both_steps_are_saved_and_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("compare.json");
    let lm = model(&[]);
    let mut state = compare(&lm).state();
    assert_eq!(state.predictors["attempt"].params.temperature, Some(0.7));
    state.predictors.get_mut("compare").unwrap().demos = vec![demo(3)];
    let tuned = compare(&lm).with_state(&state).unwrap();
    tuned.save(&path).unwrap();
    assert_eq!(compare(&lm).load(&path).unwrap().state(), state);
    assert!(
        compare(&lm).m(2).load(&path).is_err(),
        "its comparison has other fields"
    );
    let fewer = tuned.m(2).attempt_temperature(0.9).state();
    assert!(
        fewer.predictors["compare"].demos.is_empty(),
        "demos of 3 attempts fit no 2"
    );
    assert_eq!(fewer.predictors["attempt"].params.temperature, Some(0.9));
}

#[test]
fn signatures_that_have_what_it_adds_are_refused() {
    for taken in ["reasoning", "rationale", "reasoning_attempt_7"] {
        let signature = make_signature(&format!("question -> {taken}"), "").unwrap();
        let made = catch_unwind(|| {
            MultiChainComparison::over(&signature, model(&[]));
        });
        assert!(made.is_err(), "{taken}");
    }
    let Shape::Over { predictors, .. } = <MultiChainComparison<Qa> as Module>::SHAPE else {
        panic!("it is over a signature");
    };
    assert_eq!(predictors.len(), 2);
}

#[test]
fn its_signature_is_the_given_one_and_the_rationale() {
    let names = |spec: &SignatureSpec| spec.to_string();
    let module = compare(&model(&[]));
    assert_eq!(names(module.core().spec()), "question -> rationale, answer");
    assert_eq!(
        names(Module::predictors(&module)[0].spec()),
        "question -> reasoning, answer"
    );
    assert_eq!(
        names(Module::predictors(&module.m(2))[1].spec()),
        "question, reasoning_attempt_1, reasoning_attempt_2 -> rationale, answer"
    );
}

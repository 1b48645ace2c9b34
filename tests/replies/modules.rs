//! Modules of every kind with scripted replies that are not answers.

use dashoptimize::call::{CallError, Context, Unanswered};
use dashoptimize::lm::{ChatRequest, Gateway, LmErrorKind, Recorder, Replay, Scripted, ToolCall};
use dashoptimize::module::{
    BestOfN, ChainOfThought, Majority, MultiChainComparison, Predict, ReAct,
};
use dashoptimize::tools;
use serde_json::json;

use super::*;

/// Every output that any module may ask for, in the form of the chat adapter and of JSON.
const ANSWER: &str = "[[ ## reasoning ## ]]\nr\n[[ ## rationale ## ]]\nr\n[[ ## next_thought ## ]]\nt\n\
    [[ ## next_tool_name ## ]]\nfinish\n[[ ## next_tool_args ## ]]\n{}\n[[ ## answer ## ]]\n42";

fn ending(finish: FinishReason) -> Scripted {
    Scripted::new(move |_: &ChatRequest| whole(ANSWER).with_finish(finish)).keeping_requests()
}

fn check(error: &CallError, finish: FinishReason) {
    let is_right = match (error, finish) {
        (CallError::Unanswered { source, .. }, FinishReason::Length) => {
            matches!(**source, Unanswered::Cut { .. })
        }
        (CallError::Unanswered { source, .. }, FinishReason::Refusal) => {
            matches!(**source, Unanswered::Refused { .. })
        }
        (CallError::Lm { source, .. }, FinishReason::ContentFilter) => {
            source.kind() == LmErrorKind::ContentPolicy
        }
        _ => false,
    };
    assert!(is_right, "{finish:?}: {error:?}");
}

/// Calls a module whose model ends all its replies for each of the reasons, and checks that a whole reply is
/// an answer and no other is.
async fn only_whole_replies_answer<M>(module: impl Fn(Scripted) -> M)
where
    M: Module<Input = AskInput>,
{
    let asked = module(ending(FinishReason::Stop)).call(question()).await;
    assert!(asked.is_ok(), "{:?}", asked.err());
    for finish in NOT_AN_ANSWER {
        let module = module(ending(finish));
        let gateway = Gateway::direct();
        let context = Context::new(&gateway).with_trace();
        let Err(error) = module.forward(&context, question()).await else {
            panic!("a reply that ended with {finish:?} was taken for an answer");
        };
        check(&error, finish);
        for step in context.take_trace() {
            assert!(step.outputs().is_none(), "{finish:?}: {step:?}");
        }
    }
}

#[tool]
fn explode() {
    panic!("a tool was called");
}

#[tokio::test]
async fn i16_no_module_takes_a_reply_that_is_not_an_answer() {
    only_whole_replies_answer(Predict::<Ask>::new).await;
    only_whole_replies_answer(ChainOfThought::<Ask>::new).await;
    only_whole_replies_answer(MultiChainComparison::<Ask>::new).await;
    only_whole_replies_answer(|lm| ReAct::<Ask>::new(lm).tools(tools![explode])).await;
    only_whole_replies_answer(|lm: Scripted| {
        ReAct::<Ask>::new(lm.with_native_tools()).tools(tools![explode])
    })
    .await;
    only_whole_replies_answer(|lm| {
        BestOfN::new(Predict::<Ask>::new(lm), |_: &AskInput, _: &AskOutput| 1.0)
    })
    .await;
    only_whole_replies_answer(|lm| {
        Majority::new(Predict::<Ask>::new(lm), |said: &AskOutput| {
            said.answer.clone()
        })
    })
    .await;
}

/// The calls of a reply that was cut may be whole themselves; the reply is not.
#[tokio::test]
async fn i16_no_tool_is_called_by_a_reply_that_is_not_an_answer() {
    let call = || vec![ToolCall::new("c1", "explode", "{}")];
    for finish in NOT_AN_ANSWER {
        let in_text = "<tool_call>{\"name\": \"explode\", \"arguments\": {}}</tool_call>";
        for reply in [whole("").with_tool_calls(call()), whole(in_text)] {
            let reply = reply.with_finish(finish);
            let model = Scripted::new(move |_: &ChatRequest| reply.clone()).with_native_tools();
            let agent = ReAct::<Ask>::new(model.clone()).tools(tools![explode]);
            let error = agent.call(question()).await.expect_err("no answer");
            check(&error, finish);
            assert_eq!(model.calls(), 1);
        }
    }
}

/// The last reply of an agent is cut: it has worked, and still there is no answer.
#[tokio::test]
async fn i16_an_agent_does_not_answer_with_a_reply_that_was_cut() {
    let model = Scripted::replies([
        whole("That is all."),
        whole("[[ ## reasoning ## ]]\nr\n[[ ## answer ## ]]\n4").with_finish(FinishReason::Length),
    ]);
    let agent = ReAct::<Ask>::new(model.with_native_tools()).tools(tools![explode]);
    let error = agent.call(question()).await.expect_err("no answer");
    assert!(
        error
            .to_string()
            .starts_with("predictor `extract`: the reply was cut"),
        "{error}"
    );
}

#[tokio::test]
async fn a_reply_that_was_cut_is_handed_back_where_repairs_are_allowed() {
    let cut = whole("[[ ## answer ## ]]\nforty-t").with_finish(FinishReason::Length);
    let model =
        Scripted::replies([cut.clone(), whole("[[ ## answer ## ]]\n42")]).keeping_requests();
    let program = Predict::<Ask>::new(model.clone()).max_tokens(7).repair(1);
    assert_eq!(
        program.call(question()).await.expect("an answer").answer,
        "42"
    );
    let request = model.requests().pop().expect("two requests");
    let [.., reply, asked] = &request.turns[..] else {
        panic!("a repair has three turns");
    };
    assert_eq!(reply.text(), "[[ ## answer ## ]]\nforty-t");
    assert!(
        asked
            .text()
            .contains("was cut off, since your reply reached the limit of 7 tokens"),
        "{}",
        asked.text()
    );

    let always = Scripted::new(move |_: &ChatRequest| cut.clone());
    let program = Predict::<Ask>::new(always.clone()).repair(2);
    check(
        &program.call(question()).await.expect_err("cut"),
        FinishReason::Length,
    );
    assert_eq!(always.calls(), 3);
}

/// A model that is asked until it stops refusing has not answered either, and a filter stays what it is.
#[tokio::test]
async fn a_refusal_and_a_filtered_reply_are_not_handed_back() {
    for finish in [FinishReason::Refusal, FinishReason::ContentFilter] {
        let model = ending(finish);
        let program = Predict::<Ask>::new(model.clone()).repair(3);
        check(
            &program.call(question()).await.expect_err("no answer"),
            finish,
        );
        assert_eq!(model.calls(), 1);
    }
}

#[tokio::test]
async fn the_error_names_the_limit_and_how_to_raise_it() {
    let error = |program: Predict<Ask>| async move {
        program.call(question()).await.expect_err("cut").to_string()
    };
    let limited = error(Predict::new(ending(FinishReason::Length)).max_tokens(7)).await;
    assert!(
        limited.contains("at `max_tokens`, which is 7")
            && limited.contains("set a higher `max_tokens`"),
        "{limited}"
    );
    let unlimited = error(Predict::new(ending(FinishReason::Length))).await;
    assert!(unlimited.contains("sets no `max_tokens`"), "{unlimited}");
}

#[tokio::test]
async fn i16_outcomes_of_such_replies_count_against_the_program() {
    for (finish, name) in [
        (FinishReason::Length, "unanswered"),
        (FinishReason::Refusal, "unanswered"),
        (FinishReason::ContentFilter, "request_failed"),
    ] {
        let program = Predict::<Ask>::new(ending(finish));
        let run = Run::in_memory().max_errors(9);
        let (evaluation, outcomes) = evaluated(&program, 2, run, &anything)
            .await
            .expect("an evaluation");
        assert_eq!(evaluation.measured.score(), Some(0.0), "{finish:?}");
        for outcome in outcomes {
            assert_eq!(json!(outcome)["outcome"], name, "{finish:?}");
        }
    }
}

/// A recording and a run that is resumed give the same reply again, which is not an answer again.
#[tokio::test]
async fn i16_a_recorded_reply_that_is_not_an_answer_stays_one() {
    for finish in NOT_AN_ANSWER {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("cassette.jsonl");
        let recorder = Recorder::new(ending(finish), &path).expect("a cassette");
        let recorded = Predict::<Ask>::new(recorder).call(question()).await;
        check(&recorded.expect_err("no answer"), finish);
        let replayed = Predict::<Ask>::new(Replay::open(&path).expect("the cassette"))
            .call(question())
            .await;
        check(&replayed.expect_err("no answer"), finish);

        let model = ending(finish);
        let program = Predict::<Ask>::new(model.clone());
        let run = || Run::folder(folder.path().join("run")).max_errors(9);
        let (_, first) = evaluated(&program, 2, run(), &anything)
            .await
            .expect("an evaluation");
        let (_, again) = evaluated(&program, 2, run(), &anything)
            .await
            .expect("an evaluation");
        assert_eq!((first, model.calls()), (again, 2));
    }
}

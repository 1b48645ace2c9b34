//! `Refine`.

use dashoptimize::call::{CallError, Hints};
use dashoptimize::engine::Run;
use dashoptimize::evaluate::Outcome;
use dashoptimize::lm::{Budget, ChatRequest, Purpose};
use dashoptimize::module::{LLMNode, Refine};
use dashoptimize::signature::make_signature;

use super::*;
use crate::support::chain::Chain;
use crate::support::journal::ended_for;
use crate::support::quiz::Quiz;

fn is_advice(request: &ChatRequest) -> bool {
    request.prefix.messages()[0].text().contains("`discussion`")
}

fn advice(words: &str) -> String {
    format!("[[ ## discussion ## ]]\nhm\n\n[[ ## advice ## ]]\n{words}\n\n[[ ## completed ## ]]")
}

/// A model that answers with answer number `sample`, and advises with these words.
fn model(answers: &'static [&'static str], words: &'static str) -> Scripted {
    Scripted::new(move |request: &ChatRequest| match is_advice(request) {
        true => advice(words),
        false => reply(answers[request.sample as usize]),
    })
    .keeping_requests()
}

const LONGER: &str = r#"{"attempt": "write more"}"#;

/// What predictors were asked in attempts, in order.
fn queries(lm: &Scripted) -> Vec<String> {
    let requests = lm.requests();
    let queries = requests.iter().filter(|request| !is_advice(request));
    queries
        .map(|request| request.turns[0].text().to_owned())
        .collect()
}

/// What the adviser was asked, in order.
fn asked_for_advice(lm: &Scripted) -> Vec<String> {
    let requests = lm.requests();
    let queries = requests.iter().filter(|request| is_advice(request));
    queries
        .map(|request| request.turns[0].text().to_owned())
        .collect()
}

#[tokio::test]
async fn advice_reaches_the_next_attempt_as_one_more_input() {
    let lm = model(&["b", "cc", "dddd"], LONGER);
    let program = Refine::new(qa(&lm), length, 4.0);
    let watched = watched(&program, input("why?")).await;
    assert_eq!(watched.outcome.unwrap().answer, "dddd");
    let plain = "[[ ## question ## ]]\nwhy?";
    let hinted = "[[ ## question ## ]]\nwhy?\n\n[[ ## hint ## ]]\nwrite more";
    assert_eq!(queries(&lm), [plain, hinted, hinted]);
    assert_eq!(
        lm.calls(),
        5,
        "3 attempts of one call and 2 calls for advice"
    );
    assert_eq!(ended(&watched.told), scored(&[1.0, 2.0, 4.0]));
    let advised = watched.told.iter().filter_map(|event| match event {
        TraceEvent::Advised {
            predictor, advice, ..
        } => Some((&**predictor, &**advice)),
        _ => None,
    });
    let advised: Vec<_> = advised.collect();
    assert_eq!(advised, [("attempt", "write more"); 2]);
    let requests = lm.requests();
    let temperatures: Vec<_> = requests.iter().map(|r| r.params.temperature).collect();
    let (warm, own) = (Some(1.0), None);
    assert_eq!(
        temperatures,
        [warm, own, warm, own, warm],
        "advice is not sampled"
    );
}

#[tokio::test]
async fn i7_without_a_hint_the_prompt_is_what_render_shows() {
    let lm = model(&["b", "cc", "ddd"], LONGER);
    let program = Refine::new(qa(&lm), length, 9.0);
    program.call(input("why?")).await.unwrap();
    let rendered = qa(&lm).render(&input("why?"));
    let requests = lm.requests();
    let sent: Vec<_> = requests[0].messages().cloned().collect();
    assert_eq!(sent, rendered);
    let hinted = requests
        .iter()
        .rfind(|request| !is_advice(request))
        .unwrap();
    assert_eq!(
        hinted.prefix.id(),
        requests[0].prefix.id(),
        "with a hint, all but the last turn stays, so that prefix caches hit"
    );
}

#[tokio::test]
async fn the_adviser_is_told_what_was_done_and_what_is_wanted() {
    let lm = model(&["b", "cc", "dddd"], "{}");
    let reward = |_: &QaInput, output: &QaOutput| (output.answer.len() as f64, "too short");
    let program = Refine::new(qa(&lm), reward, 4.0).criterion("long answers");
    program.call(input("why?")).await.unwrap();
    let asked = asked_for_advice(&lm);
    assert_eq!(
        asked[0],
        "[[ ## program ## ]]\n\
         `attempt` (question -> answer): Answer the question.\n\n\
         [[ ## trajectory ## ]]\n\
         `attempt`: {\"question\":\"why?\"} -> {\"answer\":\"b\"}\n\n\
         [[ ## criterion ## ]]\nlong answers\n\n\
         [[ ## score ## ]]\n1.0\n\n\
         [[ ## threshold ## ]]\n4.0\n\n\
         [[ ## feedback ## ]]\ntoo short\n\n\
         [[ ## steps ## ]]\n[1] «attempt»"
    );
    let second = asked[0].replace("\"b\"", "\"cc\"");
    assert_eq!(
        asked[1],
        second.replace("1.0", "2.0"),
        "the advice before is no step of the program"
    );
}

#[tokio::test]
async fn it_stops_at_the_threshold_and_gives_the_best() {
    let lm = model(&["bbbb"], LONGER);
    let output = Refine::new(qa(&lm), length, 4.0).call(input("?")).await;
    assert_eq!(output.unwrap().answer, "bbbb");
    assert_eq!(lm.calls(), 1, "no advice where none is needed");
    let lm = model(&["bb", "ccc", "ddd", "e"], LONGER);
    let program = Refine::new(qa(&lm), length, 4.0).n(4);
    let watched = watched(&program, input("?")).await;
    assert_eq!(
        watched.outcome.unwrap().answer,
        "ccc",
        "of equal ones the first"
    );
    assert_eq!(
        lm.calls(),
        4 + 3,
        "N attempts and N - 1 calls for advice, at most"
    );
    assert_eq!(
        paths(&watched.trace),
        ["advise", "attempt"],
        "the winner, after the advice that it followed"
    );
    assert_eq!(watched.trace[1].outputs().unwrap()["answer"], "ccc");
    assert_eq!(
        watched.trace[1].inputs.len(),
        1,
        "a hint is no input of the signature, so that the step can be a demo"
    );
    assert_eq!(watched.calls, 7);
}

/// Two steps of the same signature, one after the other.
#[derive(Clone)]
struct Twice(Predict<Qa>, Predict<Qa>);

impl Twice {
    fn new(lm: &Scripted) -> Self {
        Self(qa(lm).under("draft"), qa(lm).under("final"))
    }
}

impl Module for Twice {
    type Input = QaInput;
    type Output = QaOutput;

    async fn forward(&self, context: &Context<'_>, i: QaInput) -> Result<QaOutput, CallError> {
        let first = self.0.forward(context, i).await?;
        self.1.forward(context, input(&first.answer)).await
    }

    fn predictors(&self) -> Vec<&dashoptimize::module::Predictor> {
        [self.0.predictors(), self.1.predictors()].concat()
    }

    fn predictors_mut(&mut self) -> Vec<&mut dashoptimize::module::Predictor> {
        let (mut first, second) = (self.0.predictors_mut(), self.1.predictors_mut());
        first.extend(second);
        first
    }
}

/// Both predictors get the advice for their path, though their signatures are the same.
#[tokio::test]
async fn each_predictor_gets_the_advice_for_its_own_path() {
    let question = |of: &str| format!("[[ ## question ## ]]\n{of}");
    let hinted = |of: &str, hint: &str| format!("{}\n\n[[ ## hint ## ]]\n{hint}", question(of));
    for (words, second_attempt) in [
        (
            r#"{"attempt.draft": "look again", "attempt.final": "N/A", "attempt.else": "x"}"#,
            [hinted("?", "look again"), question("c")],
        ),
        (
            r#"{"attempt.final": "be brief", "attempt.draft": "look again"}"#,
            [hinted("?", "look again"), hinted("c", "be brief")],
        ),
        (
            r#"{"attempt.final": "be brief"}"#,
            [question("?"), hinted("c", "be brief")],
        ),
    ] {
        let lm = model(&["b", "c"], words);
        let program = Refine::new(Twice::new(&lm), |_: &_, _: &_| 0.0, 1.0).n(2);
        program.call(input("?")).await.unwrap();
        let asked = queries(&lm);
        assert_eq!(asked[..2], [question("?"), question("b")]);
        assert_eq!(
            asked[2..],
            second_attempt,
            "advice for others, and none, are no hints: {words}"
        );
    }
}

#[test]
fn predictors_have_a_path_each() {
    let mut program = Refine::new(Twice::new(&model(&[], "")), |_: &_, _: &_| 0.0, 1.0);
    program = program.under("answer");
    let predictors = program.predictors();
    let paths: Vec<&str> = predictors
        .iter()
        .map(|predictor| predictor.path())
        .collect();
    assert_eq!(
        paths,
        [
            "answer.attempt.draft",
            "answer.attempt.final",
            "answer.advise"
        ]
    );
}

/// The signature of the second step has an input `hint`.
#[tokio::test]
async fn a_hint_never_takes_the_name_of_a_field() {
    let lm = Scripted::new(|request: &ChatRequest| match is_advice(request) {
        true => advice(r#"{"attempt.answer": "be bold"}"#),
        false => crate::support::chain::reply(request.turns[0].text()),
    })
    .keeping_requests();
    let program = Refine::new(Chain::new(lm.clone()), |_: &_, _: &_| 0.0, 1.0).n(2);
    program.call(crate::support::quiz::row(4)).await.unwrap();
    assert_eq!(
        queries(&lm).pop().unwrap(),
        "[[ ## hint ## ]]\nhint 4\n\n[[ ## hint_ ## ]]\nbe bold"
    );
}

#[tokio::test]
async fn with_one_predictor_all_advice_is_for_it() {
    for (words, expected) in [
        (r#"{"the step": "try"}"#, Some("try")),
        (r#"{"attempt": " n/a. "}"#, None),
        (r#"{"attempt": ""}"#, None),
        (r#"{"a": "one", "b": "two"}"#, None),
    ] {
        let lm = model(&["b", "c"], words);
        Refine::new(qa(&lm), length, 9.0)
            .n(2)
            .call(input("?"))
            .await
            .unwrap();
        let last = queries(&lm).pop().unwrap();
        let hint = last.split_once("[[ ## hint ## ]]\n").map(|(_, hint)| hint);
        assert_eq!(hint, expected, "{words}");
    }
}

#[tokio::test]
async fn a_failed_attempt_gives_no_advice_and_the_hints_stay() {
    let lm = model(&["b", "!", "c"], LONGER);
    let program = Refine::new(qa(&lm), length, 9.0);
    assert_eq!(program.call(input("?")).await.unwrap().answer, "b");
    assert_eq!(asked_for_advice(&lm).len(), 1);
    assert!(
        queries(&lm)[2].ends_with("write more"),
        "the advice after the first attempt"
    );
    let strict = program.fail_count(0).call(input("?")).await;
    assert!(matches!(strict, Err(CallError::Parse { .. })));
    let lm = model(&["!", "!", "!"], LONGER);
    let error = Refine::new(qa(&lm), length, 9.0)
        .call(input("?"))
        .await
        .unwrap_err();
    assert!(matches!(error, CallError::Parse { .. }), "{error}");
    assert_eq!(lm.calls(), 3);
}

#[tokio::test]
async fn advice_that_cannot_be_read_is_not_a_failure() {
    let lm = model(&["b", "cc", "ddd"], "none");
    let watched = watched(&Refine::new(qa(&lm), length, 9.0), input("?")).await;
    assert_eq!(watched.outcome.unwrap().answer, "ddd");
    assert_eq!(asked_for_advice(&lm).len(), 2);
    assert_eq!(failed_steps(&watched.told), ["advise", "advise"]);
}

/// The state of a node doubles as the labelled row.
#[tokio::test]
async fn i1_the_adviser_never_sees_a_gold_value() {
    let lm = Scripted::new(|request: &ChatRequest| match is_advice(request) {
        true => advice("{}"),
        false => reply("wrong"),
    })
    .keeping_requests();
    let signature = make_signature("question -> answer", "Answer.").unwrap();
    let node = LLMNode::<Quiz>::new(signature, lm.clone(), "quiz");
    let program = Refine::new(node, |_: &Quiz, said: &Quiz| said.answer == "right", 1.0);
    let gold = Quiz {
        question: "what?".to_owned(),
        answer: "the gold".to_owned(),
    };
    assert_eq!(program.call(gold).await.unwrap().answer, "wrong");
    let requests = lm.requests();
    assert_eq!(requests.len(), 5);
    let texts = requests.iter().flat_map(ChatRequest::messages);
    assert!(
        texts
            .into_iter()
            .all(|message| !message.text().contains("the gold"))
    );
}

#[tokio::test]
async fn calls_for_advice_are_reflections_in_the_ledger_and_the_budget() {
    let reward = |_: &QaInput, _: &QaOutput| 0.0;
    let folder = tempfile::tempdir().unwrap();
    let lm = model(&["b", "c", "d"], LONGER);
    let program = Refine::new(qa(&lm), reward, 1.0);
    for calls in [2, 4, 5] {
        let run = Run::folder(folder.path()).budget(Budget::calls(calls));
        let (_, outcomes) = evaluated(&program, 1, run).await;
        let is_refused = matches!(outcomes[0], Outcome::Refused { .. });
        assert_eq!(is_refused, calls < 5, "{outcomes:?}");
        assert_eq!(lm.calls(), calls, "no recorded call is paid twice");
    }
    let reflections = ended_for(folder.path(), Purpose::Reflect.as_str());
    assert_eq!(reflections, 2);
}

#[tokio::test]
async fn the_adviser_can_be_another_model() {
    let lm = by_sample(&["b", "c", "d"]);
    let wise = Scripted::new(|_: &ChatRequest| advice(LONGER));
    let program = Refine::new(qa(&lm), length, 9.0).adviser(wise.clone());
    program.call(input("?")).await.unwrap();
    assert_eq!((lm.calls(), wise.calls()), (3, 2));
}

#[tokio::test]
async fn hints_of_a_refined_program_reach_into_a_refined_part() {
    let lm = model(
        &["b", "c", "d", "e"],
        r#"{"attempt.attempt": "write more"}"#,
    );
    let inner = Refine::new(qa(&lm), length, 0.0);
    Refine::new(inner, length, 9.0)
        .n(2)
        .call(input("?"))
        .await
        .unwrap();
    assert_eq!(lm.calls(), 3, "the inner one is content with every attempt");
    assert!(queries(&lm)[1].ends_with("write more"));
}

#[tokio::test]
async fn hints_can_be_given_by_hand() {
    let lm = by_sample(&["b"]);
    let mut hints = Hints::default();
    hints.give("predict", "be brief");
    let gateway = Gateway::direct();
    let context = Context::new(&gateway).with_hints(&hints);
    qa(&lm).forward(&context, input("?")).await.unwrap();
    assert!(
        lm.requests()[0].turns[0]
            .text()
            .ends_with("[[ ## hint ## ]]\nbe brief")
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_makes_no_further_call() {
    let lm = slow("x");
    let program = Refine::new(qa(&lm), length, 9.0);
    assert_eq!(dropped(&program, input("?"), &lm).await, (1, 1));
}

#[tokio::test]
async fn a_failure_that_would_meet_every_call_ends_the_call() {
    let lm = locked_out();
    let error = Refine::new(qa(&lm), length, 9.0)
        .call(input("?"))
        .await
        .unwrap_err();
    assert!(error.ends_the_run());
    assert_eq!(lm.calls(), 1);
    let (lm, locked) = (by_sample(&["b"; 3]), locked_out());
    let program = Refine::new(qa(&lm), length, 9.0).adviser(locked.clone());
    assert!(program.call(input("?")).await.unwrap_err().ends_the_run());
    assert_eq!((lm.calls(), locked.calls()), (1, 1));
}

//! Whatever can go wrong in an agent.

use std::sync::Mutex;

use dashoptimize::engine::Run;
use dashoptimize::evaluate::Outcome;
use dashoptimize::lm::{Budget, Scripted};
use dashoptimize::prelude::*;
use dashoptimize::tool::ToolboxError;
use serde_json::json;

use super::*;

/// The observation of one call, after which the agent goes on to its answer.
async fn observed(choice: String) -> String {
    let model = Scripted::replies([choice, finished(), answered("?")]);
    let reply = Agent::new(model)
        .call(question())
        .await
        .expect("the agent goes on");
    let observation = reply.trajectory.split("Observation 1: ").nth(1);
    let observation = observation.expect("there is one");
    observation
        .split("\nThought 2")
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test]
async fn an_invented_tool_is_an_observation() {
    let observation = observed(chose("", "lookup_animal", &json!({"animal": "ant"}))).await;
    assert_eq!(
        observation,
        "there is no tool `lookup_animal`; the tools are `look_up`, `multiply`, `explode` and `finish`"
    );
    let observation = observed(chose("", "multply", &json!({}))).await;
    assert!(
        observation.contains("did you mean `multiply`?"),
        "{observation}"
    );
}

#[tokio::test]
async fn a_panic_and_an_error_are_observations() {
    let observation = observed(chose("", "explode", &json!({}))).await;
    assert_eq!(observation, "`explode` failed: it panicked: boom");
    let observation = observed(chose("", "look_up", &json!({"animal": "owl"}))).await;
    assert_eq!(observation, "`look_up` failed: no page on owl");
}

#[tokio::test]
async fn bad_arguments_are_an_observation_and_reach_no_tool() {
    // `explode` would panic.
    let observation = observed(chose("", "explode", &json!({"how": "loudly"}))).await;
    assert!(
        observation.starts_with("the arguments of `explode` cannot be used"),
        "{observation}"
    );
    let observation = observed(chose("", "multiply", &json!({"a": "three", "c": 6}))).await;
    assert_eq!(
        observation,
        "the arguments of `multiply` cannot be used: `b` is missing; `c` is not an argument, did you \
         mean `a`?; `multiply` takes `a` and `b`"
    );
    let observation = observed(chose("", "multiply", &json!([3, 6]))).await;
    assert!(
        observation.contains("they must be a JSON object"),
        "{observation}"
    );
}

#[tokio::test]
async fn a_reply_that_cannot_be_read_keeps_its_text() {
    let model = Scripted::replies(["I would rather chat."]);
    let error = Agent::new(model)
        .call(question())
        .await
        .expect_err("no choice");
    let CallError::Parse {
        predictor, source, ..
    } = error
    else {
        panic!("{error}");
    };
    assert_eq!(predictor, "react");
    assert_eq!(source.reply, "I would rather chat.");
    let mended = Scripted::replies([
        "I would rather chat.".to_owned(),
        finished(),
        answered("18"),
    ]);
    let reply = Agent::new(mended.clone()).repair(1).call(question()).await;
    assert_eq!(reply.expect("a mended choice").answer, "18");
    assert_eq!(mended.calls(), 3);
}

/// A model whose context holds only so many steps: `most` observations.
fn forgetful(most: usize, steps: usize) -> Scripted {
    let model = Scripted::new(move |request: &ChatRequest| {
        let text = query(request);
        if text.matches("\nObservation ").count() > most {
            return Err(too_long());
        }
        let answers = system(request).contains("shows what was done");
        let last = text.contains(&format!("Observation {steps}"));
        Ok(match (answers, last) {
            (true, _) => answered(&format!("{} steps seen", text.matches("Action").count())),
            (false, true) => finished(),
            (false, false) => {
                let done = text.rfind("Observation ").map_or(0, |at| {
                    let number = text[at + 12..].split(':').next().unwrap_or_default();
                    number.parse().expect("a number")
                });
                chose("on", "multiply", &json!({"a": done, "b": 1}))
            }
        })
    });
    model.keeping_requests()
}

#[tokio::test]
async fn the_oldest_step_is_dropped_where_the_prompt_is_too_long() {
    let model = forgetful(2, 4);
    let agent = ReAct::<Ask>::new(model.clone()).tools(list());
    let reply = agent.call(question()).await.expect("an answer");
    // Steps 3, 4 and `finish` are what fits.
    assert_eq!(reply.answer, "3 steps seen");
    for number in 1..=5 {
        assert!(
            reply.trajectory.contains(&format!("Thought {number}: ")),
            "all steps are kept"
        );
    }
    // 5 choices and an answer, and one call more for each of the 2 steps that were dropped.
    assert_eq!(model.calls(), 8);
}

#[tokio::test]
async fn a_prompt_that_stays_too_long_is_an_outcome_with_the_steps() {
    let model = Scripted::new(|request: &ChatRequest| {
        let text = query(request);
        match text.contains("Observation 5") {
            true => Err(too_long()),
            false => Ok(chose("on", "multiply", &json!({"a": 1, "b": text.len()}))),
        }
    });
    let agent = ReAct::<Ask>::new(model.clone()).tools(list());
    let error = agent.call(question()).await.expect_err("too long");
    let CallError::ContextOverflow {
        predictor,
        trajectory,
        source,
        ..
    } = &error
    else {
        panic!("{error}");
    };
    assert_eq!(
        (predictor.as_str(), source.kind()),
        ("react", LmErrorKind::ContextTooLong)
    );
    assert!(trajectory.contains("Observation 1: ") && trajectory.contains("Observation 5: "));
    assert!(
        error.to_string().contains("the prompt is too long"),
        "{error}"
    );
    // 5 steps, and the sixth without 0, 1, 2 and 3 of them.
    assert_eq!(model.calls(), 9);
}

#[tokio::test]
async fn inputs_that_are_too_long_by_themselves_are_the_models_error() {
    let model = Scripted::new(|_: &ChatRequest| Err::<String, _>(too_long()));
    let error = Agent::new(model)
        .call(question())
        .await
        .expect_err("too long");
    assert!(matches!(error, CallError::Lm { .. }), "{error}");
}

#[tokio::test]
async fn no_answer_after_the_last_step_keeps_the_steps_and_the_reply() {
    let model = Scripted::new(|request: &ChatRequest| {
        match system(request).contains("shows what was done") {
            true => "I do not know.".to_owned(),
            false => chose(
                "on",
                "multiply",
                &json!({"a": 2, "b": query(request).len()}),
            ),
        }
    });
    let agent = ReAct::<Ask>::new(model).tools(list()).max_iters(2);
    let error = agent.call(question()).await.expect_err("no answer");
    let CallError::NoAnswer {
        predictor,
        trajectory,
        source,
        ..
    } = &error
    else {
        panic!("{error}");
    };
    assert_eq!(predictor, "extract");
    assert!(trajectory.contains("Observation 2: "), "{trajectory}");
    assert_eq!(source.reply, "I do not know.");
    assert!(
        error.to_string().contains("used up before it finished"),
        "{error}"
    );
}

#[tokio::test]
async fn after_a_finish_an_unreadable_answer_is_an_unreadable_reply() {
    let model = Scripted::replies([finished(), "I do not know.".to_owned()]);
    let error = Agent::new(model)
        .call(question())
        .await
        .expect_err("no answer");
    assert!(
        matches!(&error, CallError::Parse { predictor, .. } if predictor == "extract"),
        "{error}"
    );
}

/// The third call of each row is refused: two rows get an answer of three calls, and the last one call.
#[tokio::test]
async fn i3_a_budget_that_ends_in_the_middle_refuses_the_rest() {
    let row = |n: usize| Ask {
        question: format!("{n} ants?"),
        answer: "6".to_owned(),
    };
    let data: Vec<Ask> = (0..4).map(row).collect();
    let model = Scripted::new(|request: &ChatRequest| {
        if system(request).contains("shows what was done") {
            answered("6")
        } else if query(request).contains("Observation 1") {
            finished()
        } else {
            chose("", "look_up", &json!({"animal": "ant"}))
        }
    });
    let run = Run::in_memory().budget(Budget::calls(7)).concurrency(1);
    let right =
        |gold: &Ask, got: &dashoptimize::module::Acted<AskOutput>| gold.answer == got.answer;
    let agent = Agent::new(model.clone());
    let mut evaluated = Vec::new();
    let evaluation = run.evaluate_each(&agent, &data, &right, |row| evaluated.push(row));
    evaluation.await.expect("a budget is a normal end");
    assert_eq!(model.calls(), 7);
    assert!(matches!(evaluated[0].outcome(), Outcome::Scored(_)));
    assert!(matches!(evaluated[1].outcome(), Outcome::Scored(_)));
    assert!(
        matches!(evaluated[2].outcome(), Outcome::Refused { .. }),
        "{:?}",
        evaluated[2].outcome()
    );
}

#[tokio::test]
async fn tools_that_cannot_be_are_an_error_before_any_call() {
    let finish = || SimpleTool::new("finish", "", |text| async move { Ok(text) });
    let model = Scripted::replies([answered("?")]);
    let agent = || ReAct::<Ask>::new(model.clone());
    let error = agent().try_tools([finish()]).expect_err("reserved");
    assert_eq!(
        error.to_string(),
        "`finish` is what an agent calls when it is done; rename the tool"
    );
    let twice = agent().tools(tools![look_up, dashoptimize::tool::of::<look_up>()]);
    let error = twice.call(question()).await.expect_err("twice");
    assert!(
        matches!(&error, CallError::Tools { source: ToolboxError::SameName { name }, .. } if name == "look_up"),
        "{error}"
    );
    assert_eq!(
        error.to_string(),
        "two tools are called `look_up`; rename one of them"
    );
    assert_eq!(model.calls(), 0);
    assert!(twice.render(&question()).is_empty(), "nothing is sent");
}

#[test]
#[should_panic(
    expected = "`ReAct` adds the field `trajectory`, which `Walk` already has; rename it"
)]
fn a_field_that_the_agent_adds_is_refused() {
    #[signature]
    struct Walk {
        #[input]
        trajectory: String,
        #[output]
        length: f64,
    }

    let _ = ReAct::<Walk>::new(Scripted::replies(["?"]));
}

#[tokio::test]
async fn an_observation_is_cut() {
    let steps = Mutex::new(0);
    let model = Scripted::new(move |request: &ChatRequest| {
        let mut steps = steps.lock().expect("no panic");
        *steps += 1;
        match *steps {
            1 => chose("on", "page", &json!({"input": "a"})),
            2 => chose("on", "broken", &json!({"input": "a"})),
            3 => chose("enough", "finish", &json!({})),
            _ => format!(
                "[[ ## reasoning ## ]]\nSo.\n[[ ## answer ## ]]\n{}",
                query(request).len()
            ),
        }
    });
    let page = SimpleTool::new("page", "", |_| async { Ok("é".repeat(7_500_000)) });
    let broken = SimpleTool::new("broken", "", |_| async {
        Err::<String, _>(ToolError::new("é".repeat(7_500_000)))
    });
    let agent = ReAct::<Ask>::new(model).tools(tools![&page, &broken]);
    let reply = agent.call(question()).await.expect("an answer");
    let length: usize = reply.answer.parse().expect("a length");
    assert!((40_000..45_000).contains(&length), "2 bytes each: {length}");
    let cut = format!(
        "Observation 1: {}\n  … (7490000 more characters)",
        "é".repeat(10_000)
    );
    assert!(reply.trajectory.contains(&cut));
}

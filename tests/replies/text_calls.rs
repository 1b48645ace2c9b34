//! Calls of tools that arrive in the text of a reply.

use std::sync::{Arc, Mutex};

use dashoptimize::call::{Context, TraceEvent, TraceStep, Traced};
use dashoptimize::lm::{Gateway, Scripted, ToolCall};
use dashoptimize::module::{Acted, ReAct};
use dashoptimize::tools;

use super::*;
use crate::support::server::{Answer, Server};

#[tool]
fn multiply(a: i64, b: i64) -> i64 {
    a * b
}

const CALL: &str = r#"{"name": "multiply", "arguments": {"a": "6", "b": 7}}"#;
const ANSWER: &str = "[[ ## reasoning ## ]]\nr\n[[ ## answer ## ]]\n42";

struct Seen {
    answer: Acted<AskOutput>,
    trace: Vec<TraceStep>,
    /// What is reported of calls in texts.
    told: Vec<Result<usize, String>>,
}

/// Runs an agent whose first reply is this text.
async fn run(first: &str, native: bool) -> Seen {
    let done = match native {
        true => "That is all.",
        false => {
            "[[ ## next_thought ## ]]\nt\n[[ ## next_tool_name ## ]]\nfinish\n[[ ## next_tool_args ## ]]\n{}"
        }
    };
    let model = Scripted::replies([first, done, ANSWER].map(whole));
    let model = if native {
        model.with_native_tools()
    } else {
        model
    };
    let agent = ReAct::<Ask>::new(model).tools(tools![multiply]);
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let listener = move |traced: &Traced| {
        if let TraceEvent::CalledInText {
            predictor, calls, ..
        } = &traced.event
        {
            assert_eq!(predictor, "react");
            heard
                .lock()
                .expect("no test panics here")
                .push(calls.clone());
        }
    };
    let gateway = Gateway::direct();
    let context = Context::new(&gateway).with_trace().with_listener(&listener);
    let answer = agent
        .forward(&context, question())
        .await
        .expect("an answer");
    let trace = context.take_trace();
    let told = told.lock().expect("no test panics here").clone();
    Seen {
        answer,
        trace,
        told,
    }
}

#[tokio::test]
async fn a_call_that_is_all_of_a_text_is_run_and_reported() {
    for text in [
        format!("<tool_call>\n{CALL}\n</tool_call>"),
        format!("<think>Six times seven.</think>\n<tool_call>{CALL}</tool_call>"),
        CALL.to_owned(),
        CALL.replace("arguments", "parameters"),
        format!("[TOOL_CALLS][{CALL}]"),
        "<function=multiply>{\"a\": \"6\", \"b\": 7}</function>".to_owned(),
        format!("<|python_tag|>{CALL}"),
    ] {
        for native in [true, false] {
            let seen = run(&text, native).await;
            let trajectory = &seen.answer.trajectory;
            let action = "Action 1: multiply {\"a\":\"6\",\"b\":7}\nObservation 1: 42";
            assert!(trajectory.contains(action), "{text}: {trajectory}");
            assert_eq!(seen.told, [Ok(1)], "{text}");
            let repairs = &seen.trace[0].receipt.repairs;
            assert_eq!(
                repairs[0].done,
                "read the calls of tools from the text of the reply"
            );
        }
    }
}

#[tokio::test]
async fn calls_in_a_text_pass_the_checks_of_all_calls() {
    for (call, says) in [
        (r#"{"name": "divide", "arguments": {"a": 1}}"#, "divide"),
        (r#"{"name": "multiply", "arguments": {"a": 1}}"#, "`b`"),
        (
            r#"{"name": "multiply", "arguments": {"a": 1, "b": "blue"}}"#,
            "`b`",
        ),
    ] {
        let seen = run(&format!("<tool_call>{call}</tool_call>"), true).await;
        let (_, observation) = seen
            .answer
            .trajectory
            .split_once("Observation 1:")
            .expect("it was told");
        assert!(observation.contains(says), "{call}: {observation}");
    }
}

#[tokio::test]
async fn i16_a_text_that_only_mentions_a_call_runs_none_and_the_model_is_told() {
    for text in [
        format!("Use <tool_call>{CALL}</tool_call> to multiply."),
        format!("I would call it like this:\n{CALL}"),
        "<tool_call>{\"name\": \"multiply\", \"arguments\": {\"a\": 6".to_owned(),
        "[TOOL_CALLS]".to_owned(),
    ] {
        let seen = run(&text, true).await;
        let trajectory = &seen.answer.trajectory;
        assert!(
            trajectory.contains("Observation 1: No tool was called: your reply"),
            "{text}: {trajectory}"
        );
        assert!(!trajectory.contains("42"), "{text}: {trajectory}");
        assert!(
            matches!(&seen.told[..], [Err(told)] if told.starts_with("No tool was called")),
            "{text}"
        );
        assert!(
            seen.trace[0].outputs().is_none(),
            "it is no demo: {:?}",
            seen.trace[0]
        );
    }
}

/// The rest of cut arguments may be all that a tool needs; the tool would do something else than was meant.
#[tokio::test]
async fn i16_no_tool_is_run_with_arguments_that_are_cut() {
    #[tool]
    fn remove(path: &str) -> String {
        panic!("removed {path}")
    }
    let cut = ToolCall::new("c1", "remove", r#"{"path": "/home/us"#);
    let replies = [
        ChatReply::calling(vec![cut]),
        whole("That is all."),
        whole(ANSWER),
    ];
    let model = Scripted::replies(replies).with_native_tools();
    let agent = ReAct::<Ask>::new(model).tools(tools![remove]);
    let answer = agent.call(question()).await.expect("an answer");
    let told = "Observation 1: the arguments of `remove` cannot be used: they end in the middle";
    assert!(answer.trajectory.contains(told), "{}", answer.trajectory);
}

#[tokio::test]
async fn a_text_without_a_call_finishes() {
    for text in [
        "That is all.",
        "The tag <tool_call> starts a call.",
        "{\"answer\": 42}",
    ] {
        let model = Scripted::replies([text, ANSWER].map(whole)).with_native_tools();
        let agent = ReAct::<Ask>::new(model).tools(tools![multiply]);
        let answer = agent.call(question()).await.expect("an answer");
        assert!(
            answer.trajectory.ends_with("Action 1: finish"),
            "{}",
            answer.trajectory
        );
    }
}

/// The words of providers for a prompt that is too long: the agent drops its oldest step and goes on.
#[tokio::test]
async fn an_agent_goes_on_after_every_provider_s_words_for_a_prompt_that_is_too_long() {
    let full = |reason: &str| {
        let message = serde_json::json!({"content": "<tool_call>{\"name\": "});
        let choice = serde_json::json!({"message": message, "finish_reason": reason});
        Answer::new(
            200,
            &[],
            serde_json::json!({"choices": [choice]}).to_string(),
        )
    };
    for words in [
        "This model's maximum prompt length is 131072 but the request contains 136973 tokens.",
        "The input token count (1200293) exceeds the maximum number of tokens allowed (1048576).",
        "prompt too long; exceeded max context length by 12 tokens",
        "[input_too_large] Current message (1149677 tokens) exceeds budget (975424 tokens)",
        "Input is too long for requested model.",
    ] {
        let refused = serde_json::json!({"error": {"message": words}}).to_string();
        goes_on_after(Answer::new(400, &[], refused), words).await;
    }
    // A reply that was ended by a full context says the same.
    for reason in ["model_context_window_exceeded", "model_length"] {
        goes_on_after(full(reason), reason).await;
    }
}

/// The agent makes two steps, gets this answer, and must go on without its first step.
async fn goes_on_after(too_long: Answer, words: &str) {
    let call = Answer::text(&format!("<tool_call>{CALL}</tool_call>"));
    let answers = [
        call.clone(),
        call,
        too_long,
        Answer::text("That is all."),
        Answer::text(ANSWER),
    ];
    let server = Server::start(answers).await;
    let model = client(&server.url()).build().expect("good settings");
    let agent = ReAct::<Ask>::new(model).tools(tools![multiply]);
    let answer = agent.call(question()).await.expect(words);
    assert_eq!(answer.answer, "42");
    assert_eq!(server.received().len(), 5, "{words}");
    let last = &server.received()[3].body;
    assert!(
        last.contains("Thought 2") && !last.contains("Thought 1"),
        "{words}: {last}"
    );
}

//! Native tool calling: the request carries the tools, and the reply calls them.

use dashoptimize::call::{Context, TraceStep};
use dashoptimize::lm::{ChatReply, Gateway, Scripted, ToolCall};
use dashoptimize::prelude::*;
use dashoptimize::state::Demo;
use serde_json::json;

use super::*;

fn calls(thought: &str, calls: &[(&str, &str)]) -> ChatReply {
    let calls = calls.iter().enumerate();
    let calls =
        calls.map(|(n, (name, arguments))| ToolCall::new(format!("c{n}"), *name, *arguments));
    let mut reply = ChatReply::calling(calls.collect());
    reply.text = thought.to_owned();
    reply
}

fn model(replies: impl IntoIterator<Item = ChatReply>) -> Scripted {
    Scripted::replies(replies)
        .with_native_tools()
        .keeping_requests()
}

#[tokio::test]
async fn the_request_carries_the_tools_and_the_reply_calls_them() {
    let model = model([
        calls("I look.", &[("look_up", r#"{"animal": "ant"}"#)]),
        calls("", &[("multiply", r#"{"a": 3, "b": "6"}"#)]),
        ChatReply::new("It is 18."),
        ChatReply::new(answered("18")),
    ]);
    let reply = Agent::new(model.clone())
        .call(question())
        .await
        .expect("an answer");
    assert_eq!(reply.answer, "18");
    assert_eq!(
        reply.trajectory,
        "Thought 1: I look.\n\
         Action 1: look_up {\"animal\":\"ant\"}\n\
         Observation 1: an ant has 6 legs\n\
         Thought 2:\n\
         Action 2: multiply {\"a\":3,\"b\":\"6\"}\n\
         Observation 2: 18\n\
         Thought 3: It is 18.\n\
         Action 3: finish"
    );
    let requests = model.requests();
    let names: Vec<&str> = requests[0].tools.iter().map(|tool| &*tool.name).collect();
    assert_eq!(
        names,
        ["look_up", "multiply", "explode"],
        "a reply without a call finishes"
    );
    assert_eq!(
        requests[0].tools[1].schema,
        json!({
            "type": "object",
            "required": ["a", "b"],
            "additionalProperties": false,
            "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
        })
    );
    assert_eq!(
        system(&requests[0]),
        "Answer the question.\n\n\
         You work as an agent: step by step you use tools to find out what is needed for `answer`. You are \
         given `question`, and in `trajectory` the steps so far. Another reads `answer` off the trajectory \
         when you are done. In each step say in short what is known and what to do next, and call a tool. \
         What comes of it is added to the trajectory. When nothing more is needed, say so and call no \
         tool.\n\n\
         Your input fields are:\n\
         1. `question` (text): what is asked\n\
         2. `trajectory` (text): the steps so far: thoughts, actions and what came of them\n"
    );
    assert!(requests[0].params.stop.is_empty());
    assert!(
        requests[3].tools.is_empty(),
        "the answer is read from a text"
    );
    assert!(query(&requests[1]).ends_with("Observation 1: an ant has 6 legs"));
}

#[tokio::test]
async fn what_is_sent_is_what_is_rendered() {
    let model = model([ChatReply::new("Enough."), ChatReply::new(answered("18"))]);
    let agent = Agent::new(model.clone());
    agent.call(question()).await.expect("an answer");
    let sent: Vec<_> = model.requests()[0].messages().cloned().collect();
    assert_eq!(agent.render(&question()), sent);
}

async fn traced(model: Scripted) -> Vec<TraceStep> {
    let gateway = Gateway::direct();
    let context = Context::new(&gateway).with_trace();
    Agent::new(model)
        .forward(&context, question())
        .await
        .expect("an answer");
    context.take_trace()
}

/// Several calls of one reply are run in their order, and leave the trace that a model leaves which
/// makes them one after the other.
#[tokio::test]
async fn several_calls_in_one_reply_are_run_in_order() {
    let at_once = model([
        calls(
            "I do both.",
            &[
                ("look_up", r#"{"animal": "ant"}"#),
                ("multiply", r#"{"a": 3, "b": 6}"#),
            ],
        ),
        ChatReply::new(""),
        ChatReply::new(answered("18")),
    ]);
    let one_by_one = Scripted::replies([
        chose("I do both.", "look_up", &json!({"animal": "ant"})),
        chose("", "multiply", &json!({"a": 3, "b": 6})),
        chose("", "finish", &json!({})),
        answered("18"),
    ]);
    let told = |trace: Vec<TraceStep>| -> Vec<_> {
        let steps = trace.into_iter();
        steps
            .map(|step| (step.predictor, step.inputs, step.outcome.expect("outputs")))
            .collect()
    };
    let trace = traced(at_once.clone()).await;
    assert_eq!(at_once.calls(), 3);
    assert_eq!(
        trace[1].usage.map(|usage| usage.total()),
        Some(0),
        "it is paid for once"
    );
    assert_eq!(told(trace), told(traced(one_by_one).await));
}

#[tokio::test]
async fn calls_behind_a_finish_are_not_run() {
    let model = model([
        calls("", &[("finish", ""), ("explode", "{}")]),
        ChatReply::new(answered("?")),
    ]);
    let reply = Agent::new(model).call(question()).await.expect("an answer");
    assert_eq!(reply.trajectory, "Thought 1:\nAction 1: finish");
}

#[tokio::test]
async fn what_goes_wrong_is_an_observation() {
    let model = model([
        calls(
            "",
            &[
                ("multiply", r#"{"a": 3, "#),
                ("serach", "{}"),
                ("", ""),
                ("explode", ""),
            ],
        ),
        ChatReply::new(""),
        ChatReply::new(answered("?")),
    ]);
    let reply = Agent::new(model).call(question()).await.expect("an answer");
    for words in [
        "Observation 1: the arguments of `multiply` cannot be used",
        "Observation 2: there is no tool `serach`",
        "Observation 3: there is no tool ``",
        "Observation 4: `explode` failed: it panicked: boom",
    ] {
        assert!(
            reply.trajectory.contains(words),
            "{words}: {}",
            reply.trajectory
        );
    }
}

/// A demo that was made in one protocol is shown in the other.
#[test]
fn demos_are_turns_with_calls() {
    let agent = Agent::new(Scripted::new(|_: &ChatRequest| "").with_native_tools());
    let mut state = agent.state();
    let demo = |tool: &str| -> Demo {
        let demo = json!({
            "inputs": {"question": "1 ant?", "trajectory": "(no steps yet)"},
            "outputs": {
                "next_thought": "I think.", "next_tool_name": tool, "next_tool_args": {"animal": "ant"}
            },
        });
        serde_json::from_value(demo).expect("a demo")
    };
    let react = state.predictors.get_mut("react").expect("its predictor");
    react.demos = vec![demo("look_up"), demo("finish")];
    let messages = agent
        .with_state(&state)
        .expect("it fits")
        .render(&question());
    let roles: Vec<Role> = messages.iter().map(|message| message.role).collect();
    use Role::{Assistant, System, Tool, User};
    assert_eq!(
        roles,
        [System, User, Assistant, Tool, User, Assistant, User]
    );
    assert_eq!(messages[2].text(), "I think.");
    assert_eq!(messages[2].tool_calls[0].name, "look_up");
    assert_eq!(messages[2].tool_calls[0].arguments, r#"{"animal":"ant"}"#);
    assert_eq!(
        messages[3].answers.as_deref(),
        Some(&*messages[2].tool_calls[0].id)
    );
    assert_eq!(
        (messages[5].text(), messages[5].tool_calls.len()),
        ("I think.", 0)
    );
    assert_eq!(messages[1].text(), messages[4].text());
}

#[tokio::test]
async fn another_model_may_have_another_protocol() {
    let plain = Scripted::replies([finished(), answered("18")]).keeping_requests();
    let agent = Agent::new(model([])).lm(plain.clone());
    assert_eq!(
        agent.call(question()).await.expect("an answer").answer,
        "18"
    );
    assert!(system(&plain.requests()[0]).contains("1. `look_up`"));
    let native = model([ChatReply::new(""), ChatReply::new(answered("18"))]);
    let agent = agent.lm(native.clone());
    assert_eq!(
        agent.call(question()).await.expect("an answer").answer,
        "18"
    );
    assert_eq!(native.requests()[0].tools.len(), 3);
}

/// The time of day.
#[tool]
fn now() -> String {
    "noon".to_owned()
}

/// Reads files.
#[tool]
fn read(paths: &[String], max_bytes: u32) -> String {
    format!("{} files, {max_bytes} bytes", paths.len())
}

module!(
    #[with(tools = [now, read], max_iters = 3)]
    type Reader = ReAct<Ask>;
);

async fn observed(call: ToolCall) -> String {
    let model = model([
        ChatReply::calling(vec![call]),
        ChatReply::new("Done."),
        ChatReply::new(answered("done")),
    ]);
    let reply = Reader::new(model).call(question()).await;
    let trajectory = reply.expect("an answer").trajectory;
    let observation = trajectory.split("Observation 1: ").nth(1);
    let line = observation.and_then(|rest| rest.lines().next());
    line.expect("an observation").to_owned()
}

/// Servers write "no arguments" in several ways.
#[tokio::test]
async fn a_tool_without_arguments_is_called_however_their_absence_is_written() {
    for arguments in ["", "{}", "null", "\"\"", " ", "\"{}\""] {
        let observation = observed(ToolCall::new("c", "now", arguments)).await;
        assert_eq!(observation, "noon", "{arguments:?}");
    }
    for arguments in ["[1]", "None and more", r#"{"zone": "UTC"}"#] {
        let observation = observed(ToolCall::new("c", "now", arguments)).await;
        assert_ne!(observation, "noon", "{arguments:?}");
    }
}

/// Lists, numbers and whole arguments that are written as texts are read.
#[tokio::test]
async fn arguments_that_are_texts_of_json_are_read() {
    let plain = r#"{"paths": "[\"a\", \"b\"]", "max_bytes": "200000"}"#;
    let again = serde_json::to_string(plain).expect("a text is JSON");
    let fenced = format!("```json\n{plain}\n```");
    for arguments in [plain, &again, &fenced] {
        let observation = observed(ToolCall::new("c", "read", arguments)).await;
        assert_eq!(observation, "2 files, 200000 bytes", "{arguments}");
    }
}

/// Calls are told apart by their order, whatever their ids are.
#[tokio::test]
async fn calls_with_empty_or_equal_ids_are_all_run() {
    for id in ["", "same"] {
        let calls = vec![ToolCall::new(id, "now", "{}"), ToolCall::new(id, "now", "")];
        let model = model([
            ChatReply::calling(calls),
            ChatReply::new("Done."),
            ChatReply::new(answered("done")),
        ]);
        let reply = Reader::new(model).call(question()).await;
        let trajectory = reply.expect("an answer").trajectory;
        assert_eq!(trajectory.matches("noon").count(), 2, "{trajectory}");
    }
}

//! The protocol for models without native tools: tools are described in the prompt.

use std::sync::Mutex;

use dashoptimize::adapter::JsonAdapter;
use dashoptimize::call::{TraceEvent, Traced};
use dashoptimize::lm::Scripted;
use dashoptimize::prelude::*;
use dashoptimize::state::Demo;
use serde_json::json;

use super::*;

/// Looks ants up, multiplies, finishes, answers.
fn script() -> [String; 4] {
    [
        chose(
            "I need the legs of one.",
            "look_up",
            &json!({"animal": "ant"}),
        ),
        chose("3 ants.", "multiply", &json!({"a": 3, "b": "6"})),
        finished(),
        answered("18"),
    ]
}

#[tokio::test]
async fn steps_lead_to_an_answer() {
    let model = Scripted::replies(script()).keeping_requests();
    let reply = Agent::new(model.clone())
        .call(question())
        .await
        .expect("an answer");
    assert_eq!(reply.answer, "18");
    assert_eq!(reply.reasoning, "The steps say it.");
    let steps = "Thought 1: I need the legs of one.\n\
                 Action 1: look_up {\"animal\":\"ant\"}\n\
                 Observation 1: an ant has 6 legs\n\
                 Thought 2: 3 ants.\n\
                 Action 2: multiply {\"a\":3,\"b\":\"6\"}\n\
                 Observation 2: 18\n\
                 Thought 3: That is all.\n\
                 Action 3: finish";
    assert_eq!(reply.trajectory, steps);
    let requests = model.requests();
    assert_eq!(requests.len(), 4, "3 steps and the answer");
    assert!(query(&requests[0]).ends_with("[[ ## trajectory ## ]]\n(no steps yet)"));
    assert!(query(&requests[1]).contains("Observation 1: an ant has 6 legs"));
    assert!(!query(&requests[1]).contains("Thought 2"));
    assert!(query(&requests[3]).contains(steps));
    assert!(requests.iter().all(|request| request.tools.is_empty()));
}

#[test]
fn the_model_is_told_of_its_work_and_its_tools() {
    let agent = Agent::new(Scripted::new(|_: &ChatRequest| ""));
    let messages = agent.render(&question());
    assert_eq!(messages.len(), 2);
    let expected = "Answer the question.\n\n\
        You work as an agent: step by step you use tools to find out what is needed for `answer`. You are \
        given `question`, and in `trajectory` the steps so far. Another reads `answer` off the trajectory \
        when you are done. In each step say in `next_thought` what is known and what to do next, name one \
        tool in `next_tool_name`, and give its arguments in `next_tool_args` as a JSON object. What comes \
        of it is added to the trajectory. The tools:\n\
        1. `look_up`: Looks an animal up.\n   - `animal` (text): its name\n\
        2. `multiply`: Multiplies two numbers.\n   - `a` (whole number)\n   - `b` (whole number)\n\
        3. `explode`\n   It takes no arguments.\n\
        4. `finish`: Ends the steps: all that is needed is in the trajectory.\n   It takes no arguments.\n\n\
        Your input fields are:\n";
    assert!(
        messages[0].text().starts_with(expected),
        "{}",
        messages[0].text()
    );
    let extract = agent.predictors()[1].render(&["q".into(), "s".into()]);
    assert!(
        extract[0].text().starts_with(
            "Answer the question.\n\n`trajectory` shows what was done to find it out. Give `answer` \
             from what it shows.\n\n"
        ),
        "{}",
        extract[0].text()
    );
}

/// What an optimizer writes takes the place of the task, and not of the list of tools.
#[test]
fn no_optimizer_can_take_the_tools_out_of_the_prompt() {
    let agent = Agent::new(Scripted::new(|_: &ChatRequest| ""));
    let mut state = agent.state();
    let react = state.predictors.get_mut("react").expect("its predictor");
    assert_eq!(react.instructions, None);
    react.instructions = Some("Count legs.".to_owned());
    let agent = agent.with_state(&state).expect("it fits");
    let messages = agent.render(&question());
    let system = messages[0].text();
    assert!(
        system.starts_with("Count legs.\n\nYou work as an agent: "),
        "{system}"
    );
    assert!(system.contains("1. `look_up`: Looks an animal up."));
    assert!(!system.contains("Answer the question."));
    assert_eq!(
        agent.state(),
        state,
        "the state holds what was set and nothing else"
    );
}

#[tokio::test]
async fn demos_look_like_queries() {
    let agent = Agent::new(Scripted::new(|_: &ChatRequest| ""));
    let mut state = agent.state();
    let demo = json!({
        "inputs": {"question": "1 ant?", "trajectory": "(no steps yet)"},
        "outputs": {
            "next_thought": "I look.", "next_tool_name": "look_up", "next_tool_args": {"animal": "ant"}
        },
    });
    let demo: Demo = serde_json::from_value(demo).expect("a demo");
    state
        .predictors
        .get_mut("react")
        .expect("its predictor")
        .demos = vec![demo];
    let messages = agent
        .with_state(&state)
        .expect("it fits")
        .render(&question());
    assert_eq!(messages.len(), 4);
    assert_eq!(
        messages[1].text(),
        messages[3]
            .text()
            .replace("how many legs have 3 ants?", "1 ant?")
    );
    assert_eq!(
        messages[2].text(),
        chose("I look.", "look_up", &json!({"animal": "ant"}))
    );
}

#[tokio::test]
async fn other_adapters_work_as_well() {
    let choice = |tool: &str, arguments| {
        json!({"next_thought": "t", "next_tool_name": tool, "next_tool_args": arguments})
            .to_string()
    };
    let model = Scripted::replies([
        choice("look_up", json!({"animal": "ant"})),
        choice("finish", json!({})),
        json!({"reasoning": "r", "answer": "6"}).to_string(),
    ]);
    let reply = Agent::new(model)
        .adapter(JsonAdapter)
        .call(question())
        .await;
    assert_eq!(reply.expect("an answer").answer, "6");
}

#[tokio::test]
async fn a_listener_hears_of_each_tool_and_its_result() {
    let told = Mutex::new(Vec::new());
    let listener = |traced: &Traced| {
        told.lock()
            .expect("no test panics here")
            .push(match &traced.event {
                TraceEvent::PredictorStarted { predictor, .. } => format!("ask {predictor}"),
                TraceEvent::PredictorEnded(step) => format!("{} said it", step.predictor),
                TraceEvent::ToolStarted {
                    tool, arguments, ..
                } => format!("{tool} {arguments}"),
                TraceEvent::ToolEnded { tool, result, .. } => format!("{tool}: {result:?}"),
                other => format!("{other:?}"),
            });
    };
    let agent = Agent::new(Scripted::replies([
        chose("", "look_up", &json!({"animal": "owl"})),
        finished(),
        answered("?"),
    ]));
    agent
        .call_watched(question(), listener)
        .await
        .expect("an answer");
    assert_eq!(
        *told.lock().expect("no test panics here"),
        [
            "ask react",
            "react said it",
            "look_up {\"animal\":\"owl\"}",
            "look_up: Err(\"`look_up` failed: no page on owl\")",
            "ask react",
            "react said it",
            "ask extract",
            "extract said it",
        ]
    );
}

#[tokio::test]
async fn without_a_finish_the_answer_comes_from_what_is_there() {
    let model = Scripted::new(|request: &ChatRequest| {
        if query(request).contains("Observation 2") {
            answered("18")
        } else {
            chose("again", "multiply", &json!({"a": 3, "b": 6}))
        }
    });
    let agent = ReAct::<Ask>::new(model.clone()).tools(list()).max_iters(2);
    let reply = agent.call(question()).await.expect("an answer");
    assert_eq!(reply.answer, "18");
    assert_eq!(model.calls(), 3, "2 steps and the answer");
}

/// An agent is a node like any other.
#[tokio::test]
async fn an_agent_works_in_a_pipeline() {
    pipeline!(
        fn Legs(question: String) -> String {
            let found = Agent { question };
            found.output.answer
        }
    );

    let pipeline = Legs::new(Scripted::replies(script()));
    let paths: Vec<&str> = pipeline.predictors().iter().map(|p| p.path()).collect();
    assert_eq!(paths, ["found.react", "found.extract"]);
    let question = question().question;
    assert_eq!(
        pipeline
            .call(LegsInput { question })
            .await
            .expect("an answer"),
        "18"
    );
}

/// The dynamic road: any serde state, a signature made at run time, tools in a list.
#[tokio::test]
async fn an_agent_works_on_a_state() {
    use crate::support::quiz::Quiz;

    let signature = make_signature("question -> answer", "Answer.").expect("a good signature");
    let model = Scripted::replies(script());
    let node = ReAct::node::<Quiz, _>(&signature, model, list(), "react_agent");
    let node = node.expect("good tools");
    let paths: Vec<&str> = node.predictors().iter().map(|p| p.path()).collect();
    assert_eq!(paths, ["react_agent.react", "react_agent.extract"]);
    let state = Quiz {
        question: "how many legs have 3 ants?".to_owned(),
        answer: "gold, which no model sees".to_owned(),
    };
    assert_eq!(node.call(state).await.expect("an answer").answer, "18");
}

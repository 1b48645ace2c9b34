//! Agents and optimizers.

use std::collections::BTreeMap;
use std::sync::Arc;

use dashoptimize::engine::Run;
use dashoptimize::evaluate::OptimizerMetric;
use dashoptimize::lm::{ChatReply, ChatRequest, Scripted, ToolCall};
use dashoptimize::prelude::*;
use dashoptimize::state::State;
use dashoptimize::tools;
use serde_json::json;

use super::{Agent, answered, chose, finished, list, query, system};
use crate::support::quiz::{Quiz, is_right, row, splits};

type Metric = fn(&Quiz, &Quiz) -> bool;
type QuizAgent = LLMNode<Quiz, ReAct>;

/// Gives the word of a number, as a book of answers.
fn book() -> SimpleTool {
    let words = |number: String| async move { Ok(row(number.trim().parse()?).answer) };
    SimpleTool::new("book", "Gives the word of a number.", words).with_parameter("number", "which")
}

fn agent(model: Scripted) -> QuizAgent {
    with_tools(model, tools![book()])
}

fn with_tools(model: Scripted, tools: Vec<Arc<dyn Tool>>) -> QuizAgent {
    let signature = make_signature("question -> answer", "Answer with the word.");
    let signature = signature.expect("a good signature");
    ReAct::node(&signature, model, tools, "agent").expect("good tools")
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// What a model of either protocol does: it looks the number up, and then it answers.
enum Move {
    LookUp(String),
    Finish,
    Answer(String),
}

fn next(request: &ChatRequest) -> Move {
    let text = query(request);
    match text.split("Observation 1: ").nth(1) {
        Some(seen) if system(request).contains("shows what was done") => {
            Move::Answer(seen.lines().next().unwrap_or_default().to_owned())
        }
        Some(_) => Move::Finish,
        None => {
            let question = text.split("number ").nth(1).unwrap_or_default();
            Move::LookUp(digits(question.split('?').next().unwrap_or_default()))
        }
    }
}

fn in_prompt() -> Scripted {
    Scripted::new(|request: &ChatRequest| match next(request) {
        Move::LookUp(number) => chose("I look it up.", "book", &json!({"number": number})),
        Move::Finish => finished(),
        Move::Answer(word) => answered(&word),
    })
}

fn native() -> Scripted {
    let model = Scripted::new(|request: &ChatRequest| match next(request) {
        Move::LookUp(number) => {
            let arguments = json!({"number": number}).to_string();
            let mut reply = ChatReply::calling(vec![ToolCall::new("c", "book", arguments)]);
            reply.text = "I look it up.".to_owned();
            reply
        }
        Move::Finish => ChatReply::new("That is all."),
        Move::Answer(word) => ChatReply::new(answered(&word)),
    });
    model.with_native_tools()
}

fn bootstrap() -> BootstrapFewShot<OptimizerMetric<'static, Quiz, Quiz>> {
    BootstrapFewShot::new(is_right as Metric)
        .max_bootstrapped_demos(3)
        .max_labeled_demos(0)
        .max_iterations(1)
}

async fn tuned(model: Scripted, concurrency: usize) -> State {
    let run = Run::in_memory().seed(3).concurrency(concurrency);
    let tuned = bootstrap()
        .optimize(&agent(model), &splits(9, 6, 0), &run)
        .await;
    tuned.expect("an optimized agent").tuned
}

#[tokio::test]
async fn a_passing_run_gives_demos_to_both_predictors() {
    let state = tuned(in_prompt(), 4).await;
    let demos = |path: &str| state.predictors[path].demos.clone();
    assert_eq!(demos("agent.react").len(), 3);
    for demo in demos("agent.react") {
        let tool = demo.outputs["next_tool_name"].as_str().expect("a name");
        let steps = demo.inputs["trajectory"].as_str().expect("a text");
        // A predictor that was asked twice gives one of its two steps.
        match tool {
            "book" => assert_eq!(steps, "(no steps yet)"),
            other => {
                assert_eq!(other, "finish");
                assert!(steps.contains("Observation 1: word"), "{steps}");
            }
        }
    }
    assert_eq!(demos("agent.extract").len(), 3);
    for demo in demos("agent.extract") {
        let number: usize = digits(demo.inputs["question"].as_str().expect("a text"))
            .parse()
            .expect("a number");
        assert_eq!(demo.outputs["answer"], row(number).answer);
        assert!(
            demo.inputs["trajectory"]
                .as_str()
                .expect("a text")
                .ends_with("Action 2: finish")
        );
    }
}

#[tokio::test]
async fn both_protocols_lead_to_the_same_demos() {
    assert_eq!(tuned(native(), 4).await, tuned(in_prompt(), 4).await);
}

#[tokio::test]
async fn i4_concurrency_1_and_16_give_the_same_artifact() {
    for model in [in_prompt as fn() -> Scripted, native] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut files = Vec::new();
        for concurrency in [1, 16] {
            let path = folder.path().join(concurrency.to_string());
            let run = Run::folder(&path).seed(3).concurrency(concurrency);
            let tuned = bootstrap()
                .optimize(&agent(model()), &splits(9, 6, 4), &run)
                .await;
            tuned.expect("an optimized agent");
            files.push(std::fs::read(path.join("artifact.json")).expect("an artifact"));
        }
        assert!(files[0] == files[1], "the artifacts differ");
    }
}

#[tokio::test]
async fn a_saved_agent_loads_whole_whatever_its_tools() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("agent.json");
    let state = tuned(in_prompt(), 4).await;
    let saved = agent(in_prompt()).with_state(&state).expect("it fits");
    saved.save(&path).expect("it can be written");
    let loaded = agent(in_prompt()).load(&path).expect("it can be read");
    assert_eq!(loaded.state(), state);
    assert_eq!(loaded.call(row(40)).await.expect("an answer"), row(40));
    let other = with_tools(in_prompt(), list());
    assert!(
        other.load(&path).is_ok(),
        "tools are no part of the signature"
    );
}

#[test]
fn every_predictor_is_seen_by_optimizers() {
    let mut agent = Agent::new(in_prompt());
    let paths = |agent: &Agent| -> Vec<String> {
        agent
            .predictors()
            .iter()
            .map(|p| p.path().to_owned())
            .collect()
    };
    assert_eq!(paths(&agent), ["react", "extract"]);
    agent = agent.under("answer.hard");
    assert_eq!(paths(&agent), ["answer.hard.react", "answer.hard.extract"]);
    let specs: BTreeMap<&str, String> = agent
        .predictors()
        .into_iter()
        .map(|predictor| (predictor.path(), predictor.spec().to_string()))
        .collect();
    assert_eq!(
        specs["answer.hard.react"],
        "question, trajectory -> next_thought, next_tool_name, next_tool_args"
    );
    assert_eq!(
        specs["answer.hard.extract"],
        "question, trajectory -> reasoning, answer"
    );
    let shared: Arc<dyn Tool> = Arc::new(book());
    assert!(
        ReAct::<super::Ask>::new(in_prompt())
            .try_tools([&shared])
            .is_ok()
    );
}

/// Looks nothing up unless it is told to.
fn obedient() -> Scripted {
    Scripted::new(|request: &ChatRequest| match next(request) {
        Move::LookUp(_) if !system(request).contains("Use the book.") => finished(),
        Move::LookUp(number) => chose("I look it up.", "book", &json!({"number": number})),
        Move::Finish => finished(),
        Move::Answer(word) => answered(&word),
    })
}

#[tokio::test]
async fn instructions_are_proposed_for_each_predictor_of_an_agent() {
    let proposer = Scripted::new(|request: &ChatRequest| {
        let sample = request.sample;
        format!(
            "[[ ## proposed_instruction ## ]]\nUse the book. Way {sample}.\n\n\
             [[ ## proposed_prefix ## ]]\nWord:"
        )
    });
    let copro = COPRO::new(is_right as Metric).breadth(3).depth(2);
    let copro = copro.proposer(proposer.with_id("proposer"));
    let (student, data, run) = (agent(obedient()), splits(4, 10, 0), Run::in_memory());
    let tuned = copro.optimize(&student, &data, &run).await.unwrap();
    let scores = (tuned.initial_score(), tuned.final_score());
    assert_eq!(scores, (Some(0.0), Some(1.0)), "{tuned}");
    let told = |text: &Option<String>| text.as_ref().is_some_and(|text| text.contains("book"));
    let mut states = tuned.tuned.predictors.values();
    assert!(states.any(|state| told(&state.instructions)), "{tuned}");
    assert!(
        tuned.program.predictors()[0]
            .opening()
            .contains("Gives the word of a number.")
    );
}

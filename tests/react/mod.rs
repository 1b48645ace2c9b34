//! `ReAct`: an agent with tools.

mod failures;
mod in_prompt;
mod native;
mod optimized;

use dashoptimize::lm::{ChatRequest, LmError, LmErrorKind, Role};
use dashoptimize::prelude::*;
use dashoptimize::tool::ToolError;
use dashoptimize::tools;
use serde_json::{Value, json};

/// Answer the question.
#[signature]
struct Ask {
    /// what is asked
    #[input]
    question: String,
    /// the answer in a word
    #[output]
    answer: String,
}

fn question() -> AskInput {
    AskInput {
        question: "how many legs have 3 ants?".to_owned(),
    }
}

/// Looks an animal up.
#[tool]
async fn look_up(
    /** its name */
    animal: String,
) -> Result<String, ToolError> {
    match animal.as_str() {
        "ant" => Ok("an ant has 6 legs".to_owned()),
        other => Err(ToolError::new(format!("no page on {other}"))),
    }
}

/// Multiplies two numbers.
#[tool]
fn multiply(a: i64, b: i64) -> i64 {
    a * b
}

#[tool]
fn explode() {
    panic!("boom");
}

module!(
    #[with(tools = [look_up, multiply, explode], max_iters = 6)]
    type Agent = ReAct<Ask>;
);

/// A choice as the prompt asks for it.
fn chose(thought: &str, tool: &str, arguments: &Value) -> String {
    format!(
        "[[ ## next_thought ## ]]\n{thought}\n\n[[ ## next_tool_name ## ]]\n{tool}\n\n\
         [[ ## next_tool_args ## ]]\n{arguments}\n\n[[ ## completed ## ]]"
    )
}

fn finished() -> String {
    chose("That is all.", "finish", &json!({}))
}

fn answered(answer: &str) -> String {
    format!("[[ ## reasoning ## ]]\nThe steps say it.\n\n[[ ## answer ## ]]\n{answer}")
}

/// The text of the last turn.
fn query(request: &ChatRequest) -> &str {
    request.turns.last().expect("a turn").text()
}

fn system(request: &ChatRequest) -> &str {
    let first = &request.prefix.messages()[0];
    assert_eq!(first.role, Role::System);
    first.text()
}

fn too_long() -> LmError {
    LmError::new(LmErrorKind::ContextTooLong, "the prompt is too long")
}

/// The tools of this file, as a list.
fn list() -> Vec<std::sync::Arc<dyn Tool>> {
    tools![look_up, multiply, explode]
}

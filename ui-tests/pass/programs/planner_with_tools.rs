//! A planner whose steps are carried out by tools.
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use dashoptimize::lm::{ChatReply, Scripted, ToolCall};
use dashoptimize::prelude::*;

#[derive(Default)]
struct Calendar {
    entries: Mutex<HashMap<String, String>>,
}

/// Looks up what is planned on a day.
#[tool]
async fn look_up(#[state] calendar: &Calendar, day: &str) -> Option<String> {
    calendar.entries.lock().unwrap().get(day).cloned()
}

/// Books an appointment.
#[tool]
async fn book(#[state] calendar: &Calendar, day: String, title: String) -> Result<String, String> {
    if day.is_empty() {
        return Err("on which day?".to_owned());
    }
    calendar.entries.lock().unwrap().insert(day, title);
    Ok("booked".to_owned())
}

/// Make a plan for the request, step by step.
#[signature]
struct Plan {
    #[input]
    request: String,
    #[output]
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, FieldType)]
enum Step {
    Say(String),
    Act { task: String, reason: Option<String> },
}

/// Carry out one task.
#[signature]
struct CarryOut {
    #[input]
    task: String,
    #[output]
    result: String,
}

module!(
    /// Acts on the calendar.
    type Agent = ReAct<CarryOut>;
);

pipeline!(
    /// Plans, then acts.
    fn Assistant(request: String) -> Vec<String> {
        let plan = ChainOfThought::<Plan> { request };
        let mut results = Vec::new();
        for step in plan.steps {
            let said = match step {
                Step::Say(text) => text,
                Step::Act { task, reason: _ } => Agent { task }.result,
            };
            results.push(said);
        }
        results
    }
);

/// Each user has a calendar of their own.
async fn serve(assistant: &Assistant, calendar: &Arc<Calendar>, request: &str) -> Result<Vec<String>, CallError> {
    let mut assistant = assistant.clone();
    let tools = tools![look_up::with(calendar.clone()), book::with(calendar.clone())];
    assistant.results_said_act.set_tools(tools);
    assistant.call(AssistantInput { request: request.to_owned() }).await
}

fn calls(thought: &str, name: &str, arguments: &str) -> ChatReply {
    ChatReply::new(thought).with_tool_calls(vec![ToolCall::new("c1", name, arguments)])
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let lm = Scripted::new(|request| {
        let said: Vec<&str> = request.messages().map(|message| message.text()).collect();
        match &*said.join("\n") {
            all if all.contains("## steps ##") => ChatReply::new(
                "[[ ## reasoning ## ]]\nr\n[[ ## steps ## ]]\n\
                 [{\"Say\": \"Of course.\"}, {\"Act\": {\"task\": \"book the dentist on monday\", \"reason\": null}}]",
            ),
            all if all.contains("booked") => ChatReply::new("[[ ## reasoning ## ]]\nr\n[[ ## result ## ]]\nIt is booked."),
            _ => calls("I book it.", "book", r#"{"day": "monday", "title": "dentist"}"#),
        }
    })
    .with_native_tools();
    let (assistant, calendar) = (Assistant::new(lm), Arc::new(Calendar::default()));
    let said = serve(&assistant, &calendar, "Book the dentist.").await?;
    assert_eq!(said, ["Of course.", "It is booked."]);
    let booked = calendar.entries.lock().unwrap().clone();
    assert_eq!(booked, HashMap::from([("monday".to_owned(), "dentist".to_owned())]));
    Ok(())
}

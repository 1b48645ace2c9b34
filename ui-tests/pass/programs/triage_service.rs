//! A triage service: JSON in, JSON out.
use std::sync::Arc;

use dashoptimize::lm::Scripted;
use dashoptimize::prelude::*;
use serde::{Deserialize, Serialize};

/// Sort a support ticket.
#[signature]
struct Triage {
    /// what the customer wrote in the subject line
    #[input]
    subject: String,
    #[input]
    body: String,
    #[output]
    intent: Intent,
    /// 0 is not urgent, 10 means that somebody is losing money now
    #[output(check(0..=10))]
    urgency: u8,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FieldType)]
#[serde(rename_all = "snake_case")]
enum Intent {
    Refund { amount: f64 },
    CardLost,
    Other,
}

/// Write a polite reply to the customer.
#[signature]
struct WriteReply {
    #[input]
    body: String,
    #[input]
    intent: Intent,
    #[output]
    reply: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "action")]
enum Decision {
    Reply { text: String },
    Escalate { reason: String },
    Ignore,
}

const LIMIT: f64 = 100.0;

pipeline!(
    /// Decides what happens with a ticket.
    pub(crate) fn Service(subject: String, body: String) -> Decision {
        if body.trim().is_empty() {
            return Decision::Ignore;
        }
        let triage = ChainOfThought::<Triage> { subject, body: body.clone() };
        if triage.urgency >= 8 {
            return Decision::Escalate { reason: triage.reasoning };
        }
        match triage.intent {
            Intent::Refund { amount } if amount > LIMIT => {
                Decision::Escalate { reason: format!("a refund of {amount}") }
            }
            Intent::CardLost => Decision::Escalate { reason: "the card is lost".to_owned() },
            intent => {
                let answer = Predict::<WriteReply> { body, intent };
                Decision::Reply { text: answer.reply }
            }
        }
    }
);

struct App {
    service: Service,
}

/// As a handler of a web framework.
async fn handle(app: Arc<App>, body: &str) -> Result<String, String> {
    let input: ServiceInput = serde_json::from_str(body).map_err(|e| e.to_string())?;
    let decision = app.service.call(input).await.map_err(|e| e.to_string())?;
    serde_json::to_string(&decision).map_err(|e| e.to_string())
}

#[tokio::main]
async fn main() {
    let lm = Scripted::new(|request| {
        let text = request.messages().map(|m| m.text().to_string()).collect::<String>();
        if text.contains("## reply ##") {
            return "[[ ## reply ## ]]\nHere you are.".to_owned();
        }
        if text.contains("fire") {
            return "[[ ## reasoning ## ]]\nfire\n[[ ## intent ## ]]\nother\n[[ ## urgency ## ]]\n9".to_owned();
        }
        "[[ ## reasoning ## ]]\nr\n[[ ## intent ## ]]\n{\"refund\": {\"amount\": 20}}\n[[ ## urgency ## ]]\n3".to_owned()
    });
    let app = Arc::new(App { service: Service::new(lm) });
    let said = handle(app.clone(), r#"{"subject": "s", "body": "give it back"}"#).await;
    assert_eq!(said.unwrap(), r#"{"action":"Reply","text":"Here you are."}"#);
    let said = handle(app.clone(), r#"{"subject": "s", "body": "fire"}"#).await;
    assert_eq!(said.unwrap(), r#"{"action":"Escalate","reason":"fire"}"#);
    let said = handle(app.clone(), r#"{"subject": "s", "body": " "}"#).await;
    assert_eq!(said.unwrap(), r#"{"action":"Ignore"}"#);
}

//! Tools with a state: arguments marked `#[state]`, methods, closures.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dashoptimize::lm::{ChatRequest, Scripted};
use dashoptimize::prelude::*;
use dashoptimize::tool::{ToolFailure, Toolbox};
use serde_json::{Value, json};

/// A database.
#[derive(Debug, Default)]
struct Db {
    orders: Vec<String>,
    queries: AtomicUsize,
}

trait Clock: Send + Sync {
    fn today(&self) -> String;
}

struct Fixed;

impl Clock for Fixed {
    fn today(&self) -> String {
        "monday".to_owned()
    }
}

fn db() -> Arc<Db> {
    Arc::new(Db {
        orders: vec!["ann: lamp".to_owned(), "bob: cup".to_owned()],
        ..Db::default()
    })
}

/// Finds the orders of a customer.
#[tool]
async fn find(
    #[state] db: &Db,
    /// the name
    customer: &str,
    #[state] tenant: &str,
    limit: Option<usize>,
) -> Result<Vec<String>, String> {
    db.queries.fetch_add(1, Ordering::Relaxed);
    let found = db.orders.iter().filter(|order| order.starts_with(customer));
    match found.take(limit.unwrap_or(9)).cloned().collect::<Vec<_>>() {
        none if none.is_empty() => Err(format!("{tenant} knows no {customer}")),
        found => Ok(found),
    }
}

/// Says what day it is.
#[tool(name = "day")]
fn today(#[state] clock: &dyn Clock, #[state] offset: usize, #[state] marks: &[char]) -> String {
    format!("{}+{offset}{}", clock.today(), marks.len())
}

async fn call(toolbox: &Toolbox, name: &str, arguments: Value) -> Result<String, String> {
    let result = toolbox.call(name, arguments).await;
    result.map_err(|failure: ToolFailure| failure.to_string())
}

#[tokio::test]
async fn a_state_does_not_come_from_the_model_and_is_shared_by_all_calls() {
    let db = db();
    let tools = tools![
        find::with(Arc::clone(&db), "acme"),
        today::with(Arc::new(Fixed), 1, ['a', 'b']),
    ];
    let toolbox = Toolbox::new(tools).unwrap();
    let schemas: Vec<Value> = toolbox.specs().map(|spec| spec.json_schema()).collect();
    let named = |schema: &Value| schema["properties"].as_object().unwrap().len();
    assert_eq!(schemas.iter().map(named).collect::<Vec<_>>(), [2, 0]);
    assert_eq!(
        call(&toolbox, "find", json!({"customer": "ann"}))
            .await
            .unwrap(),
        r#"["ann: lamp"]"#
    );
    let failed = call(&toolbox, "find", json!({"customer": "zoe"})).await;
    assert_eq!(failed.unwrap_err(), "`find` failed: acme knows no zoe");
    assert_eq!(db.queries.load(Ordering::Relaxed), 2);
    let smuggled = call(
        &toolbox,
        "find",
        json!({"customer": "ann", "tenant": "other"}),
    )
    .await;
    assert!(smuggled.unwrap_err().contains("`tenant`"));
    assert_eq!(call(&toolbox, "day", json!({})).await.unwrap(), "monday+12");
    assert_eq!(
        find(&db, "bob", "acme", Some(0)).await.unwrap_err(),
        "acme knows no bob"
    );
}

struct Desk {
    db: Arc<Db>,
    tenant: String,
}

#[tool]
impl Desk {
    /// Finds the orders of a customer.
    #[tool]
    async fn orders(
        &self,
        /// the name
        customer: &str,
    ) -> Vec<String> {
        self.helper();
        let orders = self.db.orders.iter();
        orders
            .filter(|order| order.starts_with(customer))
            .cloned()
            .collect()
    }

    #[tool(name = "cancel_order", description = "Cancels an order.")]
    fn cancel(&self, id: u32) -> Result<String, std::num::TryFromIntError> {
        Ok(format!(
            "{}: {} is cancelled",
            self.tenant,
            u8::try_from(id)?
        ))
    }

    /// What helps in all cases.
    #[tool]
    fn advice() -> &'static str {
        "turn it off and on again"
    }

    fn helper(&self) {
        self.db.queries.fetch_add(1, Ordering::Relaxed);
    }
}

fn desk(tenant: &str) -> Arc<Desk> {
    Arc::new(Desk {
        db: db(),
        tenant: tenant.to_owned(),
    })
}

#[tokio::test]
async fn methods_are_tools_of_their_value() {
    let toolbox = Toolbox::new(desk("acme").tools()).unwrap();
    let specs: Vec<(&str, &str)> = toolbox
        .specs()
        .map(|spec| (&*spec.name, &*spec.description))
        .collect();
    assert_eq!(
        specs,
        [
            ("orders", "Finds the orders of a customer."),
            ("cancel_order", "Cancels an order."),
            ("advice", "What helps in all cases."),
        ]
    );
    assert_eq!(
        call(&toolbox, "orders", json!({"customer": "bob"}))
            .await
            .unwrap(),
        r#"["bob: cup"]"#
    );
    assert_eq!(
        call(&toolbox, "cancel_order", json!({"id": 7}))
            .await
            .unwrap(),
        "acme: 7 is cancelled"
    );
    assert!(
        call(&toolbox, "cancel_order", json!({"id": 700}))
            .await
            .is_err()
    );
    assert_eq!(
        call(&toolbox, "advice", json!({})).await.unwrap(),
        "turn it off and on again"
    );
}

#[tokio::test]
async fn a_closure_of_a_simple_tool_may_return_what_a_function_may() {
    let suffix = Arc::new("!".to_owned());
    let tools = tools![
        SimpleTool::new("shout", "", |text| text.to_uppercase()),
        SimpleTool::new("parse", "", |text: String| text.parse::<u8>()),
        SimpleTool::new("refuse", "", |_| Err::<(), _>("closed")),
        SimpleTool::new("add", "", move |text| {
            let suffix = Arc::clone(&suffix);
            async move { Ok(text + &suffix) }
        }),
        SimpleTool::new("read", "", |path| async move {
            Ok(std::fs::read_to_string(path)?.len())
        }),
    ];
    let toolbox = Toolbox::new(tools).unwrap();
    let given = json!({"input": "a"});
    let mut said = Vec::new();
    for name in ["shout", "parse", "refuse", "add"] {
        said.push(
            call(&toolbox, name, given.clone())
                .await
                .unwrap_or_else(|error| error),
        );
    }
    assert_eq!(
        said,
        [
            "A",
            "`parse` failed: invalid digit found in string",
            "`refuse` failed: closed",
            "a!"
        ]
    );
    assert!(call(&toolbox, "read", given).await.is_err());
}

/// Help the customer.
#[signature]
struct Help {
    #[input]
    request: String,
    #[output]
    answer: String,
}

module!(
    #[with(max_iters = 3)]
    type Agent = ReAct<Help>;
);

pipeline!(
    fn Front(request: String) -> String {
        let acted = Agent { request };
        acted.output.answer
    }
);

/// Cancels order 4, and answers with what it observed.
fn model() -> Scripted {
    Scripted::new(|request: &ChatRequest| {
        let all: String = request
            .messages()
            .map(|message| message.text().to_owned())
            .collect();
        let asked = request.turns.last().unwrap().text();
        let observed = asked.split("Observation 1: ").nth(1);
        let observed = observed
            .and_then(|rest| rest.lines().next())
            .unwrap_or_default();
        if !all.contains("next_tool_name") {
            format!("[[ ## reasoning ## ]]\nso\n\n[[ ## answer ## ]]\n{observed}")
        } else if observed.is_empty() {
            "[[ ## next_thought ## ]]\nI act.\n\n[[ ## next_tool_name ## ]]\ncancel_order\n\n\
             [[ ## next_tool_args ## ]]\n{\"id\": 4}"
                .to_owned()
        } else {
            "[[ ## next_thought ## ]]\nDone.\n\n[[ ## next_tool_name ## ]]\nfinish\n\n\
             [[ ## next_tool_args ## ]]\n{}"
                .to_owned()
        }
    })
}

#[tokio::test]
async fn tools_are_set_on_a_name_and_on_a_step_for_each_request() {
    let request = || "cancel 4".to_owned();
    let agent = Agent::new(model()).tools(desk("acme").tools());
    let reply = agent.call(HelpInput { request: request() }).await.unwrap();
    assert_eq!(reply.answer, "acme: 4 is cancelled");

    let front = Front::new(model());
    for tenant in ["acme", "zeta"] {
        let mut front = front.clone();
        front.acted.set_tools(desk(tenant).tools());
        let reply = front.call(FrontInput { request: request() }).await.unwrap();
        assert_eq!(reply, format!("{tenant}: 4 is cancelled"));
    }
}

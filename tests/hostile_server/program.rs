//! A server of the Model Context Protocol that does what no server should. Its argument says what.

use std::io::{BufRead, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

fn main() {
    let behaviour = std::env::args().nth(1).unwrap_or_default();
    if behaviour == "endless-line" {
        while std::io::stdout().write_all(&[b'['; 1 << 16]).is_ok() {}
        return;
    }
    let mut server = Server {
        behaviour: behaviour.clone(),
        children: Vec::new(),
        pages: 0,
    };
    if behaviour == "children" || behaviour == "silent" {
        server.start_children();
    }
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let Ok(message) = serde_json::from_str::<Value>(&line) else {
            continue;
        };
        if behaviour != "silent" {
            server.answer(&message);
        }
    }
    if behaviour == "children" || behaviour == "stays" {
        std::thread::sleep(Duration::from_secs(600));
    }
}

struct Server {
    behaviour: String,
    children: Vec<u32>,
    pages: usize,
}

impl Server {
    /// A child in this group, one in a group of its own, and one with an empty environment as well.
    fn start_children(&mut self) {
        for index in 0..3 {
            let mut child = Command::new(std::env::current_exe().expect("a path"));
            child
                .arg("stays")
                .stdin(Stdio::null())
                .stdout(Stdio::null());
            #[cfg(unix)]
            if index > 0 {
                use std::os::unix::process::CommandExt;
                child.process_group(0);
            }
            if index > 1 {
                child.env_clear();
            }
            self.children.push(child.spawn().expect("it starts").id());
        }
    }

    fn answer(&mut self, message: &Value) {
        let id = &message["id"];
        let params = &message["params"];
        match message["method"].as_str() {
            Some("initialize") => reply(
                id,
                &json!({
                    "protocolVersion": params["protocolVersion"],
                    "capabilities": {"tools": {}},
                    "serverInfo": {"name": "hostile", "version": "1"},
                }),
            ),
            Some("tools/list") => self.list(id),
            Some("tools/call") => self.call(id, &params["name"]),
            Some(_) if !id.is_null() => fail(id, "not here"),
            _ => {}
        }
    }

    fn list(&mut self, id: &Value) {
        self.pages += 1;
        let page = self.pages;
        let text = |size: usize| "x".repeat(size);
        let listed = match &*self.behaviour {
            "cursor-repeated" => {
                let cursor = if page.is_multiple_of(2) { "a" } else { "b" };
                json!({"tools": tools(page * 500..page * 500 + 500), "nextCursor": cursor})
            }
            "cursor-new" => json!({"tools": tools(page..page + 1), "nextCursor": text(page)}),
            "cursor-new-many" => {
                json!({"tools": tools(page * 500..page * 500 + 500), "nextCursor": text(page)})
            }
            "cursor-large" => json!({"tools": tools(0..1), "nextCursor": text(1 << 20)}),
            "many" => json!({"tools": tools(0..60_000)}),
            "twice" => json!({"tools": [tool("a"), tool("b"), tool("a")]}),
            "long-description" => {
                let mut long = tool("long");
                long["description"] = text(15_000_000).into();
                json!({"tools": [long, tool("good")]})
            }
            "long-schema" => {
                let mut long = tool("long");
                long["inputSchema"]["properties"] = json!({text(200_000): {}});
                json!({"tools": [long, tool("good")]})
            }
            "long-listing" => {
                let mut long = tools(0..600);
                for tool in &mut long {
                    tool["description"] = text(9000).into();
                }
                json!({"tools": long})
            }
            "long-name" => json!({"tools": [tool(&text(2_000_000)), tool("good")]}),
            "broken" => json!({"tools": [
                tool("first"), 5, null, {"name": 7}, {"name": "no-schema"}, {"inputSchema": {}},
                {"name": "bad-schema", "inputSchema": "text"},
                {"name": "icons", "inputSchema": {}, "icons": 5, "annotations": []},
                tool("last"),
            ]}),
            "names" => {
                let long = text(64);
                let names = ["a.b", "a/b", "a_b", "", "", "読む", "読書"];
                let mut listed: Vec<Value> = names.map(tool).into();
                listed.extend([format!("{long}1"), format!("{long}2")].map(|name| tool(&name)));
                json!({"tools": listed})
            }
            "no-list" => json!({"tools": "all of them"}),
            "list-error" => return fail(id, &text(1_000_000)),
            _ => json!({"tools": RESULTS.map(tool)}),
        };
        reply(id, &listed);
        match &*self.behaviour {
            "flood-pings" => flood(|id| json!({"jsonrpc": "2.0", "id": id, "method": "ping"})),
            "flood-identifiers" => flood(
                |id| json!({"jsonrpc": "2.0", "id": format!("{id}{}", "x".repeat(100_000)), "method": "ping"}),
            ),
            "flood-requests" => flood(|id| {
                let message =
                    json!({"role": "user", "content": {"type": "text", "text": "x".repeat(9999)}});
                json!({"jsonrpc": "2.0", "id": id, "method": "sampling/createMessage",
                    "params": {"messages": [message], "maxTokens": 1}})
            }),
            "flood-notifications" => flood(|id| {
                json!({"jsonrpc": "2.0", "method": "notifications/message",
                    "params": {"level": "info", "data": id}})
            }),
            "flood-answers" => flood(
                |id| json!({"jsonrpc": "2.0", "id": 1_000_000 + id, "result": {"content": []}}),
            ),
            _ => {}
        }
    }

    fn call(&self, id: &Value, name: &Value) {
        let text = |text: String, error: bool| {
            let content = json!([{"type": "text", "text": text}]);
            reply(id, &json!({"content": content, "isError": error}));
        };
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        match name.as_str().unwrap_or_default() {
            "variables" => {
                let variables: Vec<String> = std::env::vars().map(|(name, _)| name).collect();
                text(variables.join(" "), false);
            }
            "processes" => {
                let own = std::process::id();
                let ids: Vec<u32> = self.children.iter().copied().chain([own]).collect();
                text(json!(ids).to_string(), false);
            }
            "long" => text("é".repeat(7_500_000), false),
            "long-error" => text("é".repeat(7_500_000), true),
            "long-refusal" => fail(id, &"é".repeat(5_000_000)),
            "too-long" => text("x".repeat(40_000_000), false),
            "deep-text" => text(nested(127), false),
            "deep" => raw(&format!(
                r#"{{"jsonrpc":"2.0","id":{id},"result":{{"content":[],"structuredContent":{}}}}}"#,
                nested(5000)
            )),
            "values" => raw(&format!(
                r#"{{"jsonrpc":"2.0","id":{id},"result":{{"content":[],"structuredContent":[[]{}]}}}}"#,
                ",[]".repeat(5_000_000)
            )),
            "nonsense" => raw(&format!(r#"{{"jsonrpc":"2.0","id":{id},"error":"no"}}"#)),
            _ => text("fine".to_owned(), false),
        }
    }
}

const RESULTS: [&str; 11] = [
    "variables",
    "processes",
    "long",
    "long-error",
    "long-refusal",
    "too-long",
    "deep-text",
    "deep",
    "values",
    "nonsense",
    "good",
];

fn tools(numbers: std::ops::Range<usize>) -> Vec<Value> {
    numbers
        .map(|number| tool(&format!("tool_{number}")))
        .collect()
}

fn tool(name: &str) -> Value {
    json!({"name": name, "description": "To try.", "inputSchema": {"type": "object"}})
}

/// Writes without end and reads nothing any more.
fn flood(message: impl Fn(u64) -> Value) {
    for id in 0.. {
        raw(&message(id).to_string());
    }
}

fn reply(id: &Value, result: &Value) {
    raw(&json!({"jsonrpc": "2.0", "id": id, "result": result}).to_string());
}

fn fail(id: &Value, message: &str) {
    let error = json!({"code": -32601, "message": message});
    raw(&json!({"jsonrpc": "2.0", "id": id, "error": error}).to_string());
}

/// Once nobody reads, it goes on as if nothing had happened.
fn raw(line: &str) {
    let mut out = std::io::stdout().lock();
    if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
        std::thread::sleep(Duration::from_secs(600));
    }
}

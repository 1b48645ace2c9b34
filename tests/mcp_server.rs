//! An MCP server for tests, over standard input and output, or with `--http` on a free port, which it
//! prints. With `--silent` it only listens and never answers.
//!
//! If `MCP_TEST_ALIVE` is set, it connects to that address and keeps the connection open until it ends.

use std::net::TcpStream;
use std::sync::Arc;

use hyper::header::AUTHORIZATION;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::StreamableHttpService;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::{ErrorData, RoleServer, ServerHandler, ServiceExt};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The only token that is accepted over HTTP.
const TOKEN: &str = "Bearer an-mcp-test-token-0123456789";

#[derive(Clone)]
struct Calculator;

impl ServerHandler for Calculator {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn list_tools(
        &self,
        page: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        // Two pages.
        let second = page.is_some_and(|page| page.cursor.as_deref() == Some("2"));
        let mut listed = ListToolsResult::with_all_items(if second {
            vec![tool("hang", &json!({})), tool("crash", &json!({}))]
        } else {
            let number = json!({"type": "integer"});
            vec![
                tool("add", &json!({"a": number, "b": number})),
                tool("notes/list", &json!({"tag": {"type": "string"}})),
                tool("fail", &json!({})),
                tool("refuse", &json!({})),
            ]
        });
        listed.next_cursor = (!second).then(|| "2".to_owned());
        Ok(listed)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        let number = |name: &str| arguments.get(name).and_then(Value::as_i64).unwrap_or(0);
        let result = match &*request.name {
            "add" => {
                let sum = number("a") + number("b");
                CallToolResult::success(vec![ContentBlock::text(sum.to_string())])
            }
            "notes/list" => {
                let mut result = CallToolResult::structured(json!({ "got": arguments }));
                result.content.clear();
                result
            }
            "fail" => CallToolResult::error(vec![ContentBlock::text("the abacus is broken")]),
            "hang" => std::future::pending().await,
            "crash" => std::process::exit(3),
            _ => return Err(ErrorData::invalid_params("not today", None)),
        };
        Ok(CallToolResponse::Complete(result))
    }
}

fn tool(name: &'static str, properties: &Value) -> Tool {
    let required: Vec<&String> = properties
        .as_object()
        .into_iter()
        .flatten()
        .map(|p| p.0)
        .collect();
    let schema = json!({"type": "object", "required": required, "properties": properties});
    let schema = schema.as_object().cloned().unwrap_or_default();
    Tool::new(name, format!("To {name}."), schema)
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let alive = std::env::var("MCP_TEST_ALIVE").ok();
    let _alive = alive.map(TcpStream::connect).transpose()?;
    match std::env::args().nth(1).as_deref() {
        Some("--http") => return serve_http().await,
        Some("--silent") => {
            std::io::copy(&mut std::io::stdin(), &mut std::io::sink())?;
            return Ok(());
        }
        _ => {}
    }
    let service = Calculator.serve(rmcp::transport::stdio()).await?;
    service.waiting().await?;
    Ok(())
}

async fn serve_http() -> Result<(), Failure> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("{}", listener.local_addr()?.port());
    let sessions = Arc::new(LocalSessionManager::default());
    let service = StreamableHttpService::new(|| Ok(Calculator), sessions, Default::default());
    let service = TowerToHyperService::new(service);
    loop {
        let (stream, _) = listener.accept().await?;
        let service = service.clone();
        let checked = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
            let token = request.headers().get(AUTHORIZATION);
            let let_in = token.is_some_and(|token| token == TOKEN);
            let answer = let_in.then(|| service.call(request));
            async move {
                match answer {
                    Some(answer) => answer.await,
                    None => {
                        let mut refusal = hyper::Response::default();
                        *refusal.status_mut() = hyper::StatusCode::UNAUTHORIZED;
                        Ok(refusal)
                    }
                }
            }
        });
        let served = hyper::server::conn::http1::Builder::new();
        tokio::spawn(served.serve_connection(TokioIo::new(stream), checked));
    }
}

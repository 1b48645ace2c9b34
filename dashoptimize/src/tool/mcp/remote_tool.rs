//! A tool of a server.

use std::sync::Arc;
use std::time::Duration;

use rmcp::model::CallToolRequestParams;
use serde_json::{Map, Value};

use super::{Connection, McpServer, result};
use crate::lm::BoxFuture;
use crate::tool::{Tool, ToolError, ToolSpec};

pub(super) struct RemoteTool {
    connection: Arc<Connection>,
    spec: ToolSpec,
    /// What the server calls it.
    name: String,
    timeout: Duration,
}

impl RemoteTool {
    pub(super) fn new(server: &McpServer, offered: &rmcp::model::Tool, prefix: &str) -> Self {
        let name = format!("{prefix}{}", offered.name);
        let description = offered.description.as_deref().unwrap_or_default();
        let schema = Value::Object((*offered.input_schema).clone());
        Self {
            connection: Arc::clone(&server.connection),
            spec: ToolSpec::with_schema(callable(&name), description.to_owned(), schema),
            name: offered.name.to_string(),
            timeout: server.call_timeout,
        }
    }

    async fn ask(&self, arguments: Map<String, Value>) -> Result<String, ToolError> {
        let Connection { service, name } = &*self.connection;
        let request = CallToolRequestParams::new(self.name.clone()).with_arguments(arguments);
        match tokio::time::timeout(self.timeout, service.call_tool(request)).await {
            Ok(Ok(reply)) => result::text(reply),
            Ok(Err(error)) => Err(ToolError::new(name.clean(&error.to_string()))),
            Err(_) => Err(ToolError::new(format!(
                "no answer within {:?}",
                self.timeout
            ))),
        }
    }
}

/// The name as providers take it.
fn callable(name: &str) -> String {
    let is_name_char = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let chars = name.chars().take(64);
    chars
        .map(|c| if is_name_char(c) { c } else { '_' })
        .collect()
}

impl Tool for RemoteTool {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn call(&self, arguments: Map<String, Value>) -> BoxFuture<'_, Result<String, ToolError>> {
        Box::pin(self.ask(arguments))
    }
}

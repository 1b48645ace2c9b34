//! A tool of a server.

use std::sync::Arc;
use std::time::Duration;

use rmcp::model::CallToolRequestParams;
use serde_json::{Map, Value};

use super::connection::Connection;
use super::result;
use crate::lm::BoxFuture;
use crate::tool::callable::Tool;
use crate::tool::error::ToolError;
use crate::tool::spec::ToolSpec;

pub(super) struct RemoteTool {
    connection: Arc<Connection>,
    spec: ToolSpec,
    /// The name by which the server knows the tool.
    name: String,
    limits: RemoteLimits,
}

/// The limits of a call.
#[derive(Clone, Copy)]
pub(super) struct RemoteLimits {
    pub(super) time: Duration,
    /// The number of characters of the result.
    pub(super) result: usize,
}

impl RemoteTool {
    /// The tool that a server offers, under a name that is valid here.
    pub(super) fn new(
        connection: Arc<Connection>,
        offered: &rmcp::model::Tool,
        name: String,
        limits: RemoteLimits,
    ) -> Self {
        let description = offered.description.as_deref().unwrap_or_default();
        let schema = Value::Object((*offered.input_schema).clone());
        Self {
            connection,
            spec: ToolSpec::with_schema(name, description.to_owned(), schema),
            name: offered.name.to_string(),
            limits,
        }
    }

    async fn request(&self, arguments: Map<String, Value>) -> Result<String, ToolError> {
        let Connection { service, name, .. } = &*self.connection;
        let RemoteLimits { time, result } = self.limits;
        let request = CallToolRequestParams::new(self.name.clone()).with_arguments(arguments);
        match tokio::time::timeout(time, service.call_tool(request)).await {
            Ok(Ok(reply)) => result::text(reply, result),
            Ok(Err(error)) => Err(ToolError::new(name.redact(&error.to_string()))),
            Err(_) => Err(ToolError::new(format!("no answer within {time:?}"))),
        }
    }
}

impl Tool for RemoteTool {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn call(&self, arguments: Map<String, Value>) -> BoxFuture<'_, Result<String, ToolError>> {
        Box::pin(self.request(arguments))
    }
}

//! `McpServer`: a server whose tools a program can use.

use std::fmt;
use std::future::Future;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use rmcp::RoleClient;
use rmcp::service::{ClientInitializeError, RunningService, serve_client};
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use rmcp::transport::{StreamableHttpClientTransport, TokioChildProcess};

use super::connection::{Connection, ServerName};
use super::error::McpError;
use super::remote_tool::RemoteTool;
use crate::lm::Secret;
use crate::tool::callable::Tool;

/// How long a server may take to start and to list its tools.
const START_LIMIT: Duration = Duration::from_secs(30);

/// A running server that speaks the Model Context Protocol (MCP). Its tools are used like any others.
///
/// The connection is open as long as the `McpServer` or one of its tools exists. When the last of them is
/// dropped, the input of a server process is closed; if the process does not exit, it is killed. A Tokio
/// runtime is required.
///
/// ```no_run
/// use std::process::Command;
///
/// use dashoptimize::tool::{McpServer, Toolbox};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let mut command = Command::new("npx");
/// command.args(["-y", "@modelcontextprotocol/server-filesystem", "/tmp"]);
/// let files = McpServer::spawn(command).await?;
/// let toolbox = Toolbox::new(files.tools())?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct McpServer {
    connection: Arc<Connection>,
    offered: Arc<[rmcp::model::Tool]>,
    call_timeout: Duration,
}

impl McpServer {
    /// Starts a server process and connects to it through its standard input and output. Its standard
    /// error is that of this process.
    ///
    /// # Errors
    ///
    /// Returns an error if the program cannot be started, is not an MCP server, or is not ready within
    /// 30 s.
    pub async fn spawn(command: Command) -> Result<Self, McpError> {
        let name = ServerName {
            shown: command.get_program().to_string_lossy().into_owned(),
            hidden: None,
        };
        let command = tokio::process::Command::from(command);
        let process = TokioChildProcess::new(command).map_err(|source| McpError::Spawn {
            server: name.shown.clone(),
            source,
        })?;
        Self::start(name, serve_client((), process)).await
    }

    /// Connects to a server over streamable HTTP. The address is a URL such as
    /// `https://example.com/mcp`. Redirects are not followed.
    ///
    /// # Errors
    ///
    /// Returns an error if the address is not a URL with a host, or if the server cannot be reached, is
    /// not an MCP server, or does not answer within 30 s.
    pub async fn connect(url: &str) -> Result<Self, McpError> {
        Self::connect_to(url, None).await
    }

    /// As [`connect`](Self::connect), with a bearer token.
    ///
    /// # Errors
    ///
    /// As [`connect`](Self::connect).
    pub async fn connect_with_token(url: &str, token: impl Into<Secret>) -> Result<Self, McpError> {
        Self::connect_to(url, Some(token.into())).await
    }

    async fn connect_to(url: &str, token: Option<Secret>) -> Result<Self, McpError> {
        let parsed = reqwest::Url::parse(url).ok();
        let Some(host) = parsed.as_ref().and_then(reqwest::Url::host_str) else {
            // The error does not show the URL, because it may contain a key.
            return Err(McpError::Address);
        };
        let name = ServerName {
            shown: host.to_owned(),
            hidden: Some(Secret::new(url)),
        };
        // A redirect would send the token to another server.
        let mut client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        if is_loopback(host) {
            client = client.no_proxy();
        }
        let client = client.build().map_err(|error| McpError::Start {
            server: name.shown.clone(),
            why: name.redact(&error.to_string()),
        })?;
        let mut config = StreamableHttpClientTransportConfig::with_uri(url);
        if let Some(token) = token {
            config = config.auth_header(token.expose());
        }
        let transport = StreamableHttpClientTransport::with_client(client, config);
        Self::start(name, serve_client((), transport)).await
    }

    async fn start(
        name: ServerName,
        service: impl Future<Output = Result<RunningService<RoleClient, ()>, ClientInitializeError>>,
    ) -> Result<Self, McpError> {
        let failed = |why: &dyn fmt::Display| McpError::Start {
            server: name.shown.clone(),
            why: name.redact(&why.to_string()),
        };
        let started = async {
            let service = service.await.map_err(|error| failed(&error))?;
            let offered = service.list_all_tools().await;
            offered
                .map(|offered| (service, offered))
                .map_err(|error| failed(&error))
        };
        let (service, offered) =
            tokio::time::timeout(START_LIMIT, started)
                .await
                .map_err(|_| McpError::TooSlow {
                    server: name.shown.clone(),
                    limit: START_LIMIT,
                })??;
        Ok(Self {
            connection: Arc::new(Connection { service, name }),
            offered: offered.into(),
            call_timeout: Duration::from_secs(60),
        })
    }

    /// Sets the time limit of a call of one of the tools. Default: 60 s. It applies to tools that are
    /// obtained from this value afterwards.
    #[must_use]
    pub const fn call_timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = timeout;
        self
    }

    /// The tools that the server listed when it started, in its order. Characters that providers do not
    /// accept in names, such as `.` and `/`, are replaced by `_`.
    #[must_use]
    pub fn tools(&self) -> Vec<Arc<dyn Tool>> {
        self.tools_with_prefix("")
    }

    /// As [`tools`](Self::tools), with `prefix` before each name, so that the tools of two servers have
    /// different names.
    #[must_use]
    pub fn tools_with_prefix(&self, prefix: &str) -> Vec<Arc<dyn Tool>> {
        let tools = self.offered.iter();
        tools.map(|tool| self.remote_tool(tool, prefix)).collect()
    }

    fn remote_tool(&self, offered: &rmcp::model::Tool, prefix: &str) -> Arc<dyn Tool> {
        let connection = Arc::clone(&self.connection);
        Arc::new(RemoteTool::new(
            connection,
            offered,
            prefix,
            self.call_timeout,
        ))
    }
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let address = host.parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

impl fmt::Debug for McpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.offered.iter().map(|tool| &*tool.name).collect();
        f.debug_struct("McpServer")
            .field("server", &self.connection.name.shown)
            .field("tools", &names)
            .finish_non_exhaustive()
    }
}

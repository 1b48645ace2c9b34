//! Tools of servers that speak the Model Context Protocol, by the official SDK (`rmcp`).

mod error;
mod remote_tool;
mod result;

pub use error::McpError;

use std::fmt;
use std::future::Future;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use rmcp::RoleClient;
use rmcp::service::{ClientInitializeError, RunningService, serve_client};
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use rmcp::transport::{StreamableHttpClientTransport, TokioChildProcess};

use self::remote_tool::RemoteTool;
use super::Tool;
use crate::lm::Secret;

/// How long a server may take to come up and to list its tools.
const START: Duration = Duration::from_secs(30);

/// A running server that speaks the Model Context Protocol (MCP). Its tools are tools like any others.
///
/// A server process lives as long as anyone holds the `McpServer` or one of its tools. Then its input
/// is closed, and where it does not end by itself it is stopped. It needs a Tokio runtime.
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

/// A connection, and what to call it.
struct Connection {
    service: RunningService<RoleClient, ()>,
    name: ServerName,
}

/// What to call a server, and what must not be shown of it.
#[derive(Clone, Debug)]
struct ServerName {
    shown: String,
    /// The address, which may hold a key.
    hidden: Option<Secret>,
}

impl McpServer {
    /// Starts a server process and speaks to it over its input and output. Its error output goes to
    /// that of this process.
    ///
    /// # Errors
    ///
    /// Where the program cannot be started, or is no MCP server, or takes longer than 30 s to come up.
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

    /// Connects to a server over HTTP (the protocol's streamable HTTP), such as
    /// `https://example.com/mcp`.
    ///
    /// # Errors
    ///
    /// Where the server cannot be reached, or is no MCP server, or takes longer than 30 s.
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
            // The URL is not shown: it may hold a key.
            return Err(McpError::Address);
        };
        let name = ServerName {
            shown: host.to_owned(),
            hidden: Some(Secret::new(url)),
        };
        // A redirected request shows its token to another server.
        let mut client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        if is_loopback(host) {
            client = client.no_proxy();
        }
        let client = client.build().map_err(|error| McpError::Start {
            server: name.shown.clone(),
            why: name.clean(&error.to_string()),
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
            why: name.clean(&why.to_string()),
        };
        let started = async {
            let service = service.await.map_err(|error| failed(&error))?;
            let offered = service.list_all_tools().await;
            offered
                .map(|offered| (service, offered))
                .map_err(|error| failed(&error))
        };
        let (service, offered) =
            tokio::time::timeout(START, started)
                .await
                .map_err(|_| McpError::TooSlow {
                    server: name.shown.clone(),
                    limit: START,
                })??;
        Ok(Self {
            connection: Arc::new(Connection { service, name }),
            offered: offered.into(),
            call_timeout: Duration::from_secs(60),
        })
    }

    /// Sets how long a call of a tool may take. Default 60 s.
    #[must_use]
    pub const fn call_timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = timeout;
        self
    }

    /// The tools that the server offered when it came up, in its order. What providers do not take in
    /// names, such as `.` and `/`, is `_` in theirs.
    #[must_use]
    pub fn tools(&self) -> Vec<Arc<dyn Tool>> {
        self.tools_with_prefix("")
    }

    /// As [`tools`](Self::tools), with this before each name, so that tools of two servers do not meet.
    #[must_use]
    pub fn tools_with_prefix(&self, prefix: &str) -> Vec<Arc<dyn Tool>> {
        let tools = self.offered.iter();
        tools
            .map(|tool| Arc::new(RemoteTool::new(self, tool, prefix)) as Arc<dyn Tool>)
            .collect()
    }
}

impl ServerName {
    /// A text from the protocol, without what must not be shown.
    fn clean(&self, text: &str) -> String {
        match &self.hidden {
            Some(hidden) => text.replace(hidden.expose(), &self.shown),
            None => text.to_owned(),
        }
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

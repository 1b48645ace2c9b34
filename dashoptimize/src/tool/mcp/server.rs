//! `McpServer`: a server whose tools a program can use.

use std::fmt;
use std::future::Future;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use rmcp::RoleClient;
use rmcp::service::{ClientInitializeError, RunningService, serve_client};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;

use super::bounded::Bounded;
use super::connection::{Connection, ServerName};
use super::environment;
use super::error::McpError;
use super::limits;
use super::listing::Listing;
use super::pipes::Pipes;
use super::process::ServerProcess;
use super::remote_tool::{RemoteLimits, RemoteTool};
use crate::lm::Secret;
use crate::tool::callable::Tool;
use crate::tool::name::Names;

/// A running server that speaks the Model Context Protocol (MCP). Its tools are used like any others.
///
/// The connection is open as long as the `McpServer` or one of its tools exists. A Tokio runtime is
/// required.
///
/// # The end of a server process
///
/// When the `McpServer` and all of its tools are dropped, the input of a server process is closed; if it
/// is still running after 2 s, it is asked to terminate (`SIGTERM` on Unix), and after 2 s more it is
/// killed. The processes that it started are killed with it: those in its process group, and on Linux
/// also its other descendants and all that inherited its environment. A process that has left the group, has
/// lost its parent and has cleared its environment is not found. If the runtime stops, or if the
/// start fails or is cancelled, all of them are killed immediately. If the program ends without dropping
/// the `McpServer`, even by a signal, a shell that was started with the server kills them; on Windows, the
/// job object of the server does.
///
/// # What a server can send
///
/// A server is not trusted. What it sends is bounded, whatever it is:
///
/// | | at most | beyond |
/// |---|---|---|
/// | message | 16 MiB, and 1,000,000 JSON values from a process | the call fails |
/// | listing | 100 pages, 1000 tools, 4 MB; a repeated cursor ends it | the rest is [left out](Self::left_out) |
/// | schema of a tool | 100,000 bytes | the tool is [left out](Self::left_out) |
/// | description of a tool, error | 10,000 characters | cut, with the number of characters left out |
/// | result of a call | [`result_limit`](Self::result_limit) | cut in the same way |
/// | time to start | 30 s | [`McpError::TooSlow`] |
/// | time of a call | [`call_timeout`](Self::call_timeout) | the call fails |
///
/// A server that sends requests without reading the answers is not read either until it does.
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
    listing: Arc<Listing>,
    call_timeout: Duration,
    result_limit: usize,
}

impl McpServer {
    /// Starts a server process and connects to it through its standard input and output. Its standard
    /// error is that of this process.
    ///
    /// The server does not inherit the environment of this program, which may contain keys. It gets what
    /// the command sets with [`Command::env`], and of the program's variables only these: `HOME`, `LANG`,
    /// `LANGUAGE`, `LC_*`, `LOGNAME`, `PATH`, `SHELL`, `TERM`, `TMPDIR`, `TZ` and `USER`; on Windows those
    /// that name folders of the system and of the user, and `LC_*`.
    ///
    /// ```no_run
    /// use std::process::Command;
    ///
    /// use dashoptimize::tool::McpServer;
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut command = Command::new("npx");
    /// command.args(["-y", "@modelcontextprotocol/server-github"]);
    /// // The only secret of this program that the server gets to know:
    /// command.env("GITHUB_PERSONAL_ACCESS_TOKEN", std::env::var("GITHUB_TOKEN")?);
    /// let github = McpServer::spawn(command).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the program cannot be started, is not an MCP server, or is not ready within
    /// 30 s.
    pub async fn spawn(mut command: Command) -> Result<Self, McpError> {
        let name = ServerName {
            shown: command.get_program().to_string_lossy().into_owned(),
            hidden: None,
        };
        environment::restrict(&mut command);
        let failed = |cause| McpError::Spawn {
            server: name.shown.clone(),
            cause,
        };
        let (process, input, output) = ServerProcess::start(command).map_err(failed)?;
        let kept = process.share();
        let pipes = Pipes::new(process, input, output).map_err(failed)?;
        Self::start(name, Some(kept), serve_client((), Bounded::new(pipes))).await
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
        let mut config = StreamableHttpClientTransportConfig::with_uri(url)
            .max_sse_event_size(limits::MESSAGE)
            .max_json_response_size(limits::MESSAGE)
            .max_error_response_size(limits::TEXT);
        if let Some(token) = token {
            config = config.auth_header(token.expose());
        }
        let transport = StreamableHttpClientTransport::with_client(client, config);
        Self::start(name, None, serve_client((), Bounded::new(transport))).await
    }

    async fn start(
        name: ServerName,
        process: Option<ServerProcess>,
        service: impl Future<Output = Result<RunningService<RoleClient, ()>, ClientInitializeError>>,
    ) -> Result<Self, McpError> {
        let failed = |why: &dyn fmt::Display| McpError::Start {
            server: name.shown.clone(),
            why: name.redact(&why.to_string()),
        };
        let started = async {
            let service = service.await.map_err(|error| failed(&error))?;
            let listing = Listing::of(&service).await;
            listing
                .map(|listing| (service, listing))
                .map_err(|why| failed(&why))
        };
        let (service, listing) = tokio::time::timeout(limits::START, started)
            .await
            .map_err(|_| McpError::TooSlow {
                server: name.shown.clone(),
                limit: limits::START,
            })??;
        Ok(Self {
            connection: Arc::new(Connection {
                service,
                name,
                _process: process,
            }),
            listing: Arc::new(listing),
            call_timeout: Duration::from_secs(60),
            result_limit: limits::RESULT,
        })
    }

    /// Sets the time limit of a call of one of the tools. Default: 60 s. It applies to tools that are
    /// obtained from this value afterwards.
    #[must_use]
    pub const fn call_timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = timeout;
        self
    }

    /// Sets the number of characters of a result of one of the tools. A longer result is cut, and says how
    /// many characters are left out. Default: 100,000. It applies to tools that are obtained from this
    /// value afterwards.
    ///
    /// Modules show a model at most 10,000 characters of a result, whatever this limit is; the code that
    /// `CodeAct` runs is given all of it.
    #[must_use]
    pub const fn result_limit(mut self, characters: usize) -> Self {
        self.result_limit = characters;
        self
    }

    /// The tools that the server listed when it started, in its order. Characters that providers do not
    /// accept in names, such as `.` and `/`, are replaced by `_`, longer names are cut after 64
    /// characters, and where two names become the same, the second gets a number.
    #[must_use]
    pub fn tools(&self) -> Vec<Arc<dyn Tool>> {
        self.tools_with_prefix("")
    }

    /// As [`tools`](Self::tools), with `prefix` before each name, so that the tools of two servers have
    /// different names.
    #[must_use]
    pub fn tools_with_prefix(&self, prefix: &str) -> Vec<Arc<dyn Tool>> {
        let mut names = Names::default();
        let tools = self.listing.tools.iter();
        tools
            .map(|tool| {
                let name = names.made_valid(&format!("{prefix}{}", tool.name));
                self.remote_tool(tool, name)
            })
            .collect()
    }

    /// The tools that the server listed and that cannot be used, each with the reason: entries that are
    /// not valid, or that are too large or too many. At most 100 are kept.
    #[must_use]
    pub fn left_out(&self) -> &[String] {
        &self.listing.left_out
    }

    fn remote_tool(&self, offered: &rmcp::model::Tool, name: String) -> Arc<dyn Tool> {
        Arc::new(RemoteTool::new(
            Arc::clone(&self.connection),
            offered,
            name,
            RemoteLimits {
                time: self.call_timeout,
                result: self.result_limit,
            },
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
        let names: Vec<&str> = self.listing.tools.iter().map(|tool| &*tool.name).collect();
        f.debug_struct("McpServer")
            .field("server", &self.connection.name.shown)
            .field("tools", &names)
            .finish_non_exhaustive()
    }
}

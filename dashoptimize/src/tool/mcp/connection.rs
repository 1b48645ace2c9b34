//! A connection to a server, and the name by which errors refer to it.

use std::borrow::Cow;

use rmcp::RoleClient;
use rmcp::service::RunningService;

use super::limits;
use super::process::ServerProcess;
use crate::lm::Secret;
use crate::tool::excerpt::excerpt;

/// An open connection.
pub(super) struct Connection {
    pub(super) service: RunningService<RoleClient, ()>,
    pub(super) name: ServerName,
    /// The process of the server, if it has one here. Dropping it ends the process, even where the
    /// runtime does not get to closing the connection.
    pub(super) _process: Option<ServerProcess>,
}

/// The name of a server in error messages, and what these must not show.
#[derive(Clone, Debug)]
pub(super) struct ServerName {
    /// The program, or the host.
    pub(super) shown: String,
    /// The address, which may contain a key.
    pub(super) hidden: Option<Secret>,
}

impl ServerName {
    /// A text from the protocol, without what must not be shown, and cut.
    pub(super) fn redact(&self, text: &str) -> String {
        let text = match &self.hidden {
            Some(hidden) => Cow::Owned(text.replace(hidden.expose(), &self.shown)),
            None => Cow::Borrowed(text),
        };
        excerpt(&text, limits::TEXT)
    }
}

//! A connection to a server, and the name by which errors refer to it.

use rmcp::RoleClient;
use rmcp::service::RunningService;

use crate::lm::Secret;

/// An open connection.
pub(super) struct Connection {
    pub(super) service: RunningService<RoleClient, ()>,
    pub(super) name: ServerName,
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
    /// A text from the protocol, without what must not be shown.
    pub(super) fn redact(&self, text: &str) -> String {
        match &self.hidden {
            Some(hidden) => text.replace(hidden.expose(), &self.shown),
            None => text.to_owned(),
        }
    }
}

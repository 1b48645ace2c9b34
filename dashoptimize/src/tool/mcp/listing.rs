//! The tools that a server lists.

use std::collections::HashSet;

use rmcp::model::{ClientRequest, ListToolsRequest, PaginatedRequestParams, ServerResult, Tool};
use rmcp::service::{Peer, RoleClient, ServiceError};
use serde_json::Value;

use super::limits;
use crate::tool::excerpt::excerpt;

/// The tools of a server that can be used, and why others cannot.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) tools: Vec<Tool>,
    pub(super) left_out: Vec<String>,
    names: HashSet<String>,
    /// The size of the tools.
    bytes: usize,
}

/// A part of a listing.
struct Page {
    tools: Vec<Result<Tool, String>>,
    next: Option<String>,
}

impl Listing {
    /// Asks for all pages. A cursor that was there before ends the listing.
    pub(super) async fn of(peer: &Peer<RoleClient>) -> Result<Self, String> {
        let mut listing = Self::default();
        let mut cursors = HashSet::new();
        let mut cursor = None;
        for _ in 0..limits::PAGES {
            let page = page(peer, cursor).await?;
            for tool in page.tools {
                listing.add(tool);
            }
            match page.next {
                Some(next) if next.len() <= limits::TEXT && cursors.insert(next.clone()) => {
                    cursor = Some(next);
                }
                _ => return Ok(listing),
            }
            if listing.tools.len() >= limits::TOOLS {
                listing.leave_out(format!("all after the first {} tools", limits::TOOLS));
                return Ok(listing);
            }
        }
        listing.leave_out(format!("all tools after page {}", limits::PAGES));
        Ok(listing)
    }

    fn add(&mut self, tool: Result<Tool, String>) {
        match tool.and_then(|tool| self.checked(tool)) {
            Ok(tool) => self.tools.push(tool),
            Err(reason) => self.leave_out(reason),
        }
    }

    /// The tool without what nothing here uses, if it is new and within the limits.
    fn checked(&mut self, tool: Tool) -> Result<Tool, String> {
        let shown = excerpt(&tool.name, 100);
        let refuse = |why: &str| Err(format!("`{shown}`: {why}"));
        if tool.name.len() > limits::TEXT {
            return refuse("its name is too long");
        }
        if self.tools.len() >= limits::TOOLS {
            return refuse(&format!(
                "the server lists more than {} tools",
                limits::TOOLS
            ));
        }
        let schema = serde_json::to_vec(&tool.input_schema).map_or(usize::MAX, |json| json.len());
        if schema > limits::SCHEMA {
            return refuse(&format!(
                "its schema is larger than {} bytes",
                limits::SCHEMA
            ));
        }
        let description = excerpt(
            tool.description.as_deref().unwrap_or_default(),
            limits::TEXT,
        );
        self.bytes += tool.name.len() + description.len() + schema;
        if self.bytes > limits::LISTING {
            return refuse("the descriptions of all tools are too long");
        }
        if !self.names.insert(tool.name.to_string()) {
            return refuse("it is listed twice");
        }
        Ok(Tool::new(tool.name, description, tool.input_schema))
    }

    fn leave_out(&mut self, reason: String) {
        if self.left_out.len() < limits::REASONS {
            self.left_out.push(reason);
        }
    }
}

async fn page(peer: &Peer<RoleClient>, cursor: Option<String>) -> Result<Page, String> {
    let params = cursor.map(|cursor| PaginatedRequestParams::default().with_cursor(Some(cursor)));
    let request = ClientRequest::ListToolsRequest(ListToolsRequest {
        method: Default::default(),
        params,
        extensions: Default::default(),
    });
    match peer.send_request(request).await {
        Ok(ServerResult::ListToolsResult(listed)) => Ok(Page {
            tools: listed.tools.into_iter().map(Ok).collect(),
            next: listed.next_cursor,
        }),
        Ok(ServerResult::CustomResult(listed)) => page_in(listed.0),
        Ok(_) => Err("it did not answer the request for its tools with a list of tools".to_owned()),
        Err(ServiceError::McpError(error)) => Err(error.message.into_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// A page in which an entry is not a tool of the protocol: the others are tools all the same.
fn page_in(mut listed: Value) -> Result<Page, String> {
    let Some(Value::Array(entries)) = listed.get_mut("tools").map(Value::take) else {
        return Err("its answer to the request for its tools has no list `tools`".to_owned());
    };
    Ok(Page {
        tools: entries.into_iter().map(tool_in).collect(),
        next: listed["nextCursor"].as_str().map(str::to_owned),
    })
}

fn tool_in(mut entry: Value) -> Result<Tool, String> {
    let name = match entry.get("name").and_then(Value::as_str) {
        Some(name) => excerpt(name, 100),
        None => return Err("a tool without a name".to_owned()),
    };
    // Parts that are not used here cannot make a tool unusable.
    if let Some(entry) = entry.as_object_mut() {
        entry.retain(|key, _| ["name", "description", "inputSchema"].contains(&key.as_str()));
    }
    serde_json::from_value(entry)
        .map_err(|error| format!("`{name}`: {}", excerpt(&error.to_string(), 1000)))
}

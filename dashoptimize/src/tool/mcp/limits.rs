//! What a server may take: time, and the size of what it sends. A server is not trusted, so each of its
//! texts has a bound.

use std::time::Duration;

/// How long a server may take to start and to list its tools.
pub(super) const START: Duration = Duration::from_secs(30);

/// How long a server process may take to end after its input is closed, and again after it is asked to
/// end. Then it is killed.
pub(super) const GRACE: Duration = Duration::from_secs(2);

/// The size in bytes of a message. A longer one is not kept.
pub(super) const MESSAGE: usize = 16 << 20;

/// The number of JSON values in a message: each takes a hundred times the memory of the two bytes that a
/// small one has as text.
pub(super) const VALUES: usize = 1_000_000;

/// The number of pages of a listing. What follows is left out.
pub(super) const PAGES: usize = 100;

/// The number of tools of a server. What follows is left out.
pub(super) const TOOLS: usize = 1000;

/// The size in bytes of the schema of a tool. A tool with a larger one is left out.
pub(super) const SCHEMA: usize = 100_000;

/// The size in bytes of the names, descriptions and schemas of all tools. What follows is left out.
pub(super) const LISTING: usize = 4_000_000;

/// The number of tools that are left out of which the reason is kept.
pub(super) const REASONS: usize = 100;

/// The number of characters of a description of a tool, and of an error. A longer one is cut.
pub(super) const TEXT: usize = 10_000;

/// The number of characters of a result, unless the program sets it. A longer one is cut.
pub(super) const RESULT: usize = 100_000;

//! What an editor can do in and around the macros: `rust-analyzer`, driven over its protocol, on the
//! project of [`PROGRAM`].
//!
//! The cursor is where `‸` stands in a piece of the program. `.ci/run` shows how to install what the
//! tests need, and runs them.

mod client;
mod completion;
mod definition;
mod forms;
mod hover;
mod project;
mod rename;

use std::sync::{LazyLock, Mutex, MutexGuard};

use project::Project;

const PROGRAM: &str = include_str!("program.rs");

/// One server for all tests: a start takes long.
fn project() -> MutexGuard<'static, Project> {
    static PROJECT: LazyLock<Mutex<Project>> = LazyLock::new(|| Mutex::new(Project::open(PROGRAM)));
    // A test that failed leaves a whole project; the text is set anew.
    let mut project = PROJECT.lock().unwrap_or_else(|failed| failed.into_inner());
    project.replace_text(PROGRAM.to_owned());
    project
}

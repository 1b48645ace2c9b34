//! A program as a proposer is shown it.

use crate::module::{Module, describe_predictors};

/// The program as a proposer is shown it: its graph if it has one, and its predictors.
pub(super) fn program_text<M: Module>(program: &M) -> String {
    let graph = program
        .graph()
        .map(|graph| format!("{}\n", graph.to_mermaid()));
    let predictors = describe_predictors(&program.predictors());
    format!("{}{}", graph.unwrap_or_default(), predictors.trim_end())
}

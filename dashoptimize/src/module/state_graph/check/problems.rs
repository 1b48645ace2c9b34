//! The problems that were found so far.

use super::super::error::{GraphProblem, GraphProblemKind};
use crate::signature::suggestion::{closest, quoted_list};

#[derive(Default)]
pub(super) struct Problems(Vec<GraphProblem>);

impl Problems {
    /// Adds a problem, unless it was found already.
    pub(super) fn add(&mut self, kind: GraphProblemKind, message: impl Into<String>) {
        let problem = GraphProblem::new(kind, message);
        if !self.0.contains(&problem) {
            self.0.push(problem);
        }
    }

    /// What a stage found, if there are no problems.
    pub(super) fn end_stage<T>(&mut self, found: T) -> Result<T, Vec<GraphProblem>> {
        match self.0.is_empty() {
            true => Ok(found),
            false => Err(std::mem::take(&mut self.0)),
        }
    }

    pub(super) fn all(self) -> Vec<GraphProblem> {
        self.0
    }
}

/// What to write in place of an unknown name: `did you mean …?`, or all of them.
pub(super) fn instead<'a>(
    name: &str,
    what: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> String {
    match (closest(name, known.clone()), known.clone().count()) {
        (Some(meant), _) => format!("did you mean `{meant}`?"),
        (None, 0) => format!("there are no {what}"),
        (None, _) => format!("the {what} are {}", quoted_list(known)),
    }
}

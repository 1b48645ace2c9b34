//! The names of the steps themselves.

use proc_macro2::Ident;

use super::resolver::Resolver;
use super::scope::Scope;
use crate::graph::names::plain;
use crate::graph::path::UNNAMED;
use crate::graph::{Block, Step, StepKind};

impl Resolver<'_> {
    pub(super) fn check_names(&mut self, block: &mut Block) {
        for step in &mut block.steps {
            let reserved = step
                .names
                .iter()
                .find(|name| step.is_let() && is_reserved(name));
            if let Some(name) = reserved {
                let message = format!(
                    "names that start with `__` are reserved for the macro; write `{}`",
                    plain(name).trim_start_matches('_')
                );
                self.errors.at(name.span(), message);
                step.broken = true;
            }
        }
    }

    /// What changes was made with `let mut`, and not outside of a step that has one value.
    pub(super) fn check_change(&mut self, step: &mut Step, scope: &Scope) {
        let name = &step.names[0];
        let changes = matches!(step.kind, StepKind::Assign | StepKind::Change);
        if changes && !step.broken && !scope.may_change(name) {
            self.errors.at(name.span(), scope.why_fixed(&plain(name)));
            step.broken = true;
        }
    }
}

fn is_reserved(name: &Ident) -> bool {
    let name = plain(name);
    name.starts_with("__") && !UNNAMED.iter().any(|unnamed| name.starts_with(unnamed))
}

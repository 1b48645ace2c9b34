//! The names of the steps themselves.

use super::resolver::Resolver;
use super::scope::Scope;
use crate::graph::names::plain;
use crate::graph::{Block, StepKind};

impl Resolver<'_> {
    pub(super) fn check_names(&mut self, block: &mut Block, scope: &Scope) {
        for step in &mut block.steps {
            for name in step.names.clone() {
                let text = plain(&name);
                if text == "__unnamed" {
                    continue;
                }
                let problem = match step.kind {
                    StepKind::Let | StepKind::LetMut if text.starts_with("__") => Some(format!(
                        "names that start with `__` are reserved for the macro; write `{}`",
                        text.trim_start_matches('_')
                    )),
                    StepKind::Assign if !step.broken && !scope.mutable.contains(&text) => {
                        Some(changes(&text, scope))
                    }
                    _ => None,
                };
                if let Some(problem) = problem {
                    self.errors.at(name.span(), problem);
                    step.broken = true;
                }
            }
        }
    }
}

fn changes(name: &str, scope: &Scope) -> String {
    match scope.names.iter().any(|known| known == name) {
        true => format!("`{name}` changes here; write `let mut {name} = …` where it is made"),
        false => format!("no step is called `{name}`; write `let mut {name} = …` above the loop"),
    }
}

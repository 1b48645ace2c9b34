//! Which names can be read where.

use proc_macro2::Ident;

use crate::graph::names::plain;
use crate::graph::{Block, Step, StepKind};
use crate::nearest::{list, nearest};

/// Names that can be read, innermost last.
#[derive(Clone, Default)]
pub(super) struct Scope {
    pub(super) names: Vec<String>,
    /// Steps that come later in this block or in an enclosing one: reading them is a mistake.
    pub(super) later: Vec<String>,
    /// Names without a value, because the step that makes it has a mistake.
    pub(super) broken: Vec<String>,
    /// Names that may be changed.
    pub(super) mutable: Vec<String>,
    /// Those that may not be changed here.
    pub(super) fixed: Vec<String>,
}

impl Scope {
    pub(super) fn with(&self, bound: &[Ident]) -> Self {
        let mut scope = self.clone();
        for name in bound.iter().map(plain) {
            scope.broken.retain(|broken| *broken != name);
            scope.later.retain(|later| *later != name);
            scope.mutable.retain(|mutable| *mutable != name);
            scope.names.push(name);
        }
        scope
    }

    pub(super) fn enter(&mut self, step: &Step) {
        for name in step.names.iter().map(plain) {
            self.broken.retain(|broken| *broken != name);
            if step.broken {
                self.broken.push(name.clone());
            }
            if step.is_let() {
                self.mutable.retain(|mutable| *mutable != name);
                self.fixed.retain(|fixed| *fixed != name);
            }
            if step.kind == StepKind::LetMut {
                self.mutable.push(name.clone());
            }
            self.names.push(name);
        }
    }

    pub(super) fn may_change(&self, name: &Ident) -> bool {
        self.mutable.contains(&plain(name))
    }

    /// What to say of a name that changes and may not.
    pub(super) fn why_fixed(&self, name: &str) -> String {
        match self.names.iter().any(|known| known == name) {
            true if self.fixed.iter().any(|fixed| fixed == name) => format!(
                "`{name}` is made outside of this step, which cannot change it; write `let {name} = …;` here, or \
                 make the step a statement"
            ),
            true => format!("`{name}` changes here; write `let mut {name} = …` where it is made"),
            false => format!("no step is called `{name}`; write `let mut {name} = …` above"),
        }
    }

    /// What to say of a name that is neither an input nor an earlier step.
    pub(super) fn unknown(&self, name: &str) -> String {
        let mut known: Vec<&str> = self.names.iter().map(String::as_str).collect();
        known.sort_unstable();
        known.dedup();
        match nearest(name, &known) {
            Some(near) => {
                format!("no input or earlier step is called `{name}`; did you mean `{near}`?")
            }
            None if known.is_empty() => format!("no input or earlier step is called `{name}`"),
            None => format!(
                "no input or earlier step is called `{name}`; known names: {}",
                list(&known)
            ),
        }
    }
}

/// The steps of a block that no outer name hides.
pub(super) fn made_later(block: &Block, scope: &Scope) -> Vec<String> {
    let made = block.steps.iter().filter(|step| step.is_let());
    made.flat_map(|step| step.names.iter().map(plain))
        .filter(|name| !scope.names.contains(name))
        .collect()
}

//! Paths of steps and nodes in their program, such as `answer.hard`.

use proc_macro2::Span;

use super::names::plain;
use super::{Step, StepKind};

/// The alternatives of a fallback, as they are called in paths.
const ORDINALS: [&str; 8] = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth",
];

/// A path, and the place of its name in the source.
#[derive(Clone)]
pub(super) struct NodePath {
    pub(super) text: String,
    /// Where the user named the step; only steps of the program itself have it.
    pub(super) span: Option<Span>,
}

impl NodePath {
    /// The path of a whole program.
    pub(super) const fn top() -> Self {
        Self {
            text: String::new(),
            span: None,
        }
    }

    pub(super) fn is_top(&self) -> bool {
        self.text.is_empty()
    }

    /// The last name in it.
    pub(super) fn last(&self) -> &str {
        self.text.rsplit('.').next().unwrap_or_default()
    }

    /// The path of a branch.
    pub(super) fn branch(&self, name: &str) -> Self {
        let text = match self.is_top() {
            true => name.to_owned(),
            false => format!("{}.{name}", self.text),
        };
        Self { text, span: None }
    }

    /// The path of an alternative of a fallback.
    pub(super) fn alternative(&self, index: usize) -> Self {
        self.branch(ORDINALS[index % ORDINALS.len()])
    }

    /// The path of a step of a block.
    pub(super) fn step(&self, step: &Step) -> Self {
        let name = plain(&step.names[0]);
        // What a loop makes of `draft` is `draft.next`.
        let is_next = step.kind == StepKind::Assign && self.last() == name;
        let mut path = self.branch(if is_next { "next" } else { &name });
        path.span = self.is_top().then(|| step.names[0].span());
        path
    }

    /// The path of what a block evaluates to: that of the block, or `output` for the whole program.
    pub(super) fn tail(&self) -> Self {
        match self.is_top() {
            true => self.branch("output"),
            false => self.clone(),
        }
    }
}

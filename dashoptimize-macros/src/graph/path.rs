//! Paths of steps and nodes in their program, such as `answer.hard`.

use proc_macro2::{Ident, Span};

use super::names::plain;
use super::{Arm, Step, StepKind};

/// The alternatives of a fallback, as they are called in paths.
const ORDINALS: [&str; 8] = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth",
];

/// What a place in a row is called in paths.
pub(crate) fn ordinal(index: usize) -> String {
    match ORDINALS.get(index) {
        Some(ordinal) => (*ordinal).to_owned(),
        None => format!("number_{}", index + 1),
    }
}

/// What starts the names of steps that the user did not name; what follows says where they are.
pub(crate) const UNNAMED: [&str; 2] = ["__lifted_", "__step_"];

/// What a step is called in paths.
pub(crate) fn step_name(name: &Ident) -> String {
    let name = plain(name);
    match name.strip_prefix(UNNAMED[0]) {
        Some(place) => place.to_owned(),
        None => name.trim_start_matches("__").to_owned(),
    }
}

/// A path, and the place of its name in the source.
#[derive(Clone)]
pub(super) struct NodePath {
    pub(super) text: String,
    /// Where the user named the step; only steps of the program itself have it.
    pub(super) span: Option<Span>,
    /// Whether it is that of the output of the program.
    is_output: bool,
}

impl NodePath {
    /// The path of a whole program.
    pub(super) const fn top() -> Self {
        Self {
            text: String::new(),
            span: None,
            is_output: false,
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
        Self {
            text,
            span: None,
            is_output: false,
        }
    }

    /// The path of an alternative of a fallback.
    pub(super) fn alternative(&self, index: usize) -> Self {
        self.branch(&ordinal(index))
    }

    /// The path of a step of a block.
    pub(super) fn step(&self, step: &Step) -> Self {
        let name = step_name(&step.names[0]);
        // What a loop makes of `draft` is `draft.next`.
        let changes = matches!(step.kind, StepKind::Assign | StepKind::Statement);
        let mut path = match step.kind {
            StepKind::Change => self.branch(&name).branch("next"),
            _ if changes && self.last() == name => self.branch("next"),
            _ => self.branch(&name),
        };
        path.span = self.is_top().then(|| step.names[0].span());
        path
    }

    /// The path of what a block evaluates to: that of the block, or `output` for the whole program.
    pub(super) fn tail(&self) -> Self {
        match self.is_top() {
            true => Self {
                is_output: true,
                ..self.branch("output")
            },
            false => self.clone(),
        }
    }

    /// The path of what follows a statement that may end the block.
    pub(super) fn rest(&self) -> Self {
        match self.is_output {
            true => Self::top(),
            false => self.clone(),
        }
    }

    /// The path of an arm.
    pub(super) fn arm(&self, arm: &Arm) -> Self {
        match arm.is_rest {
            true => self.rest(),
            false => self.branch(&arm.name),
        }
    }
}

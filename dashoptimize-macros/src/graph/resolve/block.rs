//! Programs and blocks: their steps in order.

use std::collections::BTreeMap;

use proc_macro2::Ident;

use super::resolver::{Resolver, Sound};
use super::scope::{Scope, made_later};
use crate::diagnostics::Diagnostics;
use crate::editor;
use crate::graph::names::plain;
use crate::graph::path::NodePath;
use crate::graph::{Block, Step, StepKind, Work};

/// Checks a whole program and gives its nodes their paths.
pub(crate) fn resolve(inputs: &[&Ident], body: &mut Block, errors: &mut Diagnostics) {
    let scope = Scope {
        names: inputs.iter().map(|input| plain(input)).collect(),
        ..Scope::default()
    };
    let mut resolver = Resolver {
        errors,
        fields: BTreeMap::new(),
    };
    resolver.block(body, scope, &NodePath::top());
}

impl Resolver<'_> {
    /// Whether anything in the block cannot be compiled.
    pub(super) fn block(&mut self, block: &mut Block, mut scope: Scope, path: &NodePath) -> bool {
        self.check_names(block);
        let cycles = self.check_cycles(block, &scope);
        let mut later: Vec<String> = made_later(block, &scope);
        let outer_later = std::mem::take(&mut scope.later);
        for (index, step) in block.steps.iter_mut().enumerate() {
            later.retain(|name| !step.names.iter().any(|made| plain(made) == *name));
            scope.later = outer_later.iter().chain(&later).cloned().collect();
            let in_cycle = cycles.contains(&index);
            if in_cycle {
                step.broken = true;
            }
            self.check_change(step, &scope);
            let mut sound = Sound::No;
            // The steps inside a loop can be sound even if the loop lacks its bound.
            if !step.broken || (step.kind == StepKind::Loop && !in_cycle) {
                sound = self.step(step, &scope, &path.step(step));
            }
            step.broken |= sound != Sound::All;
            // An editor is given the step as far as it can be read.
            if sound == Sound::No && !editor::asks() {
                step.work = Work::Raw(step.tokens.clone());
            }
            scope.enter(step);
        }
        scope.later = outer_later;
        let mut tail_is_sound = Sound::All;
        if let Some(tail) = &mut block.tail {
            tail_is_sound = self.work(tail, &scope, &path.tail());
            if tail_is_sound == Sound::No && !editor::asks() {
                *tail = Work::Raw(block.tail_tokens.clone());
            }
        }
        tail_is_sound != Sound::All || block.steps.iter().any(|step| step.broken)
    }

    /// The same for a block inside a step, which can change nothing outside of it.
    pub(super) fn inner(&mut self, block: &mut Block, mut scope: Scope, path: &NodePath) -> Sound {
        let outside = std::mem::take(&mut scope.mutable);
        scope.fixed.extend(outside);
        self.part(block, scope, path)
    }

    /// The same for a part of a statement.
    pub(super) fn part(&mut self, block: &mut Block, scope: Scope, path: &NodePath) -> Sound {
        match self.block(block, scope, path) {
            true => Sound::Inside,
            false => Sound::All,
        }
    }

    fn step(&mut self, step: &mut Step, scope: &Scope, path: &NodePath) -> Sound {
        match &mut step.work {
            Work::Loop(repeat) => {
                let list = self.code(repeat.over.expr(), scope);
                let inner = scope.with(&repeat.over.bound());
                let body = self.part(&mut repeat.body, inner, path);
                // An assignment inside says what is wrong; this is the same mistake.
                let fixed = !step.names.iter().all(|name| scope.may_change(name));
                body.max(Sound::unless(list || fixed))
            }
            work => self.work(work, scope, path),
        }
    }
}

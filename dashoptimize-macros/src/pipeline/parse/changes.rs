//! What statements change.

use proc_macro2::Ident;

use crate::graph::names::plain;
use crate::graph::{Aim, Block, Work};

/// What a block changes that is made outside of it.
pub(super) fn changed_in(block: &Block, names: &mut Vec<Ident>) {
    let mut local: Vec<String> = Vec::new();
    for step in &block.steps {
        match step.is_let() {
            true => local.extend(step.names.iter().map(plain)),
            false => {
                let outside = step
                    .names
                    .iter()
                    .filter(|name| !local.contains(&plain(name)));
                for name in outside {
                    add(name, names);
                }
            }
        }
    }
    let mut of_tail = Vec::new();
    block
        .tail
        .iter()
        .for_each(|tail| changed_by(tail, &mut of_tail));
    for name in of_tail.iter().filter(|name| !local.contains(&plain(name))) {
        add(name, names);
    }
}

fn add(name: &Ident, names: &mut Vec<Ident>) {
    if names.iter().all(|known| known != name) {
        names.push(name.clone());
    }
}

/// The same for a statement, or the end of a block that may be left early.
pub(super) fn changed_by(work: &Work, names: &mut Vec<Ident>) {
    match work {
        Work::Route(route) if route.aim != Aim::Value => {
            route
                .arms
                .iter()
                .for_each(|arm| changed_in(&arm.body, names));
        }
        Work::Block(block) if block.lifted || block.tail.is_none() => changed_in(block, names),
        _ => {}
    }
}

pub(super) fn set_in(block: &mut Block, names: &[Ident], leaves: Option<bool>) {
    match &mut block.tail {
        Some(tail) => set_changes(tail, names, leaves),
        None => {
            block.changes.names = names.to_vec();
            block.changes.leaves = leaves.map(|leaves| block.changes.leaves.unwrap_or(leaves));
        }
    }
}

pub(super) fn set_changes(work: &mut Work, names: &[Ident], leaves: Option<bool>) {
    match work {
        Work::Route(route) if route.aim != Aim::Value => {
            let arms = route.arms.iter_mut();
            arms.for_each(|arm| set_in(&mut arm.body, names, leaves));
        }
        Work::Block(block) if block.lifted || block.tail.is_none() => set_in(block, names, leaves),
        _ => {}
    }
}

//! Steps that need each other.

use std::collections::BTreeMap;

use proc_macro2::Span;

use super::resolver::Resolver;
use crate::graph::names::plain;
use crate::graph::reads::reads_of;
use crate::graph::{Block, Step, Work};
use crate::nearest::list;

impl Resolver<'_> {
    /// The steps that need each other.
    pub(super) fn check_cycles(&mut self, block: &Block) -> Vec<String> {
        let needs = needs(block);
        let mut in_cycles: Vec<String> = Vec::new();
        for step in block.steps.iter().filter(|step| may_wait(step)) {
            let name = plain(&step.names[0]);
            if in_cycles.contains(&name) {
                continue;
            }
            let Some(cycle) = cycle_of(&name, &needs) else {
                continue;
            };
            let words = match &cycle[..] {
                [_] => format!("`{name}` needs itself"),
                [_, rest @ ..] => format!(
                    "`{name}` needs {}, which needs `{name}`",
                    list(rest)
                        .replace(" and ", ", which needs ")
                        .replace("`, `", "`, which needs `")
                ),
                [] => continue,
            };
            let message = format!(
                "{words}; make the first value in a separate step and change it in a `while`"
            );
            let span = read_of(&step.work, cycle.get(1).unwrap_or(&name));
            self.errors
                .at(span.unwrap_or_else(|| step.names[0].span()), message);
            in_cycles.extend(cycle);
        }
        in_cycles
    }
}

/// What a step with a mistake was meant to read is unknown.
fn may_wait(step: &Step) -> bool {
    step.is_let() && !step.broken
}

/// Which later or own steps each step reads.
fn needs(block: &Block) -> BTreeMap<String, Vec<String>> {
    let made: Vec<String> = block
        .steps
        .iter()
        .filter(|step| may_wait(step))
        .map(|step| plain(&step.names[0]))
        .collect();
    let steps = block.steps.iter().filter(|step| may_wait(step));
    let mut needs = BTreeMap::new();
    for step in steps {
        let reads = reads_of(&step.work).into_iter().map(|read| read.name);
        let needed: Vec<String> = reads.filter(|name| made.contains(name)).collect();
        needs.entry(plain(&step.names[0])).or_insert(needed);
    }
    needs
}

/// The steps from one back to itself.
fn cycle_of(start: &str, needs: &BTreeMap<String, Vec<String>>) -> Option<Vec<String>> {
    let mut paths: Vec<Vec<String>> = vec![vec![start.to_owned()]];
    let mut seen: Vec<String> = Vec::new();
    while let Some(path) = paths.pop() {
        let last = path.last()?;
        for next in needs.get(last).into_iter().flatten() {
            if next == start {
                return Some(path);
            }
            if !seen.contains(next) {
                seen.push(next.clone());
                let mut longer = path.clone();
                longer.push(next.clone());
                paths.push(longer);
            }
        }
    }
    None
}

fn read_of(work: &Work, name: &str) -> Option<Span> {
    let reads = reads_of(work).into_iter();
    reads
        .filter(|read| read.name == name)
        .map(|read| read.span)
        .next()
}

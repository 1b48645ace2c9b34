//! Steps that need each other.

use proc_macro2::Span;

use super::resolver::Resolver;
use super::scope::Scope;
use crate::graph::names::plain;
use crate::graph::read::How;
use crate::graph::reads::reads_of;
use crate::graph::{Block, Step, Work};
use crate::nearest::list;

impl Resolver<'_> {
    /// Which steps need each other.
    pub(super) fn check_cycles(&mut self, block: &Block, scope: &Scope) -> Vec<usize> {
        let needs = needs(&block.steps, scope);
        let mut in_cycles: Vec<usize> = Vec::new();
        for start in 0..block.steps.len() {
            if in_cycles.contains(&start) {
                continue;
            }
            let Some(cycle) = cycle_of(start, &needs) else {
                continue;
            };
            let names = cycle
                .iter()
                .map(|index| plain(&block.steps[*index].names[0]));
            let names: Vec<String> = names.collect();
            let name = &names[0];
            let words = match &names[..] {
                [name] => format!("`{name}` needs itself"),
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
            let step = &block.steps[start];
            let span = read_of(&step.work, names.get(1).unwrap_or(name));
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

/// Which steps of its block each step reads for certain: the last one above it that makes the name or, if
/// nothing above it does, the first one from there on.
fn needs(steps: &[Step], scope: &Scope) -> Vec<Vec<usize>> {
    let makes = |step: &Step, name: &str| {
        may_wait(step) && step.names.iter().any(|made| plain(made) == name)
    };
    let maker = |index: usize, name: &str| {
        let above = steps[..index].iter().rposition(|step| makes(step, name));
        let outside = scope.names.iter().any(|known| known == name);
        let below = || steps[index..].iter().position(|step| makes(step, name));
        match above {
            Some(above) => Some(above),
            None if outside => None,
            None => below().map(|below| index + below),
        }
    };
    let of = |(index, step): (usize, &Step)| {
        let reads = reads_of(&step.work).into_iter();
        let reads = reads.filter(|read| may_wait(step) && read.how == How::Value);
        reads.filter_map(|read| maker(index, &read.name)).collect()
    };
    steps.iter().enumerate().map(of).collect()
}

/// The steps from one back to itself.
fn cycle_of(start: usize, needs: &[Vec<usize>]) -> Option<Vec<usize>> {
    let mut paths: Vec<Vec<usize>> = vec![vec![start]];
    let mut seen: Vec<usize> = Vec::new();
    while let Some(path) = paths.pop() {
        for next in &needs[*path.last()?] {
            if *next == start {
                return Some(path);
            }
            if !seen.contains(next) {
                seen.push(*next);
                let mut longer = path.clone();
                longer.push(*next);
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

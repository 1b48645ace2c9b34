//! What has to wait for what.

use super::resolve::{all_reads, plain};
use super::{Block, Work};

/// Whether each step reads what the one before makes, so that they can only run one after the other.
pub(crate) fn is_straight(block: &Block) -> bool {
    let mut before: Option<Vec<String>> = None;
    for step in &block.steps {
        let waits = before.is_none_or(|before| reads_any(&step.work, &before));
        if !waits {
            return false;
        }
        before = Some(step.names.iter().map(plain).collect());
    }
    let waits = |tail| is_instant(tail) || before.is_none_or(|before| reads_any(tail, &before));
    block.tail.as_ref().is_none_or(waits)
}

fn reads_any(work: &Work, names: &[String]) -> bool {
    all_reads(work)
        .iter()
        .any(|read| names.contains(&read.name))
}

/// The end of a program that hands on what is there has nothing to wait for but its steps.
pub(crate) fn is_instant(work: &Work) -> bool {
    matches!(work, Work::Code(expr) if super::names::root(expr).is_some())
}

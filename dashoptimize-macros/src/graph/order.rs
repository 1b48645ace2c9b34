//! What has to wait for what.

use super::names::root;
use super::resolve::{all_reads, plain};
use super::{Step, Work};

/// Which of the steps before some work make what it reads.
pub(crate) fn before(steps: &[Step], work: &Work) -> Vec<usize> {
    let reads = all_reads(work);
    let makes = |step: &Step, name: &str| step.names.iter().any(|made| plain(made) == name);
    let makers = reads
        .iter()
        .filter_map(|read| steps.iter().rposition(|step| makes(step, &read.name)));
    let mut before: Vec<usize> = makers.collect();
    before.sort_unstable();
    before.dedup();
    before
}

/// The end of a program that hands on what is there has nothing to wait for but its steps.
pub(crate) fn is_instant(work: &Work) -> bool {
    matches!(work, Work::Code(expr) if root(expr).is_some())
}

//! Which steps wait for which.

use super::names::{plain, root};
use super::reads::reads_of;
use super::{Step, Work};

/// Which of the steps before some work make what it reads.
pub(crate) fn before(steps: &[Step], work: &Work) -> Vec<usize> {
    let reads = reads_of(work);
    let makes = |step: &Step, name: &str| step.names.iter().any(|made| plain(made) == name);
    let makers = reads
        .iter()
        .filter_map(|read| steps.iter().rposition(|step| makes(step, &read.name)));
    let mut before: Vec<usize> = makers.collect();
    before.sort_unstable();
    before.dedup();
    before
}

/// Whether work only passes on a value, so that it waits for nothing but the steps that make it.
pub(crate) fn is_instant(work: &Work) -> bool {
    matches!(work, Work::Code(expr) if root(expr).is_some())
}

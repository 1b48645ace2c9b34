//! Dealing groups of rows to the three parts.

use super::ratio::Ratio;

/// The indexes of rows that have to stay together.
pub(super) type Group = Vec<usize>;

/// The part of each group: 0 to 2. The groups are dealt in their order, so that each part is a run of
/// them. If a part would get less than half of its share because a group is large, the large groups are
/// dealt first, each to the part that lacks most.
pub(super) fn deal(groups: &[Group], ratio: Ratio) -> Vec<usize> {
    let rows = groups.iter().map(Vec::len).sum();
    let [train_end, val_end] = ratio.cuts(rows);
    let mut dealt = 0;
    let parts: Vec<usize> = groups
        .iter()
        .map(|group| {
            let part = usize::from(dealt >= train_end) + usize::from(dealt >= val_end);
            dealt += group.len();
            part
        })
        .collect();
    match is_fair(groups, &parts, ratio) {
        true => parts,
        false => deal_largest_first(groups, ratio),
    }
}

/// Whether each part has at least half of its share, and at least one row.
fn is_fair(groups: &[Group], parts: &[usize], ratio: Ratio) -> bool {
    let mut dealt = [0; 3];
    for (group, part) in groups.iter().zip(parts) {
        dealt[*part] += group.len() as u128;
    }
    let shares = ratio.shares().map(u128::from);
    let (rows, total): (u128, u128) = (dealt.iter().sum(), shares.iter().sum());
    let mut parts = dealt.into_iter().zip(shares);
    parts.all(|(dealt, share)| share == 0 || (dealt > 0 && 2 * dealt * total >= share * rows))
}

fn deal_largest_first(groups: &[Group], ratio: Ratio) -> Vec<usize> {
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_by_key(|group| std::cmp::Reverse(groups[*group].len()));
    let rows = groups.iter().map(Vec::len).sum();
    let mut shares = Shares::new(ratio);
    shares.expect(rows);
    let mut parts = vec![0; groups.len()];
    for group in order {
        parts[group] = shares.give(groups[group].len());
    }
    parts
}

/// The part of each group, so that each stratum is divided by the ratio. What cannot be divided evenly
/// in one stratum is made up for in the next.
pub(super) fn deal_strata(groups: &[Group], strata: &[usize], ratio: Ratio) -> Vec<usize> {
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_by_key(|group| strata[*group]);
    let mut shares = Shares::new(ratio);
    let mut parts = vec![0; groups.len()];
    for group in order {
        let rows = groups[group].len();
        shares.expect(rows);
        parts[group] = shares.give(rows);
    }
    match is_fair(groups, &parts, ratio) {
        true => parts,
        false => deal_largest_first(groups, ratio),
    }
}

/// How many rows each part still lacks, in units of a row divided by the sum of the ratio.
struct Shares {
    ratio: [i128; 3],
    lacks: [i128; 3],
}

impl Shares {
    fn new(ratio: Ratio) -> Self {
        Self {
            ratio: ratio.shares().map(i128::from),
            lacks: [0; 3],
        }
    }

    /// These rows are going to be dealt.
    fn expect(&mut self, rows: usize) {
        for (lacks, share) in self.lacks.iter_mut().zip(self.ratio) {
            *lacks += share * rows as i128;
        }
    }

    /// The part that gets the next rows: the one that lacks most.
    fn give(&mut self, rows: usize) -> usize {
        let most = (0..3).filter(|part| self.ratio[*part] > 0);
        let part = most
            .max_by_key(|part| (self.lacks[*part], 2 - part))
            .unwrap_or(0);
        self.lacks[part] -= rows as i128 * self.ratio.iter().sum::<i128>();
        part
    }
}

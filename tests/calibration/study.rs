//! What verdicts on many hold-outs of one kind say.

use std::fmt;

use dashoptimize::engine::SeededRng;
use dashoptimize::evaluate::{Decision, Verdict, VerdictRule};

use super::shape::Shape;

const MOST_FALSE: f64 = 0.05;
const LEAST_COVERAGE: f64 = 0.93;
/// The margin of the default rule.
const MARGIN: f64 = 0.02;

pub(crate) const LIMITS: &str = "limits: false Better 5 %, false NotWorse 5 %, coverage 93 %, no Better or \
                          Worse beside an interval that contains 0";

pub(crate) const HEADER: &str = "shape                                    n   better  false B  not worse  \
                          false NW  coverage";

/// How often hold-outs of one shape and size had which verdict.
pub(crate) struct Study {
    shape: &'static str,
    difference: f64,
    n: usize,
    trials: usize,
    better: usize,
    not_worse: usize,
    covered: usize,
    contradictions: usize,
}

impl Study {
    pub(crate) fn run(shape: &Shape, n: usize, trials: usize, resamples: u32) -> Self {
        let mut study = Self {
            shape: shape.name,
            difference: shape.difference,
            n,
            trials,
            better: 0,
            not_worse: 0,
            covered: 0,
            contradictions: 0,
        };
        let mut rng = SeededRng::new(n as u64, shape.name);
        let rule = VerdictRule::default().with_resamples(resamples);
        for trial in 0..trials as u64 {
            let rows = (0..n).map(|_| (shape.row)([(); 3].map(|()| uniform(&mut rng))));
            let rows: Vec<[f64; 2]> = rows.collect();
            let copies = rows.iter().enumerate();
            let copies = copies.flat_map(|row| std::iter::repeat_n(row, shape.copies));
            let (mut baseline, mut candidate, mut clusters) = (vec![], vec![], vec![]);
            for (cluster, [before, after]) in copies {
                baseline.push(Some(*before));
                candidate.push(Some(*after));
                clusters.push(cluster);
            }
            let rule = rule.with_seed(trial);
            let verdict = rule.judge_clusters(&baseline, &candidate, &clusters);
            study.count(&verdict.expect("scores are from 0 to 1"));
        }
        study
    }

    fn count(&mut self, verdict: &Verdict) {
        let interval = verdict.interval.expect("there are rows");
        // Six digits of a verdict are exact.
        let is_covered =
            interval.lower - 1e-6 <= self.difference && self.difference <= interval.upper + 1e-6;
        let decided = matches!(verdict.decision, Decision::Better | Decision::Worse);
        self.better += usize::from(verdict.is_better());
        self.not_worse += usize::from(verdict.decision == Decision::NotWorse);
        self.covered += usize::from(is_covered);
        self.contradictions += usize::from(decided && (interval.contains(0.0) || verdict.p > 0.05));
    }

    fn rate(&self, count: usize) -> f64 {
        count as f64 / self.trials as f64
    }

    /// How often a gain was found.
    pub(crate) fn power(&self) -> f64 {
        self.rate(self.better)
    }

    fn false_better(&self) -> Option<f64> {
        (self.difference <= 0.0).then(|| self.rate(self.better))
    }

    fn false_not_worse(&self) -> Option<f64> {
        (self.difference <= -MARGIN).then(|| self.rate(self.not_worse))
    }

    pub(crate) fn passes(&self) -> bool {
        self.false_better().is_none_or(|rate| rate <= MOST_FALSE)
            && self.false_not_worse().is_none_or(|rate| rate <= MOST_FALSE)
            && self.rate(self.covered) >= LEAST_COVERAGE
            && self.contradictions == 0
    }
}

impl fmt::Display for Study {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |rate: f64| format!("{:.1} %", rate * 100.0);
        let limited = |rate: Option<f64>| rate.map_or("-".to_owned(), percent);
        write!(
            f,
            "{:36} {:5} {:>8} {:>8} {:>10} {:>9} {:>9}  {}",
            self.shape,
            self.n,
            percent(self.power()),
            limited(self.false_better()),
            percent(self.rate(self.not_worse)),
            limited(self.false_not_worse()),
            percent(self.rate(self.covered)),
            if self.passes() { "PASS" } else { "MISS" },
        )
    }
}

/// A draw from 0 to 1.
fn uniform(rng: &mut SeededRng) -> f64 {
    (rng.bits() >> 11) as f64 / (1_u64 << 53) as f64
}

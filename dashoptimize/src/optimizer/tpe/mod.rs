//! TPE: a sampler that learns from what was tried which settings to try next.
//!
//! The tree-structured Parzen estimator models the good trials and the others as two mixtures of
//! kernels, one kernel for each trial, and proposes what is likely among the good ones and unlikely among
//! the others. All dimensions are sampled jointly, so that two settings that are good only together are
//! found together.
//!
//! The formulas are those of Optuna 5 with `multivariate=True`:
//!
//! | what | formula |
//! |---|---|
//! | start | the first `n_startup` informative trials (10) are uniform at random |
//! | good trials | the best `min(⌈0.1 · n⌉, 25)` of the `n` informative trials |
//! | order | trials with a score by score; then pruned ones by step and score; of equal ones the earlier |
//! | weights | 1 for each kernel if there are fewer than 25, otherwise rising linearly from `1/n` over all but the newest 25, which have 1; one kernel for the prior, with weight 1 |
//! | kernel of a choice among `C`, of `n` trials | `(1[observed] + 1/(n+1)) / (1 + C/(n+1))`; the prior's is uniform |
//! | kernel of a number in a range of width `w`, of `n` trials in `d` dimensions | normal around the observed number, with `σ = 0.2 · w · n^(−1/(d+4))`, but at least `w / min(100, n+2)` and at most `w`, cut at the ends of the range; the prior's is around the middle with `σ = w` |
//! | whole numbers | the mass of the kernel between `x − ½` and `x + ½` |
//! | numbers on a scale of logarithms | the kernel over the logarithm |
//! | choice | of 24 points drawn from the mixture of the good trials, the one with the greatest `ln p(good) − ln p(others)`; of equal ones the first |
//!
//! There is one departure. A joint sampler of choices can stay for ever with what it found first, so a small
//! share of the points ([`Tpe::exploration`]) is uniform at random also later on.
//!
//! Source: Bergstra et al. 2011, "Algorithms for Hyper-Parameter Optimization"; Watanabe 2023, arXiv
//! 2304.11127.

mod dimension;
mod mixture;
#[cfg(test)]
mod tests;

pub use dimension::{Coordinate, Dimension, SpaceError};

use self::mixture::Mixture;
use crate::random::SeededRng;

/// The share of trials that are good, and the most that are.
const GOOD_SHARE: f64 = 0.1;
const MOST_GOOD: usize = 25;

/// How many points are drawn from the mixture of the good trials.
const DRAWS: usize = 24;

/// A sampler that learns from what was tried. Larger scores are better.
///
/// It is deterministic: equal seeds and equal trials give equal points.
///
/// ```
/// use dashoptimize::engine::SeededRng;
/// use dashoptimize::optimizer::tpe::{Coordinate, Dimension, Observed, Tpe};
///
/// let space = [Dimension::choice(4), Dimension::float(0.0, 2.0)];
/// let mut tpe = Tpe::new(space, SeededRng::new(7, "example"))?;
/// let mut best = f64::NEG_INFINITY;
/// for _ in 0..60 {
///     let point = tpe.suggest();
///     let [Coordinate::Choice(choice), Coordinate::Float(temperature)] = point[..] else {
///         unreachable!("a point has a coordinate for each dimension");
///     };
///     let score = f64::from(u8::from(choice == 2)) - (temperature - 0.5).abs();
///     best = best.max(score);
///     tpe.tell(point, Observed::Scored(score));
/// }
/// assert!(best > 0.9);
/// # Ok::<(), dashoptimize::optimizer::tpe::SpaceError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Tpe {
    space: Vec<Dimension>,
    rng: SeededRng,
    trials: Vec<Trial>,
    n_startup: usize,
    exploration: f64,
}

/// What became of a trial.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Observed {
    /// It has a score. One that is not a number counts as [`Failed`](Self::Failed).
    Scored(f64),
    /// It was stopped after this many steps, such as rows, because it seemed to be worse than others. It
    /// is ranked after all trials that have a score; among pruned ones, the one that got further is better.
    Pruned {
        /// How far it got.
        step: usize,
        /// The score at that step.
        score: f64,
    },
    /// It says nothing about the point, as when a provider did not answer.
    Failed,
}

/// A point that was tried, and its rank: later steps and higher scores are better.
#[derive(Clone, Debug)]
struct Trial {
    point: Vec<Coordinate>,
    /// The step is `usize::MAX` for a trial that was not pruned.
    rank: (usize, f64),
}

impl Tpe {
    /// A sampler for this space, with 10 trials at random in the beginning.
    ///
    /// # Errors
    ///
    /// If a dimension has no value, or cannot have a scale of logarithms.
    pub fn new(
        space: impl IntoIterator<Item = Dimension>,
        rng: SeededRng,
    ) -> Result<Self, SpaceError> {
        let space: Vec<Dimension> = space.into_iter().collect();
        space.iter().try_for_each(Dimension::check)?;
        Ok(Self {
            space,
            rng,
            trials: Vec::new(),
            n_startup: 10,
            exploration: 0.05,
        })
    }

    /// Sets after how many informative trials it starts to learn; until then points are uniform at random.
    /// Trials that the sampler did not suggest count as well. Default 10.
    #[must_use]
    pub const fn n_startup(mut self, trials: usize) -> Self {
        self.n_startup = trials;
        self
    }

    /// Sets the share of points, from 0 to 1, that are uniform at random after the start too. With 0, it
    /// is Optuna's sampler. Default 0.05.
    #[must_use]
    pub const fn exploration(mut self, share: f64) -> Self {
        self.exploration = share;
        self
    }

    /// The next point to try: a coordinate for each dimension of the space.
    pub fn suggest(&mut self) -> Vec<Coordinate> {
        let explores = self.rng.unit() < self.exploration;
        if explores || self.trials.len() < self.n_startup {
            return self.anywhere();
        }
        let (good, others) = self.split();
        let good = Mixture::new(&self.space, &good);
        let others = Mixture::new(&self.space, &others);
        let mut best: Option<(f64, Vec<Coordinate>)> = None;
        for _ in 0..DRAWS {
            let point = good.draw(&mut self.rng);
            let gain = good.ln_density(&point) - others.ln_density(&point);
            if best.as_ref().is_none_or(|(most, _)| gain > *most) {
                best = Some((gain, point));
            }
        }
        best.map_or_else(|| self.anywhere(), |(_, point)| point)
    }

    /// Says what became of a point, whether it was suggested or not. A point that does not belong to the
    /// space is ignored.
    pub fn tell(&mut self, point: Vec<Coordinate>, observed: Observed) {
        let rank = match observed {
            Observed::Scored(score) => (usize::MAX, score),
            Observed::Pruned { step, score } => (step.min(usize::MAX - 1), score),
            Observed::Failed => return,
        };
        let belongs = point.len() == self.space.len()
            && self.space.iter().zip(&point).all(|(d, c)| d.contains(*c));
        if belongs && !rank.1.is_nan() {
            self.trials.push(Trial { point, rank });
        }
    }

    fn anywhere(&mut self) -> Vec<Coordinate> {
        let dimensions = self.space.iter();
        dimensions.map(|d| d.uniform(&mut self.rng)).collect()
    }

    /// The good trials and the others, both in the order in which they were told.
    fn split(&self) -> (Vec<&[Coordinate]>, Vec<&[Coordinate]>) {
        let mut order: Vec<usize> = (0..self.trials.len()).collect();
        let rank = |trial: usize| self.trials[trial].rank;
        // The sort is stable, so the earlier of two equal trials comes first.
        order.sort_by(|a, b| {
            let ((a_step, a_score), (b_step, b_score)) = (rank(*a), rank(*b));
            b_step.cmp(&a_step).then(b_score.total_cmp(&a_score))
        });
        let (good, others) = order.split_at_mut(good_trials(self.trials.len()));
        good.sort_unstable();
        others.sort_unstable();
        let points = |trials: &[usize]| {
            let points = trials.iter().map(|trial| &*self.trials[*trial].point);
            points.collect()
        };
        (points(good), points(others))
    }
}

/// How many of so many trials are good.
fn good_trials(trials: usize) -> usize {
    ((trials as f64 * GOOD_SHARE).ceil() as usize).min(MOST_GOOD)
}

//! A mixture of kernels, one for each trial and one for the prior.

use std::f64::consts::TAU;

use statrs::distribution::{ContinuousCDF, Normal};

use super::dimension::{Coordinate, Dimension, Kind, Scale};
use crate::random::SeededRng;

/// From this many trials on, older ones count less.
const FULL_WEIGHTS: usize = 25;

/// A mixture of kernels over the points of a space.
pub(super) struct Mixture<'a> {
    space: &'a [Dimension],
    /// The kernels; the last is the prior's.
    kernels: Vec<Kernel>,
}

struct Kernel {
    /// The share of the kernel; all of them add up to 1.
    share: f64,
    factors: Vec<Factor>,
}

/// A kernel in one dimension.
pub(super) enum Factor {
    /// The probability of each choice.
    Choice(Vec<f64>),
    /// A normal distribution that is cut at the ends of the range.
    Normal {
        scale: Scale,
        mean: f64,
        deviation: f64,
    },
}

impl<'a> Mixture<'a> {
    /// The mixture of these points, in the order in which they were tried.
    pub(super) fn new(space: &'a [Dimension], points: &[&[Coordinate]]) -> Self {
        let mut weights = weights(points.len());
        weights.push(1.0);
        let total: f64 = weights.iter().sum();
        let observed = points.iter().map(|point| Some(*point)).chain([None]);
        let kernels = observed.zip(weights).map(|(point, weight)| {
            let factor = |(d, dimension): (usize, &Dimension)| {
                let observed = point.map(|point| point[d]);
                Factor::new(dimension, observed, points.len(), space.len())
            };
            Kernel {
                share: weight / total,
                factors: space.iter().enumerate().map(factor).collect(),
            }
        });
        Self {
            space,
            kernels: kernels.collect(),
        }
    }

    /// A point of the mixture at random: all coordinates are those of one kernel.
    pub(super) fn draw(&self, rng: &mut SeededRng) -> Vec<Coordinate> {
        let shares = self.kernels.iter().map(|kernel| kernel.share);
        let kernel = &self.kernels[rng.weighted(shares)];
        let factors = kernel.factors.iter();
        factors.map(|factor| factor.draw(rng)).collect()
    }

    /// The logarithm of the density at a point.
    pub(super) fn ln_density(&self, point: &[Coordinate]) -> f64 {
        debug_assert_eq!(point.len(), self.space.len());
        let logs: Vec<f64> = self
            .kernels
            .iter()
            .map(|kernel| {
                let factors = kernel.factors.iter().zip(point);
                let density: f64 = factors.map(|(factor, c)| factor.ln_density(*c)).sum();
                kernel.share.ln() + density
            })
            .collect();
        let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        match most.is_finite() {
            true => most + logs.iter().map(|log| (log - most).exp()).sum::<f64>().ln(),
            false => most,
        }
    }
}

impl Factor {
    /// The kernel of a value that was observed, or of the prior, in a mixture of so many trials.
    pub(super) fn new(
        dimension: &Dimension,
        observed: Option<Coordinate>,
        trials: usize,
        dimensions: usize,
    ) -> Self {
        match dimension.0 {
            Kind::Choice(choices) => {
                let chosen = observed.and_then(Coordinate::choice);
                Self::choice(choices, chosen, trials)
            }
            Kind::Number(scale) => Self::normal(scale, observed, trials, dimensions),
        }
    }

    fn choice(choices: usize, chosen: Option<usize>, trials: usize) -> Self {
        let prior = 1.0 / (trials as f64 + 1.0);
        let total = prior * choices as f64 + f64::from(u8::from(chosen.is_some()));
        let weight = |index| prior + f64::from(u8::from(chosen == Some(index)));
        Self::Choice((0..choices).map(|index| weight(index) / total).collect())
    }

    fn normal(
        scale: Scale,
        observed: Option<Coordinate>,
        trials: usize,
        dimensions: usize,
    ) -> Self {
        let (start, end) = scale.ends();
        let width = end - start;
        let Some(observed) = observed else {
            return Self::Normal {
                scale,
                mean: f64::midpoint(start, end),
                deviation: width,
            };
        };
        let narrower = (trials as f64).powf(-1.0 / (dimensions as f64 + 4.0));
        let least = width / (trials as f64 + 2.0).min(100.0);
        Self::Normal {
            scale,
            mean: scale.place_of(observed),
            deviation: (0.2 * width * narrower).clamp(least, width),
        }
    }

    fn draw(&self, rng: &mut SeededRng) -> Coordinate {
        match self {
            Self::Choice(shares) => Coordinate::Choice(rng.weighted(shares.iter().copied())),
            Self::Normal {
                scale,
                mean,
                deviation,
            } => {
                if *deviation <= 0.0 {
                    return scale.coordinate(*mean);
                }
                let (start, end) = scale.ends();
                let normal = Normal::standard();
                let below = normal.cdf((start - mean) / deviation);
                let above = normal.cdf((end - mean) / deviation);
                let share = below + rng.unit() * (above - below);
                let place = mean + deviation * normal.inverse_cdf(share);
                scale.coordinate(place.clamp(start, end))
            }
        }
    }

    /// The logarithm of the density of a value, or of the probability of a choice or a whole number.
    pub(super) fn ln_density(&self, coordinate: Coordinate) -> f64 {
        match self {
            Self::Choice(shares) => {
                let share = coordinate.choice().and_then(|index| shares.get(index));
                share.map_or(f64::NEG_INFINITY, |share| share.ln())
            }
            Self::Normal {
                scale,
                mean,
                deviation,
            } => {
                // The range is a single number.
                if *deviation <= 0.0 {
                    return 0.0;
                }
                let (start, end) = scale.ends();
                let normal = Normal::standard();
                let mass = |from: f64, to: f64| {
                    normal.cdf((to - mean) / deviation) - normal.cdf((from - mean) / deviation)
                };
                let here = match scale.cell(coordinate) {
                    Some((from, to)) => mass(from, to).ln(),
                    None => {
                        let far = (scale.place_of(coordinate) - mean) / deviation;
                        -0.5 * far * far - deviation.ln() - 0.5 * TAU.ln()
                    }
                };
                here - mass(start, end).ln()
            }
        }
    }
}

/// The weights of trials, oldest first.
pub(super) fn weights(trials: usize) -> Vec<f64> {
    let older = trials.saturating_sub(FULL_WEIGHTS);
    let first = 1.0 / trials.max(1) as f64;
    let weight = |index: usize| match index < older {
        // A line from `first` to 1; a single point of it is its start.
        true if older == 1 => first,
        true => first + (1.0 - first) * index as f64 / (older as f64 - 1.0),
        false => 1.0,
    };
    (0..trials).map(weight).collect()
}

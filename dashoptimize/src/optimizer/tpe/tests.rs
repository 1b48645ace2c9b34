//! The formulas of the sampler, and how well it searches.

use super::dimension::{Coordinate, Dimension, SpaceError};
use super::mixture::{Factor, Mixture, weights};
use super::{Observed, Tpe, good_trials};
use crate::random::SeededRng;

fn rng(seed: u64) -> SeededRng {
    SeededRng::new(seed, "tpe")
}

fn choice(point: &[Coordinate], dimension: usize) -> usize {
    point[dimension].choice().unwrap()
}

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
}

#[test]
fn good_trials_are_a_tenth_and_not_more_than_25() {
    let cases = [(1, 1), (10, 1), (11, 2), (100, 10), (250, 25), (1_000, 25)];
    for (trials, good) in cases {
        assert_eq!(good_trials(trials), good, "{trials} trials");
    }
}

#[test]
fn older_trials_count_less_from_25_on() {
    assert_eq!(weights(0), [0.0; 0]);
    assert_eq!(weights(24), [1.0; 24]);
    assert_eq!(weights(25), [1.0; 25]);
    near(weights(26)[0], 1.0 / 26.0);
    let of_30 = weights(30);
    let start = 1.0 / 30.0;
    for (index, weight) in of_30[..5].iter().enumerate() {
        near(*weight, start + (1.0 - start) * index as f64 / 4.0);
    }
    assert_eq!(of_30[5..], [1.0; 25]);
}

/// `(1[observed] + 1/(n+1))` for each choice, normalised.
#[test]
fn the_kernel_of_a_choice_is_that_of_the_documentation() {
    let dimension = Dimension::choice(4);
    let observed = Factor::new(&dimension, Some(Coordinate::Choice(2)), 3, 1);
    let density = |factor: &Factor, index| factor.ln_density(Coordinate::Choice(index)).exp();
    near(density(&observed, 2), (1.0 + 0.25) / 2.0);
    near(density(&observed, 0), 0.25 / 2.0);
    let prior = Factor::new(&dimension, None, 3, 1);
    near(density(&prior, 1), 0.25);
    near(density(&prior, 4), 0.0);
}

#[test]
fn the_kernel_of_a_number_is_that_of_the_documentation() {
    let deviation = |trials, dimensions| {
        let dimension = Dimension::float(0.0, 10.0);
        let observed = Some(Coordinate::Float(4.0));
        match Factor::new(&dimension, observed, trials, dimensions) {
            Factor::Normal { deviation, .. } => deviation,
            Factor::Choice(_) => unreachable!("it is a number"),
        }
    };
    // One trial: the smallest deviation is a third of the width.
    near(deviation(1, 1), 10.0 / 3.0);
    near(deviation(50, 1), 2.0 * 50_f64.powf(-0.2));
    near(deviation(50, 6), 2.0 * 50_f64.powf(-0.1));
    // Never narrower than a hundredth.
    near(deviation(100_000_000, 1), 0.1);
}

/// Densities add up to 1 over the space, whatever its scale is.
#[test]
fn a_mixture_is_a_distribution() {
    let whole = [
        (Dimension::integer(1, 12), 1),
        (Dimension::integer(1, 12).log(), 1),
        (Dimension::integer(-6, 5), -6),
    ];
    for (dimension, low) in whole {
        let space = [dimension];
        let points = [low, low + 4].map(|number| [Coordinate::Integer(number)]);
        let points: Vec<&[Coordinate]> = points.iter().map(|point| &point[..]).collect();
        let mixture = Mixture::new(&space, &points);
        let mass = |number| mixture.ln_density(&[Coordinate::Integer(number)]).exp();
        near((low..low + 12).map(mass).sum(), 1.0);
    }
    let space = [Dimension::float(0.1, 10.0).log()];
    let point = [Coordinate::Float(0.2)];
    let mixture = Mixture::new(&space, &[&point]);
    let (start, end) = (0.1_f64.ln(), 10_f64.ln());
    let step = (end - start) / 10_000.0;
    let mass = |index: i32| {
        let place = start + (f64::from(index) + 0.5) * step;
        mixture.ln_density(&[Coordinate::Float(place.exp())]).exp() * step
    };
    let total: f64 = (0..10_000).map(mass).sum();
    assert!((total - 1.0).abs() < 1e-4, "{total}");
}

#[test]
fn equal_seeds_and_trials_give_equal_points() {
    let space = || {
        [
            Dimension::choice(5),
            Dimension::integer(1, 100).log(),
            Dimension::float(-1.0, 1.0),
        ]
    };
    let points = |seed| {
        let mut tpe = Tpe::new(space(), rng(seed)).unwrap();
        let mut points = Vec::new();
        for trial in 0..40 {
            let point = tpe.suggest();
            for (dimension, coordinate) in space().iter().zip(&point) {
                assert!(dimension.contains(*coordinate), "{coordinate:?}");
            }
            points.push(point.clone());
            tpe.tell(point, Observed::Scored(f64::from(trial % 7)));
        }
        points
    };
    assert_eq!(points(0), points(0));
    assert_ne!(points(0), points(1));
}

/// The points that a search of so many trials tries, at random if it does not learn, with their scores.
fn search(
    space: &[Dimension],
    seed: u64,
    trials: usize,
    learns: bool,
    mut score: impl FnMut(&[Coordinate]) -> f64,
) -> Vec<(f64, Vec<Coordinate>)> {
    let mut tpe = Tpe::new(space.iter().copied(), rng(seed)).unwrap();
    let tried = (0..trials).map(|_| {
        let point = tpe.suggest();
        let seen = score(&point);
        if learns {
            tpe.tell(point.clone(), Observed::Scored(seen));
        }
        (seen, point)
    });
    tried.collect()
}

fn best(tried: Vec<(f64, Vec<Coordinate>)>) -> Vec<Coordinate> {
    let best = tried.into_iter().max_by(|a, b| a.0.total_cmp(&b.0));
    best.expect("something was tried").1
}

/// A landscape as that of MIPROv2: four choices of ten, each with a worth of its own, and what the first two
/// are worth together.
struct Landscape {
    alone: [[f64; 10]; 4],
    pair: [[f64; 10]; 10],
}

impl Landscape {
    fn new(seed: u64) -> Self {
        let mut rng = SeededRng::new(seed, "landscape");
        Self {
            alone: std::array::from_fn(|_| std::array::from_fn(|_| rng.unit())),
            pair: std::array::from_fn(|_| std::array::from_fn(|_| rng.unit())),
        }
    }

    fn worth(&self, point: [usize; 4]) -> f64 {
        let alone: f64 = self.alone.iter().zip(point).map(|(d, c)| d[c]).sum();
        0.7 * alone / 4.0 + 0.3 * self.pair[point[0]][point[1]]
    }

    /// The greatest worth of all points.
    fn optimum(&self) -> f64 {
        let best = |d: usize| {
            let worth = |a: &usize, b: &usize| self.alone[d][*a].total_cmp(&self.alone[d][*b]);
            (0..10).max_by(worth).unwrap()
        };
        let (third, fourth) = (best(2), best(3));
        let points = (0..100).map(|pair| [pair / 10, pair % 10, third, fourth]);
        points.map(|point| self.worth(point)).fold(0.0, f64::max)
    }

    fn at(&self, point: &[Coordinate]) -> f64 {
        self.worth(std::array::from_fn(|d| choice(point, d)))
    }

    /// The share of the optimum that a search reaches which sees scores with noise (deviation 0.1).
    fn share(seed: u64, trials: usize, learns: bool) -> f64 {
        let landscape = Self::new(seed);
        let mut noise = SeededRng::new(seed, "noise");
        // The sum of twelve uniform numbers has the variance 1.
        let mut noisy = |point: &[Coordinate]| {
            let deviate = (0..12).map(|_| noise.unit()).sum::<f64>() - 6.0;
            landscape.at(point) + 0.1 * deviate
        };
        let found = best(search(
            &[Dimension::choice(10); 4],
            seed,
            trials,
            learns,
            &mut noisy,
        ));
        landscape.at(&found) / landscape.optimum()
    }
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    values.sum::<f64>() / count
}

#[test]
fn it_finds_good_choices_under_noise_with_a_quarter_of_the_trials_of_random() {
    let share = |trials, learns| {
        let shares = (0..80_u32).map(|seed| Landscape::share(seed.into(), trials, learns));
        mean(shares)
    };
    let (random, learned) = (share(240, false), share(60, true));
    assert!(
        learned > random,
        "60 trials reach {learned:.3}, 240 at random {random:.3}"
    );
}

#[test]
fn it_finds_numbers_on_all_scales_much_closer_than_random() {
    let space = [
        Dimension::float(0.0, 2.0),
        Dimension::integer(1, 1_000).log(),
    ];
    let worth = |point: &[Coordinate]| match *point {
        [Coordinate::Float(x), Coordinate::Integer(n)] => {
            -(x - 0.7).abs() - ((n as f64).ln() - 30_f64.ln()).abs() / 3.0
        }
        _ => unreachable!("two numbers"),
    };
    let reached = |learns| {
        let seeds = 0..50_u32;
        mean(seeds.map(|seed| worth(&best(search(&space, seed.into(), 60, learns, worth)))))
    };
    let (random, learned) = (reached(false), reached(true));
    assert!(
        learned > random / 2.0,
        "{learned:.3} against {random:.3} at random"
    );
}

/// The informative trials come from elsewhere, so that the sampler learns from its first point on.
fn taught(told: &[(usize, Observed)]) -> Tpe {
    let space = [Dimension::choice(3)];
    let mut tpe = Tpe::new(space, rng(1)).unwrap().exploration(0.0);
    for (choice, observed) in told {
        tpe.tell(vec![Coordinate::Choice(*choice)], *observed);
    }
    tpe
}

/// The choice of the best trial.
fn best_choice(tpe: &Tpe) -> usize {
    let (good, _) = tpe.split();
    choice(good[0], 0)
}

#[test]
fn pruned_trials_rank_after_scored_ones_and_failed_ones_say_nothing() {
    let pruned = |step, score| Observed::Pruned { step, score };
    // Whatever score a pruned trial had, one that was finished is better.
    let told = [(0, pruned(5, 100.0)), (1, Observed::Scored(-3.0))];
    assert_eq!(best_choice(&taught(&told)), 1);
    // Among pruned trials, the one that got further is better.
    let told = [(0, pruned(5, 9.0)), (2, pruned(6, 1.0))];
    assert_eq!(best_choice(&taught(&told)), 2);
    // Of equal trials, the earlier one is good.
    let told = [(1, Observed::Scored(1.0)), (2, Observed::Scored(1.0))];
    assert_eq!(best_choice(&taught(&told)), 1);
    // A failed trial is neither good nor bad, and does not end the random start.
    let told = vec![(0, Observed::Failed); 50];
    assert_eq!(taught(&told).trials.len(), 0);
    assert_eq!(taught(&[(0, Observed::Scored(f64::NAN))]).trials.len(), 0);
}

#[test]
fn points_that_do_not_belong_to_the_space_are_ignored() {
    let mut tpe = taught(&[]);
    for point in [
        vec![],
        vec![Coordinate::Choice(3)],
        vec![Coordinate::Integer(1)],
        vec![Coordinate::Choice(0), Coordinate::Choice(0)],
    ] {
        tpe.tell(point, Observed::Scored(1.0));
    }
    assert_eq!(tpe.trials.len(), 0);
}

#[test]
fn all_scores_equal_or_infinite_is_no_problem() {
    for score in [0.0, f64::INFINITY, f64::NEG_INFINITY] {
        let mut tpe = taught(&[(1, Observed::Scored(score)); 30]);
        assert!((0..50).map(|_| choice(&tpe.suggest(), 0)).all(|c| c < 3));
    }
}

#[test]
fn spaces_without_a_point_are_refused() {
    let refused = |dimension: Dimension| Tpe::new([dimension], rng(0)).unwrap_err();
    assert_eq!(refused(Dimension::choice(0)), SpaceError::NoChoices);
    let ranges = [
        Dimension::float(1.0, 0.0),
        Dimension::float(f64::NAN, 1.0),
        Dimension::float(0.0, f64::INFINITY),
        Dimension::integer(3, 2),
    ];
    for dimension in ranges {
        let error = refused(dimension);
        assert!(matches!(error, SpaceError::EmptyRange { .. }), "{error}");
    }
    for dimension in [
        Dimension::float(0.0, 1.0).log(),
        Dimension::integer(0, 4).log(),
    ] {
        assert_eq!(refused(dimension), SpaceError::NoLogarithm { low: 0.0 });
    }
}

#[test]
fn a_range_of_one_number_is_a_dimension() {
    let space = [
        Dimension::choice(1),
        Dimension::integer(4, 4),
        Dimension::float(0.5, 0.5),
        Dimension::float(0.5, 0.5).log(),
    ];
    let mut tpe = Tpe::new(space, rng(3)).unwrap();
    for _ in 0..30 {
        let point = tpe.suggest();
        let [
            Coordinate::Choice(0),
            Coordinate::Integer(4),
            Coordinate::Float(x),
            Coordinate::Float(y),
        ] = point[..]
        else {
            panic!("{point:?}");
        };
        near(x, 0.5);
        near(y, 0.5);
        tpe.tell(point, Observed::Scored(1.0));
    }
    // A space without dimensions has one point.
    assert!(Tpe::new([], rng(0)).unwrap().suggest().is_empty());
}

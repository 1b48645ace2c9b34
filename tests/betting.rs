//! Tests by betting, compared with another library, and what holds of them for any data.

use dashoptimize::engine::SeededRng;
use dashoptimize::evaluate::ScoreRange;
use dashoptimize::evaluate::statistics::{
    Alpha, BettingTest, ConfidenceSequence, DrawnValue, EValue, PopulationTest,
};
use proptest::prelude::*;
use serde::Deserialize;

/// Values from another library; `references/betting.py` made them.
#[derive(Deserialize)]
struct References {
    streams: Vec<(Vec<f64>, f64, f64, f64)>,
    intervals: Vec<(Vec<f64>, f64, f64)>,
    populations: Vec<(Vec<f64>, usize, f64, Option<f64>)>,
}

fn references() -> References {
    let text = include_str!("references/betting.json");
    serde_json::from_str(text).expect("the references are JSON")
}

fn close(left: f64, right: f64, tolerance: f64) -> bool {
    left == right || (left - right).abs() <= tolerance
}

fn stream(values: &[f64], mean: f64) -> BettingTest {
    let mut test = BettingTest::new(0.0..=1.0, mean);
    for value in values {
        test.observe(*value).expect("the values are in the range");
    }
    test
}

/// A draw from 0 to 1.
fn uniform(rng: &mut SeededRng) -> f64 {
    (rng.bits() >> 11) as f64 / (1_u64 << 53) as f64
}

#[test]
fn the_capital_is_that_of_another_library() {
    for (values, mean, larger, smaller) in references().streams {
        let test = stream(&values, mean);
        let (found_larger, found_smaller) = (test.e_larger().ln(), test.e_smaller().ln());
        assert!(
            close(found_larger, larger, 1e-9),
            "{found_larger} is not {larger}"
        );
        assert!(
            close(found_smaller, smaller, 1e-9),
            "{found_smaller} is not {smaller}"
        );
        let both = larger.max(smaller) - 2.0_f64.ln();
        assert!(close(test.e_value().ln(), both, 1e-9) && test.n() == values.len());
    }
}

#[test]
fn the_interval_is_that_of_another_library() {
    for (values, lower, upper) in references().intervals {
        let mut sequence = ConfidenceSequence::new(0.0..=1.0, Alpha::default());
        for value in &values {
            sequence
                .observe(*value)
                .expect("the values are in the range");
        }
        let found = sequence.interval();
        let fits = close(found.lower, lower, 1e-8) && close(found.upper, upper, 1e-8);
        assert!(fits, "{found:?} is not {lower} to {upper}");
    }
}

#[test]
fn draws_without_replacement_have_the_capital_of_another_library() {
    for (values, population, mean, expected) in references().populations {
        let mut test = PopulationTest::new(population, mean);
        for (drawn, value) in values.iter().enumerate() {
            test.observe(DrawnValue::uniform(*value, 0.0, population - drawn));
        }
        let found = test.e_value().ln();
        let expected = expected.unwrap_or(f64::INFINITY);
        assert!(close(found, expected, 1e-9), "{found} is not {expected}");
    }
}

/// One simulated stream: how its differences are drawn, and their mean.
struct Shape {
    name: &'static str,
    mean: f64,
    draw: fn([f64; 2]) -> f64,
}

const SHAPES: [Shape; 8] = [
    Shape {
        name: "wins and losses, 40 % of the rows",
        mean: 0.0,
        draw: |[a, _]| sign(a, 0.2, 0.2),
    },
    Shape {
        name: "wins and losses, 4 % of the rows",
        mean: 0.0,
        draw: |[a, _]| sign(a, 0.02, 0.02),
    },
    Shape {
        name: "uniform",
        mean: 0.0,
        draw: |[a, b]| a - b,
    },
    Shape {
        name: "skewed",
        mean: 0.0,
        draw: |[a, _]| 0.2 - a.powi(4),
    },
    Shape {
        name: "one row in twenty loses nearly all",
        mean: 0.0,
        draw: |[a, _]| if a < 0.05 { -0.95 } else { 0.05 },
    },
    Shape {
        name: "gain: 20 % : 10 %",
        mean: 0.1,
        draw: |[a, _]| sign(a, 0.2, 0.1),
    },
    Shape {
        name: "gain: 30 % : 5 %",
        mean: 0.25,
        draw: |[a, _]| sign(a, 0.3, 0.05),
    },
    Shape {
        name: "gain: 0.08, graded",
        mean: 0.08,
        draw: |[a, b]| (a - b) * 0.4 + 0.08,
    },
];

fn sign(draw: f64, wins: f64, losses: f64) -> f64 {
    match draw {
        draw if draw < wins => 1.0,
        draw if draw < wins + losses => -1.0,
        _ => 0.0,
    }
}

/// How many of so many streams are rejected at any of `rows` looks, and after how many rows in the mean.
fn rejections(shape: &Shape, streams: u64, rows: usize) -> (usize, f64) {
    let (mut rejected, mut looks) = (0, 0);
    for seed in 0..streams {
        let mut rng = SeededRng::new(seed, shape.name);
        let mut test = BettingTest::new(ScoreRange::default().differences(), 0.0);
        for row in 1..=rows {
            let value = (shape.draw)([(); 2].map(|()| uniform(&mut rng)));
            test.observe(value).expect("the values are in the range");
            if test.e_value().rejects(Alpha::default()) {
                rejected += 1;
                looks += row;
                break;
            }
        }
    }
    (rejected, looks as f64 / rejected.max(1) as f64)
}

/// Looked at after each of 100 rows.
#[test]
fn a_null_effect_is_rejected_no_more_often_than_the_level_at_any_look() {
    for shape in SHAPES.iter().filter(|shape| shape.mean == 0.0) {
        let (rejected, _) = rejections(shape, 2_000, 100);
        println!("{}: {:.1} % false", shape.name, rejected as f64 / 20.0);
        assert!(rejected <= 100, "{}: {rejected} of 2,000", shape.name);
    }
}

#[test]
fn effects_are_found_and_how_soon_is_printed() {
    for (shape, least) in SHAPES
        .iter()
        .filter(|shape| shape.mean > 0.0)
        .zip([0.6, 0.99, 0.9])
    {
        let (found, rows) = rejections(shape, 150, 400);
        let power = found as f64 / 150.0;
        println!(
            "{}: power {:.0} % in 400 rows, {rows:.0} rows until then",
            shape.name,
            power * 100.0
        );
        assert!(power >= least, "{}: {power}", shape.name);
    }
}

/// A small population with rows of different weights, drawn in all orders.
fn for_all_orders(values: &[f64], weights: &[f64], mut end: impl FnMut(f64, &[f64])) {
    fn go(
        values: &[f64],
        weights: &[f64],
        test: &PopulationTest,
        left: &[usize],
        (chance, capital): (f64, &mut Vec<f64>),
        end: &mut dyn FnMut(f64, &[f64]),
    ) {
        if left.is_empty() {
            return end(chance, capital);
        }
        let total: f64 = left.iter().map(|row| weights[*row]).sum();
        let ratios = left.iter().map(|row| -1.0 / (weights[*row] / total));
        let least_ratio = ratios.fold(f64::INFINITY, f64::min);
        for row in left {
            let probability = weights[*row] / total;
            let mut test = test.clone();
            let least_sum = -(left.len() as f64);
            test.observe(DrawnValue::new(
                values[*row],
                probability,
                least_ratio,
                least_sum,
            ));
            capital.push(test.e_value().value());
            let rest: Vec<usize> = left.iter().copied().filter(|other| other != row).collect();
            go(
                values,
                weights,
                &test,
                &rest,
                (chance * probability, capital),
                end,
            );
            capital.pop();
        }
    }
    let all: Vec<usize> = (0..values.len()).collect();
    let test = PopulationTest::new(values.len(), 0.0);
    go(
        values,
        weights,
        &test,
        &all,
        (1.0, &mut Vec::new()),
        &mut end,
    );
}

/// The capital is a martingale: at every look, the mean over all orders is exactly 1 if the mean of the
/// population is the stated one, and at most 1 if it is smaller.
#[test]
fn the_capital_over_all_orders_of_a_population_is_fair() {
    let populations: [(&[f64], &[f64]); 5] = [
        (
            &[1.0, -1.0, 0.0, 0.5, -0.5, 0.0],
            &[1.0, 1.0, 1.0, 1.0, 1.0, 1.0],
        ),
        (
            &[1.0, -1.0, 0.0, 0.5, -0.5, 0.0],
            &[1.0, 4.0, 2.0, 4.0, 1.0, 1.0],
        ),
        (
            &[1.0, -0.2, -0.2, -0.2, -0.2, -0.2],
            &[1.0, 4.0, 4.0, 4.0, 4.0, 4.0],
        ),
        (
            &[1.0, -1.0, -1.0, 0.5, -0.5, 0.0],
            &[4.0, 1.0, 2.0, 4.0, 1.0, 1.0],
        ),
        (
            &[0.1, -0.9, 0.0, 0.0, 0.0, 0.2],
            &[4.0, 1.0, 2.0, 3.0, 3.0, 3.0],
        ),
    ];
    for (values, weights) in populations {
        let mut means = vec![0.0; values.len()];
        for_all_orders(values, weights, |chance, capital| {
            for (mean, capital) in means.iter_mut().zip(capital) {
                *mean += chance * capital;
            }
        });
        let is_null = values.iter().sum::<f64>().abs() < 1e-12;
        for mean in means {
            assert!(mean <= 1.0 + 1e-9, "{values:?} {weights:?}: {mean}");
            assert!(
                !is_null || mean > 1.0 - 1e-9,
                "{values:?} {weights:?}: {mean}"
            );
        }
    }
}

#[test]
fn what_is_certain_is_found_and_what_is_not_is_not() {
    // Eight of ten are larger than the mean of 0 could be, whatever the other two are.
    let mut test = PopulationTest::new(10, 0.0);
    for drawn in 0..6 {
        assert!(test.e_value().ln().is_finite());
        test.observe(DrawnValue::uniform(1.0, -1.0, 10 - drawn));
    }
    assert_eq!(test.e_value(), EValue::CERTAIN);
    // The mean is 0 exactly, up to rounding.
    let mut test = PopulationTest::new(30, 0.0);
    for drawn in 0..30 {
        let value = if drawn % 3 == 2 { -0.2 } else { 0.1 };
        test.observe(DrawnValue::uniform(value, -1.0, 30 - drawn));
        assert!(test.e_value().ln() < 3.0);
    }
    // Draws beyond the population change nothing.
    let before = test.e_value();
    test.observe(DrawnValue::uniform(1.0, -1.0, 1));
    assert_eq!(test.e_value(), before);
}

#[test]
fn a_hundred_thousand_rows_are_numbers_all_the_way() {
    let mut sequence = ConfidenceSequence::new(-1.0..=1.0, Alpha::default());
    let mut test = BettingTest::new(-1.0..=1.0, 0.0);
    let mut drawn = PopulationTest::new(100_000, 0.0);
    for row in 0..100_000 {
        let value = if row % 2 == 0 { 1.0 } else { -0.5 };
        sequence
            .observe(value)
            .expect("the values are in the range");
        test.observe(value).expect("the values are in the range");
        drawn.observe(DrawnValue::uniform(value, -1.0, 100_000 - row));
        assert!(!test.e_value().ln().is_nan() && !drawn.e_value().ln().is_nan());
    }
    let interval = sequence.interval();
    assert!(
        interval.lower > 0.23
            && interval.lower < 0.25
            && interval.upper > 0.25
            && interval.upper < 0.27
    );
    // The value itself is beyond all numbers.
    assert!(test.e_value().ln() > 1_000.0 && test.p_value() == 0.0);
    assert_eq!(drawn.e_value(), EValue::CERTAIN);
}

#[test]
fn values_outside_of_the_range_are_refused_and_change_nothing() {
    let mut test = BettingTest::new(-1.0..=1.0, 0.0);
    let mut sequence = ConfidenceSequence::new(-1.0..=1.0, Alpha::default());
    for value in [1.5, -2.0, f64::NAN, f64::INFINITY] {
        let error = test.observe(value).expect_err("it is outside");
        assert_eq!(
            error.to_string(),
            format!("the value {value} is outside of the range of the test, -1 to 1")
        );
        assert!(sequence.observe(value).is_err());
    }
    assert_eq!(
        (test.n(), test.e_value().value(), test.p_value()),
        (0, 0.5, 1.0)
    );
    assert_eq!(sequence.mean(), None);
    let all = sequence.interval();
    assert_eq!((all.lower, all.upper), (-1.0, 1.0));
}

/// Means of e-values, such as those of several opponents.
#[test]
fn the_mean_of_e_values_is_theirs() {
    let of = |values: &[f64]| EValue::mean(values.iter().map(|value| EValue::from_ln(value.ln())));
    assert!(close(of(&[1.0, 3.0]).value(), 2.0, 1e-12));
    assert_eq!(of(&[0.0, 0.0]).value(), 0.0);
    assert_eq!(of(&[]), EValue::NONE);
    assert_eq!(of(&[2.0, f64::INFINITY]), EValue::CERTAIN);
    let shown = [
        0.0,
        3.0_f64.ln(),
        31.24_f64.ln(),
        312.4_f64.ln(),
        40.0,
        f64::INFINITY,
    ];
    let shown = shown.map(|log| EValue::from_ln(log).to_string());
    assert_eq!(shown, ["1.00", "3.00", "31.2", "312", "1e17", "certain"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The interval holds exactly those means that the test of the same values does not reject.
    #[test]
    fn interval_and_test_agree(values in prop::collection::vec(0.0..=1.0_f64, 1..60), mean in 0.001..0.999_f64) {
        let mut sequence = ConfidenceSequence::new(0.0..=1.0, Alpha::default());
        for value in &values {
            sequence.observe(*value).unwrap();
        }
        let interval = sequence.interval();
        prop_assert!(interval.contains(sequence.mean().unwrap().clamp(0.0, 1.0)));
        let is_near_an_end = (mean - interval.lower).abs() < 1e-9 || (mean - interval.upper).abs() < 1e-9;
        let rejects = stream(&values, mean).e_value().rejects(Alpha::default());
        prop_assert!(is_near_an_end || rejects != interval.contains(mean), "{interval:?} {mean}");
    }

    /// Neither the order of the rows nor the unit of the scores matters.
    #[test]
    fn i4_order_and_unit_change_nothing(values in prop::collection::vec(0.0..=1.0_f64, 1..60), seed: u64) {
        let mut shuffled = values.clone();
        SeededRng::new(seed, "order").shuffle(&mut shuffled);
        let (one, other) = (stream(&values, 0.4), stream(&shuffled, 0.4));
        prop_assert!(close(one.e_value().ln(), other.e_value().ln(), 1e-9));
        let mut scaled = BettingTest::new(-100.0..=100.0, -20.0);
        for value in &values {
            scaled.observe(value * 200.0 - 100.0).unwrap();
        }
        prop_assert!(close(one.e_value().ln(), scaled.e_value().ln(), 1e-7));
    }

    /// The interval of binary scores is that of the shares mirrored.
    #[test]
    fn better_and_worse_are_mirror_images(values in prop::collection::vec(0.0..=1.0_f64, 1..60)) {
        let mirrored: Vec<f64> = values.iter().map(|value| 1.0 - value).collect();
        let (one, other) = (stream(&values, 0.3), stream(&mirrored, 0.7));
        prop_assert!(close(one.e_larger().ln(), other.e_smaller().ln(), 1e-7));
        prop_assert!(close(one.e_smaller().ln(), other.e_larger().ln(), 1e-7));
    }
}

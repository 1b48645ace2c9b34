//! Statistics, compared with published values, and properties that hold for any data.

use dashoptimize::evaluate::statistics::{
    Alpha, Interval, PairedCounts, bounded_mean_interval, detectable_difference,
    exact_share_interval, rows_for_binary, rows_for_graded, rows_to_bound_unseen, sign_flip_test,
    t_interval, unseen_share, wilson_interval,
};
use proptest::prelude::*;
use serde::Deserialize;

/// Values from other libraries; `references/statistics.py` made them.
#[derive(Deserialize)]
struct References {
    mcnemar: Vec<(usize, usize, f64, f64)>,
    shares: Vec<(usize, usize, f64, f64, f64, f64)>,
    means: Vec<(Vec<f64>, f64, f64, f64, f64)>,
    sign_flips: Vec<(Vec<f64>, f64)>,
    rows_for_graded: Vec<(f64, f64, f64)>,
}

fn references() -> References {
    let text = include_str!("references/statistics.json");
    serde_json::from_str(text).expect("the references are JSON")
}

fn close(left: f64, right: f64, tolerance: f64) -> bool {
    (left - right).abs() <= tolerance
}

fn assert_interval(found: Option<Interval>, lower: f64, upper: f64) {
    let found = found.expect("there are rows");
    let fits = close(found.lower, lower, 6e-5) && close(found.upper, upper, 6e-5);
    assert!(fits, "{found:?} is not {lower} to {upper}");
}

/// Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17
/// (1998) 857-872, table I, method 3.
#[test]
fn wilson_gives_the_published_intervals() {
    let alpha = Alpha::default();
    assert_interval(wilson_interval(81, 263, alpha), 0.2553, 0.3662);
    assert_interval(wilson_interval(15, 148, alpha), 0.0624, 0.1605);
    assert_interval(wilson_interval(0, 20, alpha), 0.0, 0.1611);
    assert_interval(wilson_interval(1, 29, alpha), 0.0061, 0.1718);
    assert_eq!(wilson_interval(0, 0, alpha), None);
    assert_eq!(wilson_interval(3, 2, alpha), None);
}

/// Newcombe, Improved confidence intervals for the difference between binomial proportions based
/// on paired data, Statistics in Medicine 17 (1998) 2635-2650, table III, method 10.
#[test]
fn newcombes_paired_interval_is_the_published_one() {
    let counts = PairedCounts {
        both: 36,
        wins: 12,
        losses: 2,
        neither: 0,
    };
    assert!(close(counts.difference(), 0.2, 1e-12));
    assert_interval(counts.interval(Alpha::default()), 0.0569, 0.3404);
}

/// Bentur et al. 2009, in Fagerland, Lydersen & Laake, The McNemar test for binary matched-pairs
/// data, BMC Medical Research Methodology 13:91 (2013): exact p 0.070; and the same authors'
/// Recommended tests and confidence intervals for paired binomial proportions, Statistics in
/// Medicine 33 (2014) 2850-2875: -0.507 to -0.026.
#[test]
fn mcnemars_p_is_the_published_one() {
    let children = PairedCounts {
        both: 1,
        wins: 1,
        losses: 7,
        neither: 12,
    };
    // 2 * P(at most 1 of 8) = 2 * 9 / 256.
    assert!(close(children.p_value(), 18.0 / 256.0, 1e-12));
    let interval = children.interval(Alpha::default()).expect("there are rows");
    assert!(close(interval.lower, -0.507, 5e-4) && close(interval.upper, -0.026, 5e-4));
}

#[test]
fn mcnemar_is_exact() {
    for (wins, losses, p, better) in references().mcnemar {
        let counts = PairedCounts {
            both: 40,
            wins,
            losses,
            neither: 30,
        };
        let what = format!("{wins} to {losses}");
        assert!(close(counts.p_value(), p, 1e-12 + 1e-9 * p), "{what}");
        assert!(
            close(counts.p_value_better(), better, 1e-12 + 1e-9 * better),
            "{what}"
        );
    }
    let nothing = PairedCounts::default();
    assert_eq!((nothing.p_value(), nothing.p_value_better()), (1.0, 1.0));
}

#[test]
fn shares_have_the_intervals_of_other_libraries() {
    let alpha = Alpha::default();
    for (successes, n, lower, upper, wilson_lower, wilson_upper) in references().shares {
        let exact = exact_share_interval(successes, n, alpha).expect("there are rows");
        assert!(close(exact.lower, lower, 1e-9) && close(exact.upper, upper, 1e-9));
        let wilson = wilson_interval(successes, n, alpha).expect("there are rows");
        assert!(close(wilson.lower, wilson_lower, 1e-9) && close(wilson.upper, wilson_upper, 1e-9));
    }
    assert_eq!(exact_share_interval(0, 0, alpha), None);
    assert_eq!(exact_share_interval(3, 2, alpha), None);
}

#[test]
fn means_have_the_intervals_of_other_libraries() {
    let alpha = Alpha::default();
    for (values, t_lower, t_upper, lower, upper) in references().means {
        let n = values.len();
        let mean = values.iter().sum::<f64>() / n as f64;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let deviation = (squares / (n - 1) as f64).sqrt();
        let t = t_interval(n, mean, deviation, alpha).expect("two values or more");
        assert!(close(t.lower, t_lower, 1e-6) && close(t.upper, t_upper, 1e-6));
        // Both sides are drawn at random; the ends vary by about 0.002.
        let found = bounded_mean_interval(&values, -1.0..=1.0, alpha, 9_999, 5);
        let found = found.expect("the values are in the range");
        let fits = close(found.lower, lower, 0.01) && close(found.upper, upper, 0.01);
        assert!(fits, "{found:?} is not {lower} to {upper}");
    }
}

/// For values of 0 and 1 the bounded mean is the exact interval of a share.
#[test]
fn the_bounded_mean_of_a_share_is_exact() {
    let alpha = Alpha::default();
    for (successes, n) in [(0, 20), (3, 60), (20, 40), (7, 7)] {
        let values: Vec<f64> = (0..n)
            .map(|row| f64::from(u8::from(row < successes)))
            .collect();
        let exact = exact_share_interval(successes, n, alpha).expect("there are rows");
        let found = bounded_mean_interval(&values, 0.0..=1.0, alpha, 9_999, 3);
        let found = found.expect("the values are in the range");
        let fits = close(found.lower, exact.lower, 0.012) && close(found.upper, exact.upper, 0.012);
        assert!(fits, "{found:?} is not {exact:?}");
    }
}

/// With too few draws for the level, the interval is the whole range: it never claims too much.
#[test]
fn the_bounded_mean_of_few_draws_claims_nothing() {
    let found = bounded_mean_interval(&[0.5; 90], 0.0..=1.0, Alpha::default(), 30, 1);
    assert_interval(found, 0.0, 1.0);
}

#[test]
fn the_interval_of_few_admits_losses_that_were_not_seen() {
    let same = PairedCounts {
        both: 100,
        ..PairedCounts::default()
    };
    // The exact bound of 0 of 100, either way.
    let interval = same.interval_of_few(Alpha::default());
    assert_interval(interval, -0.0362, 0.0362);
    assert_eq!(
        PairedCounts::default().interval_of_few(Alpha::default()),
        None
    );
}

/// Fisher's analysis of Darwin's maize, The Design of Experiments (1935), section 21: of the 2^15
/// sign patterns 863 give a sum at least as high as the one that was seen, so p = 1726 / 32768 = 0.0527.
#[test]
fn sign_flips_give_fishers_p_for_darwins_maize() {
    let eighths_of_an_inch = [
        49.0, -67.0, 8.0, 16.0, 6.0, 23.0, 28.0, 41.0, 14.0, 29.0, 56.0, 24.0, 75.0, 60.0, -48.0,
    ];
    let p = sign_flip_test(&eighths_of_an_inch, 99_999, 3);
    assert!(close(p, 1726.0 / 32768.0, 0.003), "{p}");
    // With thirteen differences all patterns are tried, so the seed does not matter.
    let exact = |seed| sign_flip_test(&eighths_of_an_inch[..13], 10, seed);
    assert_eq!(exact(1), exact(2));
}

#[test]
fn sign_flips_find_nothing_without_a_difference() {
    assert_eq!(sign_flip_test(&[], 99, 1), 1.0);
    assert_eq!(sign_flip_test(&[0.0; 50], 99, 1), 1.0);
    assert_eq!(sign_flip_test(&[f64::NAN, 0.0], 99, 1), 1.0);
    assert_eq!(sign_flip_test(&[0.3], 99, 1), 1.0);
}

/// Student's own sleep data (1908), as in every textbook: mean 1.58, deviation 1.23, 95 % 0.70 to
/// 2.46, t test p = 0.0028; by permutation 0.0039 (2 of 512, one pair is 0).
#[test]
fn students_sleep_data_give_the_known_answers() {
    let sleep = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4];
    let interval = t_interval(10, 1.58, 1.229_995, Alpha::default()).expect("ten values");
    assert!(close(interval.lower, 0.7001, 1e-4) && close(interval.upper, 2.4599, 1e-4));
    assert_eq!(sign_flip_test(&sleep, 10, 1), 2.0 / 512.0);
}

#[test]
fn all_sign_patterns_give_the_p_of_scipy() {
    for (values, p) in references().sign_flips {
        assert!(close(sign_flip_test(&values, 99, 1), p, 1e-9), "{values:?}");
    }
}

#[test]
fn a_bounded_mean_needs_values_in_the_range() {
    let interval =
        |values: &[f64]| bounded_mean_interval(values, 0.0..=1.0, Alpha::default(), 99, 1);
    assert_eq!(interval(&[]), None);
    assert_eq!(interval(&[0.5, f64::NAN]), None);
    assert_eq!(interval(&[0.5, 1.5]), None);
    assert!(interval(&[0.5]).is_some());
    let endless = 0.0..=f64::INFINITY;
    assert_eq!(
        bounded_mean_interval(&[0.5], endless, Alpha::default(), 99, 1),
        None
    );
}

#[test]
fn rows_needed_are_those_of_the_formulas() {
    let alpha = Alpha::default();
    assert_eq!(rows_for_binary(0.20, 0.05, alpha), Some(626));
    assert_eq!(rows_for_binary(0.20, 0.0, alpha), None);
    assert_eq!(rows_for_binary(0.02, 0.05, alpha), None);
    for (deviation, difference, rows) in references().rows_for_graded {
        let found = rows_for_graded(deviation, difference, alpha);
        let found = found.expect("a difference") as f64;
        assert!(
            found >= rows - 0.5 && found <= rows + 1.5,
            "{found}: {rows}"
        );
    }
    // The share is bounded by that many rows, and not by one row less.
    for share in [0.02, 0.1, 0.5] {
        let rows = rows_to_bound_unseen(share, alpha).expect("a share") as usize;
        assert!(unseen_share(rows, alpha) <= share && unseen_share(rows - 1, alpha) > share);
    }
    assert_eq!(rows_to_bound_unseen(0.0, alpha), None);
    assert_eq!(unseen_share(0, alpha), 1.0);
    assert_eq!(rows_for_graded(1.0, 0.0, alpha), None);
    assert_eq!(detectable_difference(0, 1.0, alpha), None);
    assert!(detectable_difference(100, 0.5, alpha).is_some_and(|gain| close(gain, 0.140, 1e-3)));
}

#[test]
fn a_level_lies_between_0_and_1() {
    for bad in [0.0, 1.0, -0.1, f64::NAN, f64::INFINITY] {
        assert!(Alpha::new(bad).is_err(), "{bad}");
    }
    assert!(Alpha::new(0.01).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn p_values_are_probabilities_and_symmetric(
        both in 0_usize..200, wins in 0_usize..200, losses in 0_usize..200, neither in 0_usize..200,
    ) {
        let counts = PairedCounts { both, wins, losses, neither };
        let mirrored = PairedCounts { both, wins: losses, losses: wins, neither };
        prop_assert!((0.0..=1.0).contains(&counts.p_value()));
        prop_assert_eq!(counts.p_value(), mirrored.p_value());
        // The number of wins that was seen is in both tails.
        let sides = counts.p_value_better() + mirrored.p_value_better();
        prop_assert!(sides >= 1.0 - 1e-9);
        if let Some(interval) = counts.interval(Alpha::default()) {
            prop_assert!(interval.lower - 1e-9 <= counts.difference());
            prop_assert!(interval.upper + 1e-9 >= counts.difference());
            prop_assert!(-1.0 <= interval.lower && interval.upper <= 1.0);
        }
    }

    #[test]
    fn one_more_win_never_raises_p(wins in 0_usize..100, losses in 0_usize..100) {
        let p = |wins| PairedCounts { both: 0, wins, losses, neither: 0 }.p_value_better();
        prop_assert!(p(wins + 1) <= p(wins) + 1e-12);
    }

    #[test]
    fn i4_random_draws_depend_only_on_the_seed(
        values in prop::collection::vec(-1.0_f64..1.0, 2..40), seed: u64,
    ) {
        let alpha = Alpha::default();
        prop_assert_eq!(
            sign_flip_test(&values, 99, seed),
            sign_flip_test(&values, 99, seed)
        );
        let bounded = || bounded_mean_interval(&values, -1.0..=1.0, alpha, 99, seed);
        prop_assert_eq!(bounded(), bounded());
        prop_assert!(bounded().is_some_and(|interval| interval.lower <= interval.upper));
    }

    #[test]
    fn i12_no_number_makes_statistics_panic(
        values: Vec<f64>, n: usize, successes: usize, seed: u64, a: f64, b: f64,
    ) {
        let alpha = Alpha::default();
        let _ = sign_flip_test(&values, 9, seed);
        let _ = bounded_mean_interval(&values, a..=b, alpha, 9, seed);
        let _ = bounded_mean_interval(&values, f64::MIN..=f64::MAX, alpha, 99, seed);
        let _ = (exact_share_interval(successes, n, alpha), unseen_share(n, alpha));
        let _ = rows_to_bound_unseen(a, alpha);
        let _ = (wilson_interval(successes, n, alpha), t_interval(n, a, b, alpha));
        let _ = (rows_for_binary(a, b, alpha), rows_for_graded(a, b, alpha));
        let _ = detectable_difference(n, a, alpha);
    }
}

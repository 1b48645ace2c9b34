//! Statistics, compared with published values, and properties that hold for any data.

use dashoptimize::evaluate::statistics::{
    Alpha, Interval, PairedCounts, bootstrap_interval, detectable_difference, rows_for_binary,
    rows_for_graded, sign_flip_test, t_interval, wilson_interval,
};
use proptest::prelude::*;

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
/// data, BMC Medical Research Methodology 13:91 (2013): mid-p 0.039; and the same authors'
/// Recommended tests and confidence intervals for paired binomial proportions, Statistics in
/// Medicine 33 (2014) 2850-2875: -0.507 to -0.026.
#[test]
fn mcnemar_mid_p_is_the_published_one() {
    let children = PairedCounts {
        both: 1,
        wins: 1,
        losses: 7,
        neither: 12,
    };
    // 2 * P(at most 1 of 8) - P(1 of 8) = 18/256 - 8/256.
    assert!(close(children.p_value(), 10.0 / 256.0, 1e-12));
    let interval = children.interval(Alpha::default()).expect("there are rows");
    assert!(close(interval.lower, -0.507, 5e-4) && close(interval.upper, -0.026, 5e-4));
}

#[test]
fn mcnemar_is_exact() {
    let p = |wins, losses| {
        PairedCounts {
            both: 0,
            wins,
            losses,
            neither: 0,
        }
        .p_value()
    };
    assert_eq!(p(0, 0), 1.0);
    assert_eq!(p(4, 4), 1.0);
    assert!(close(p(5, 0), 1.0 / 32.0, 1e-12));
    assert!(close(p(6, 0), 1.0 / 64.0, 1e-12));
    let better = |wins, losses| {
        PairedCounts {
            both: 9,
            wins,
            losses,
            neither: 9,
        }
        .p_value_better()
    };
    assert!(close(better(0, 0), 0.5, 1e-12));
    assert!(close(better(3, 1), (1.0 + 4.0 / 2.0) / 16.0, 1e-12));
    assert!(p(600, 400) < 1e-9 && p(600, 400) > 0.0);
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
    let interval = bootstrap_interval(&sleep, Alpha::default(), 9_999, 1).expect("ten values");
    // BCa shifts towards the long upper tail (4.6), as it should.
    assert!(
        interval.lower > 0.85 && interval.lower < 1.1,
        "{interval:?}"
    );
    assert!(interval.upper > 2.3 && interval.upper < 2.9, "{interval:?}");
}

#[test]
fn bootstrap_intervals_contain_the_mean_as_often_as_stated() {
    // Skewed values: most are 0, some up to 1; their mean is 0.15. The level is 95 %; with 60 values and
    // few resamples it is a little less.
    let trials = 120;
    let covered = (0..trials)
        .filter(|trial| {
            let values: Vec<f64> = uniforms(*trial, 60)
                .map(|draw| if draw < 0.3 { draw / 0.3 } else { 0.0 })
                .collect();
            bootstrap_interval(&values, Alpha::default(), 299, *trial)
                .is_some_and(|interval| interval.contains(0.15))
        })
        .count();
    let share = covered as f64 / trials as f64;
    assert!(share > 0.88, "covered in only {share}");
}

#[test]
fn bootstrap_needs_two_finite_values() {
    let interval = |values: &[f64]| bootstrap_interval(values, Alpha::default(), 99, 1);
    assert_eq!(interval(&[]), None);
    assert_eq!(interval(&[1.0]), None);
    assert_eq!(interval(&[1.0, f64::NAN]), None);
    let same = interval(&[0.25; 8]).expect("eight values");
    assert_eq!((same.lower, same.upper), (0.25, 0.25));
}

#[test]
fn rows_needed_are_those_of_the_formulas() {
    let alpha = Alpha::default();
    assert_eq!(rows_for_binary(0.20, 0.05, alpha), Some(626));
    assert_eq!(rows_for_binary(0.20, 0.0, alpha), None);
    assert_eq!(rows_for_binary(0.02, 0.05, alpha), None);
    // Effect size one half: 34 pairs (Cohen 1988; G*Power gives 34).
    assert_eq!(rows_for_graded(1.0, 0.5, alpha), Some(34));
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
        let sides = counts.p_value_better() + mirrored.p_value_better();
        prop_assert!(close(sides, 1.0, 1e-9));
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
        let interval = bootstrap_interval(&values, alpha, 99, seed);
        prop_assert_eq!(interval, bootstrap_interval(&values, alpha, 99, seed));
        prop_assert!(interval.is_some_and(|interval| interval.lower <= interval.upper));
    }

    #[test]
    fn i12_no_number_makes_statistics_panic(
        values: Vec<f64>, n: usize, successes: usize, seed: u64, a: f64, b: f64,
    ) {
        let alpha = Alpha::default();
        let _ = sign_flip_test(&values, 9, seed);
        let _ = bootstrap_interval(&values, alpha, 9, seed);
        let _ = (wilson_interval(successes, n, alpha), t_interval(n, a, b, alpha));
        let _ = (rows_for_binary(a, b, alpha), rows_for_graded(a, b, alpha));
        let _ = detectable_difference(n, a, alpha);
    }
}

/// Uniform draws from 0 to 1, by splitmix64.
fn uniforms(seed: u64, n: usize) -> impl Iterator<Item = f64> {
    crate::verdict::splitmix(seed).take(n)
}

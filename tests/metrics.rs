//! Metrics over texts, and what a metric may return.

use dashoptimize::call::Context;
use dashoptimize::evaluate::{
    IntoScore, Metric, MetricFn, Outcome, Score, exact_match, f1_score, normalized_match,
    precision, recall,
};
use dashoptimize::lm::Gateway;
use proptest::prelude::*;

#[test]
fn the_samples_of_the_guide_hold() {
    assert_eq!(exact_match("Paris", "Paris"), 1.0);
    assert_eq!(exact_match("Paris", "London"), 0.0);
    assert_eq!(f1_score("the quick brown fox", "the fast brown fox"), 0.75);
    assert_eq!(precision("the quick brown", "the brown"), 1.0);
    assert_eq!(recall("the quick brown", "the brown"), 2.0 / 3.0);
}

#[test]
fn tokens_count_as_often_as_they_stand_in_both() {
    assert_eq!(precision("a a b", "a a a a"), 0.5);
    assert_eq!(recall("a a b", "a a a a"), 2.0 / 3.0);
    assert_eq!(f1_score("a a b", "a a a a"), 4.0 / 7.0);
}

#[test]
fn empty_texts_agree_with_each_other_only() {
    let metrics: [fn(&'static str, &'static str) -> f64; 5] =
        [f1_score, precision, recall, exact_match, normalized_match];
    for metric in metrics {
        assert_eq!(metric("", ""), 1.0);
        assert_eq!(metric("word", ""), 0.0);
        assert_eq!(metric("", "word"), 0.0);
    }
    assert_eq!(f1_score(" \n", "\t"), 1.0);
}

#[test]
fn exact_is_exact_and_normalized_is_as_in_squad() {
    assert_eq!(exact_match("Paris", "Paris "), 0.0);
    assert_eq!(normalized_match("The  Eiffel-Tower!", "eiffeltower"), 1.0);
    assert_eq!(normalized_match("an apple", "apples"), 0.0);
}

#[test]
fn owned_and_borrowed_texts_are_taken() {
    let owned = String::from("Ünïcode Straße");
    assert_eq!(exact_match(&owned, owned.as_str()), 1.0);
    assert_eq!(f1_score(&owned, "ÜNÏCODE straße"), 1.0);
}

proptest! {
    #[test]
    fn overlap_metrics_lie_in_the_unit_and_mirror(a in "[ab c]{0,12}", b in "[ab c]{0,12}") {
        prop_assert_eq!(f1_score(&a, &b), f1_score(&b, &a));
        prop_assert_eq!(precision(&a, &b), recall(&b, &a));
        for value in [f1_score(&a, &b), precision(&a, &b), recall(&a, &b)] {
            prop_assert!((0.0..=1.0).contains(&value));
        }
    }

    #[test]
    fn i12_no_text_makes_a_metric_panic(a: String, b: String) {
        prop_assert_eq!(f1_score(&a, &a), 1.0);
        prop_assert_eq!(exact_match(&a, &a), 1.0);
        prop_assert_eq!(normalized_match(&a, &a), 1.0);
        let _ = (f1_score(&a, &b), precision(&a, &b), recall(&a, &b));
    }
}

#[test]
fn i6_a_number_that_is_none_is_a_metric_error() {
    assert!(f64::NAN.into_score().is_err());
    assert!((f64::INFINITY, "why").into_score().is_err());
    assert!(Err::<f64, _>("the judge is down").into_score().is_err());
    assert_eq!(true.into_score(), Score::new(1.0));
}

#[test]
fn i6_only_program_failures_are_worth_zero() {
    let error = String::new;
    assert_eq!(Outcome::ParseFailed { error: error() }.worth(), Some(0.0));
    assert_eq!(Outcome::ProgramFailed { error: error() }.worth(), Some(0.0));
    assert_eq!(Outcome::ProviderFailed { error: error() }.worth(), None);
    assert_eq!(Outcome::MetricFailed { error: error() }.worth(), None);
    assert_eq!(Outcome::Refused { error: error() }.worth(), None);
    assert!(Outcome::ParseFailed { error: error() }.score().is_none());
}

#[tokio::test]
async fn a_shared_metric_judges_as_the_function_does() {
    let metric = MetricFn::new(|gold: &String, prediction: &String| {
        (f1_score(gold, prediction), "compared by tokens")
    });
    let gateway = Gateway::direct();
    let context = Context::new(&gateway);
    let answer = "a b".to_owned();
    let score = metric.score(&answer, &answer, &context).await;
    let score = score.expect("the metric cannot fail");
    assert_eq!(
        (score.value(), score.feedback()),
        (1.0, Some("compared by tokens"))
    );
}

//! Metrics over texts, and what a metric may return.

use dashoptimize::call::Context;
use dashoptimize::evaluate::{
    IntoScore, Metric, MetricFn, Score, async_metric, exact_match, f1_score, normalized_match,
    precision, recall,
};
use dashoptimize::lm::{Gateway, Lm, Scripted};
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
fn tokens_count_as_often_as_they_occur_in_both() {
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
fn owned_and_borrowed_texts_are_accepted() {
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
fn i6_a_number_that_is_not_finite_is_a_metric_error() {
    assert!(f64::NAN.into_score().is_err());
    assert!((f64::INFINITY, "why").into_score().is_err());
    assert!(Err::<f64, _>("the judge is down").into_score().is_err());
    assert_eq!(true.into_score(), Score::new(1.0));
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

fn same(gold: &String, prediction: &String) -> bool {
    gold == prediction
}

/// Name, version and ids of the models.
fn description(metric: &dyn Metric<String, String>) -> (String, Option<u32>, Vec<String>) {
    let models = metric.models();
    let ids = models.iter().map(|lm| lm.info().id.clone()).collect();
    (metric.name().into_owned(), metric.version(), ids)
}

#[test]
fn a_metric_is_named_after_its_code_unless_it_has_a_name() {
    let plain = |name: &str| (name.to_owned(), None, Vec::new());
    assert_eq!(description(&same), plain("same"));
    let closure = |gold: &String, prediction: &String| gold == prediction;
    let outside = "a_metric_is_named_after_its_code_unless_it_has_a_name";
    assert_eq!(
        description(&closure),
        plain(&format!("closure in {outside}"))
    );

    let named = |name: &str| (name.to_owned(), Some(2), Vec::new());
    assert_eq!(description(&same.named("equal", 2)), named("equal"));
    assert_eq!(description(&closure.named("equal", 2)), named("equal"));
    let shared = MetricFn::new(same.named("equal", 2));
    assert_eq!(description(&shared), named("equal"));
    assert_eq!(format!("{shared:?}"), r#"MetricFn("equal")"#);
}

#[test]
fn a_metric_says_which_models_it_calls() {
    let lm = |name: &str| Lm::new(Scripted::replies(["yes"]).with_id(name));
    let judge = async_metric(|gold: &String, prediction: &String, _: &Context<'_>| {
        let is_same = gold == prediction;
        Box::pin(async move { is_same })
    });
    let judge = judge.with_models([lm("judge")]);
    let ids = |metric: &dyn Metric<String, String>| description(metric).2;
    assert_eq!(ids(&judge).len(), 1);
    // Neither a name nor further models take away what was declared before.
    let judge = judge.named("judged", 1).with_models([lm("second")]);
    assert_eq!(ids(&judge).len(), 2);
    assert_eq!(ids(&MetricFn::new(judge.clone())), ids(&judge));
    assert_eq!(description(&judge).0, "judged");
    assert_eq!(description(&judge).1, Some(1));
}

#[tokio::test]
async fn a_described_metric_judges_as_the_function_does() {
    let gateway = Gateway::direct();
    let context = Context::new(&gateway);
    let answer = "a b".to_owned();
    let metric = same.named("equal", 1).with_models(Vec::<Lm>::new());
    let score = metric.score(&answer, &answer, &context).await;
    assert_eq!(score.map(|score| score.value()), Ok(1.0));
}

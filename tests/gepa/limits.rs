//! When a search ends.

use std::sync::atomic::Ordering;

use dashoptimize::lm::Price;
use dashoptimize::optimizer::{Acceptance, AutoBudget, ReviseText, Search};
use dashoptimize::state::{PredictorState, State};

use super::pupil::{counting, number, proposing};
use super::*;

/// The evaluation of the program as given is made for every optimizer, and does not count.
#[tokio::test]
async fn max_metric_calls_is_never_passed() {
    for limit in [14, 20, 33, 50, 100] {
        for concurrency in [1, 64] {
            for set in [
                (|gepa| gepa) as Set,
                |gepa| gepa.use_merge(true).optimize_descriptions(),
                |gepa| gepa.acceptance(Acceptance::EVIDENCE),
                |gepa| gepa.original(),
            ] {
                let (metric, judged) = counting(4);
                let optimizer = set(GEPA::new(metric).proposer(teacher()))
                    .max_metric_calls(limit)
                    .num_generations(None)
                    .max_full_evals(None);
                let run = Run::in_memory().concurrency(concurrency);
                let program = node_of(pupil(4));
                match optimizer.optimize(&program, &splits(12, 8, 0), &run).await {
                    Ok(_) => assert!(judged.load(Ordering::SeqCst) <= limit + 8),
                    Err(error) => {
                        assert!(error.to_string().contains("`max_metric_calls`"), "{error}")
                    }
                }
            }
        }
    }
}

/// The source counts the evaluation of the program as given, and every other run.
#[tokio::test]
async fn the_original_counts_every_run() {
    for limit in [22, 30, 40] {
        let (metric, judged) = counting(4);
        let optimizer = GEPA::new(metric)
            .proposer(teacher())
            .original()
            .max_metric_calls(limit);
        let news = News::default();
        let run = Run::in_memory().observer(news.clone());
        optimizer
            .optimize(&node_of(pupil(4)), &splits(12, 8, 0), &run)
            .await
            .unwrap();
        assert!(judged.load(Ordering::SeqCst) <= limit);
        assert!(
            news.end().starts_with("`max_metric_calls` is reached"),
            "{}",
            news.end()
        );
    }
}

#[tokio::test]
async fn a_limit_that_allows_no_proposal_is_refused_with_what_it_takes() {
    let error = search(|gepa| gepa.max_metric_calls(13), Run::in_memory())
        .await
        .unwrap_err();
    let words = error.to_string();
    assert!(words.contains("one that is accepted takes 14"), "{words}");
    assert!(
        words.contains("set `max_metric_calls` to 42 or more"),
        "{words}"
    );

    let news = News::default();
    search(
        |gepa| gepa.max_metric_calls(14),
        Run::in_memory().observer(news.clone()),
    )
    .await
    .unwrap();
    let told = news.of_search()[0].to_string();
    let expected = "`max_metric_calls` 14 is low: three proposals that are accepted take 42";
    assert_eq!(told, expected);
}

#[tokio::test]
async fn each_limit_ends_the_search() {
    let cases: [(Set, &str); 10] = [
        (
            |gepa| gepa.num_generations(1),
            "`num_generations` is reached: 1",
        ),
        (
            |gepa| gepa.max_full_evals(2),
            "`max_full_evals` is reached: 2",
        ),
        (
            |gepa| gepa.max_candidates(2),
            "`max_candidates` is reached: 2",
        ),
        (
            |gepa| gepa.max_proposals(2),
            "`max_proposals` is reached: 2",
        ),
        (
            |gepa| gepa.target_score(0.25),
            "`target_score` 0.25 is reached: 0.",
        ),
        (
            |gepa| gepa.max_metric_calls(20),
            "`max_metric_calls` is reached: ",
        ),
        (
            |gepa| gepa.stop_when(|progress| progress.generations == 1),
            "`stop_when` says so",
        ),
        (
            |gepa| gepa.max_reflection_cost(1e-7),
            "`max_reflection_cost` $0.0000001 is reached: $0.",
        ),
        (|gepa| gepa, "every validation row has the best score"),
        (
            |gepa| {
                gepa.proposer(proposing(|input| {
                    format!("{} {}", input.text, number(&input.runs))
                }))
                .patience(2)
            },
            "`patience` is reached: 2",
        ),
    ];
    for (set, expected) in cases {
        let news = News::default();
        let run = Run::in_memory().observer(news.clone());
        let teacher = teacher().with_price(Price::per_1m(1.0, 1.0));
        search_with(pupil(4), teacher, set, run).await.unwrap();
        assert!(news.end().starts_with(expected), "{}", news.end());
    }
}

#[tokio::test]
async fn max_full_evals_and_max_proposals_are_not_passed_within_a_generation() {
    for most in [0, 1, 2, 3] {
        let set = |gepa: GEPA<_>| gepa.max_full_evals(most);
        let optimizer = set(GEPA::new(judge(4))
            .proposer(teacher())
            .max_metric_calls(400));
        let run = Run::in_memory();
        let tuned = optimizer
            .optimize(&node_of(pupil(4)), &splits(12, 8, 0), &run)
            .await
            .unwrap();
        assert_eq!(tuned.report.tried.len(), most + 1);

        let teacher = proposing(|input| format!("{} More.", input.text));
        let optimizer = GEPA::new(judge(4))
            .proposer(teacher.clone())
            .max_proposals(most);
        let run = Run::in_memory();
        optimizer
            .optimize(&node_of(pupil(4)), &splits(12, 8, 0), &run)
            .await
            .unwrap();
        assert_eq!(teacher.calls(), most as u64);
    }
}

#[tokio::test]
async fn auto_allows_as_many_metric_calls_as_dspy() {
    let (metric, judged) = counting(4);
    let news = News::default();
    // It never writes the same text again.
    let teacher = proposing(|input| format!("{} {}", input.text, number(&input.runs)));
    let optimizer = GEPA::new(metric).proposer(teacher).auto(AutoBudget::Light);
    let run = Run::in_memory().observer(news.clone()).concurrency(8);
    optimizer
        .optimize(&node_of(pupil(4)), &splits(200, 8, 0), &run)
        .await
        .unwrap();
    // 8 + 5 · 6 + 35 · 10 + 3 · 8 metric calls.
    assert!(
        news.end().starts_with("`max_metric_calls` is reached"),
        "{}",
        news.end()
    );
    let judged = judged.load(Ordering::SeqCst) - 8;
    assert!((412 - 14..=412).contains(&judged), "{judged}");
}

#[tokio::test]
async fn settings_that_cannot_be_searched_with_are_refused() {
    let cases: [(Set, &str); 9] = [
        (
            |gepa| {
                gepa.initial_population([State::from_iter([("other", PredictorState::default())])])
            },
            "state 1 of `initial_population` does not fit: no predictor `other`",
        ),
        (
            |gepa| gepa.original().max_metric_calls(None),
            "it has no limit",
        ),
        (|gepa| gepa.parents(0), "`parents` is 0"),
        (|gepa| gepa.proposals(0), "`proposals` is 0"),
        (
            |gepa| gepa.reflection_minibatch_size(0),
            "`reflection_minibatch_size` is 0",
        ),
        (
            |gepa| gepa.target_score(f64::NAN),
            "`target_score` is not a number",
        ),
        (
            |gepa| {
                gepa.parent_selection(dashoptimize::optimizer::ParentSelection::EpsilonGreedy {
                    epsilon: 2.0,
                })
            },
            "`epsilon` is 2",
        ),
        (
            |gepa| {
                gepa.acceptance(Acceptance::Evidence {
                    level: 0.5,
                    rows: 8,
                    repeats: 1,
                })
            },
            "the level of `Acceptance::Evidence` is 0.5",
        ),
        (
            |gepa| gepa.max_reflection_cost(1.0),
            "the price of the proposer `teacher` is not known",
        ),
    ];
    for (set, expected) in cases {
        let teacher = teacher().without_price();
        let error = search_with(pupil(4), teacher, set, Run::in_memory())
            .await
            .unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[tokio::test]
async fn all_settings_are_in_the_manifest() {
    let settings = serde_json::to_value(stage().population_size(7).original()).unwrap();
    for name in [
        "num_generations",
        "max_metric_calls",
        "acceptance",
        "seed",
        "frontier",
    ] {
        assert!(settings.get(name).is_some(), "{name}: {settings:#}");
    }
    let own = Predict::<ReviseText>::new(teacher());
    let one = serde_json::to_value(stage().propose_with(own)).unwrap();
    let none = serde_json::to_value(stage()).unwrap();
    assert_ne!(one["proposer"], none["proposer"]);
    // A model is in the manifest among the models.
    let models = |gepa: &GEPA<NoMetric>| Search::<Node, Quiz>::models(gepa).len();
    assert_eq!(
        (models(&stage().proposer(teacher())), models(&stage())),
        (1, 0)
    );
    assert_ne!(
        serde_json::to_value(stage().stop_when(|_| false)).unwrap(),
        none,
        "that there is a condition is a setting"
    );
}

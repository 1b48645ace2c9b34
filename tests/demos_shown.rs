//! Which demos an optimizer shows, by what the model is really sent, and how long it goes on.

use std::collections::BTreeSet;
use std::sync::Arc;

use dashoptimize::engine::{Report, Run};
use dashoptimize::evaluate::OptimizerMetric;
use dashoptimize::lm::{ChatRequest, Scripted};
use dashoptimize::module::{LLMNode, ModuleExt};
use dashoptimize::optimizer::{BootstrapFewShot, Optimized, Optimizer, RandomSearch};
use dashoptimize::signature::make_signature;

use crate::support::quiz::{Quiz, is_right, row, splits};

type Metric = fn(&Quiz, &Quiz) -> bool;

const TRAIN: usize = 24;

/// A demo as the model sees it: the number of the row, and what is said to be its answer.
type Shown = (usize, String);

/// What an optimizer sent.
struct Sent {
    tuned: Optimized<LLMNode<Quiz>>,
    /// The rows of the training part that the model was asked about.
    trained: BTreeSet<usize>,
    /// The demos that were shown with questions of the validation part, once for each candidate.
    shown: Vec<Vec<Shown>>,
}

impl Sent {
    /// The demos of the only candidate.
    fn demos(&self) -> &[Shown] {
        let [given, demos] = self.shown.as_slice() else {
            panic!(
                "the program as given and one candidate, not {:?}",
                self.shown
            );
        };
        assert!(given.is_empty());
        demos
    }

    fn rows(&self) -> Vec<usize> {
        self.demos().iter().map(|(row, _)| *row).collect()
    }
}

fn number(text: &str) -> Option<usize> {
    let rest = text.split("number ").nth(1)?;
    rest.split('?').next()?.parse().ok()
}

/// A model that is right about every third row, and says so in words of its own.
fn third() -> Scripted {
    Scripted::new(|request: &ChatRequest| {
        let row_asked = number(request.turns[0].text()).expect("a row");
        let answer = if row_asked.is_multiple_of(3) {
            row(row_asked).answer
        } else {
            "no idea".to_owned()
        };
        format!("[[ ## answer ## ]]\n{answer}")
    })
}

async fn send(optimizer: impl Optimizer<LLMNode<Quiz>, Quiz>, seed: u64) -> Sent {
    let lm = Arc::new(third().keeping_requests());
    let signature = make_signature("question -> answer", "Answer.").expect("a good spec");
    let student = LLMNode::<Quiz>::new(signature, Arc::clone(&lm), "quiz");
    let run = Run::in_memory().concurrency(1).seed(seed);
    let data = splits(TRAIN, 4, 0);
    let tuned = optimizer.optimize(&student, &data, &run).await.unwrap();
    let mut trained = BTreeSet::new();
    let mut shown = Vec::new();
    for request in lm.requests() {
        let asked = number(request.turns[0].text()).expect("a row");
        if asked < TRAIN {
            trained.insert(asked);
            continue;
        }
        let demos = demos(&request);
        if !shown.contains(&demos) {
            shown.push(demos);
        }
    }
    Sent {
        tuned,
        trained,
        shown,
    }
}

fn demos(request: &ChatRequest) -> Vec<Shown> {
    let turns = &request.prefix.messages()[1..];
    let pairs = turns.chunks_exact(2).map(|pair| {
        let answer = pair[1].text().split("## ]]").nth(1).expect("an answer");
        let answer = answer.split("[[").next().expect("an answer").trim();
        (number(pair[0].text()).expect("a row"), answer.to_owned())
    });
    pairs.collect()
}

fn search(
    seeds: impl IntoIterator<Item = i64>,
) -> RandomSearch<OptimizerMetric<'static, Quiz, Quiz>> {
    RandomSearch::new(is_right as Metric)
        .seeds(seeds)
        .max_bootstrapped_demos(4)
        .max_labeled_demos(0)
}

// --- the seeds of a random search

#[tokio::test]
async fn seed_minus_3_shows_no_demos_and_asks_no_teacher() {
    let sent = send(search([-3]), 1).await;
    assert_eq!(sent.shown, [vec![]]);
    assert!(sent.trained.is_empty());
}

#[tokio::test]
async fn seed_minus_2_shows_exactly_labelled_rows_and_asks_no_teacher() {
    let sent = send(search([-2]).max_labeled_demos(6), 1).await;
    assert!(sent.trained.is_empty(), "{:?}", sent.trained);
    assert_eq!(sent.demos().len(), 6);
    for (shown, answer) in sent.demos() {
        assert!(*shown < TRAIN);
        assert_eq!(*answer, row(*shown).answer);
    }
    let distinct: BTreeSet<usize> = sent.rows().into_iter().collect();
    assert_eq!(distinct.len(), 6);
    // Not only rows about which the model is right.
    assert!(distinct.iter().any(|row| row % 3 != 0));
}

#[tokio::test]
async fn seed_minus_1_shows_the_first_rows_that_pass_in_their_order() {
    let sent = send(search([-1]), 1).await;
    assert_eq!(sent.rows(), [0, 3, 6, 9]);
    assert_eq!(sent.trained, (0..10).collect(), "no row is tried in vain");
}

#[tokio::test]
async fn seeds_from_0_on_show_other_rows_in_another_order_and_number() {
    let mut all = Vec::new();
    for seed in 0..12 {
        let sent = send(search([seed]), 1).await;
        let rows = sent.rows();
        assert!((1..=4).contains(&rows.len()), "seed {seed}: {rows:?}");
        assert!(rows.iter().all(|row| row % 3 == 0), "seed {seed}: {rows:?}");
        assert_eq!(
            rows,
            send(search([seed]), 1).await.rows(),
            "seed {seed} again"
        );
        all.push(rows);
    }
    let numbers: BTreeSet<usize> = all.iter().map(Vec::len).collect();
    assert_eq!(numbers, BTreeSet::from([1, 2, 3, 4]));
    assert!(
        all.iter().any(|rows| !rows.is_sorted()),
        "shuffled: {all:?}"
    );
    let firsts: BTreeSet<usize> = all.iter().map(|rows| rows[0]).collect();
    assert!(firsts.len() > 3, "{all:?}");
    let distinct: BTreeSet<Vec<usize>> = all.iter().cloned().collect();
    assert!(distinct.len() > 8, "{all:?}");
    // The seed of the run counts, too.
    let mut others = Vec::new();
    for seed in 0..12 {
        others.push(send(search([seed]), 2).await.rows());
    }
    assert_ne!(all, others);
}

#[tokio::test]
async fn so_many_candidate_programs_are_tried_in_addition_to_three() {
    for candidates in [0, 1, 5] {
        let search = search([])
            .num_candidate_programs(candidates)
            .max_labeled_demos(2);
        let report = send(search, 1).await.tuned.report;
        let origins = all_origins(&report);
        assert_eq!(origins.len(), 4 + candidates as usize, "{origins:?}");
        for seed in -3..i64::from(candidates) {
            let words = format!("seed {seed}: ");
            assert!(
                origins.iter().any(|origin| origin.starts_with(&words)),
                "{origins:?}"
            );
        }
    }
    // Sixteen by default.
    let default = RandomSearch::new(is_right as Metric)
        .max_bootstrapped_demos(1)
        .max_labeled_demos(1);
    let report = send(default, 1).await.tuned.report;
    assert_eq!(all_origins(&report).len(), 1 + 3 + 16);
}

/// Where the candidates come from that were evaluated or stopped by a race.
fn all_origins(report: &Report) -> Vec<&str> {
    let tried = report.tried.iter().map(|tried| tried.origin.as_str());
    let stopped = report.stopped.iter().map(|one| one.origin.as_str());
    tried.chain(stopped).collect()
}

// --- how many demos

fn bootstrap() -> BootstrapFewShot<OptimizerMetric<'static, Quiz, Quiz>> {
    BootstrapFewShot::new(is_right as Metric).max_iterations(1)
}

#[tokio::test]
async fn labelled_rows_fill_up_to_their_number_and_take_nothing_away() {
    for (bootstrapped, labeled, all) in [(5, 0, 5), (5, 2, 5), (5, 5, 5), (5, 7, 7), (0, 3, 3)] {
        let optimizer = bootstrap()
            .max_bootstrapped_demos(bootstrapped)
            .max_labeled_demos(labeled);
        let sent = send(optimizer, 1).await;
        assert_eq!(sent.demos().len(), all, "{bootstrapped} and {labeled}");
        let passed = sent.rows().iter().filter(|row| **row % 3 == 0).count();
        assert!(passed >= bootstrapped, "{bootstrapped} and {labeled}");
    }
    // By default up to 16, of which 4 are bootstrapped.
    assert_eq!(send(bootstrap(), 1).await.demos().len(), 16);
    let only = send(bootstrap().max_labeled_demos(0), 1).await;
    assert_eq!(only.demos().len(), 4);
}

#[tokio::test]
async fn at_most_so_many_demos_are_shown_in_all() {
    for most in [1, 3, 5, 9] {
        let sent = send(bootstrap().max_demos(most), 1).await;
        assert_eq!(sent.demos().len(), most);
        let sent = send(search([-1]).max_demos(most), 1).await;
        assert_eq!(sent.demos().len(), most);
    }
    // Few of them may be bootstrapped.
    let sent = send(bootstrap().max_bootstrapped_demos(1).max_demos(5), 1).await;
    assert_eq!((sent.demos().len(), sent.trained.len()), (5, 1));
}

// --- how many iterations

/// A model whose answer is a level: one more than the highest that it is shown.
fn climbing() -> Scripted {
    Scripted::new(|request: &ChatRequest| {
        let levels = demos(request);
        let levels = levels
            .iter()
            .filter_map(|(_, level)| level.parse::<u32>().ok());
        format!("[[ ## answer ## ]]\n{}", levels.max().unwrap_or(0) + 1)
    })
}

fn level(_: &Quiz, found: &Quiz) -> f64 {
    found.answer.parse::<f64>().unwrap_or(0.0) / 40.0
}

/// The scores of the candidates, where each iteration gains one fortieth.
async fn climb(
    settings: impl FnOnce(
        BootstrapFewShot<OptimizerMetric<'static, Quiz, Quiz>>,
    ) -> BootstrapFewShot<OptimizerMetric<'static, Quiz, Quiz>>,
) -> Vec<f64> {
    let signature = make_signature("question -> answer", "Answer.").expect("a good spec");
    let student = LLMNode::<Quiz>::new(signature, climbing(), "quiz").max_tokens(9);
    let optimizer = BootstrapFewShot::new(level as fn(&Quiz, &Quiz) -> f64)
        .max_labeled_demos(0)
        .metric_threshold(0.0);
    let optimizer = settings(optimizer);
    let data = splits(6, 3, 0);
    let tuned = optimizer
        .optimize(&student, &data, &Run::in_memory())
        .await
        .unwrap();
    let tried = tuned.report.tried.iter();
    tried
        .map(|tried| (tried.measured.score().unwrap() * 40.0).round())
        .collect()
}

#[tokio::test]
async fn so_many_iterations_are_run_while_each_gains() {
    // The program as given has level 1, the first candidate level 2.
    for (iterations, last) in [(1, 2), (2, 3), (3, 4), (7, 8)] {
        let scores = climb(|optimizer| optimizer.max_iterations(iterations)).await;
        let expected: Vec<f64> = (1..=last).map(f64::from).collect();
        assert_eq!(scores, expected);
    }
    assert_eq!(
        climb(|optimizer| optimizer).await,
        [1.0, 2.0, 3.0, 4.0],
        "3 by default"
    );
}

#[tokio::test]
async fn a_gain_below_the_minimum_ends_the_iterations() {
    let tried = async |gain| {
        let scores = climb(|optimizer| optimizer.max_iterations(9).min_improvement(gain)).await;
        scores.len()
    };
    for gain in [0.0, 0.01, 0.024] {
        assert_eq!(tried(gain).await, 10, "{gain}");
    }
    assert_eq!(
        tried(0.025).await,
        10,
        "a gain of exactly the minimum is enough"
    );
    for gain in [0.026, 0.03, 0.5] {
        assert_eq!(tried(gain).await, 3, "{gain}");
    }
}

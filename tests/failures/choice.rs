//! Which candidate is chosen, installed and called better where rows lack a score.

use dashoptimize::evaluate::ScoreRange;
use dashoptimize::lm::{ChatRequest, LmError, LmErrorKind, Scripted};
use dashoptimize::optimizer::{BootstrapFewShot, KNNFewShot, Optimizer, RandomSearch};

use super::endings::Ending::{Fails, MetricErrs, MetricPanics, Right, TooLong, Wrong};
use super::endings::{Ending, Endings, chosen, rows, tolerant, try_all, try_and_return};
use crate::support::quiz::{Quiz, is_right, node, row, splits};

const TIMEOUT: Ending = Fails(LmErrorKind::Timeout);

/// So many rows right, wrong, and not answered.
fn counts(right: usize, wrong: usize, missing: usize) -> Vec<Ending> {
    [
        rows(right, Right),
        rows(wrong, Wrong),
        rows(missing, TIMEOUT),
    ]
    .concat()
}

async fn best(endings: Endings) -> (usize, bool) {
    let val = endings[0].len();
    let tuned = try_all(&endings, val, ScoreRange::default(), &tolerant())
        .await
        .unwrap();
    (chosen(&tuned), tuned.installed)
}

#[tokio::test]
async fn i15_a_candidate_is_not_chosen_for_the_rows_that_it_leaves_out() {
    // 24 of 24 that were answered, against 33 of 40.
    let endings = vec![counts(10, 30, 0), counts(24, 0, 16), counts(33, 7, 0)];
    assert_eq!(best(endings).await, (2, true));
    // In the other order, too.
    let endings = vec![counts(10, 30, 0), counts(33, 7, 0), counts(24, 0, 16)];
    assert_eq!(best(endings).await, (1, true));
    // Against the program as given.
    let endings = vec![counts(33, 7, 0), counts(24, 0, 16)];
    assert_eq!(best(endings).await, (0, true));
}

#[tokio::test]
async fn i15_a_few_rows_that_are_missing_do_not_hide_what_is_better() {
    let endings = vec![counts(10, 30, 0), counts(33, 7, 0), counts(37, 0, 3)];
    assert_eq!(best(endings).await, (2, true));
}

#[tokio::test]
async fn i15_a_candidate_that_answers_1_of_10_rows_is_never_installed() {
    for given in [counts(0, 10, 0), counts(5, 5, 0), counts(1, 9, 0)] {
        let (_, installed) = best(vec![given.clone(), counts(1, 0, 9)]).await;
        let kept = best(vec![given, counts(1, 0, 9)]).await.0 == 0;
        assert!(kept || !installed);
    }
    // Nor with a hold-out on which the program as given gets nothing right.
    let given = [counts(0, 10, 0), counts(0, 400, 0)].concat();
    let candidate = [counts(10, 0, 0), counts(40, 0, 360)].concat();
    let tuned = try_all(
        &vec![given, candidate],
        10,
        ScoreRange::default(),
        &tolerant(),
    )
    .await
    .unwrap();
    assert!(!tuned.installed, "{:?}", tuned.verdict);
}

#[tokio::test]
async fn i15_rows_that_the_program_as_given_lacks_install_no_candidate_that_is_worse_elsewhere() {
    // 20 of 20 that were answered. The candidate gets 12 of them right, and 10 of the others.
    let given = counts(20, 0, 20);
    let candidate = [counts(12, 8, 0), counts(10, 10, 0)].concat();
    assert_eq!(best(vec![given.clone(), candidate]).await.0, 0);
    // A candidate that is right wherever the program as given is, and on more rows, is chosen.
    let candidate = counts(30, 10, 0);
    let (chosen, installed) = best(vec![given, candidate]).await;
    // But it might be worse than the program as given would have been.
    assert_eq!((chosen, installed), (1, false));
}

#[tokio::test]
async fn i15_what_the_program_fails_at_is_no_way_to_win_either() {
    for failing in [TooLong, MetricErrs, MetricPanics] {
        let failing = [rows(24, Right), rows(16, failing)].concat();
        let endings = vec![counts(10, 30, 0), failing, counts(33, 7, 0)];
        assert_eq!(best(endings).await, (2, true));
    }
}

#[tokio::test]
async fn the_final_score_is_that_of_the_best_program() {
    let endings = |counts_of: &[usize]| -> Endings {
        let program = |right: &usize| counts(*right, 5 - *right, 0);
        counts_of.iter().map(program).collect()
    };
    let range = ScoreRange::default();
    // Whatever the search returns: the last is the best, one of the others, the program as given.
    for (rights, best) in [
        (vec![3, 1, 4], 0.8),
        (vec![3, 5, 2], 1.0),
        (vec![3, 1, 2], 0.6),
    ] {
        for returned in [None, Some(1), Some(2)] {
            let endings = endings(&rights);
            let tuned = try_and_return(returned, &endings, 5, range, &tolerant()).await;
            let tuned = tuned.unwrap();
            assert_eq!(tuned.final_score(), Some(best), "{rights:?}, {returned:?}");
            assert_eq!(tuned.initial_score(), Some(0.6));
        }
    }
}

// --- the optimizers compare in the same way

/// Knows every answer to even numbers, and with demos every answer that it gives; but `shown` makes the
/// provider fail on odd numbers.
fn outage_if(shown: fn(&ChatRequest) -> bool) -> Scripted {
    Scripted::new(move |request: &ChatRequest| {
        let number = number_in(request.turns[0].text());
        let is_even = number.is_multiple_of(2);
        if shown(request) && !is_even {
            return Err(LmError::new(LmErrorKind::Server, "overloaded"));
        }
        // Two of three rows are right without demos.
        let known = is_even || number % 3 == 1;
        let answer = if known {
            row(number).answer
        } else {
            "no idea".to_owned()
        };
        Ok(format!("[[ ## answer ## ]]\n{answer}"))
    })
}

fn has_demos(request: &ChatRequest) -> bool {
    request.prefix.messages().len() > 1
}

#[tokio::test]
async fn i15_a_random_search_prefers_no_candidate_for_the_rows_that_it_leaves_out() {
    let optimizer = |target| {
        RandomSearch::new(is_right as fn(&Quiz, &Quiz) -> bool)
            .seeds([-2, -3])
            .max_labeled_demos(2)
            .target_score(target)
    };
    let data = splits(4, 30, 0);
    for target in [0.9, 2.0] {
        let tuned = optimizer(target)
            .optimize(&node(outage_if(has_demos)), &data, &tolerant())
            .await
            .unwrap();
        // All of the 15 rows that it answered are right, but the target is not reached.
        let labelled = &tuned.report.tried[1].measured;
        assert_eq!(
            (labelled.score(), labelled.score_at_worst()),
            (Some(1.0), Some(0.5))
        );
        assert_eq!(tuned.report.tried.len(), 3);
        assert_eq!(tuned.report.chosen, "seed -3: no demos");
    }
}

/// Where a question of the quiz asks for this number.
fn number_in(question: &str) -> usize {
    let rest = question.split("number ").nth(1).expect("a row");
    let digits = rest.split('?').next().expect("a row");
    digits.parse().expect("a number")
}

#[tokio::test]
async fn i15_a_bootstrap_takes_no_teacher_for_the_rows_that_it_leaves_out() {
    // Without demos the model says 1, with demos that say 1 it says 2, and then 3, if the provider answers.
    let lm = Scripted::new(|request: &ChatRequest| {
        let shows = |level: &str| {
            let mut demos = request.prefix.messages()[1..].iter();
            demos.any(|message| message.text().contains(level))
        };
        let is_odd = !number_in(request.turns[0].text()).is_multiple_of(2);
        match (shows("]]\n2"), shows("]]\n1")) {
            (true, _) if is_odd => Err(LmError::new(LmErrorKind::Server, "overloaded")),
            (true, _) => Ok("[[ ## answer ## ]]\n3"),
            (false, true) => Ok("[[ ## answer ## ]]\n2"),
            (false, false) => Ok("[[ ## answer ## ]]\n1"),
        }
    });
    let metric = |gold: &Quiz, found: &Quiz| match found.answer.as_str() {
        "2" => number_in(&gold.question) % 10 < 6,
        said => said == "3",
    };
    let tuned = BootstrapFewShot::new(metric)
        .max_bootstrapped_demos(2)
        .max_labeled_demos(0)
        .metric_threshold(0.0)
        .max_iterations(5)
        .optimize(&node(lm), &splits(10, 30, 0), &tolerant())
        .await
        .unwrap();
    let scores: Vec<_> = tuned
        .report
        .tried
        .iter()
        .map(|tried| tried.measured.score())
        .collect();
    assert_eq!(scores, [Some(0.0), Some(0.6), Some(1.0)]);
    assert_eq!(tuned.report.chosen, "bootstrapped demos, iteration 1");
}

#[tokio::test]
async fn i15_demos_of_runs_are_not_preferred_for_the_rows_that_they_leave_out() {
    // What the teacher says differs from the labels, and is right as well.
    let lm = Scripted::new(|request: &ChatRequest| {
        let question = request.turns[request.turns.len() - 1].text();
        let of_runs = request
            .messages()
            .any(|message| message.text().contains("good"));
        let number = number_in(question);
        match (of_runs, number.is_multiple_of(2), number % 10) {
            (true, false, _) => Err(LmError::new(LmErrorKind::Server, "overloaded")),
            (false, _, 7..) => Ok("[[ ## answer ## ]]\nbad"),
            _ => Ok("[[ ## answer ## ]]\ngood"),
        }
    });
    let metric = |gold: &Quiz, found: &Quiz| found.answer == "good" || found.answer == gold.answer;
    let tuned = KNNFewShot::new(metric)
        .k(2)
        .optimize(&node(lm), &splits(10, 30, 0), &tolerant())
        .await
        .unwrap();
    let scores: Vec<_> = tuned
        .report
        .tried
        .iter()
        .map(|tried| tried.measured.score())
        .collect();
    assert_eq!(scores, [Some(0.7), Some(0.7), Some(1.0)]);
    assert_eq!(tuned.report.chosen, "the nearest labelled rows");
}

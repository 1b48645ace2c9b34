//! Which candidate is chosen, installed and called better where rows lack a score.

use dashoptimize::evaluate::ScoreRange;
use dashoptimize::lm::LmErrorKind;

use super::endings::Ending::{Fails, MetricErrs, MetricPanics, Right, TooLong, Wrong};
use super::endings::{Ending, Endings, chosen, rows, tolerant, try_all};

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
    let endings = vec![counts(3, 2, 0), counts(1, 4, 0)];
    let tuned = try_all(&endings, 5, ScoreRange::default(), &tolerant())
        .await
        .unwrap();
    assert_eq!(tuned.final_score(), Some(0.6));
    let endings = vec![
        counts(3, 2, 0),
        counts(1, 4, 0),
        counts(4, 1, 0),
        counts(2, 3, 0),
    ];
    let tuned = try_all(&endings, 5, ScoreRange::default(), &tolerant())
        .await
        .unwrap();
    assert_eq!(tuned.final_score(), Some(0.8));
}

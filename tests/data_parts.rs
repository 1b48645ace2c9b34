//! Rows that are the same are the same: none is in two parts, and copies stay together.

use std::collections::HashSet;

use dashoptimize::evaluate::{DataError, Dataset, Loader, Ratio, Splits};
use dashoptimize::signature;
use serde::{Deserialize, Serialize};

/// Answer the question.
#[signature]
#[derive(Clone, Debug, PartialEq)]
struct Qa {
    #[input]
    question: String,
    #[output]
    answer: String,
}

fn rows(questions: &[&str]) -> Vec<Qa> {
    let rows = questions.iter().enumerate();
    rows.map(|(number, question)| Qa {
        question: (*question).to_owned(),
        answer: format!("answer {number}"),
    })
    .collect()
}

fn overlap(train: &str, val: &str) -> Option<String> {
    let splits = Splits::builder()
        .train(rows(&[train, "other"]))
        .val(rows(&["third", val]))
        .build();
    splits.err().map(|error| error.to_string())
}

#[test]
fn a_row_that_is_asked_in_two_parts_is_refused_with_both_places() {
    for (train, val) in [
        ("Who is it?", "Who is it?"),
        ("Who is it?", " who  IS it?\n"),
        ("café", "CAFE\u{301}"),
        ("Straße", "straße"),
    ] {
        let error = overlap(train, val).expect("refused");
        assert!(
            error.contains("val (row 2) has the same inputs as train (row 1)"),
            "{error}"
        );
        assert!(error.contains("allow_overlap"), "{error}");
    }
    for (train, val) in [("Who is it?", "Who was it?"), ("x²", "x2"), ("a b", "ab")] {
        assert_eq!(overlap(train, val), None);
    }
    let allowed = Splits::builder()
        .train(rows(&["q"]))
        .val(rows(&["Q"]))
        .allow_overlap()
        .build();
    assert!(allowed.is_ok());
}

/// A row with a name.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Named {
    id: u32,
    question: String,
    label: String,
}

fn named(id: u32, question: &str, label: &str) -> Named {
    Named {
        id,
        question: question.to_owned(),
        label: label.to_owned(),
    }
}

#[test]
fn the_id_of_a_row_does_not_make_it_another_row() {
    let set = |rows: Vec<Named>| Dataset::from_vec_serde(rows).expect("JSON");
    let train = || set(vec![named(1, "q", "a"), named(2, "r", "b")]);
    let same = Splits::builder()
        .train(train())
        .val(set(vec![named(3, "Q", "A")]))
        .build();
    assert!(
        matches!(same, Err(DataError::Overlap { total: 1, .. })),
        "{same:?}"
    );
    // Which fields are inputs is not known of a plain struct, unless it is said.
    let other = || set(vec![named(3, "q", "b")]);
    assert!(
        Splits::builder()
            .train(train())
            .val(other())
            .build()
            .is_ok()
    );
    let inputs = |data: Dataset<Named>| data.with_inputs(["question"]).expect("JSON");
    let said = Splits::builder()
        .train(inputs(train()))
        .val(inputs(other()))
        .build();
    assert!(
        matches!(said, Err(DataError::Overlap { total: 1, .. })),
        "{said:?}"
    );
}

#[test]
fn a_file_whose_parts_overlap_is_refused_with_its_lines() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("f.csv");
    let table = "question,answer,split\nq,a,train\nr,b,val\n Q ,c,test\n";
    std::fs::write(&path, table).expect("a file");
    let error = Splits::<Qa>::from_csv(&path)
        .expect_err("refused")
        .to_string();
    assert!(
        error.contains("f.csv:4) has the same inputs as train ("),
        "{error}"
    );
    assert!(error.contains("f.csv:2)"), "{error}");
    assert!(
        Loader::new()
            .allow_overlap()
            .splits_csv::<Qa>(&path)
            .is_ok()
    );
}

fn texts(rows: &[Qa]) -> HashSet<String> {
    rows.iter().map(|row| row.question.to_lowercase()).collect()
}

#[test]
fn copies_stay_together_whatever_their_label() {
    let questions: Vec<String> = (0..90).map(|row| format!("Q {}", row % 30)).collect();
    let questions: Vec<String> = questions
        .iter()
        .enumerate()
        .map(|(row, text)| {
            if row % 2 == 0 {
                text.to_lowercase()
            } else {
                text.clone()
            }
        })
        .collect();
    let questions: Vec<&str> = questions.iter().map(String::as_str).collect();
    for seed in 0..20 {
        let splits = Dataset::from_vec(rows(&questions)).split(seed, Ratio::new(40, 30, 30));
        let splits = splits.expect("three parts");
        assert!(texts(splits.train()).is_disjoint(&texts(splits.val())));
        assert_eq!(splits.train().len() % 3, 0);
    }
}

#[test]
fn one_row_that_is_most_of_the_data_leaves_no_part_empty() {
    let questions: Vec<String> = (0..100)
        .map(|row: usize| format!("q {}", row.saturating_sub(59)))
        .collect();
    let questions: Vec<&str> = questions.iter().map(String::as_str).collect();
    for seed in 0..40 {
        let data = Dataset::from_vec(rows(&questions));
        let splits = data
            .split(seed, Ratio::new(40, 30, 30))
            .expect("three parts");
        let holdout = splits.holdout().map_or(0, |part| part.len());
        let mut sizes = [splits.train().len(), splits.val().len(), holdout];
        sizes.sort_unstable();
        assert_eq!(sizes.iter().sum::<usize>(), 100);
        assert!(sizes[0] >= 10, "{sizes:?}");
    }
    let error = Dataset::from_vec(rows(&["q"; 50])).split(1, Ratio::new(1, 1, 1));
    let error = error.expect_err("one row").to_string();
    assert!(
        error.contains("1 different rows (50 of the 50 rows have to stay together)"),
        "{error}"
    );
}

#[test]
fn i4_groups_are_dealt_by_rows_seed_ratio_and_key_alone() {
    let data = || Dataset::from_vec_serde((0..24).collect::<Vec<u32>>()).expect("JSON");
    let ratio = Ratio::new(50, 25, 25);
    let parts = |splits: Splits<u32>| (splits.train().to_vec(), splits.val().to_vec());
    let by_key = parts(
        data()
            .split_by(7, ratio, |row| Some(row % 8))
            .expect("parts"),
    );
    for _ in 0..3 {
        let again = parts(
            data()
                .split_by(7, ratio, |row| Some(row % 8))
                .expect("parts"),
        );
        assert_eq!(by_key, again);
    }
    assert_eq!(
        by_key,
        (
            vec![6, 14, 22, 2, 10, 18, 0, 8, 16, 1, 9, 17],
            vec![5, 13, 21, 7, 15, 23]
        )
    );
    let keys = |rows: &[u32]| rows.iter().map(|row| row % 8).collect::<HashSet<_>>();
    assert!(keys(&by_key.0).is_disjoint(&keys(&by_key.1)));
    let other = parts(
        data()
            .split_by(8, ratio, |row| Some(row % 8))
            .expect("parts"),
    );
    assert_ne!(by_key, other);
    let strata = parts(
        data()
            .stratified_by(7, ratio, |row| row % 3 == 0)
            .expect("parts"),
    );
    assert_eq!(
        strata,
        (
            vec![17, 18, 10, 7, 9, 19, 13, 3, 22, 2, 15, 11],
            vec![5, 12, 1, 20, 0, 14]
        )
    );
}

#[test]
fn each_part_has_its_share_of_every_label() {
    for seed in 0..20 {
        let data = Dataset::from_vec_serde((0..100).collect::<Vec<u32>>()).expect("JSON");
        // 60 : 30 : 10.
        let label = |row: &u32| match row {
            0..60 => 0,
            60..90 => 1,
            _ => 2,
        };
        let splits = data
            .stratified_by(seed, Ratio::new(40, 30, 30), label)
            .expect("parts");
        assert_eq!((splits.train().len(), splits.val().len()), (40, 30));
        for (of, wanted) in [(0, [24, 18]), (1, [12, 9]), (2, [4, 3])] {
            let count = |rows: &[u32]| rows.iter().filter(|row| label(row) == of).count();
            let found = [count(splits.train()), count(splits.val())];
            let near = found
                .iter()
                .zip(wanted)
                .all(|(found, wanted)| found.abs_diff(wanted) <= 1);
            assert!(near, "{of}: {found:?}, not {wanted:?}");
        }
    }
}

//! Rows that are copies of each other, in runs.

use std::path::Path;

use dashoptimize::engine::Run;
use dashoptimize::evaluate::{Decision, Verdict};
use dashoptimize::lm::{ChatRequest, Scripted};
use dashoptimize::optimizer::Optimized;
use dashoptimize::prelude::*;

/// Say the number.
#[signature]
#[derive(Clone, Debug)]
struct Spell {
    #[input]
    word: String,
    #[output]
    number: String,
}

/// A row about this number, in another form for each copy.
fn row(number: usize, copy: usize) -> Spell {
    let word = match copy % 4 {
        0 => format!("number {number}"),
        1 => format!("Number {number}"),
        2 => format!("  number   {number}\n"),
        _ => format!("NUMBER {number} "),
    };
    Spell {
        word,
        number: number.to_string(),
    }
}

fn rows(numbers: std::ops::Range<usize>) -> Dataset<Spell> {
    Dataset::from_vec(numbers.map(|number| row(number, 0)).collect())
}

/// So many rows about so many numbers.
fn copies(rows: usize, numbers: usize) -> Dataset<Spell> {
    let rows = (0..rows).map(|place| row(1_000 + place % numbers, place / numbers));
    Dataset::from_vec(rows.collect())
}

fn is_right(gold: &Spell, said: &SpellOutput) -> bool {
    gold.number == said.number
}

/// A model that is right where it is shown demos.
fn program() -> Predict<Spell> {
    let model = |request: &ChatRequest| {
        let asked = request.turns[0].text();
        let digits = asked.chars().filter(char::is_ascii_digit);
        let number = match request.prefix.messages().len() {
            1 => "none".to_owned(),
            _ => digits.collect(),
        };
        format!("[[ ## number ## ]]\n{number}")
    };
    Predict::new(Scripted::new(model))
}

async fn tuned(data: &Splits<Spell>) -> Optimized<Predict<Spell>> {
    LabeledFewShot::new(is_right)
        .max_demos(2)
        .optimize(&program(), data, &Run::in_memory())
        .await
        .unwrap()
}

async fn judged(holdout: Dataset<Spell>) -> (Verdict, bool) {
    let data = Splits::builder()
        .train(rows(0..5))
        .val(rows(10..15))
        .holdout(holdout)
        .build()
        .unwrap();
    let tuned = tuned(&data).await;
    (tuned.verdict.unwrap(), tuned.installed)
}

#[tokio::test]
async fn copies_of_a_row_count_once_in_the_verdict_of_a_run() {
    let (verdict, installed) = judged(copies(60, 60)).await;
    assert_eq!((verdict.n, verdict.copies), (60, 0));
    assert!(verdict.is_better() && installed, "{verdict}");
    for numbers in [1, 2, 3, 4] {
        let (verdict, installed) = judged(copies(60, numbers)).await;
        assert_eq!((verdict.n, verdict.copies), (numbers, 60 - numbers));
        assert_eq!(verdict.decision, Decision::Inconclusive, "{verdict}");
        assert!(verdict.p > 0.05 && !installed, "{verdict}");
        assert!(verdict.to_string().contains("rows are copies"), "{verdict}");
    }
}

#[tokio::test]
async fn copies_do_not_take_away_what_the_rows_show() {
    let (alone, _) = judged(copies(12, 12)).await;
    let (with_copies, installed) = judged(copies(60, 12)).await;
    assert!(installed);
    assert_eq!(
        (alone.p, alone.interval),
        (with_copies.p, with_copies.interval)
    );
}

#[tokio::test]
async fn a_row_that_is_most_of_the_data_counts_once_wherever_it_is_dealt() {
    let mut copies = 0;
    for (seed, same) in (0..12).flat_map(|seed| [(seed, 60), (seed, 25)]) {
        let all = (0..100).map(|place: usize| row(place.saturating_sub(same - 1), place));
        let data = Dataset::from_vec(all.collect()).split(seed, Ratio::new(40, 30, 30));
        let data = data.unwrap();
        let verdict = tuned(&data).await.verdict.unwrap();
        let holdout = data.holdout().unwrap().len();
        assert_eq!(verdict.n + verdict.copies, holdout, "{verdict}");
        assert!([0, same - 1].contains(&verdict.copies), "{verdict}");
        copies += verdict.copies;
    }
    assert!(copies > 0, "the row was in the hold-out at least once");
}

#[tokio::test]
async fn the_test_rows_of_a_file_are_evaluated_alone() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("numbers.csv");
    let table =
        "word,number,split\nnumber 1,1,train\nnumber 2,2,test\nnumber 3,3,val\nnumber 4,4,test\n";
    std::fs::write(&file, table).unwrap();
    let test: Dataset<Spell> = Loader::new().only("split", "test").csv(&file).unwrap();
    let run = Run::folder(dir.path().join("run"));
    let (evaluation, evaluated) = run.evaluate(&program(), &test, &is_right).await.unwrap();
    assert_eq!(evaluation.measured.n(), 2);
    let places: Vec<String> = evaluated
        .iter()
        .filter_map(|row| Some(row.origin.as_ref()?.to_string()))
        .collect();
    assert_eq!(places.len(), 2);
    assert!(
        places[0].ends_with("numbers.csv:3") && places[1].ends_with("numbers.csv:5"),
        "{places:?}"
    );
    let results = results(&dir.path().join("run"));
    assert_eq!(results.lines().count(), 2);
    assert!(
        results.contains("numbers.csv:5") && !results.contains("numbers.csv:4"),
        "{results}"
    );
}

/// The lines of the only evaluation.
fn results(folder: &Path) -> String {
    let files = std::fs::read_dir(folder.join("results")).unwrap();
    let mut files = files.map(|file| file.unwrap().path());
    let lines = files.find(|file| {
        file.extension()
            .is_some_and(|extension| extension == "jsonl")
    });
    std::fs::read_to_string(lines.unwrap()).unwrap()
}

//! Programs whose type is chosen while the code runs: kept in one list, optimized, nested.

use std::sync::Arc;

use dashoptimize::artifact::Persist;
use dashoptimize::evaluate::Splits;
use dashoptimize::module::{BestOfN, DynModule, KNN, Majority};
use dashoptimize::optimizer::BootstrapFewShot;

use super::*;

type AnyQa = Box<dyn DynModule<QaInput, QaOutput>>;

/// Three programs of different types.
fn programs(lm: &Scripted) -> Vec<AnyQa> {
    vec![
        qa(lm).boxed(),
        KNN::<Qa>::new(lm.clone()).boxed(),
        BestOfN::new(qa(lm), length).n(2).boxed(),
    ]
}

#[tokio::test]
async fn programs_of_different_types_are_called_from_one_list() {
    let lm = by_sample(&["Lyon", "Toulouse"]);
    let mut answers = Vec::new();
    for program in &programs(&lm) {
        let output = program.call(input("a city?")).await.unwrap();
        answers.push(output.answer);
    }
    assert_eq!(answers, ["Lyon", "Lyon", "Toulouse"]);
    assert_eq!(lm.calls(), 4);
}

#[tokio::test]
async fn one_of_them_is_chosen_and_optimized_as_it_would_be_alone() {
    let answers_rows = |request: &ChatRequest| {
        let question = request.turns.last().unwrap().text();
        let number = question.split("\nquestion ").nth(1).unwrap_or_default();
        let number: String = number.chars().take_while(char::is_ascii_digit).collect();
        // It knows only the first rows, unless it is shown an example.
        let shown = request.messages().count() > 2;
        let known = shown || number.parse::<u32>().is_ok_and(|number| number < 4);
        reply(&format!(
            "{} {number}",
            if known { "answer" } else { "no idea" }
        ))
    };
    let lm = Scripted::new(answers_rows);
    let rows = |rows: std::ops::Range<usize>| -> Vec<Qa> { rows.map(row).collect() };
    let data = Splits::builder().train(rows(0..6)).val(rows(6..12));
    let data = data.holdout(rows(12..30)).build().unwrap();
    let run = Run::in_memory().retry(Retry::none());
    let optimizer = BootstrapFewShot::new(is_right);

    let chosen: AnyQa = programs(&lm).swap_remove(0);
    let tuned = optimizer.optimize(&chosen, &data, &run).await.unwrap();
    let demos = &tuned.program.predictors()[0].state().demos;
    assert!(!demos.is_empty(), "{tuned}");
    assert!(chosen.predictors()[0].state().demos.is_empty());

    let run = Run::in_memory().retry(Retry::none());
    let alone = optimizer.optimize(&qa(&lm), &data, &run).await.unwrap();
    assert_eq!(tuned.program.state(), alone.program.state());
}

#[test]
fn its_prompts_are_saved_and_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("prompts.json");
    let lm = by_sample(&["x"]);
    let program = qa(&lm).boxed().temperature(0.25);
    program.save(&file).unwrap();
    let loaded = qa(&lm).boxed().load(&file).unwrap();
    assert_eq!(loaded.state(), program.state());
}

#[tokio::test]
async fn it_is_nested_under_a_name_and_draws_samples_of_its_own() {
    let lm = by_sample(&["Lyon", "Paris", "paris"]);
    let by = |output: &QaOutput| output.answer.clone();
    let majority = Majority::new(qa(&lm).boxed(), by).n(3).under("vote");
    assert_eq!(majority.predictors()[0].path(), "vote");
    let output = majority.call(input("a city?")).await.unwrap();
    assert_eq!(output.answer, "Paris");
    assert_eq!(samples(&lm), [0, 1, 2]);
}

/// A program that is shared is copied when it is changed.
#[test]
fn a_shared_program_does_not_change_with_its_copy() {
    let lm = by_sample(&["x"]);
    let shared: Arc<dyn DynModule<QaInput, QaOutput>> = Arc::new(qa(&lm));
    let changed = Arc::clone(&shared).temperature(0.5).under("other");
    assert_eq!(changed.predictors()[0].path(), "other");
    assert_eq!(
        changed.predictors()[0].state().params.temperature,
        Some(0.5)
    );
    assert_eq!(shared.predictors()[0].path(), "predict");
    assert_eq!(shared.predictors()[0].state().params.temperature, None);
}

//! Hover: what a name is and what its author says of it.

use crate::project;

#[test]
#[ignore = "needs `rust-analyzer`"]
fn a_field_shows_its_type_and_its_description() {
    let words = project().hover("query.‸text.clone()");
    assert!(words.contains("text: String"), "{words}");
    assert!(words.contains("what to search for"), "{words}");
}

#[test]
#[ignore = "needs `rust-analyzer`"]
fn a_module_shows_its_docs() {
    let words = project().hover("let query = ‸Query::new");
    assert!(words.contains("struct Query"), "{words}");
    assert!(words.contains("Thinks of a query."), "{words}");
}

#[test]
#[ignore = "needs `rust-analyzer`"]
fn an_option_shows_what_it_sets() {
    let words = project().hover("#[with(temp‸erature = 0.0)]");
    assert!(words.contains("Sets the temperature"), "{words}");
}

#[test]
#[ignore = "needs `rust-analyzer`"]
fn a_step_shows_what_it_makes() {
    let mut project = project();
    let plan = project.hover("search(‸plan.text");
    assert!(
        plan.contains("let plan: &Reasoned<WriteQueryOutput>"),
        "{plan}"
    );
    let first = project.hover("‸first.text");
    assert!(
        first.contains("let first: Reasoned<WriteQueryOutput>"),
        "{first}"
    );
    let found = project.hover("passages: ‸found");
    assert!(found.contains("let found: &Vec<String"), "{found}");
}

#[test]
#[ignore = "needs `rust-analyzer`"]
fn a_field_in_a_pipeline_shows_its_type_and_its_description() {
    let mut project = project();
    let text = project.hover("search(plan.‸text");
    assert!(text.contains("text: String"), "{text}");
    assert!(text.contains("what to search for"), "{text}");
    let passages = project.hover("‸passages: found");
    assert!(passages.contains("passages: Vec<String"), "{passages}");
    assert!(passages.contains("what was found"), "{passages}");
}

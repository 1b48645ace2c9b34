//! What the reference page of `pipeline!` says of each form of Rust is what happens.
//!
//! Each row of its first table is a pipeline of `pass/pipeline_reference.rs`, which compiles, and each row of the
//! second one a pipeline of `pipeline/reference.rs`, whose message it holds. The test `ui` compiles both.

use std::fs;

/// The cells of the rows under a heading.
fn rows(page: &str, heading: &str) -> Vec<(String, String)> {
    let (_, table) = page.split_once(heading).expect("the page has the table");
    let rows = table
        .lines()
        .skip(1)
        .skip_while(|line| line.starts_with("|---"));
    let rows = rows.take_while(|line| line.starts_with('|'));
    let rows = rows.map(|row| {
        let cells = row.trim_matches('|').replace("\\|", "\u{1}");
        let (form, meaning) = cells.split_once(" | ").expect("a row has two cells");
        let cell = |text: &str| text.trim().replace('\u{1}', "|");
        (cell(form), cell(meaning))
    });
    rows.collect()
}

/// The docs of the pipelines in a file.
fn documented(file: &str) -> Vec<String> {
    let text = fs::read_to_string(file).expect("cargo runs tests in the folder of their crate");
    let lines = text.lines().collect::<Vec<_>>();
    let docs = lines.windows(2).filter(|lines| {
        let next = lines[1].trim_start().trim_start_matches("async ");
        next.starts_with("fn ")
    });
    let docs = docs.filter_map(|lines| lines[0].trim().strip_prefix("/// "));
    docs.map(str::to_owned).collect()
}

fn page() -> String {
    let page = "../dashoptimize-macros/docs/pipeline.md";
    fs::read_to_string(page).expect("the page is there")
}

#[test]
fn what_it_says_is_there_compiles() {
    let rows = rows(&page(), "| Rust | in a pipeline |\n");
    let forms: Vec<String> = rows.into_iter().map(|(form, _)| form).collect();
    assert!(forms.len() > 40, "{forms:?}");
    assert_eq!(documented("pass/pipeline_reference.rs"), forms);
}

#[test]
fn what_it_says_is_not_there_is_refused_in_these_words() {
    let rows = rows(&page(), "| Rust | the compiler says |\n");
    let messages = fs::read_to_string("pipeline/reference.stderr").expect("the messages are there");
    let forms: Vec<&str> = rows.iter().map(|(form, _)| &**form).collect();
    assert_eq!(documented("pipeline/reference.rs"), forms);
    for (form, message) in &rows {
        let said = messages.lines().filter(|line| line.starts_with("error"));
        let is_said = said.into_iter().any(|line| line.contains(message.as_str()));
        assert!(is_said, "{form}: no message says `{message}`");
    }
}

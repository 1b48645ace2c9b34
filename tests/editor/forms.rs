//! Forms of Rust in a pipeline: early ends, closures, loops that change a value, calls inside of code.

use std::sync::MutexGuard;

use crate::PROGRAM;
use crate::project::Project;

const FORMS: &str = r#"
pipeline!(
    /// Ends early, a closure, a loop that changes a value, and a call inside of code.
    pub fn Forms(notes: Vec<String>, start: Option<String>) -> String {
        let Some(opening) = start else {
            return "nothing".to_owned();
        };
        let loud = |words: &str| words.to_uppercase();
        let mut joined = String::new();
        for note in notes {
            let heard = Query { question: note };
            joined += &heard.text;
        }
        if joined.is_empty() {
            return loud(&opening);
        }
        let told = format!("{}!", Query { question: joined }.reasoning);
        let ended = Respond {
            question: told,
            passages: vec![opening],
        };
        ended.answer
    }
);
"#;

fn project() -> MutexGuard<'static, Project> {
    let mut project = crate::project();
    project.replace_text(format!("{PROGRAM}{FORMS}"));
    project
}

#[test]
#[ignore = "needs `rust-analyzer`"]
fn names_in_forms_lead_to_where_they_are_made() {
    let mut project = project();
    for (piece, line) in [
        ("loud(&‸opening)", "let Some(opening) = start else {"),
        (
            "return ‸loud(",
            "let loud = |words: &str| words.to_uppercase();",
        ),
        (
            "| ‸words.to_uppercase",
            "let loud = |words: &str| words.to_uppercase();",
        ),
        ("+= &‸heard.text", "let heard = Query { question: note };"),
        ("question: ‸note }", "for note in notes {"),
        // What a loop changes is made where it is changed.
        ("if ‸joined.is_empty", "joined += &heard.text;"),
        (
            "question: ‸told",
            "let told = format!(\"{}!\", Query { question: joined }.reasoning);",
        ),
        ("&heard.‸text", "pub text: String,"),
    ] {
        assert_eq!(project.definitions(piece), [line], "{piece}");
    }
}

#[test]
#[ignore = "needs `rust-analyzer`"]
fn hover_shows_types_in_forms() {
    let mut project = project();
    for (piece, shown) in [
        ("&‸heard.text", "let heard: "),
        ("&heard.‸text", "text: String"),
        ("question: ‸told", "String"),
        ("}.‸reasoning);", "reasoning: String"),
    ] {
        let words = project.hover(piece);
        assert!(words.contains(shown), "{piece}: {words}");
    }
}

#[test]
#[ignore = "needs `rust-analyzer`"]
fn fields_are_offered_in_forms() {
    let mut project = project();
    project.type_over("&heard.text;", "&heard.;");
    let offered = project.completions("&heard.‸;");
    for name in ["text", "reasoning"] {
        assert!(offered.contains(name), "{offered:?}");
    }
}

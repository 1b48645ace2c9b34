//! Rename: all uses, and nothing else.

use crate::{PROGRAM, project};

fn with(replacements: &[(&str, &str)]) -> String {
    let mut text = PROGRAM.to_owned();
    for (old, new) in replacements {
        assert_eq!(text.matches(old).count(), 1, "{old}");
        text = text.replace(old, new);
    }
    text
}

#[test]
#[ignore = "needs `rust-analyzer`"]
fn a_field_is_renamed_with_all_its_uses_and_nothing_else() {
    let renamed = project().renamed("pub ‸passages: Vec", "found");
    let expected = with(&[
        ("pub passages: Vec", "pub found: Vec"),
        ("passages: found,", "found: found,"),
        ("passages: vec![first", "found: vec![first"),
        ("{ question, passages }", "{ question, found: passages }"),
    ]);
    assert_eq!(renamed, expected);
}

#[test]
#[ignore = "needs `rust-analyzer`"]
fn a_field_is_renamed_from_its_use_in_a_pipeline() {
    let renamed = project().renamed("second.‸text", "words");
    let expected = with(&[
        ("pub text: String", "pub words: String"),
        ("search(plan.text", "search(plan.words"),
        ("question: plan.text", "question: plan.words"),
        (
            "vec![first.text, second.text]",
            "vec![first.words, second.words]",
        ),
        ("question: asked.text", "question: asked.words"),
        ("question: wanted.text", "question: wanted.words"),
        ("query.text.clone()", "query.words.clone()"),
    ]);
    assert_eq!(renamed, expected);
}

#[test]
#[ignore = "needs `rust-analyzer`"]
fn a_step_is_renamed_with_all_its_uses() {
    let renamed = project().renamed("let ‸plan =", "idea");
    let expected = with(&[
        ("let plan =", "let idea ="),
        ("search(plan.text", "search(idea.text"),
        ("question: plan.text", "question: idea.text"),
    ]);
    assert_eq!(renamed, expected);
}

#[test]
#[ignore = "needs `rust-analyzer`"]
fn an_input_of_a_pipeline_is_renamed_with_all_its_uses() {
    let renamed = project().renamed("Rag(‸topic", "subject");
    let expected = with(&[
        ("Rag(topic", "Rag(subject"),
        ("question: topic", "question: subject"),
    ]);
    assert_eq!(renamed, expected);
}

#[test]
#[ignore = "needs `rust-analyzer`"]
fn a_module_is_renamed_with_all_its_uses() {
    let renamed = project().renamed("pub type ‸Respond", "Reply");
    let expected = with(&[
        ("pub type Respond", "pub type Reply"),
        ("let reply = Respond {", "let reply = Reply {"),
        ("let both = Respond {", "let both = Reply {"),
        ("= Respond::new", "= Reply::new"),
    ]);
    assert_eq!(renamed, expected);
}

//! What changed between two states, as a person reads it.

use dashoptimize::artifact::Diff;
use dashoptimize::module::ModuleExt;

use crate::support::triage::SPEC;
use crate::support::tuned::{Loose, demo, program, tuned};

#[test]
fn a_diff_shows_what_changed() {
    let after = tuned();
    let diff = Diff::between(&program(), &program().state(), &after.state());
    let words = diff.to_string();
    let expected = r#"predict
  instructions
    - Classify a customer message by what the customer wants.
    + Find out what the customer wants.
    + Be brief.
  `intent`, description
    - what the customer wants
    + what the customer wants most
  demos: 0 → 2
    + message="I lost my card", earlier=[] -> intent="CardLost", confidence=0.30000000000000004
    + message="Give it back!", earlier=[] -> intent="Refund", confidence=0.30000000000000004
  temperature: unset → 0.7
  constant prompt: "#;
    assert!(words.starts_with(expected), "{words}");
    let added = diff.predictors()[0].bytes_added();
    assert!(added > 0);
    assert!(words.contains(&format!(" bytes (+{added}), ")), "{words}");
    let expected = format!(
        "1 of 1 predictor: instructions, field prose, +2 demos, parameters of `predict`; +{added} \
         bytes of constant prompt"
    );
    assert_eq!(diff.summary(), expected);
    let nothing = Diff::between(&after, &after.state(), &after.state());
    assert!(nothing.is_empty());
    assert_eq!(nothing.to_string(), "nothing changed");
}

#[test]
fn a_diff_of_two_predictors_names_the_one_that_stayed() {
    let program = Loose::new([("query", SPEC), ("answer", SPEC)]);
    let mut after = program.state();
    let answer = after.predictors.get_mut("answer").unwrap();
    answer.demos = (0..12)
        .map(|i| demo(&format!("message {i}"), "Other"))
        .collect();
    let words = Diff::between(&program, &program.state(), &after).to_string();
    assert!(words.starts_with("answer\n  demos: 0 → 12\n"), "{words}");
    assert!(words.contains("+ … and 4 more"), "{words}");
    assert!(words.ends_with("\n\nunchanged: query"), "{words}");

    let mut turned = after.clone();
    turned.predictors.get_mut("answer").unwrap().demos.reverse();
    let words = Diff::between(&program, &after, &turned).to_string();
    assert!(
        words.contains("demos: 12 → 12, the same ones in another order"),
        "{words}"
    );
}

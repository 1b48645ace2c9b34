//! A model that solves the rows of a kind when its instructions have the rule for it, and a proposer that adds
//! the rule that the feedback names.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dashoptimize::lm::{ChatReply, ChatRequest, Scripted};
use dashoptimize::optimizer::ReviseTextInput;

use crate::support::quiz::{Quiz, row};

/// The number in the query of a row.
pub(crate) fn number(query: &str) -> usize {
    let digits = query.split("number ").nth(1).unwrap_or_default();
    let digits: String = digits.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().expect("the query holds the question")
}

/// The rule for the rows of a kind.
pub(crate) fn rule(kind: usize) -> String {
    format!("rule {kind};")
}

/// A model of so many kinds of rows. Row `i` is of kind `i % kinds`.
pub(crate) fn pupil(kinds: usize) -> Scripted {
    Scripted::new(move |request: &ChatRequest| answer(request, kinds)).keeping_requests()
}

/// What the model answers.
pub(crate) fn answer(request: &ChatRequest, kinds: usize) -> String {
    let number = number(request.turns[0].text());
    let is_known = request.prefix.messages()[0]
        .text()
        .contains(&rule(number % kinds));
    let word = match is_known {
        true => row(number).answer,
        false => "no idea".to_owned(),
    };
    format!("[[ ## answer ## ]]\n{word}")
}

/// Judges a row, and says which rule is missing.
pub(crate) fn judge(kinds: usize) -> impl Fn(&Quiz, &Quiz) -> (bool, String) + Clone {
    move |gold: &Quiz, said: &Quiz| {
        let is_right = gold.answer == said.answer;
        let feedback = match is_right {
            true => "right".to_owned(),
            false => format!("add {}", rule(number(&gold.question) % kinds)),
        };
        (is_right, feedback)
    }
}

/// As [`judge`], and counts how often it is asked.
pub(crate) fn counting(
    kinds: usize,
) -> (
    impl Fn(&Quiz, &Quiz) -> (bool, String) + Clone,
    Arc<AtomicUsize>,
) {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let judge = judge(kinds);
    let metric = move |gold: &Quiz, said: &Quiz| {
        counted.fetch_add(1, Ordering::SeqCst);
        judge(gold, said)
    };
    (metric, count)
}

/// The value of a field in the query of a proposer.
pub(crate) fn field(query: &str, name: &str) -> String {
    let start = format!("[[ ## {name} ## ]]\n");
    let value = query.split(&start).nth(1).unwrap_or_default();
    let value = value.split("\n\n[[ ## ").next().unwrap_or_default();
    value.trim().to_owned()
}

/// The inputs of a call of the proposer.
pub(crate) fn inputs(request: &ChatRequest) -> ReviseTextInput {
    let query = request.turns[0].text();
    ReviseTextInput {
        step: field(query, "step"),
        component: field(query, "component"),
        text: field(query, "text"),
        runs: field(query, "runs"),
        rejected: field(query, "rejected"),
    }
}

/// A reply of a proposer.
pub(crate) fn says(text: &str) -> ChatReply {
    ChatReply::new(format!(
        "[[ ## revised ## ]]\n{text}\n\n[[ ## completed ## ]]"
    ))
}

/// The text with the first rule that the feedback names.
pub(crate) fn with_rule(input: &ReviseTextInput) -> String {
    let missing = input
        .runs
        .split("add ")
        .nth(1)
        .and_then(|words| words.split(';').next());
    match missing {
        Some(rule) => format!("{} {rule};", input.text),
        None => input.text.clone(),
    }
}

/// A proposer that writes what this function makes of its inputs.
pub(crate) fn proposing(
    write: impl Fn(&ReviseTextInput) -> String + Send + Sync + 'static,
) -> Scripted {
    let model = Scripted::new(move |request: &ChatRequest| says(&write(&inputs(request))));
    model.with_id("teacher").keeping_requests()
}

/// A proposer that adds the rule that the feedback names.
pub(crate) fn teacher() -> Scripted {
    proposing(with_rule)
}

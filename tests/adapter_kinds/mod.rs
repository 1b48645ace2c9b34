//! Kinds of replies that readers take for what they are not, grouped by the rule that decides them.

mod choices;
mod limits;
mod lists_and_objects;
mod names;
mod numbers_and_texts;
mod thoughts;
mod whole_values;

use dashoptimize::adapter::{Adapter, ChatAdapter, JsonAdapter};
use dashoptimize::signature::{
    EnumTy, Field, Property, SignatureSpec, StructTy, Ty, Variant, make_signature,
};
use serde_json::{Value, json};

use crate::adapter_corpus::Read::{Exact, Refused, Repaired};
use crate::adapter_corpus::{Case, run};

const QA: &str = "question -> answer";
const INT: &str = "question -> answer: int";
const FLOAT: &str = "question -> answer: float";
const LIST: &str = "question -> answer: list[str]";
const INTS: &str = "question -> answer: list[int]";
const MAP: &str = "question -> answer: dict[str, str]";
const LETTER: &str = r#"question -> answer: Literal["A", "B", "C", "D"]"#;
const LETTERS: &str = r#"q -> answer: Literal["A", "B", "C", "D", "E", "F", "G", "H", "I", "J"]"#;
const DESK: &str = r#"message -> answer: Literal["it", "hr", "other"]"#;
const REGION: &str = r#"message -> answer: Literal["us", "eu", "in"]"#;
const TOPIC: &str = r#"message -> answer: Literal["other", "general", "refund"]"#;
const MOOD: &str = r#"review -> answer: Literal["positive", "negative", "neutral"]"#;
const REFUND: &str = r#"message -> answer: Literal["refund", "refund_denied"]"#;
const LOG: &str = "line -> level, message";
const SURE: &str = "question -> answer, confidence: float";

fn section(value: &str) -> String {
    format!("[[ ## answer ## ]]\n{value}\n\n[[ ## completed ## ]]")
}

fn in_section(cases: &[Case]) {
    run(&ChatAdapter, cases, section);
}

/// The same for both adapters.
fn whole(cases: &[Case]) {
    run(&ChatAdapter, cases, str::to_owned);
    run(&JsonAdapter, cases, str::to_owned);
}

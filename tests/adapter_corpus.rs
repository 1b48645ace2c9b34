//! Replies as models write them, and what they are read as. One line of the table is one case: add a
//! line for every reply that is read wrongly.

use dashoptimize::adapter::{Adapter, ChatAdapter, JsonAdapter, ParseError, Parsed};
use dashoptimize::signature::make_signature;
use serde_json::{Value, json};

/// What a reply is read as.
#[derive(Debug)]
pub(crate) enum Read {
    /// These values, and nothing had to be set right.
    Exact(Value),
    /// These values, with at least one repair.
    Repaired(Value),
    /// No values, and a message that holds this.
    Refused(&'static str),
}

use Read::{Exact, Refused, Repaired};

pub(crate) type Case = (&'static str, &'static str, Read);

const QA: &str = "question -> answer";
const INT: &str = "question -> answer: int";
const FLOAT: &str = "question -> answer: float";
const BOOL: &str = "question -> answer: bool";
const LIST: &str = "question -> answer: list[str]";
const MAYBE: &str = "question -> answer: str | None";
const COT: &str = "question -> reasoning, answer";
const SURE: &str = "question -> answer, confidence: float";
const INTENT: &str = r#"message -> answer: Literal["refund", "card_lost", "Card Stolen", "other"]"#;

/// One section per output, in order, as the prompt asks.
fn sections() -> Vec<Case> {
    vec![
        (
            QA,
            "[[ ## answer ## ]]\nParis\n\n[[ ## completed ## ]]",
            Exact(json!(["Paris"])),
        ),
        (QA, "[[ ## answer ## ]]\nParis", Exact(json!(["Paris"]))),
        (
            QA,
            "[[ ## answer ## ]]\n\n  Paris \r\n",
            Exact(json!(["Paris"])),
        ),
        (
            QA,
            "[[ ## answer ## ]]\r\nParis\r\n\r\n[[ ## completed ## ]]\r\n",
            Exact(json!(["Paris"])),
        ),
        (
            QA,
            "[[ ## answer ## ]]\n\n[[ ## completed ## ]]",
            Exact(json!([""])),
        ),
        (
            QA,
            "[[ ## answer ## ]]\nline 1\n\nline 2\n\n[[ ## completed ## ]]",
            Exact(json!(["line 1\n\nline 2"])),
        ),
        (
            QA,
            "[[ ## answer ## ]]\n[see](x) a[[1]] \"b\"",
            Exact(json!(["[see](x) a[[1]] \"b\""])),
        ),
        (
            SURE,
            "[[ ## answer ## ]]\nParis\n\n[[ ## confidence ## ]]\n0.9\n\n[[ ## completed ## ]]",
            Exact(json!(["Paris", 0.9])),
        ),
        (
            SURE,
            "[[ ## confidence ## ]]\n0.9\n[[ ## answer ## ]]\nParis",
            Exact(json!(["Paris", 0.9])),
        ),
        (QA, "[[ ## Answer ## ]]\nParis", Repaired(json!(["Paris"]))),
        (
            QA,
            "[[##answer##]]\nParis\n[[##completed##]]",
            Repaired(json!(["Paris"])),
        ),
        (QA, "[[ ## answer ]]\nParis", Repaired(json!(["Paris"]))),
        (QA, "[[ ## answer ##\nParis", Repaired(json!(["Paris"]))),
        (
            QA,
            "**[[ ## answer ## ]]**\nParis",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "### [[ ## answer ## ]]\nParis",
            Repaired(json!(["Paris"])),
        ),
        (QA, "[[ ## answer ## ]] Paris", Repaired(json!(["Paris"]))),
        (
            QA,
            "[[ ## answer ## ]]: Paris [[ ## completed ## ]]",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "**[[ ## answer ## ]]** Paris",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "[[ ## answer ## ]]\nParis [[ ## completed ## ]]",
            Exact(json!(["Paris"])),
        ),
        (
            QA,
            "[[ ## answer ## ]]\nParis\n\n[[ ## comp",
            Exact(json!(["Paris"])),
        ),
        (
            QA,
            "[[ ## answer ## ]]\nParis\n\n[[ ##",
            Exact(json!(["Paris"])),
        ),
        (
            QA,
            "Sure, here it is:\n\n[[ ## answer ## ]]\nParis",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "```\n[[ ## answer ## ]]\nParis\n```",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "[[ ## answer ## ]]\nParis\n\n[[ ## answer ## ]]\nLondon",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "[[ ## answer ## ]]\n\n[[ ## answer ## ]]\nLondon",
            Exact(json!(["London"])),
        ),
        (
            QA,
            "[[ ## answer ## ]]\nParis\n\n[[ ## question ## ]]\nAnd Spain?\n\n[[ ## answer ## ]]\nMadrid",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "[[ ## question ## ]]\nWhere?\n\n[[ ## answer ## ]]\nParis",
            Exact(json!(["Paris"])),
        ),
        (
            QA,
            "[[ ## answer ## ]]\nParis\n[[ ## completed ## ]]\nHope this helps!",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "[[ ## answer ## ]]\nParis\n[[ ## note ## ]]\nA city.",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "<think>[[ ## answer ## ]]\nLondon?</think>\n[[ ## answer ## ]]\nParis",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "hm, Paris</think>[[ ## answer ## ]]\nParis",
            Repaired(json!(["Paris"])),
        ),
        (
            COT,
            "It is the capital.\n\n[[ ## answer ## ]]\nParis",
            Repaired(json!(["It is the capital.", "Paris"])),
        ),
        (
            COT,
            "[[ ## reasoning ## ]] I know. [[ ## answer ## ]] Paris [[ ## completed ## ]]",
            Repaired(json!(["I know.", "Paris"])),
        ),
        (
            COT,
            "[[ ## reasoning ## ]]\nThe text says `[[ ## answer ## ]] 5`.\n\n[[ ## answer ## ]]\n4",
            Exact(json!(["The text says `[[ ## answer ## ]] 5`.", "4"])),
        ),
        (
            COT,
            "[[ ## reasoning ## ]]\nIt asks.\n\n[[ ## completed ## ]]",
            Refused("`answer` is missing"),
        ),
        (
            COT,
            "Paris",
            Refused("`reasoning` is missing; `answer` is missing"),
        ),
        (
            COT,
            "Reasoning: I know.\nAnswer: Paris",
            Repaired(json!(["I know.", "Paris"])),
        ),
        (
            COT,
            "**Reasoning:** I know.\n\n**Answer:** Paris",
            Repaired(json!(["I know.", "Paris"])),
        ),
        (QA, "Paris", Repaired(json!(["Paris"]))),
        (QA, "Answer: Paris", Repaired(json!(["Paris"]))),
        (QA, "", Refused("`answer` is missing")),
        (QA, "  \n", Refused("`answer` is missing")),
        (
            QA,
            "[[ ## answer ## ]]\n\"Paris\"",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "[[ ## answer ## ]]\n\" Paris\"",
            Exact(json!([" Paris"])),
        ),
        (
            QA,
            "[[ ## answer ## ]]\n\"Oh\", he said, \"no\"",
            Exact(json!(["\"Oh\", he said, \"no\""])),
        ),
        (
            QA,
            r"[[ ## answer ## ]]
a [\[ ## answer ## ]] b",
            Exact(json!(["a [[ ## answer ## ]] b"])),
        ),
    ]
}

/// JSON where sections were asked for.
fn json_replies() -> Vec<Case> {
    vec![
        (
            SURE,
            r#"{"answer": "Paris", "confidence": 0.9}"#,
            Exact(json!(["Paris", 0.9])),
        ),
        (
            SURE,
            "```json\n{\"answer\": \"Paris\", \"confidence\": 1}\n```",
            Repaired(json!(["Paris", 1.0])),
        ),
        (
            SURE,
            "Here: {\"answer\": \"Paris\", \"confidence\": 0.9} I hope.",
            Repaired(json!(["Paris", 0.9])),
        ),
        (
            SURE,
            r#"{"result": {"answer": "Paris", "confidence": 0.9}}"#,
            Repaired(json!(["Paris", 0.9])),
        ),
        (
            SURE,
            r#"[{"answer": "Paris", "confidence": 0.9}]"#,
            Repaired(json!(["Paris", 0.9])),
        ),
        (
            SURE,
            r#""{\"answer\": \"Paris\", \"confidence\": 0.9}""#,
            Repaired(json!(["Paris", 0.9])),
        ),
        (
            SURE,
            r#"{"answer": "Paris", "confidence": 0.9,}"#,
            Repaired(json!(["Paris", 0.9])),
        ),
        (
            SURE,
            r#"{'answer': 'Paris', 'confidence': 0.9}"#,
            Repaired(json!(["Paris", 0.9])),
        ),
        (
            SURE,
            r#"{answer: "Paris", confidence: 0.9}"#,
            Repaired(json!(["Paris", 0.9])),
        ),
        (
            SURE,
            r#"{“answer”: “Paris”, “confidence”: 0.9}"#,
            Repaired(json!(["Paris", 0.9])),
        ),
        (
            SURE,
            "{\"answer\": \"Paris\" // sure\n, /* very */ \"confidence\": 0.9}",
            Repaired(json!(["Paris", 0.9])),
        ),
        (
            SURE,
            "{\"answer\": \"Paris\"\n \"confidence\": .9}",
            Repaired(json!(["Paris", 0.9])),
        ),
        (
            SURE,
            "{\"answer\": \"Paris,\nFrance\", \"confidence\": 0.9}",
            Repaired(json!(["Paris,\nFrance", 0.9])),
        ),
        (
            SURE,
            r#"{"answer": "the "city" of Paris", "confidence": 0.9}"#,
            Repaired(json!(["the \"city\" of Paris", 0.9])),
        ),
        (
            SURE,
            r#"{"answer": "He said "hi", then left", "confidence": 0.9}"#,
            Repaired(json!(["He said \"hi\", then left", 0.9])),
        ),
        (
            SURE,
            r#"{"answer": "Paris", "confidence": "0.9"}"#,
            Repaired(json!(["Paris", 0.9])),
        ),
        (
            SURE,
            r#"{"Answer": "Paris", "CONFIDENCE": 0.9}"#,
            Repaired(json!(["Paris", 0.9])),
        ),
        (
            SURE,
            r#"{"answer": "Paris", "confidence": 0.9, "note": "x"}"#,
            Repaired(json!(["Paris", 0.9])),
        ),
        (
            SURE,
            r#"{"answer": 42, "confidence": 0.9}"#,
            Repaired(json!(["42", 0.9])),
        ),
        (
            SURE,
            r#"{"answer": null, "confidence": 0.9}"#,
            Refused("`answer` must be a text, not null"),
        ),
        (
            SURE,
            r#"{"answer": "Paris"}"#,
            Refused("`confidence` is missing"),
        ),
        (
            SURE,
            r#"{"answer": "Paris", "confidence": 0."#,
            Refused("`confidence` is missing"),
        ),
        (
            SURE,
            r#"{"answer": "Paris", "confidence": 0.9"#,
            Refused("`confidence` is missing"),
        ),
        (
            "q -> confidence: float, answer",
            r#"{"confidence": 0.9, "answer": "Pari"#,
            Repaired(json!([0.9, "Pari"])),
        ),
        (
            SURE,
            r#"{"answer": "Pa\u0072is \ud83e\udd80", "confidence": 9e-1}"#,
            Exact(json!(["Paris 🦀", 0.9])),
        ),
        (
            SURE,
            r#"{"answer": "\ud83e", "confidence": 1e999}"#,
            Refused("confidence"),
        ),
        (BOOL, r#"{"answer": True}"#, Repaired(json!([true]))),
        (MAYBE, r#"{"answer": None}"#, Repaired(json!([null]))),
        (MAYBE, r#"{"answer": null}"#, Exact(json!([null]))),
        (MAYBE, r#"{"answer": "none"}"#, Exact(json!(["none"]))),
        (
            "q -> n: int, answer: str | None",
            r#"{"n": 1}"#,
            Exact(json!([1, null])),
        ),
        (
            LIST,
            r#"{"answer": ["a", "b",]}"#,
            Repaired(json!([["a", "b"]])),
        ),
        (LIST, r#"{"answer": "a"}"#, Repaired(json!([["a"]]))),
        (
            QA,
            "Think: it is in France.</think>\n\nParis",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            r#"{"answer": "a </think> [[ ## answer ## ]] b"}"#,
            Exact(json!(["a </think> [[ ## answer ## ]] b"])),
        ),
        (QA, r#"{"other": 1}"#, Repaired(json!([r#"{"other": 1}"#]))),
    ]
}

/// Typed values in a section.
fn typed() -> Vec<Case> {
    vec![
        (INT, "42", Exact(json!([42]))),
        (INT, "-7", Exact(json!([-7]))),
        (INT, "+7", Repaired(json!([7]))),
        (INT, "42.0", Repaired(json!([42]))),
        (INT, "1,234", Repaired(json!([1234]))),
        (INT, "1,234,567 people", Repaired(json!([1_234_567]))),
        (INT, "**42**", Repaired(json!([42]))),
        (INT, "The answer is 42.", Repaired(json!([42]))),
        (INT, "$42", Repaired(json!([42]))),
        (INT, "-$42", Repaired(json!([-42]))),
        (INT, "\\boxed{42}", Repaired(json!([42]))),
        (INT, "eight", Repaired(json!([8]))),
        (INT, "42 (42)", Repaired(json!([42]))),
        (INT, "5kg", Repaired(json!([5]))),
        (INT, "GPT4 says 7", Repaired(json!([7]))),
        (INT, "8/10", Refused("could change it")),
        (INT, "3 of 10", Refused("several numbers")),
        (INT, "3 of ten", Refused("`ten`")),
        (INT, "2-3", Refused("dash")),
        (INT, "2024-01-05", Refused("answer")),
        (INT, "10:30", Refused("several numbers")),
        (INT, "10k", Refused("letter")),
        (INT, "1.5 million", Refused("`million`")),
        (INT, "at least 5", Refused("`least`")),
        (INT, "not 5", Refused("`not`")),
        (INT, "minus 5", Refused("`minus`")),
        (INT, "- 5", Refused("dash")),
        (INT, "4.5", Refused("must be a whole number")),
        (INT, "1.234,5", Refused("several numbers")),
        (INT, "many", Refused("must be a whole number")),
        (INT, "99999999999999999999", Refused("answer")),
        ("q -> answer: u8", "256", Refused("from 0 to 255")),
        ("q -> answer: u8", "-1", Refused("from 0 to 255")),
        (FLOAT, "0.8", Exact(json!([0.8]))),
        (FLOAT, "4", Exact(json!([4.0]))),
        (FLOAT, "about 0.8", Repaired(json!([0.8]))),
        (FLOAT, ".5", Repaired(json!([0.5]))),
        (FLOAT, "1e-3", Exact(json!([0.001]))),
        (FLOAT, "8/10", Refused("could change it")),
        (FLOAT, "3 of 10", Refused("several numbers")),
        (FLOAT, "85%", Refused("percentage")),
        (FLOAT, "0%", Repaired(json!([0.0]))),
        (FLOAT, "NaN", Refused("must be a number")),
        (FLOAT, "1e999", Refused("must be a number")),
        (FLOAT, "5²", Refused("could change it")),
        (BOOL, "true", Exact(json!([true]))),
        (BOOL, "True", Repaired(json!([true]))),
        (BOOL, "No.", Repaired(json!([false]))),
        (BOOL, "Yes, it does.", Repaired(json!([true]))),
        (BOOL, "The claim is false.", Repaired(json!([false]))),
        (BOOL, "It is not true", Refused("true or false")),
        (BOOL, "No problem", Refused("true or false")),
        (BOOL, "true or false", Refused("true or false")),
        (BOOL, "maybe", Refused("true or false")),
        (INTENT, "refund", Exact(json!(["refund"]))),
        (INTENT, "Refund", Repaired(json!(["refund"]))),
        (INTENT, "`refund`.", Repaired(json!(["refund"]))),
        (INTENT, "\"refund\"", Repaired(json!(["refund"]))),
        (INTENT, "Card-Lost", Repaired(json!(["card_lost"]))),
        (INTENT, "card stolen", Repaired(json!(["Card Stolen"]))),
        (INTENT, "refu", Repaired(json!(["refund"]))),
        (
            INTENT,
            "card",
            Refused("one of `refund`, `card_lost`, `Card Stolen`, `other`"),
        ),
        (
            INTENT,
            "The customer wants a refund.",
            Repaired(json!(["refund"])),
        ),
        (
            INTENT,
            "It is about a card lost abroad",
            Repaired(json!(["card_lost"])),
        ),
        (INTENT, "refund or other", Refused("one of")),
        (INTENT, "not a refund", Refused("one of")),
        (INTENT, "greeting", Refused("one of")),
        (INTENT, "", Refused("one of")),
        (MAYBE, "null", Exact(json!([null]))),
        (MAYBE, "None", Repaired(json!([null]))),
        (MAYBE, "N/A", Repaired(json!([null]))),
        (MAYBE, "n.a.", Repaired(json!([null]))),
        (MAYBE, "", Repaired(json!([null]))),
        (MAYBE, "\"none\"", Exact(json!(["none"]))),
        (MAYBE, "nonesuch", Exact(json!(["nonesuch"]))),
        ("q -> answer: int | None", "none", Repaired(json!([null]))),
        ("q -> answer: int | None", "about 4", Repaired(json!([4]))),
        (LIST, r#"["a", "b"]"#, Exact(json!([["a", "b"]]))),
        (LIST, "[]", Exact(json!([[]]))),
        (LIST, "none", Repaired(json!([[]]))),
        (LIST, "", Refused("is empty")),
        (LIST, "['a', 'b']", Repaired(json!([["a", "b"]]))),
        (LIST, "- a\n- b c", Repaired(json!([["a", "b c"]]))),
        (LIST, "1. a\n2) b", Repaired(json!([["a", "b"]]))),
        (
            LIST,
            "red, green, light blue",
            Repaired(json!([["red", "green", "light blue"]])),
        ),
        (LIST, "red, green and blue", Refused("a JSON list")),
        (
            LIST,
            "The first of them is red, the second is green",
            Refused("a JSON list"),
        ),
        (
            LIST,
            "Here you go:\n```json\n[\"a\"]\n```",
            Repaired(json!([["a"]])),
        ),
        (LIST, r#"["a", "b"#, Repaired(json!([["a", "b"]]))),
        (
            "q -> answer: list[int]",
            "1, 2, 3",
            Repaired(json!([[1, 2, 3]])),
        ),
        (
            "q -> answer: list[int]",
            "[1, \"2\", 3.0]",
            Repaired(json!([[1, 2, 3]])),
        ),
        (
            "q -> answer: list[int]",
            "[1, 2.5]",
            Refused("`answer[1]` must be a whole number"),
        ),
        (
            "q -> answer: dict[str, int]",
            r#"{"a": 1}"#,
            Exact(json!([{"a": 1}])),
        ),
        (
            "q -> answer: dict[str, int]",
            r#"{a: 1, 'b': "2"}"#,
            Repaired(json!([{"a": 1, "b": 2}])),
        ),
        (
            "q -> answer: dict[str, int]",
            "a is 1",
            Refused("a JSON object"),
        ),
        (
            "q -> answer: Any",
            r#"{"a": [1, null]}"#,
            Exact(json!([{"a": [1, null]}])),
        ),
        (
            "q -> answer: Any",
            "plain words",
            Repaired(json!(["plain words"])),
        ),
    ]
}

fn judge(result: Result<Parsed, ParseError>, expected: &Read) -> Result<(), String> {
    match (result, expected) {
        (Ok(parsed), Exact(values) | Repaired(values)) => {
            if &json!(parsed.values) != values {
                return Err(format!("read as {:?}", parsed.values));
            }
            let repaired = !parsed.receipt.repairs.is_empty();
            if repaired != matches!(expected, Repaired(_)) {
                return Err(format!("repairs: {:?}", parsed.receipt.repairs));
            }
            Ok(())
        }
        (Err(error), Refused(words)) if error.to_string().contains(words) => Ok(()),
        (Err(error), _) => Err(format!("refused: {error}")),
        (Ok(parsed), Refused(_)) => Err(format!("read as {:?}", parsed.values)),
    }
}

pub(crate) fn run(adapter: &dyn Adapter, cases: &[Case], frame: impl Fn(&str) -> String) {
    let mut failures = Vec::new();
    for (spec, reply, expected) in cases {
        let signature = make_signature(spec, "").expect("the table's signatures are well-formed");
        let reply = frame(reply);
        if let Err(found) = judge(adapter.parse(&signature, &reply), expected) {
            failures.push(format!(
                "{spec}\n  {reply:?}\n  expected {expected:?}\n  {found}"
            ));
        }
    }
    assert!(
        failures.is_empty(),
        "{} cases:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[test]
fn sections_are_found() {
    run(&ChatAdapter, &sections(), str::to_owned);
}

#[test]
fn json_is_read_where_sections_were_asked_for() {
    run(&ChatAdapter, &json_replies(), str::to_owned);
}

#[test]
fn json_is_read_where_json_was_asked_for() {
    run(&JsonAdapter, &json_replies(), str::to_owned);
}

#[test]
fn values_are_read_as_their_types() {
    run(&ChatAdapter, &typed(), |value| {
        format!("[[ ## answer ## ]]\n{value}\n\n[[ ## completed ## ]]")
    });
}

#[test]
fn the_corpus_is_large_enough_to_mean_something() {
    assert!(sections().len() + json_replies().len() + typed().len() >= 150);
}

//! Kinds of replies that readers take for what they are not, grouped by the rule that decides them.

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

#[test]
fn words_of_everyday_are_not_variants() {
    in_section(&[
        (LETTER, "It is a tough question.", Refused("one of")),
        (LETTER, "This is a tricky one.", Refused("one of")),
        (LETTER, "A tough question.", Refused("one of")),
        (LETTER, "THIS IS A TOUGH QUESTION", Refused("one of")),
        (LETTER, "None of the above", Refused("one of")),
        (
            LETTER,
            "Option A is wrong, so I cannot say.",
            Refused("one of"),
        ),
        (LETTERS, "I am unsure", Refused("one of")),
        (LETTERS, "I think I need more context.", Refused("one of")),
        (DESK, "It is about payroll.", Refused("one of")),
        (DESK, "Is it broken?", Refused("one of")),
        (REGION, "The user lives in Paris", Refused("one of")),
        (REGION, "He told us nothing", Refused("one of")),
        (
            REGION,
            "The answer is in the second paragraph.",
            Refused("one of"),
        ),
        (
            TOPIC,
            "On the other hand the text is silent.",
            Refused("one of"),
        ),
        (TOPIC, "In general I cannot say.", Refused("one of")),
        (
            r#"q -> answer: Literal["may", "june"]"#,
            "It may rain.",
            Refused("one of"),
        ),
        (
            r#"q -> answer: Literal["no", "si"]"#,
            "There is no way to tell.",
            Refused("one of"),
        ),
        (
            r#"q -> answer: Literal["go", "stop"]"#,
            "I would have to go and look.",
            Refused("one of"),
        ),
        // What points to a variant still does.
        (LETTER, "(B)", Repaired(json!(["B"]))),
        (LETTER, "$B$", Repaired(json!(["B"]))),
        (LETTER, r"\boxed{B}", Repaired(json!(["B"]))),
        (
            LETTER,
            r"So it is $\boxed{B}$ in the end",
            Repaired(json!(["B"])),
        ),
        (LETTER, "Option B", Repaired(json!(["B"]))),
        (LETTER, "option b.", Repaired(json!(["B"]))),
        (
            LETTER,
            "The answer is B because a car moves.",
            Repaired(json!(["B"])),
        ),
        (
            LETTER,
            "The correct answer is (B), a car.",
            Repaired(json!(["B"])),
        ),
        (LETTER, "Answer: B", Repaired(json!(["B"]))),
        (LETTER, "**B**", Repaired(json!(["B"]))),
        (LETTER, "I choose C.", Repaired(json!(["C"]))),
        (LETTER, "Option B is correct.", Repaired(json!(["B"]))),
        (LETTERS, "The answer is I.", Repaired(json!(["I"]))),
        (DESK, "The category is other.", Repaired(json!(["other"]))),
        (DESK, "Category: it", Repaired(json!(["it"]))),
        (DESK, "Send this to hr please", Repaired(json!(["hr"]))),
        (
            TOPIC,
            "`other`, as nothing fits",
            Repaired(json!(["other"])),
        ),
        (
            TOPIC,
            "The customer wants a refund.",
            Repaired(json!(["refund"])),
        ),
        (
            r#"q -> answer: Literal["US", "EU", "IN"]"#,
            "The user lives in the US.",
            Repaired(json!(["US"])),
        ),
        (
            r#"q -> answer: Literal["IT", "HR"]"#,
            "It is about payroll.",
            Refused("one of"),
        ),
    ]);
}

#[test]
fn an_answer_may_be_given_first_or_praised() {
    let yes = r#"q -> answer: Literal["yes", "no", "unclear"]"#;
    in_section(&[
        (yes, "Yes, it does.", Repaired(json!(["yes"]))),
        (yes, "No.", Repaired(json!(["no"]))),
        (yes, "no - it does that", Repaired(json!(["no"]))),
        (yes, "There is no way to tell.", Refused("one of")),
        (LETTER, "B. A car moves.", Repaired(json!(["B"]))),
        (LETTER, "B) a car", Repaired(json!(["B"]))),
        (LETTER, "B - a car", Repaired(json!(["B"]))),
        (LETTER, "B is correct.", Repaired(json!(["B"]))),
        (LETTER, "Answer: **B. Paris**", Repaired(json!(["B"]))),
        (LETTER, r"$\boxed{\text{B}}$", Repaired(json!(["B"]))),
        (LETTER, "It's B", Repaired(json!(["B"]))),
        (LETTER, "A, B and C are all wrong", Refused("one of")),
        (LETTER, "Both A and B", Refused("one of")),
        (LETTERS, "I, for one, am unsure", Refused("one of")),
        (DESK, "It, however, does not say.", Refused("one of")),
        (DESK, "Other (nothing fits)", Repaired(json!(["other"]))),
        (TOPIC, "Other: nothing fits", Repaired(json!(["other"]))),
        (INT, "5+ years", Refused("could change it")),
    ]);
    whole(&[(
        "q -> n: int, answer",
        r#"{"n": 1 "answer": "x"}"#,
        Repaired(json!([1, "x"])),
    )]);
}

#[test]
fn a_variant_that_was_cut_off_is_read_only_if_it_can_be_one() {
    whole(&[
        (REFUND, r#"{"answer": "refund"#, Refused("cut off")),
        (REFUND, r#"{"answer": "ref"#, Refused("cut off")),
        (
            REFUND,
            r#"{"answer": "refund_d"#,
            Repaired(json!(["refund_denied"])),
        ),
        (REFUND, r#"{"answer": "refund"}"#, Exact(json!(["refund"]))),
        (
            r#"q -> answer: Literal["yes", "no"]"#,
            r#"{"answer": "y"#,
            Repaired(json!(["yes"])),
        ),
        (
            r#"q -> answer: Literal["yes", "no"]"#,
            r#"{"answer": ""#,
            Refused("cut off"),
        ),
        (INT, r#"{"answer": "12"#, Refused("cut off")),
        (
            "q -> answer: bool",
            r#"{"answer": "true"#,
            Refused("cut off"),
        ),
    ]);
}

#[test]
fn a_number_is_the_whole_number_or_none() {
    in_section(&[
        (INT, "1_234", Repaired(json!([1234]))),
        (INT, "1_234_567", Repaired(json!([1_234_567]))),
        (INT, "1_23", Refused("could change it")),
        (INT, "1_234,567", Refused("answer")),
        (INT, "0x2A", Refused("could change it")),
        (INT, "0x10", Refused("could change it")),
        (INT, "0b101", Refused("could change it")),
        (INT, "0xff", Refused("could change it")),
        (INT, "0o17", Refused("could change it")),
        (INT, "1e", Refused("could change it")),
        (INT, "--5", Refused("several signs")),
        (INT, "+-5", Refused("several signs")),
        (INT, "-+5", Refused("several signs")),
        (INT, "- -5", Refused("several signs")),
        (INT, "−−5", Refused("several signs")),
        (INT, "5 + 5", Refused("could change it")),
        (INT, "5+5", Refused("could change it")),
        (INT, "+7", Repaired(json!([7]))),
        (INT, "-7", Exact(json!([-7]))),
        (INT, "−7", Repaired(json!([-7]))),
        (INT, "４２", Repaired(json!([42]))),
        (INT, "－４２", Repaired(json!([-42]))),
        (FLOAT, "４．５", Repaired(json!([4.5]))),
        (FLOAT, "--5", Refused("several signs")),
        (FLOAT, "1_000.5", Repaired(json!([1000.5]))),
    ]);
    whole(&[
        (INT, r#"{"answer": --5}"#, Refused("several signs")),
        (INT, r#"{"answer": +-5}"#, Refused("several signs")),
        (INT, r#"{"answer": 0x2A}"#, Refused("could change it")),
        (INT, r#"{"answer": 1_234}"#, Repaired(json!([1234]))),
        (INT, r#"{"answer": 3.0}"#, Repaired(json!([3]))),
    ]);
}

#[test]
fn a_text_is_the_text_of_the_reply() {
    whole(&[
        (QA, r#"{"answer": 1.10}"#, Repaired(json!(["1.10"]))),
        (QA, r#"{"answer": 1e2}"#, Repaired(json!(["1e2"]))),
        (QA, r#"{"answer": 1E+2}"#, Repaired(json!(["1E+2"]))),
        (QA, r#"{"answer": -0}"#, Repaired(json!(["-0"]))),
        (QA, r#"{"answer": +7}"#, Repaired(json!(["+7"]))),
        (
            QA,
            r#"{"answer": 123456789012345678901234567890}"#,
            Repaired(json!(["123456789012345678901234567890"])),
        ),
        (
            QA,
            r#"{"answer": 0.1000000000000000055}"#,
            Repaired(json!(["0.1000000000000000055"])),
        ),
        (QA, r#"{"answer": True}"#, Repaired(json!(["True"]))),
        (
            QA,
            r#"{"answer": {"price":  1.10}}"#,
            Repaired(json!([r#"{"price":  1.10}"#])),
        ),
        (
            QA,
            r#"{"answer": [1.10, 1e2]}"#,
            Repaired(json!(["[1.10, 1e2]"])),
        ),
        (
            LIST,
            r#"{"answer": [1.10, 1e2, "3.0"]}"#,
            Repaired(json!([["1.10", "1e2", "3.0"]])),
        ),
        (
            MAP,
            r#"{"answer": {"v": 2.50}}"#,
            Repaired(json!([{"v": "2.50"}])),
        ),
        (
            "q -> answer: str | None",
            r#"{"answer": 1.0}"#,
            Repaired(json!(["1.0"])),
        ),
        (
            r#"q -> answer: Literal["1.10", "1.1"]"#,
            r#"{"answer": 1.10}"#,
            Repaired(json!(["1.10"])),
        ),
        (QA, r#""{\"answer\": 1.10}""#, Repaired(json!(["1.10"]))),
    ]);
    in_section(&[(
        LIST,
        "[1.10, 100000000000000000000000]",
        Repaired(json!([["1.10", "100000000000000000000000"]])),
    )]);
}

#[test]
fn brackets_in_prose_are_not_lists() {
    in_section(&[
        (
            LIST,
            r#"See [1] for details: ["red", "blue"]"#,
            Repaired(json!([["red", "blue"]])),
        ),
        (
            LIST,
            r#"["red", "blue"], as in [1]"#,
            Repaired(json!([["red", "blue"]])),
        ),
        (
            LIST,
            r#"["red", "blue"], as in [1, 2]"#,
            Repaired(json!([["red", "blue"]])),
        ),
        (
            LIST,
            r#"[docs](http://x.y) says: ["red"]"#,
            Repaired(json!([["red"]])),
        ),
        (
            LIST,
            "- red [1]\n- blue [2]",
            Repaired(json!([["red [1]", "blue [2]"]])),
        ),
        (LIST, "Colours [sic]: red, blue", Refused("a JSON list")),
        (LIST, "Colours: red, blue", Refused("a JSON list")),
        (LIST, "As [1] says, none fit.", Refused("a JSON list")),
        (
            LIST,
            "The colours are [red, blue]",
            Repaired(json!([["red", "blue"]])),
        ),
        (
            INTS,
            "As in [1] the ids are [3, 4]",
            Repaired(json!([[3, 4]])),
        ),
        (
            INTS,
            "As in [1, 2] the ids are [3, 4]",
            Repaired(json!([[3, 4]])),
        ),
        (INTS, "The ids are: [7]", Repaired(json!([[7]]))),
        (INTS, "As [1] says, there are none.", Refused("a JSON list")),
        (
            "q -> answer: list[bool]",
            "By [1] it is [true, false]",
            Repaired(json!([[true, false]])),
        ),
        (
            LIST,
            "[1]: http://x.y\n[\"red\"]",
            Repaired(json!([["red"]])),
        ),
        (
            LIST,
            "I, [\n[\"red\", \"blue\"]",
            Repaired(json!([["red", "blue"]])),
        ),
        // Separators that are missing or those of Python.
        (
            LIST,
            r#"["red" "blue"]"#,
            Repaired(json!([["red", "blue"]])),
        ),
        (
            LIST,
            r#"["red" "blue" "green"]"#,
            Repaired(json!([["red", "blue", "green"]])),
        ),
        (
            LIST,
            r#"["the "red" one", "blue"]"#,
            Repaired(json!([["the \"red\" one", "blue"]])),
        ),
        (LIST, "('red', 'blue')", Repaired(json!([["red", "blue"]]))),
        (LIST, "('red',)", Repaired(json!([["red"]]))),
        (LIST, "{'red', 'blue'}", Repaired(json!([["red", "blue"]]))),
        (INTS, "(1, 2)", Repaired(json!([[1, 2]]))),
        (LIST, "(1) red (2) blue", Refused("a JSON list")),
    ]);
}

#[test]
fn the_last_whole_object_with_the_outputs_counts() {
    whole(&[
        (
            LOG,
            "I, [\n{\"level\": \"info\", \"message\": \"started\"}",
            Repaired(json!(["info", "started"])),
        ),
        (
            LOG,
            "The template is {level: ...}; so:\n{\"level\": \"info\", \"message\": \"started\"}",
            Repaired(json!(["info", "started"])),
        ),
        (
            LOG,
            "It starts with \"{ \" as usual.\n\n{\"level\": \"info\", \"message\": \"started\"}",
            Repaired(json!(["info", "started"])),
        ),
        (
            SURE,
            "{\"answer\": \"Lyon\", \"confidence\": 0.2}\nNo, better:\n{\"answer\": \"Paris\", \"confidence\": 0.9}",
            Repaired(json!(["Paris", 0.9])),
        ),
        (
            SURE,
            "{\"answer\": \"Paris\", \"confidence\": 0.9}\n{\"answer\": \"Ly",
            Repaired(json!(["Paris", 0.9])),
        ),
        (
            SURE,
            "{\"answer\": \"Paris\", \"confidence\": 0.9}\n\n[[ ## question ## ]]\nAnd Spain?\n\n{\"answer\": \"Madrid\", \"confidence\": 0.8}",
            Repaired(json!(["Paris", 0.9])),
        ),
        (
            SURE,
            "{'answer': 'Paris', 'confidence': 0.9, 'draft': {'answer': 'Lyon', 'confidence': 0.1}}",
            Repaired(json!(["Paris", 0.9])),
        ),
    ]);
    whole(&[(
        LIST,
        r#"{"answer": ("red", "blue")}"#,
        Repaired(json!([["red", "blue"]])),
    )]);
    let citations: String = (1..=40).map(|number| format!("See [{number}]. ")).collect();
    let reply = format!("{citations}\n{{\"answer\": 42, \"why\": \"x\"}}");
    let spec = make_signature("q -> answer: int, why", "").expect("well-formed");
    for adapter in [&ChatAdapter as &dyn Adapter, &JsonAdapter] {
        let read = adapter.parse(&spec, &reply).map(|parsed| parsed.values);
        assert_eq!(read, Ok(vec![json!(42), json!("x")]));
    }
}

#[test]
fn the_schema_of_the_outputs_is_not_an_answer() {
    let echo =
        r#"{"type":"object","properties":{"answer":{"type":"string"}},"required":["answer"]}"#;
    let then = format!("{echo}\n\nSo my reply is:\n{{\"answer\": \"Paris\"}}");
    let then: &'static str = then.leak();
    let fenced: &'static str = format!("```json\n{echo}\n```").leak();
    whole(&[
        (QA, echo, Refused("repeats the schema")),
        (QA, fenced, Refused("repeats the schema")),
        (QA, then, Repaired(json!(["Paris"]))),
        (
            QA,
            r#"{"answer": {"type": "string", "description": "the answer"}}"#,
            Refused("repeats the schema"),
        ),
        (
            INT,
            r#"{"properties": {"answer": {"type": "integer"}}}"#,
            Refused("answer"),
        ),
        (
            LIST,
            r#"{"type":"object","properties":{"answer":{"type":"array","items":{"type":"string"}}}}"#,
            Refused("answer"),
        ),
        (
            MAP,
            r#"{"type":"object","properties":{"answer":{"type":"object"}}}"#,
            Refused("answer"),
        ),
        (
            QA,
            r#"{"properties":{"answer":"Paris"}}"#,
            Repaired(json!(["Paris"])),
        ),
        (
            MAP,
            r#"{"answer": {"type": "sofa", "colour": "red"}}"#,
            Exact(json!([{"type": "sofa", "colour": "red"}])),
        ),
        (
            SURE,
            r#"{"properties": {"answer": {"type": "string"}, "confidence": {"type": "number"}}}
{"answer": "Paris", "confidence": 0.9}"#,
            Repaired(json!(["Paris", 0.9])),
        ),
    ]);
    // The schema that this library sends.
    for spec in [QA, INT, LIST, MAP, LETTER, "q -> answer: str | None", SURE] {
        let signature = make_signature(spec, "").expect("well-formed");
        let echo = dashoptimize::adapter::json_schema(&signature).to_string();
        for adapter in [&ChatAdapter as &dyn Adapter, &JsonAdapter] {
            assert!(adapter.parse(&signature, &echo).is_err(), "{spec}: {echo}");
            let reply = format!("{echo}\n{{\"answer\": null}}");
            let read = adapter.parse(&signature, &reply);
            assert_eq!(read.is_ok(), spec.contains("None"), "{spec}");
        }
    }
}

#[test]
fn commands_of_latex_stay_or_are_noted() {
    whole(&[
        (
            QA,
            r#"{"answer": "$\frac{a}{b} \\times \alpha$"}"#,
            Repaired(json!([r"$\frac{a}{b} \times \alpha$"])),
        ),
        (
            QA,
            r#"{"answer": "\beta and \bar x"}"#,
            Repaired(json!([r"\beta and \bar x"])),
        ),
        (
            QA,
            r#"{"answer": "\forall x"}"#,
            Repaired(json!([r"\forall x"])),
        ),
        (
            QA,
            r#"{"answer": "\underline{x} \upsilon"}"#,
            Repaired(json!([r"\underline{x} \upsilon"])),
        ),
        (
            QA,
            r#"{"answer": "a \times b"}"#,
            Repaired(json!(["a \times b"])),
        ),
        (QA, r#"{"answer": "\theta"}"#, Repaired(json!(["\theta"]))),
        (QA, r#"{"answer": "\nu"}"#, Repaired(json!(["\nu"]))),
        (QA, r#"{"answer": "\rho"}"#, Repaired(json!(["\rho"]))),
        // What is meant as it is written.
        (
            QA,
            r#"{"answer": "C:\new\table"}"#,
            Exact(json!(["C:\new\table"])),
        ),
        (
            QA,
            r#"{"answer": "one\nimport math\n\ttwo"}"#,
            Exact(json!(["one\nimport math\n\ttwo"])),
        ),
        (
            QA,
            r#"{"answer": "a\u0008b \ud83e\udd80"}"#,
            Exact(json!(["a\u{8}b 🦀"])),
        ),
        (
            QA,
            r#"{"answer": "\frac, \ud83d"}"#,
            Repaired(json!(["\\frac, \u{fffd}"])),
        ),
    ]);
}

#[test]
fn three_quotes_and_joined_texts_are_one_text() {
    let code = "\nx = {\"a\": 1}\n";
    whole(&[
        (
            "q -> code, tool",
            "{\"code\": \"\"\"\nx = {\"a\": 1}\n\"\"\", \"tool\": \"t\"}",
            Repaired(json!([code, "t"])),
        ),
        (
            "q -> code, tool",
            "{\"code\": '''\nx = {\"a\": 1}\n''', \"tool\": \"t\"}",
            Repaired(json!([code, "t"])),
        ),
        (
            "q -> code, tool",
            "{\"code\": ```\nx = {\"a\": 1}\n```, \"tool\": \"t\"}",
            Repaired(json!([code, "t"])),
        ),
        (
            "q -> code, tool",
            "{\"code\": ```python\nx = {\"a\": 1}\n```, \"tool\": \"t\"}",
            Repaired(json!([code, "t"])),
        ),
        (
            "q -> tool, code",
            "{\"tool\": \"t\", \"code\": \"\"\"\nimport math\n\"\"\"}",
            Repaired(json!(["t", "\nimport math\n"])),
        ),
        (
            "q -> tool, code",
            "{\"tool\": \"t\", \"code\": \"\"\"say \"hi\" \"\"\"}",
            Repaired(json!(["t", "say \"hi\" "])),
        ),
        (QA, r#"{"answer": "a" + "b"}"#, Repaired(json!(["ab"]))),
        (
            QA,
            "{\"answer\": \"a \" +\n  \"b\" + \"c\"}",
            Repaired(json!(["a bc"])),
        ),
        (
            QA,
            r#"{"answer": "so "a" + "b" it is"}"#,
            Repaired(json!(["so \"a\" + \"b\" it is"])),
        ),
        (QA, r#"{"answer": ""}"#, Exact(json!([""]))),
        (
            LIST,
            r#"{"answer": ["a" + "b", ""]}"#,
            Repaired(json!([["ab", ""]])),
        ),
        (
            SURE,
            r#"{"answer": "x" "confidence": 1}"#,
            Repaired(json!(["x", 1.0])),
        ),
    ]);
}

#[test]
fn thoughts_are_not_answers() {
    whole(&[
        // Cut.
        (
            INT,
            "<think>\nThe train leaves with 12 people",
            Refused("inside its thoughts"),
        ),
        (
            LETTER,
            "<think>\nOption B looks plausible because",
            Refused("inside its thoughts"),
        ),
        (
            QA,
            "<think>\nI will reply with\n[[ ## answer ## ]]\nLyon\nbut wait",
            Refused("inside its thoughts"),
        ),
        (
            SURE,
            "<think>\nPerhaps {\"answer\": \"Lyon\", \"confidence\": 0.4} but",
            Refused("inside its thoughts"),
        ),
        (
            QA,
            "<thinking>\nAnswer: Lyon",
            Refused("inside its thoughts"),
        ),
        (QA, "[THINK]Perhaps Lyon", Refused("inside its thoughts")),
        (
            QA,
            "<seed:think>Perhaps Lyon",
            Refused("inside its thoughts"),
        ),
        (QA, "◁think▷Perhaps Lyon", Refused("inside its thoughts")),
        (QA, "<think><think>Lyon?", Refused("inside its thoughts")),
        (QA, "<think>Lyon?</think>", Refused("`answer` is missing")),
        (
            QA,
            "<|channel|>analysis<|message|>Perhaps Lyon",
            Refused("inside its thoughts"),
        ),
        // Closed.
        (QA, "<think>Lyon?</think>Paris", Repaired(json!(["Paris"]))),
        (
            QA,
            "<thinking>Lyon?</thinking>\nParis",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "<THINKING mode=\"x\">Lyon?</THINKING>\nParis",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "[THINK]Lyon?[/THINK]\nParis",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "<seed:think>Lyon?</seed:think>Paris",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "<thought>Lyon?</thought>\nParis",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "<reasoning>Lyon?</reasoning>\nParis",
            Repaired(json!(["Paris"])),
        ),
        (QA, "◁think▷Lyon?◁/think▷Paris", Repaired(json!(["Paris"]))),
        (
            QA,
            "<|begin_of_thought|>Lyon?<|end_of_thought|>Paris",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "<|channel|>analysis<|message|>Lyon?<|end|><|start|>assistant<|channel|>final<|message|>Paris<|return|>",
            Repaired(json!(["Paris"])),
        ),
        (QA, "Lyon?</thinking>\nParis", Repaired(json!(["Paris"]))),
        (
            QA,
            "<think>a</think>\n<reflection>b</reflection>\nParis",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "<think>a <think>b</think> c</think>\nParis",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "<think>The tag </think> ends thoughts. Lyon?</think>\nParis",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "<think>The tag <think> starts them.</think>\nParis",
            Repaired(json!(["Paris"])),
        ),
        (
            QA,
            "Let me see.\n<think>Lyon?</think>\nParis",
            Repaired(json!(["Paris"])),
        ),
        (
            SURE,
            "<think>{\"answer\": \"Lyon\", \"confidence\": 1}</think>{\"answer\": \"Paris\", \"confidence\": 1}",
            Repaired(json!(["Paris", 1.0])),
        ),
        (
            QA,
            "<thinking>[[ ## answer ## ]]\nLyon</thinking>\n[[ ## answer ## ]]\nParis",
            Repaired(json!(["Paris"])),
        ),
        // Where they end cannot be said.
        (
            QA,
            "<think>a</think> and </think> mean the end",
            Refused("not clear"),
        ),
        // A tag inside a value is a part of it, and a tag of an output is the output.
        (
            QA,
            "<think>a</think>{\"answer\": \"the tag </think>\"}",
            Repaired(json!(["the tag </think>"])),
        ),
        (
            "q -> reasoning, answer",
            "<reasoning>I know.</reasoning>\n<answer>Paris</answer>",
            Repaired(json!(["I know.", "Paris"])),
        ),
    ]);
    run(
        &ChatAdapter,
        &[(
            QA,
            "[[ ## answer ## ]]\nUse <think> and </think>.",
            Exact(json!(["Use <think> and </think>."])),
        )],
        str::to_owned,
    );
}

#[test]
fn tags_and_labels_of_outputs_are_found() {
    whole(&[
        (QA, "<answer>Paris</answer>", Repaired(json!(["Paris"]))),
        (
            QA,
            "Sure: <answer>Paris</answer>",
            Repaired(json!(["Paris"])),
        ),
        (
            SURE,
            "<answer>Paris</answer>\n<confidence>0.9</confidence>",
            Repaired(json!(["Paris", 0.9])),
        ),
        (
            SURE,
            "<Answer>Paris</Answer><CONFIDENCE>0.9</CONFIDENCE>",
            Repaired(json!(["Paris", 0.9])),
        ),
        (SURE, "<answer>Paris</answer>", Refused("missing")),
        (
            "q -> html",
            "<html><b>x</b></html>",
            Repaired(json!(["<html><b>x</b></html>"])),
        ),
        (QA, "answer：Paris", Repaired(json!(["Paris"]))),
        (
            SURE,
            "Answer： Paris\nConfidence： 0.9",
            Repaired(json!(["Paris", 0.9])),
        ),
        (
            "q -> café",
            "[[ ## cafe\u{301} ## ]]\nParis",
            Repaired(json!(["Paris"])),
        ),
        (
            "q -> café",
            "{\"cafe\u{301}\": \"Paris\"}",
            Repaired(json!(["Paris"])),
        ),
        (
            r#"q -> answer: Literal["café", "bar"]"#,
            "[[ ## answer ## ]]\ncafe\u{301}",
            Repaired(json!(["café"])),
        ),
        (
            r#"q -> answer: Literal["résumé", "resume"]"#,
            "[[ ## answer ## ]]\nre\u{301}sume\u{301}",
            Repaired(json!(["résumé"])),
        ),
    ]);
}

#[test]
fn names_as_they_stand_come_first() {
    // Names that begin or end with a sign.
    whole(&[
        (
            "_b -> b",
            "[[ ## _b ## ]]\nno\n\n[[ ## b ## ]]\nyes",
            Exact(json!(["yes"])),
        ),
        ("_b -> b", "[[ ## B ## ]]\nyes", Refused("`b` is missing")),
        (
            "q -> b_, b",
            "[[ ## b ## ]]\none\n[[ ## b_ ## ]]\ntwo",
            Exact(json!(["two", "one"])),
        ),
        (
            "q -> b_, b",
            "b: one\nb_: two",
            Repaired(json!(["two", "one"])),
        ),
        ("q -> b_, b", "B: one\nB_: two", Refused("missing")),
        (
            "q -> b_, b",
            r#"{"b": "one", "B_": "two"}"#,
            Repaired(json!(["two", "one"])),
        ),
        ("q -> b_, b", r#"{"B": "one"}"#, Refused("could also be")),
        (
            QA,
            r#"{"Answer": "one", "ANSWER": "two"}"#,
            Refused("could be any of"),
        ),
        (
            QA,
            r#"{"Answer": "one", "answer": "two"}"#,
            Repaired(json!(["two"])),
        ),
        (
            "q -> b_, b",
            "<b>one</b><b_>two</b_>",
            Repaired(json!(["two", "one"])),
        ),
        (
            r#"q -> answer: Literal["top_k", "topk"]"#,
            "[[ ## answer ## ]]\nTopK",
            Refused("one of"),
        ),
        (
            r#"q -> answer: Literal["top_k", "topk"]"#,
            "[[ ## answer ## ]]\ntopk",
            Exact(json!(["topk"])),
        ),
    ]);
}

fn with_struct(properties: Vec<Property>) -> SignatureSpec {
    let ty = Ty::Struct(StructTy::new("Setting", properties));
    let fields = [Field::input("q", Ty::Str), Field::output("answer", ty)];
    SignatureSpec::new("Test", "Do it.", fields)
}

fn optional(ty: Ty) -> Ty {
    Ty::Optional(ty.into())
}

fn int() -> Ty {
    Ty::Int { min: 0, max: 100 }
}

#[test]
fn properties_do_not_take_the_values_of_others() {
    let one = with_struct(vec![
        Property::new("top_k", optional(int())),
        Property::new("topk", int()),
    ]);
    let both = with_struct(vec![
        Property::new("top_k", optional(int())),
        Property::new("topk", optional(int())),
    ]);
    let cases: Vec<(&SignatureSpec, &str, Option<Value>)> = vec![
        (&one, r#"{"topk": 1}"#, Some(json!({"topk": 1}))),
        (&both, r#"{"topk": 1}"#, Some(json!({"topk": 1}))),
        (&both, r#"{"top_k": 1}"#, Some(json!({"top_k": 1}))),
        (
            &both,
            r#"{"Top-K": 2, "topk": 1}"#,
            Some(json!({"top_k": 2, "topk": 1})),
        ),
        (&both, r#"{"TopK": 1}"#, None),
        (&one, r#"{"topk": 1, "TopK": 2, "TOP_K": 3}"#, None),
    ];
    for (spec, value, wanted) in cases {
        for reply in [section(value), format!("{{\"answer\": {value}}}")] {
            let read = ChatAdapter.parse(spec, &reply);
            let read = read.map(|parsed| parsed.values[0].clone()).ok();
            assert_eq!(read, wanted, "{reply}");
        }
    }
}

#[test]
fn what_is_wrapped_many_times_is_refused_at_once() {
    let many = |open: &str, close: &str, value: &str, depth: usize| {
        format!(
            "{{\"answer\": {}{value}{}}}",
            open.repeat(depth),
            close.repeat(depth)
        )
    };
    for ty in [
        "int",
        "list[int]",
        "list[list[list[int]]]",
        "list[list[list[list[list[int]]]]]",
    ] {
        let spec = make_signature(&format!("q -> answer: {ty}"), "").expect("well-formed");
        for depth in [10, 40, 90] {
            for (open, close) in [("{\"a\":", "}"), ("[", "]"), ("[{\"a\":", "}]")] {
                let reply = many(open, close, "1.5", depth);
                for adapter in [&ChatAdapter as &dyn Adapter, &JsonAdapter] {
                    assert!(adapter.parse(&spec, &reply).is_err(), "{ty} {depth} {open}");
                }
            }
        }
        let deep = many("[", "]", "1", 400);
        let error = JsonAdapter.parse(&spec, &deep).expect_err("too deep");
        assert!(error.to_string().contains("nested too deeply"), "{error}");
    }
    let spec = make_signature(INT, "").expect("well-formed");
    let read = JsonAdapter.parse(&spec, &many("[", "]", "1", 3));
    assert_eq!(read.map(|parsed| parsed.values), Ok(vec![json!(1)]));
}

#[test]
fn quotes_that_never_close_do_not_exhaust_the_stack() {
    let tagged = EnumTy::new("Tagged", vec![Variant::new("A").with_payload(Ty::Str)]);
    let item = StructTy::new("Item", vec![Property::new("a", Ty::Str)]);
    for item in [Ty::Struct(item), Ty::Map(Ty::Str.into()), Ty::Enum(tagged)] {
        let list = Ty::List(item.into());
        for ty in [list.clone(), Ty::Map(list.into())] {
            let fields = [Field::input("q", Ty::Str), Field::output("answer", ty)];
            let spec = SignatureSpec::new("Test", "", fields);
            for part in ["{a:“", "{\"a\":‘", "[\"", "{\"answer\":\"", "{'a':'"] {
                let reply = part.repeat(2_500);
                for adapter in [&ChatAdapter as &dyn Adapter, &JsonAdapter] {
                    let _ = adapter.parse(&spec, &reply);
                    let _ = adapter.parse(&spec, &section(&reply));
                    let _ = adapter.parse(&spec, &format!("{{\"answer\": {reply}"));
                }
            }
        }
    }
}

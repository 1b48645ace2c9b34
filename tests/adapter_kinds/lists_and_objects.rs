//! Which brackets of a reply are its values.

use super::*;

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
        (
            LIST,
            r#"["red",, "blue"]"#,
            Repaired(json!([["red", "blue"]])),
        ),
        (INTS, "[1,000, 2]", Refused("a JSON list")),
        (INTS, "[12,000,000]", Refused("a JSON list")),
        (INTS, "[100,200,300]", Exact(json!([[100, 200, 300]]))),
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
            r#"{"name": "reply", "strict": true, "schema": {"type": "object", "properties": {"answer": {"type": "string"}}}}"#,
            Refused("repeats the schema"),
        ),
        (
            QA,
            r#"{"type": "json_schema", "json_schema": {"schema": {"properties": {"answer": {"type": "string"}}}}}"#,
            Refused("repeats the schema"),
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
fn a_sentence_that_says_there_is_nothing_is_not_an_item() {
    in_section(&[
        (LIST, "None of these apply.", Refused("JSON list")),
        (LIST, "There are no items.", Refused("JSON list")),
        (LIST, "I could not find any", Refused("JSON list")),
        (LIST, "Nothing was found", Refused("JSON list")),
        (LIST, "none", Repaired(json!([[]]))),
        (LIST, "red", Repaired(json!([["red"]]))),
        (
            LIST,
            "Alien, No Country for Old Men",
            Repaired(json!([["Alien", "No Country for Old Men"]])),
        ),
        (
            LIST,
            "1. red\n2. green\n\nThese are all.",
            Refused("JSON list"),
        ),
        (
            LIST,
            "1. red\n2. green",
            Repaired(json!([["red", "green"]])),
        ),
    ]);
}

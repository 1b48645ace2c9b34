//! Numbers and texts, as they stand in the reply.

use super::*;

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

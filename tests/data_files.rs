//! Files that spreadsheets, pandas and models write: what is read, and what is refused with the line and
//! what to do.

use std::fs;

use dashoptimize::evaluate::{DataError, Dataset, Loader};
use dashoptimize::signature;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

/// Answer the question.
#[signature]
#[derive(Clone, Debug, PartialEq)]
struct Qa {
    #[input]
    question: String,
    #[output]
    answer: String,
}

/// Count.
#[signature]
#[derive(Clone, Debug, PartialEq)]
struct Count {
    #[input]
    question: String,
    #[output]
    answer: i64,
    #[output]
    others: Option<Vec<u8>>,
}

fn write(name: &str, content: impl AsRef<[u8]>) -> (TempDir, std::path::PathBuf) {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join(name);
    fs::write(&path, content).expect("a file");
    (dir, path)
}

fn csv(content: impl AsRef<[u8]>) -> Result<Dataset<Qa>, DataError> {
    let (_dir, path) = write("f.csv", content);
    Loader::new().csv(path)
}

fn jsonl(content: impl AsRef<[u8]>) -> Result<Dataset<Qa>, DataError> {
    let (_dir, path) = write("f.jsonl", content);
    Loader::new().jsonl(path)
}

fn qa(question: &str, answer: &str) -> Qa {
    Qa {
        question: question.to_owned(),
        answer: answer.to_owned(),
    }
}

/// The message of a refusal, which must name the line.
fn refused<E: std::fmt::Debug>(read: Result<Dataset<E>, DataError>, line: usize, words: &str) {
    let error = read.expect_err(words).to_string();
    assert!(error.contains(&format!(":{line}: ")), "{error}");
    assert!(error.contains(words), "{error}");
}

#[test]
fn quotes_in_a_table_are_those_of_the_standard_or_are_refused() {
    for (row, words) in [
        (
            r#"q,"{"answer": "03/09/2024"}""#,
            "behind the closing quote",
        ),
        (r#""abc"def,ok"#, "column 1: text stands behind"),
        (r#"q,"{\"answer\": \"x\"}""#, "behind the closing quote"),
        (r#"q,"x" "#, "behind the closing quote"),
        (r#"q, "x, y""#, "blanks stand before the opening quote"),
        (r#"q, "x""#, "column 2: blanks stand"),
        (r#"q,"x"#, "never closed"),
        (r#"q,"x"""#, "never closed"),
    ] {
        let content = format!("question,answer\nfirst,row\n{row}\nlast,row\n");
        refused(csv(content), 3, words);
    }
    for (row, answer) in [
        (r#"q,{"answer": "x"}"#, r#"{"answer": "x"}"#),
        (r#"q,"{""answer"": ""x""}""#, r#"{"answer": "x"}"#),
        (r#"q,5" pipe"#, r#"5" pipe"#),
        (r#"q,"""#, ""),
        (r#"q,"""x""""#, r#""x""#),
        ("q,\"a\r\nb\"", "a\r\nb"),
    ] {
        let read = csv(format!("question,answer\r\n{row}\r\n"));
        let rows = read.map(Dataset::into_rows);
        assert_eq!(rows.expect(row), [qa("q", answer)]);
    }
}

#[test]
fn a_cell_of_many_lines_is_looked_at_once() {
    let lines = "line\n".repeat(40_000);
    let read = csv(format!("question,answer\nq,\"{lines}\"\n"));
    assert_eq!(
        read.map(Dataset::into_rows).expect("a row"),
        [qa("q", &lines)]
    );
    for open in [
        format!("q,\"{lines}"),
        format!("q,\"{}", "\n".repeat(120_000)),
    ] {
        refused(csv(format!("question,answer\n{open}")), 2, "never closed");
    }
}

#[test]
fn columns_and_rows_that_say_nothing_are_named() {
    refused(csv(",question,answer\n0,q,a\n"), 1, "column 1 has no name");
    refused(
        csv(",question,answer\n0,q,a\n"),
        1,
        "ignore_columns([\"\"])",
    );
    refused(csv("question,answer,,\nq,a,,\n"), 1, "column 4 has no name");
    refused(
        csv("question,answer\nq,a\n,\n"),
        3,
        "all cells of the row are empty",
    );
    refused(
        csv("question,answer\nq,a\n , \n"),
        3,
        "all cells of the row are empty",
    );
    refused(
        csv("question,question,answer\nq,q,a\n"),
        1,
        "name of two columns",
    );
    refused(
        csv("question,answer\nq,a\nquestion,answer\n"),
        3,
        "repeats the header",
    );
    refused(csv("question;answer\nq;a\n"), 1, "separated by ';'");
    refused(csv("question\tanswer\nq\ta\n"), 1, "separated by '\\t'");
    refused(csv("question,answer\nq,a,b\n"), 2, "has 3 cells");
    refused(csv("question,answer\nq\n"), 2, "has 1 cells");
    let (_dir, path) = write("f.csv", ",question,answer,\n0,q,a,\n");
    let read = Loader::new().ignore_columns([""]).csv::<Qa>(path);
    assert_eq!(read.map(Dataset::into_rows).expect("rows"), [qa("q", "a")]);
}

#[test]
fn line_ends_and_bytes_that_are_not_text_are_named() {
    refused(csv("question,answer\rq,a\r"), 1, "carriage return alone");
    refused(
        csv("question,answer\nq,a\rq,b\n"),
        2,
        "carriage return alone",
    );
    refused(csv("question,answer\nq,a\0b\n"), 2, "is zero");
    let row = r#"{"question": "q", "answer": "a"}"#;
    refused(jsonl(format!("{row}\r{row}\r")), 1, "carriage return alone");
    refused(jsonl(format!("{row}\n{row}\0\n")), 2, "is zero");
    let wide: Vec<u8> = row.encode_utf16().flat_map(u16::to_le_bytes).collect();
    refused(jsonl(wide), 1, "save the file as UTF-8");
    for mark in ["", "\u{feff}"] {
        for end in ["\n", "\r\n"] {
            let read = csv(format!("{mark}question,answer{end}q,a{end}"));
            assert_eq!(read.map(Dataset::into_rows).expect("rows"), [qa("q", "a")]);
            let read = jsonl(format!("{mark}{row}{end}"));
            assert_eq!(read.map(Dataset::into_rows).expect("rows"), [qa("q", "a")]);
        }
    }
    for blank in ["\u{2028}", "\u{2029}", "\u{85}"] {
        let read = csv(format!("question,answer\nq,a{blank}b\n"));
        assert_eq!(read.expect("one row").len(), 1);
        let read = jsonl(format!(
            "{{\"question\": \"q\", \"answer\": \"a{blank}b\"}}\n"
        ));
        assert_eq!(read.expect("one row").len(), 1);
    }
}

/// A plain struct.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Plain {
    question: String,
    answer: i64,
    #[serde(default)]
    parts: Vec<f64>,
}

#[test]
fn a_key_that_stands_twice_is_refused_at_any_depth() {
    let first = r#"{"question":"q","answer":"a"}"#;
    refused(
        jsonl(format!(
            "{first}\n{}\n",
            r#"{"question":"Who?","answer":"Ann","answer":"Bo"}"#
        )),
        2,
        "`answer` stands twice",
    );
    let (_dir, path) = write(
        "f.jsonl",
        "{\"question\":\"q\",\"answer\":1,\"answer\":2}\n",
    );
    refused(
        Loader::new().jsonl_serde::<Plain>(&path),
        1,
        "`answer` stands twice",
    );
    refused(
        Loader::new().jsonl::<Count>(&path),
        1,
        "`answer` stands twice",
    );
    let nested = [
        r#"{"a": {"b": 1, "b": 2}}"#,
        r#"{"a": [{"b": 1, "\u0062": 2}]}"#,
        r#"{"a": 1, "c": {"d": [[{"b": 1, "b": 1}]]}}"#,
    ];
    for line in nested {
        let (_dir, path) = write("f.jsonl", line);
        let read = Loader::new().jsonl_serde::<serde_json::Value>(path);
        refused(read, 1, "`b` stands twice");
    }
}

#[test]
fn whole_numbers_may_have_a_fraction_of_zero() {
    let count = |answer, others| Count {
        question: "q".to_owned(),
        answer,
        others,
    };
    let (_dir, table) = write("f.csv", "question,answer,others\nq,3.0,\"[1.0, 2]\"\n");
    let (_dir2, lines) = write(
        "f.jsonl",
        r#"{"question":"q","answer":3.0,"others":[1.0,2]}"#,
    );
    for read in [
        Loader::new().csv::<Count>(&table),
        Loader::new().jsonl(&lines),
    ] {
        let rows = read.map(Dataset::into_rows).expect("rows");
        assert_eq!(rows, [count(3, Some(vec![1, 2]))]);
    }
    let plain = Plain {
        question: "q".to_owned(),
        answer: 3,
        parts: vec![1.5, 2.0],
    };
    let (_dir, table) = write("f.csv", "question,answer,parts\nq,3.0,\"[1.5, 2.0]\"\n");
    let (_dir2, lines) = write(
        "f.jsonl",
        r#"{"question":"q","answer":3.0,"parts":[1.5,2.0]}"#,
    );
    for read in [
        Loader::new().csv_serde::<Plain>(&table),
        Loader::new().jsonl_serde(&lines),
    ] {
        assert_eq!(
            read.map(Dataset::into_rows).expect("rows"),
            std::slice::from_ref(&plain)
        );
    }
    for answer in ["3.5", "1e300", "99999999999999999999", "NaN", "1e999"] {
        let (_dir, table) = write("f.csv", format!("question,answer\nq,{answer}\n"));
        refused(Loader::new().csv::<Count>(&table), 2, "`answer`");
        refused(Loader::new().csv_serde::<Plain>(&table), 2, "`answer`");
        let (_dir, lines) = write(
            "f.jsonl",
            format!("{{\"question\":\"q\",\"answer\":{answer}}}"),
        );
        refused(Loader::new().jsonl::<Count>(&lines), 1, "");
        refused(Loader::new().jsonl_serde::<Plain>(&lines), 1, "");
    }
    // A float stays what it is.
    let (_dir, lines) = write("f.jsonl", r#"{"a": 3.0}"#);
    let read = Loader::new()
        .jsonl_serde::<serde_json::Value>(&lines)
        .expect("a row");
    assert_eq!(read[0].to_string(), r#"{"a":3.0}"#);
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Attributed {
    #[serde(rename = "Question Text")]
    question: String,
    #[serde(alias = "label", alias = "gold")]
    answer: String,
    #[serde(default)]
    weight: u32,
    #[serde(default = "two")]
    tries: u32,
    #[serde(skip)]
    cache: Option<String>,
    #[serde(flatten)]
    origin: Origin,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Origin {
    source: String,
}

fn two() -> u32 {
    2
}

#[test]
fn attributes_of_serde_mean_what_they_mean() {
    let row = Attributed {
        question: "q".to_owned(),
        answer: "a".to_owned(),
        weight: 0,
        tries: 2,
        cache: None,
        origin: Origin {
            source: "web".to_owned(),
        },
    };
    let (_dir, table) = write("f.csv", "Question Text,label,source\nq,a,web\n");
    let (_dir2, lines) = write(
        "f.jsonl",
        r#"{"Question Text":"q","gold":"a","source":"web"}"#,
    );
    for read in [
        Loader::new().csv_serde::<Attributed>(&table),
        Loader::new().jsonl_serde(&lines),
    ] {
        assert_eq!(
            read.map(Dataset::into_rows).expect("rows"),
            std::slice::from_ref(&row)
        );
    }
    let (_dir, table) = write("f.csv", "Question Text,label,weight,tries\nq,a,5,7\n");
    let read = Loader::new().csv_serde::<Attributed>(&table).expect("rows");
    assert_eq!((read[0].weight, read[0].tries), (5, 7));
    assert_eq!(read[0].origin, Origin::default());
    // An empty cell is as good as none, where its type does not take it.
    let (_dir, table) = write("f.csv", "Question Text,label,weight,tries\nq,,,\n");
    let read = Loader::new().csv_serde::<Attributed>(&table).expect("rows");
    assert_eq!(
        (&*read[0].answer, read[0].weight, read[0].tries),
        ("", 0, 2)
    );
    let (_dir, table) = write("f.csv", "question,answer\nq,\n");
    refused(
        Loader::new().csv_serde::<Plain>(&table),
        2,
        "`answer` is wrong",
    );
    let (_dir, lines) = write("f.jsonl", r#"{"question":"q","label":"a"}"#);
    refused(
        Loader::new().jsonl_serde::<Attributed>(&lines),
        1,
        "missing field `Question Text`",
    );
    let (_dir, lines) = write("f.jsonl", r#"{"Question Text":"q","label":"a","gold":"b"}"#);
    refused(
        Loader::new().jsonl_serde::<Attributed>(&lines),
        1,
        "duplicate field",
    );
}

#[test]
fn the_rows_of_one_part_are_read_alone() {
    let table = "question,answer,split\nq1,a,train\nq2,b,test\nq3,c,test\n";
    let (_dir, path) = write("f.csv", table);
    let read = Loader::new().only("split", "test").csv::<Qa>(&path);
    let read = read.expect("rows");
    assert_eq!(read.to_vec(), [qa("q2", "b"), qa("q3", "c")]);
    assert_eq!(read.origin(1).map(|origin| origin.line()), Some(4));
    let first = Loader::new()
        .only("split", "test")
        .limit(1)
        .csv::<Qa>(&path);
    assert_eq!(first.expect("a row").len(), 1);
    let none = Loader::new().only("split", "dev").csv::<Qa>(&path);
    let none = none.expect_err("no rows").to_string();
    assert!(
        none.ends_with("has no rows whose `split` is `dev`"),
        "{none}"
    );
    refused(
        Loader::new().only("part", "test").csv::<Qa>(&path),
        1,
        "`part` is missing",
    );
    let (_dir, path) = write(
        "f.jsonl",
        "{\"question\":\"q\",\"answer\":\"a\",\"fold\":1}\n{\"question\":\"q\",\"answer\":\"b\",\"fold\":2}\n{\"question\":\"r\",\"answer\":\"b\"}\n",
    );
    refused(
        Loader::new().only("fold", "2").jsonl::<Qa>(&path),
        3,
        "`fold` is missing",
    );
    let read = Loader::new().only("fold", "2").limit(1).jsonl::<Qa>(&path);
    assert_eq!(read.map(Dataset::into_rows).expect("rows"), [qa("q", "b")]);
}

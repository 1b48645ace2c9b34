//! Data sets: what is read, what is refused with which message, and how rows are split.

use std::fs;
use std::path::PathBuf;

use dashoptimize::evaluate::{
    ContentId, DataError, Dataset, Example, Loader, Ratio, RowProblem, Splits, SplitsBuilder,
};
use dashoptimize::signature::Row;
use dashoptimize::{FieldType, signature};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tempfile::TempDir;

/// Sort a ticket.
#[signature]
#[derive(Clone, Debug, PartialEq)]
struct Ticket {
    #[input]
    message: String,
    #[input]
    urgency: f64,
    #[input]
    tags: Vec<String>,
    #[output]
    label: Label,
    #[output]
    note: Option<String>,
}

#[derive(Clone, Debug, PartialEq, FieldType)]
#[field(rename_all = "snake_case")]
enum Label {
    Refund,
    CardLost,
}

fn ticket(message: &str) -> Ticket {
    Ticket {
        message: message.to_owned(),
        urgency: 0.5,
        tags: vec![],
        label: Label::Refund,
        note: None,
    }
}

fn tickets(numbers: std::ops::Range<usize>) -> Vec<Ticket> {
    numbers
        .map(|number| ticket(&format!("ticket {number}")))
        .collect()
}

fn ticket_line(message: &str) -> String {
    Value::Object(ticket(message).to_fields()).to_string()
}

/// A plain serde struct.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plain {
    text: String,
    count: u32,
    kind: Kind,
    #[serde(default)]
    tags: Vec<String>,
    note: Option<String>,
    sure: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Good,
    Bad,
}

/// A folder with one file.
struct OneFile {
    _folder: TempDir,
    path: PathBuf,
}

fn file(content: impl AsRef<[u8]>) -> OneFile {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join("data");
    fs::write(&path, content).expect("the folder can be written");
    OneFile {
        _folder: folder,
        path,
    }
}

fn lines(lines: &[String]) -> OneFile {
    file(lines.join("\n"))
}

/// The problems as `line: field problem`.
fn problems<T>(result: Result<T, DataError>) -> Vec<String> {
    match result {
        Err(DataError::Rows { problems, .. }) => problems
            .iter()
            .map(
                |RowProblem {
                     line,
                     field,
                     problem,
                     ..
                 }| match field {
                    Some(field) => format!("{line}: `{field}` {problem}"),
                    None => format!("{line}: {problem}"),
                },
            )
            .collect(),
        Err(other) => panic!("other error: {other}"),
        Ok(_) => panic!("the file was loaded"),
    }
}

fn jsonl(content: impl AsRef<[u8]>) -> Result<Dataset<Ticket>, DataError> {
    Dataset::from_jsonl(file(content).path)
}

fn csv(content: impl AsRef<[u8]>) -> Result<Dataset<Ticket>, DataError> {
    let file = file(content);
    Dataset::from_csv(&file.path)
}

#[test]
fn jsonl_is_read_with_its_lines() {
    let text = format!(
        "\u{feff}{}\r\n\r\n   \n{}",
        ticket_line("first"),
        ticket_line("second")
    );
    let file = file(text);
    let data: Dataset<Ticket> = Dataset::from_jsonl(&file.path).expect("the file is valid");
    assert_eq!(*data, [ticket("first"), ticket("second")]);
    let path = file.path.display();
    let origins: Vec<_> = [0, 1, 2]
        .map(|row| data.origin(row).map(ToString::to_string))
        .into();
    assert_eq!(
        origins,
        [Some(format!("{path}:1")), Some(format!("{path}:4")), None]
    );
}

#[test]
fn all_wrong_rows_are_reported_together() {
    let good = ticket_line("good");
    let file = lines(&[
        good.clone(),
        good.replace("0.5", r#""high""#)
            .replace("refund", "reefund"),
        r#"{"message": "m", "extra": 1}"#.to_owned(),
        "[1, 2]".to_owned(),
        good[..20].to_owned(),
        "{message: 1}".to_owned(),
        good.clone(),
    ]);
    let result = Dataset::<Ticket>::from_jsonl(&file.path);
    let text = result
        .as_ref()
        .err()
        .map(ToString::to_string)
        .unwrap_or_default();
    assert_eq!(
        problems(result),
        [
            r#"2: `urgency` must be a number, not "high""#,
            r#"2: `label` must be one of `refund`, `card_lost`, not "reefund""#,
            "3: `urgency` is missing",
            "3: `tags` is missing",
            "3: `label` is missing",
            "3: `extra` is not a field",
            "4: a row must be a JSON object, not an array",
            "5: the JSON ends too early, after byte 20; each line must hold one whole object",
            "6: not JSON at byte 2: key must be a string",
            "7: the row is equal to the one in line 1; remove it, or load with \
             `Loader::allow_duplicates`",
        ]
    );
    let path = file.path.display();
    assert!(text.starts_with(&format!(
        "{path} is not loaded, 10 problems:\n  {path}:2: `urgency`"
    )));
}

#[test]
fn more_than_twenty_problems_are_counted() {
    let text = jsonl("{}\n".repeat(30))
        .err()
        .map(|error| error.to_string());
    let text = text.expect("rows lack all fields");
    assert!(text.contains("not loaded, 120 problems") && text.ends_with("\n  and 100 more"));
    assert_eq!(text.lines().count(), 22);
}

#[test]
fn empty_and_missing_files_are_errors() {
    for content in ["", "\n \r\n", "\u{feff}"] {
        assert!(
            matches!(jsonl(content), Err(DataError::Empty { .. })),
            "{content:?}"
        );
    }
    for content in ["", "message,urgency,tags,label\n"] {
        assert!(
            matches!(csv(content), Err(DataError::Empty { .. })),
            "{content:?}"
        );
    }
    let error = Dataset::<Ticket>::from_jsonl("no/such/file.jsonl").err();
    let text = error.map(|error| error.to_string()).unwrap_or_default();
    assert!(
        text.starts_with("no/such/file.jsonl cannot be read: "),
        "{text}"
    );
}

#[test]
fn i12_bytes_that_are_not_utf8_are_reported_with_line_and_byte() {
    let good = ticket_line("good");
    let mut content = format!("{good}\n").into_bytes();
    content.extend(b"{\"message\": \"\xff\xfe\"}\n");
    assert_eq!(
        problems(jsonl(content)),
        ["2: not UTF-8 at byte 14 of the line"]
    );

    let table = b"message,urgency,tags,label\nab\xffc,1,[],refund\n";
    assert_eq!(
        problems(csv(table)),
        ["2: `message` is not UTF-8 at byte 3 of the cell"]
    );
    assert_eq!(
        problems(csv(b"mess\xffage\nx\n")),
        ["1: the name of column 1 is not UTF-8"]
    );
}

#[test]
fn a_huge_line_is_refused_and_not_kept() {
    let file = lines(&[
        ticket_line("first"),
        ticket_line(&"x".repeat(5_000)),
        ticket_line("last"),
    ]);
    let loaded = Loader::new()
        .longest_line(1_000)
        .jsonl::<Ticket>(&file.path);
    assert_eq!(
        problems(loaded),
        ["2: the row is longer than 1000 bytes; raise `Loader::longest_line` if this is intended"]
    );
    assert!(Dataset::<Ticket>::from_jsonl(&file.path).is_ok());
}

#[test]
fn i12_deep_nesting_is_an_error() {
    let found = problems(jsonl("[".repeat(100_000)));
    assert!(found[0].contains("recursion limit"), "{found:?}");
}

#[test]
fn the_loader_relaxes_one_rule_at_a_time() {
    let row = ticket_line("same");
    let extra = row.replacen('{', r#"{"id": 7, "split": "train", "#, 1);
    let file = lines(&[row, extra.replace("same", "other"), extra]);
    let found = problems(
        Loader::new()
            .ignore_columns(["split"])
            .jsonl::<Ticket>(&file.path),
    );
    assert!(found[0].starts_with("2: `id` is not a field"), "{found:?}");
    let found = problems(
        Loader::new()
            .ignore_unknown_columns()
            .jsonl::<Ticket>(&file.path),
    );
    assert!(
        found[0].starts_with("3: the row is equal to the one in line 1"),
        "{found:?}"
    );
    let loose = Loader::new()
        .ignore_columns(["split", "id"])
        .allow_duplicates();
    let data = loose
        .jsonl::<Ticket>(&file.path)
        .expect("nothing is left to refuse");
    assert_eq!(data.len(), 3);
    let data = loose
        .limit(2)
        .jsonl::<Ticket>(&file.path)
        .expect("two rows are read");
    assert_eq!(data.len(), 2);
}

#[test]
fn csv_cells_are_read_by_the_type_of_their_field() {
    let data = csv("\u{feff}message,urgency,tags,label,note\r\n\
                    42,0.5,\"[\"\"a\"\", \"\"b\"\"]\",refund,\r\n\
                    \r\n\
                    \"two\nlines, and a comma\",-1e2,[],card_lost,true\r\n");
    let data = data.expect("the table is valid");
    assert_eq!(data[0].message, "42");
    assert_eq!(data[0].tags, ["a", "b"]);
    assert_eq!((data[0].urgency, &data[0].note), (0.5, &None));
    assert_eq!(data[1].message, "two\nlines, and a comma");
    assert_eq!(
        (data[1].urgency, data[1].note.as_deref()),
        (-100.0, Some("true"))
    );
    assert_eq!(data.origin(1).map(|origin| origin.line()), Some(4));
    let data =
        csv("message,urgency,tags,label\n5\" pipe,1,[],refund\n\"say \"\"hi\"\"\",1,[],refund\n");
    let data = data.expect("a quote inside a cell is a letter");
    assert_eq!(
        [&data[0].message, &data[1].message],
        ["5\" pipe", "say \"hi\""]
    );
}

#[test]
fn csv_problems_name_line_and_field() {
    let found = problems(csv("message,urgency,tags,label\n\
                              m,high,[],refund\n\
                              m,1,a;b,refunds\n\
                              m,1,[]\n"));
    assert_eq!(
        found,
        [
            r#"2: `urgency` must be a number, not "high""#,
            r#"3: `tags` must be a list, not "a;b""#,
            r#"3: `label` must be one of `refund`, `card_lost`, not "refunds""#,
            "4: the row has 3 cells, but the header has 4; quote cells that hold commas or line \
             breaks",
        ]
    );
}

#[test]
fn csv_headers_are_checked_once() {
    let found = problems(csv(
        "message,urgency,lable,message2\nm,1,refund,x\nm,1,refund,y\n",
    ));
    assert_eq!(
        found,
        [
            "1: `tags` is missing",
            "1: `label` is missing",
            "1: `lable` is not a field",
            "1: `message2` is not a field",
        ]
    );
    assert_eq!(
        problems(csv("message,message\na,b\n")),
        ["1: `message` is the name of two columns"]
    );

    let table = file("message,urgency,tags,label,note,id\nm,1,[],refund,,7\n");
    let data = Loader::new()
        .ignore_unknown_columns()
        .csv::<Ticket>(&table.path);
    assert_eq!(data.map(|data| data.len()).ok(), Some(1));
    let data = Loader::new()
        .ignore_columns(["id"])
        .csv::<Ticket>(&table.path);
    assert_eq!(data.map(|data| data.len()).ok(), Some(1));
}

#[test]
fn plain_structs_are_read_from_both_formats_alike() {
    let table = file(
        "text,count,kind,tags,note,sure\n\
                      1,2,good,\"[\"\"x\"\"]\",,True\n\
                      true,3,bad,[],n,\n",
    );
    let objects = file(
        r#"{"text": "1", "count": 2, "kind": "good", "tags": ["x"], "sure": true}
           {"text": "true", "count": 3, "kind": "bad", "note": "n"}"#,
    );
    let table: Dataset<Plain> = Dataset::from_csv_serde(&table.path).expect("the table is valid");
    let objects = Dataset::from_jsonl_serde(&objects.path).expect("the objects are valid");
    assert_eq!(*table, *objects);
    assert_eq!(table.content_id(), objects.content_id());
    assert_eq!((table[0].sure, &table[0].note), (Some(true), &None));
}

#[test]
fn serde_problems_name_line_and_field() {
    let objects = file(
        r#"{"text": "a", "count": -1, "kind": "good"}
           {"text": "a", "kind": "good"}
           {"text": "a", "count": 1, "kind": "ugly"}
           {"text": "a", "count": 1, "kind": "good", "oops": 1}"#,
    );
    assert_eq!(
        problems(Dataset::<Plain>::from_jsonl_serde(&objects.path)),
        [
            "1: `count` is wrong: invalid value: integer `-1`, expected u32",
            "2: missing field `count`",
            "3: `kind` is wrong: unknown variant `ugly`, expected `good` or `bad`",
            "4: `oops` is wrong: unknown field `oops`, expected one of `text`, `count`, `kind`, \
             `tags`, `note`, `sure`",
        ]
    );
    let table = file("text,count,kind,note,sure\na,many,good,,\na,1,ugly,,\na,1,good,,maybe\n");
    assert_eq!(
        problems(Dataset::<Plain>::from_csv_serde(&table.path)),
        [
            r#"2: `count` is wrong: invalid type: string "many", expected u32"#,
            "3: `kind` is wrong: unknown variant `ugly`, expected `good` or `bad`",
            r#"4: `sure` is wrong: invalid type: string "maybe", expected a boolean"#,
        ]
    );
}

#[test]
fn the_same_content_has_the_same_id() {
    let file = lines(&[ticket_line("ticket 0"), ticket_line("ticket 1")]);
    let read: Dataset<Ticket> = Dataset::from_jsonl(&file.path).expect("the file is valid");
    let made = Dataset::from(tickets(0..2));
    assert_eq!(read.content_id(), made.content_id());
    assert_ne!(made.content_id(), Dataset::from(tickets(0..3)).content_id());
    assert_eq!(
        made.content_id(),
        Dataset::from(tickets(0..3)).take(2).content_id()
    );
    let text = made.content_id().to_string();
    assert_eq!(text.len(), 32);
    assert_eq!(text.parse(), Ok(made.content_id()));
    for wrong in [&text[1..], &format!("+{}", &text[1..]), ""] {
        let error = wrong
            .parse::<ContentId>()
            .map_err(|error| error.to_string());
        let expected = format!("a content id is 32 hexadecimal digits, not `{wrong}`");
        assert_eq!(error, Err(expected));
    }
    let json = serde_json::to_string(&made.content_id()).expect("an id is JSON");
    assert_eq!(
        serde_json::from_str::<ContentId>(&json).ok(),
        Some(made.content_id())
    );
}

#[test]
fn i4_a_split_depends_on_rows_seed_and_ratio_alone() {
    let split = |seed| {
        Dataset::from(tickets(0..20))
            .split(seed, Ratio::new(40, 30, 30))
            .expect("twenty rows are enough")
    };
    let (one, same, other) = (split(7), split(7), split(8));
    assert_eq!(**one.train(), **same.train());
    assert_ne!(one.train().content_id(), other.train().content_id());
    let holdout = one.holdout().expect("there is a hold-out");
    assert_eq!(
        (one.train().len(), one.val().len(), holdout.len()),
        (8, 6, 6)
    );
    // Written down once: published splits must stay what they are.
    let first: Vec<_> = one.train().iter().map(|row| row.message.as_str()).collect();
    assert_eq!(first[..3], ["ticket 13", "ticket 8", "ticket 7"]);
    assert_eq!(
        one.train().origin(0).map(ToString::to_string),
        Some("row 14".to_owned())
    );
}

#[test]
fn parts_that_would_be_empty_are_errors() {
    let split = |n: usize, ratio| {
        let error = Dataset::from(tickets(0..n)).split(1, ratio).err();
        error.map(|error| error.to_string())
    };
    assert_eq!(
        split(3, Ratio::new(98, 1, 1)).as_deref(),
        Some(
            "the val part is empty; 3 different rows were split 98:1:1; use more rows or a larger \
             share"
        )
    );
    assert!(split(10, Ratio::new(0, 1, 1)).is_some_and(|text| text.contains("the train part")));
    assert!(split(10, Ratio::new(0, 0, 0)).is_some());
    assert!(split(0, Ratio::new(1, 1, 1)).is_some());
    assert_eq!(split(10, Ratio::new(u32::MAX, u32::MAX, u32::MAX)), None);
    let splits = Dataset::from(tickets(0..10)).split(1, Ratio::new(7, 3, 0));
    assert!(splits.is_ok_and(|splits| splits.holdout().is_none()));
}

#[test]
fn parts_may_not_overlap() {
    let splits = Splits::builder()
        .train(tickets(0..3))
        .val(tickets(2..5))
        .holdout(tickets(4..6));
    assert_eq!(
        splits
            .build()
            .err()
            .map(|error| error.to_string())
            .as_deref(),
        Some(
            "the parts overlap; each row may be in one part only. Remove the rows, or accept them with `allow_overlap`:\n  \
             val (row 1) is equal to train (row 3)\n  hold-out (row 1) is equal to val (row 3)"
        )
    );
}

#[test]
fn each_part_is_the_one_that_was_named() {
    let splits = Splits::builder()
        .holdout(tickets(4..6))
        .val(tickets(3..4))
        .train(tickets(0..3));
    let splits = splits.build().expect("the tickets differ");
    let holdout = splits.holdout().expect("a hold-out was set").content_id();
    assert_eq!(holdout, Dataset::from(tickets(4..6)).content_id());
    assert_eq!(**splits.train(), tickets(0..3));
    assert_eq!(**splits.val(), tickets(3..4));

    let without = Splits::builder().train(tickets(0..3)).val(tickets(3..4));
    let without = without.build().expect("a hold-out is not required");
    assert!(without.holdout().is_none());
}

#[test]
fn a_part_that_is_missing_or_empty_is_an_error() {
    let part = |splits: SplitsBuilder<Ticket>| match splits.build().err() {
        Some(DataError::EmptyPart { part, .. }) => part,
        other => panic!("another result: {other:?}"),
    };
    let builder = Splits::builder;
    assert_eq!(part(builder().val(tickets(0..3))), "train");
    assert_eq!(part(builder().train(tickets(0..3))), "val");
    let empty = builder().train(tickets(0..3)).val(tickets(3..4));
    assert_eq!(part(empty.holdout(tickets(0..0))), "hold-out");
}

#[test]
fn a_file_may_say_which_part_a_row_belongs_to() {
    let names = ["train", "dev", "test", "validation", "holdout", "val"];
    let row = |(number, name): (usize, &&str)| {
        let line = ticket_line(&number.to_string());
        line.replacen('{', &format!(r#"{{"split": "{name}", "#), 1)
    };
    let rows: Vec<_> = names.iter().enumerate().map(row).collect();
    let file = lines(&rows);
    let splits = Splits::<Ticket>::from_jsonl(&file.path).expect("each row names its part");
    let holdout = splits.holdout().map(|holdout| holdout.len());
    assert_eq!(
        (splits.train().len(), splits.val().len(), holdout),
        (1, 3, Some(2))
    );
    assert_eq!(format!("{splits:?}").matches("ticket").count(), 0);

    let wrong = lines(&[
        rows[0].clone(),
        rows[0].replace("train", "trian"),
        ticket_line("x"),
    ]);
    assert_eq!(
        problems(Splits::<Ticket>::from_jsonl(&wrong.path)),
        [
            r#"2: `split` must be `train`, `val` (or `dev`, `validation`) or `holdout` (or `test`), not "trian""#,
            "3: `split` is missing; name the part of each row, or load a `Dataset` and `split` it",
        ]
    );

    let leak = lines(&[
        rows[0].clone(),
        rows[1].clone(),
        rows[0].replace("train", "test"),
    ]);
    let loaded = Loader::new()
        .allow_duplicates()
        .splits_jsonl::<Ticket>(&leak.path);
    let text = loaded
        .err()
        .map(|error| error.to_string())
        .unwrap_or_default();
    let path = leak.path.display();
    assert!(
        text.contains(&format!("hold-out ({path}:3) is equal to train ({path}:1)")),
        "{text}"
    );
}

#[test]
fn a_table_may_say_which_part_a_row_belongs_to() {
    let table = file(
        "split,message,urgency,tags,label\n\
                      train,a,1,[],refund\n\
                      dev,b,1,[],refund\n",
    );
    let splits = Splits::<Ticket>::from_csv(&table.path).expect("each row names its part");
    assert!(splits.holdout().is_none());
    let table = file("message,urgency,tags,label\na,1,[],refund\n");
    let found = problems(Splits::<Ticket>::from_csv(&table.path));
    assert!(found[0].starts_with("1: `split` is missing"), "{found:?}");
}

#[test]
fn plain_structs_are_read_into_parts_from_both_formats_alike() {
    let table = file(
        "split,text,count,kind,note,sure\n\
                      train,a,1,good,,\n\
                      val,b,2,bad,,\n",
    );
    let objects = file(
        r#"{"split": "train", "text": "a", "count": 1, "kind": "good"}
           {"split": "val", "text": "b", "count": 2, "kind": "bad"}"#,
    );
    // `Plain` takes no column `split`: it is taken out before.
    let table = Splits::<Plain>::from_csv_serde(&table.path);
    let objects = Splits::<Plain>::from_jsonl_serde(&objects.path);
    let (table, objects) = (table.expect("a table"), objects.expect("objects"));
    assert_eq!(**table.train(), **objects.train());
    assert_eq!(**table.val(), **objects.val());
}

/// Rate it.
#[signature]
struct Loose {
    #[input]
    anything: Value,
    #[input]
    few: Option<Vec<u8>>,
    #[output]
    label: Option<Label>,
}

#[test]
fn a_cell_is_text_where_its_type_takes_the_text_and_else_json() {
    let table = file("anything,few,label\n5,\"[1, 2]\",refund\n,,\n");
    let data = Dataset::<Loose>::from_csv(&table.path).expect("the table is valid");
    assert_eq!(data[0].anything, Value::from("5"));
    assert_eq!(data[0].few, Some(vec![1, 2]));
    assert_eq!(data[0].label, Some(Label::Refund));
    assert_eq!(data[1].anything, Value::Null);
    assert_eq!((&data[1].few, &data[1].label), (&None, &None));

    // A column whose type takes any JSON must be there; those of options need not be.
    let table = file("few\n[1]\n");
    let found = problems(Dataset::<Loose>::from_csv(&table.path));
    assert_eq!(found, ["1: `anything` is missing"]);
}

#[test]
fn i1_parts_are_shared_and_shortened_without_copies() {
    let splits = Dataset::from(tickets(0..20))
        .split(3, Ratio::new(1, 1, 1))
        .expect("enough rows");
    let few = splits.train().take(2);
    assert_eq!(few.len(), 2);
    assert!(std::ptr::eq(
        &raw const few[0],
        &raw const splits.train()[0]
    ));
    assert_eq!(splits.train().take(99).len(), splits.train().len());
    assert!(few.origin(2).is_none());
    assert_ne!(few.content_id(), splits.train().content_id());
}

#[test]
fn rows_with_equal_content_stay_together() {
    let rows: Vec<_> = (0..60)
        .map(|number| ticket(&(number % 10).to_string()))
        .collect();
    let splits = Dataset::from(rows)
        .split(5, Ratio::new(1, 1, 1))
        .expect("ten different rows");
    let messages = |rows: &[Ticket]| -> std::collections::BTreeSet<String> {
        rows.iter().map(|row| row.message.clone()).collect()
    };
    assert!(messages(splits.train()).is_disjoint(&messages(splits.val())));
}

#[test]
fn a_plain_struct_is_its_own_example() {
    fn input_of<E: Example<E>>(row: &E) -> E {
        row.input()
    }
    let row = Plain {
        text: "t".to_owned(),
        count: 1,
        kind: Kind::Bad,
        tags: vec![],
        note: None,
        sure: None,
    };
    assert_eq!(input_of(&row), row);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn i12_no_bytes_make_a_loader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let file = file(bytes);
        let _ = Dataset::<Ticket>::from_jsonl(&file.path);
        let _ = Dataset::<Ticket>::from_csv(&file.path);
        let _ = Dataset::<Plain>::from_jsonl_serde(&file.path);
        let _ = Dataset::<Plain>::from_csv_serde(&file.path);
        let _ = Splits::<Ticket>::from_jsonl(&file.path);
    }

    #[test]
    fn i12_no_text_like_a_table_makes_a_loader_panic(text in "[a,\"\n\r{}:\\[\\] 1é]{0,80}") {
        let file = file(format!("message,urgency,tags,label,note\n{text}"));
        let _ = Dataset::<Ticket>::from_csv(&file.path);
        let _ = Dataset::<Plain>::from_csv_serde(&file.path);
        let _ = Dataset::<Ticket>::from_jsonl(&file.path);
    }

    #[test]
    fn a_split_neither_loses_nor_repeats_a_row(
        numbers in prop::collection::vec(0_u8..40, 3..60),
        seed: u64,
        ratio in (1_u32..9, 1_u32..9, 1_u32..9),
    ) {
        let rows: Vec<_> = numbers.iter().map(|number| ticket(&number.to_string())).collect();
        let n = rows.len();
        let ratio = Ratio::new(ratio.0, ratio.1, ratio.2);
        if let Ok(splits) = Dataset::from(rows).split(seed, ratio) {
            let holdout = splits.holdout().map_or(0, |holdout| holdout.len());
            prop_assert_eq!(splits.train().len() + splits.val().len() + holdout, n);
        }
    }
}

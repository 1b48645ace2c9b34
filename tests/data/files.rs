//! Lines and files as a whole.

use super::*;

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

//! Parts of a data set, and which rows are equal.

use super::*;

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

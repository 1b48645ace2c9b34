//! Rows that are plain structs.

use super::*;

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

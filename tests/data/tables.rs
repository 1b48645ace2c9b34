//! Tables in CSV.

use super::*;

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

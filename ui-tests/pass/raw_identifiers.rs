//! `r#type` is the field `type` of prompt and data.

use dashoptimize::signature::{Row, Signature};
use dashoptimize::{FieldType, signature};

#[derive(Clone, Debug, PartialEq, FieldType)]
struct Entry {
    r#match: bool,
}

#[signature]
struct Sort {
    #[input]
    r#type: String,
    #[output]
    r#loop: Entry,
}

fn main() {
    let names: Vec<&str> = Sort::SPEC.fields.iter().map(|field| &*field.name).collect();
    assert_eq!(names, ["type", "loop"]);
    assert_eq!(Sort::SPEC.fields[0].prefix, "Type:");
    let row = Sort {
        r#type: "a".to_owned(),
        r#loop: Entry { r#match: true },
    };
    let fields = row.to_fields();
    assert_eq!(fields["loop"]["match"], true);
    assert!(Sort::from_fields(fields).is_ok());
    let _ = SortInput { r#type: String::new() };
}

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

/// Matches.
#[dashoptimize::tool]
fn r#match(r#type: String, mut r#loop: bool) -> bool {
    r#loop &= r#type.is_empty();
    r#loop
}

fn main() {
    let tools = dashoptimize::tools![r#match];
    assert_eq!(tools[0].spec().name, "match");
    assert!(tools[0].spec().in_words().contains("`type` (text)"));
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

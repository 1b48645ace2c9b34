//! A skipped field is filled by `Default`; a renamed one is known by its new name only.

use dashoptimize::evaluate::Example;
use dashoptimize::signature;
use dashoptimize::signature::{Row, Signature};

#[signature]
#[derive(Clone, Debug, PartialEq)]
struct Qa {
    #[skip]
    line: Option<usize>,
    #[input(rename = "query")]
    question: String,
    #[output]
    answer: Option<String>,
}

fn main() {
    assert_eq!(
        Qa::SPEC.instructions,
        "Given the fields `query`, produce the fields `answer`."
    );
    let fields = serde_json::json!({ "query": "why?" });
    let row = Qa::from_fields(fields.as_object().unwrap().clone()).unwrap();
    assert_eq!(row.line, None);
    assert_eq!(row.clone().input(), QaInput { question: "why?".to_owned() });
    assert_eq!(Example::fields(&row).keys().collect::<Vec<_>>(), ["query", "answer"]);
    let again = Qa::from_fields(Qa { line: Some(7), ..row }.to_fields()).unwrap();
    assert_eq!(again.line, None);
    let old_name = serde_json::json!({ "question": "why?" });
    let error = Qa::from_fields(old_name.as_object().unwrap().clone()).unwrap_err();
    assert_eq!(error.to_string(), "`query` is missing; `question` is not a field");
}

//! `JsonAdapter`: the outputs as one JSON object.

use std::fmt::Write;

use serde_json::Value;

use super::reader::{self, ReplyForm};
use super::render::{NOT_SUPPLIED, demo_turns, opening, push_json, query, repair_request};
use super::{Adapter, ParseError, Parsed, json_schema};
use crate::lm::{Message, ReplyFormat};
use crate::signature::{Field, SignatureSpec, Ty};
use crate::state::{Demo, PredictorState};

/// One JSON object with the outputs as keys. A provider that supports it is asked to enforce the
/// [schema](json_schema) of the object. The inputs have the form of
/// [`ChatAdapter`](super::ChatAdapter), so that long texts stay readable.
///
/// ```
/// use dashoptimize::adapter::{Adapter, JsonAdapter};
/// use dashoptimize::lm::ReplyFormat;
/// use dashoptimize::signature::make_signature;
///
/// let spec = make_signature("question -> answer: int", "Count.")?;
/// assert!(matches!(JsonAdapter.format(&spec), ReplyFormat::JsonSchema { .. }));
///
/// let read = JsonAdapter.parse(&spec, r#"{"answer": 8}"#)?;
/// assert_eq!(read.values, [8]);
/// assert!(read.receipt.repairs.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct JsonAdapter;

impl Adapter for JsonAdapter {
    fn name(&self) -> &'static str {
        "json"
    }

    fn opening(&self, spec: &SignatureSpec, state: &PredictorState) -> Vec<Message> {
        opening(spec, state, &form(spec))
    }

    fn demo(&self, spec: &SignatureSpec, demo: &Demo) -> [Message; 2] {
        demo_turns(spec, demo, object(spec, demo))
    }

    fn query(&self, spec: &SignatureSpec, inputs: &[Value]) -> String {
        query(spec, inputs)
    }

    fn parse(&self, spec: &SignatureSpec, reply: &str) -> Result<Parsed, ParseError> {
        reader::read(spec, reply, ReplyForm::Json)
    }

    fn repair(&self, spec: &SignatureSpec, error: &ParseError) -> String {
        repair_request(error, &format!("as {}", form(spec)))
    }

    fn format(&self, spec: &SignatureSpec) -> ReplyFormat {
        let is_safe = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let name: String = spec.name.chars().filter(|c| is_safe(*c)).take(64).collect();
        ReplyFormat::JsonSchema {
            name: if name.is_empty() {
                "reply".to_owned()
            } else {
                name
            },
            schema: json_schema(spec),
        }
    }
}

/// The form of a reply, as the end of a sentence.
fn form(spec: &SignatureSpec) -> String {
    let names: Vec<String> = spec
        .outputs()
        .map(|field| format!("`{}`", field.name))
        .collect();
    format!(
        "one JSON object with the keys {}, in this order, and nothing else.",
        names.join(", ")
    )
}

/// The outputs of a demo on one line, in the order of the spec.
fn object(spec: &SignatureSpec, demo: &Demo) -> String {
    let mut out = String::from("{");
    for (index, field) in spec.outputs().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        // Writing to a `String` cannot fail.
        let _ = write!(out, "{}: ", Value::from(&*field.name));
        push_value(&mut out, field, demo.outputs.get(&*field.name));
    }
    out.push('}');
    out
}

fn push_value(out: &mut String, field: &Field, value: Option<&Value>) {
    match value {
        Some(value) => push_json(out, &field.ty, value),
        None => push_json(out, &Ty::Str, &NOT_SUPPLIED.into()),
    }
}

//! `ChatAdapter`: sections under field markers.

use serde_json::Value;

use super::marker::{COMPLETED, STOP, marker};
use super::reader::{self, ReplyForm};
use super::render::{demo_turns, named, opening, output_turn, query, repair_request};
use super::{Adapter, ParseError, Parsed};
use crate::lm::Message;
use crate::signature::SignatureSpec;
use crate::state::{Demo, PredictorState};

/// Sections under field markers, `[[ ## field ## ]]`. Most models write this form reliably.
///
/// The system message states once what the step does, which fields it has, and how to reply. Demos
/// are turns of the conversation, and the query has exactly the same form.
///
/// ```
/// use dashoptimize::adapter::{Adapter, ChatAdapter};
/// use dashoptimize::signature::make_signature;
///
/// let spec = make_signature("question -> answer: int", "Count.")?;
/// let query = ChatAdapter.query(&spec, &["How many legs has a spider?".into()]);
/// assert_eq!(query, "[[ ## question ## ]]\nHow many legs has a spider?");
///
/// let read = ChatAdapter.parse(&spec, "[[ ## answer ## ]]\nabout 8\n\n[[ ## completed ## ]]")?;
/// assert_eq!(read.values, [8]);
/// assert_eq!(read.receipt.repairs[0].done, "extracted the number 8 from \"about 8\"");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct ChatAdapter;

impl Adapter for ChatAdapter {
    fn name(&self) -> &'static str {
        "chat"
    }

    fn opening(&self, spec: &SignatureSpec, state: &PredictorState) -> Vec<Message> {
        opening(spec, state, &format!("the output fields, {}", form(spec)))
    }

    fn demo(&self, spec: &SignatureSpec, demo: &Demo) -> [Message; 2] {
        demo_turns(
            spec,
            demo,
            output_turn(named(spec.outputs(), &demo.outputs)),
        )
    }

    fn query(&self, spec: &SignatureSpec, inputs: &[Value]) -> String {
        query(spec, inputs)
    }

    fn parse(&self, spec: &SignatureSpec, reply: &str) -> Result<Parsed, ParseError> {
        reader::read(spec, reply, ReplyForm::Sections)
    }

    fn repair(&self, spec: &SignatureSpec, error: &ParseError) -> String {
        repair_request(error, &form(spec))
    }

    fn stop(&self) -> Vec<String> {
        vec![STOP.to_owned()]
    }
}

/// The form of a reply, as the end of a sentence. It is not given as a template, because small models
/// copy the lines of a template together with its placeholders.
fn form(spec: &SignatureSpec) -> String {
    let mut form = String::new();
    for (index, field) in spec.outputs().enumerate() {
        let step = if index == 0 {
            "starting with the field"
        } else {
            ", then"
        };
        form.push_str(step);
        form.push_str(" `");
        form.push_str(&marker(&field.name));
        form.push('`');
    }
    form.push_str(", and then ending with the marker for `");
    form.push_str(&marker(COMPLETED));
    form.push_str("`.");
    form
}

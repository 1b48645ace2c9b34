//! `ChatAdapter`: sections under field markers.

use serde_json::Value;

use super::marker::{COMPLETED, STOP, marker};
use super::reader::{self, Form};
use super::render::{demo_turns, input_turn, named, output_turn, push_fields};
use super::{Adapter, ParseError, Parsed};
use crate::lm::{Message, Role};
use crate::signature::SignatureSpec;
use crate::state::{Demo, PredictorState};

/// Sections under field markers, `[[ ## field ## ]]`: what most models write most readily.
///
/// The system message says, once, what the step does, which fields there are, and how to reply. Demos
/// are turns of the conversation, and the query has exactly their form.
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
/// assert_eq!(read.receipt.repairs[0].done, "took the number 8 out of \"about 8\"");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct ChatAdapter;

impl Adapter for ChatAdapter {
    fn name(&self) -> &'static str {
        "chat"
    }

    fn opening(&self, spec: &SignatureSpec, state: &PredictorState) -> Vec<Message> {
        let mut system = super::instructions(spec, state).to_owned();
        system.push_str("\n\n");
        push_fields(&mut system, spec, state);
        system.push_str("\nRespond with the output fields, ");
        system.push_str(&form(spec));
        vec![Message::new(Role::System, system)]
    }

    fn demo(&self, spec: &SignatureSpec, demo: &Demo) -> [Message; 2] {
        demo_turns(
            spec,
            demo,
            output_turn(named(spec.outputs(), &demo.outputs)),
        )
    }

    fn query(&self, spec: &SignatureSpec, inputs: &[Value]) -> String {
        input_turn(spec.inputs().zip(inputs.iter().map(Some)))
    }

    fn parse(&self, spec: &SignatureSpec, reply: &str) -> Result<Parsed, ParseError> {
        reader::read(spec, reply, Form::Sections)
    }

    fn repair(&self, spec: &SignatureSpec, error: &ParseError) -> String {
        let problems = super::receipt::join(&error.problems);
        let form = form(spec);
        format!("Your reply cannot be used: {problems}. Write the whole reply again, {form}")
    }

    fn stop(&self) -> Vec<String> {
        vec![STOP.to_owned()]
    }
}

/// The form of a reply, as the end of a sentence. It is a sentence and no template, because small
/// models copy the lines of a template and what stands in the place of its values.
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

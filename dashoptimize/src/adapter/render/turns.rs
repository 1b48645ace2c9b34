//! The turns of a conversation: sections under field markers.

use serde_json::{Map, Value};

use super::values::{push_input, push_output, size_hint};
use crate::adapter::marker::{COMPLETED, escape_from, push_marker};
use crate::lm::Message;
use crate::signature::{Field, SignatureSpec, Ty};
use crate::state::Demo;

/// The text in place of a value that a demo lacks. The wording is DSPy's.
pub(in crate::adapter) const NOT_SUPPLIED: &str = "Not supplied for this particular example.";

/// The user turn for these inputs, which are given in the order of the spec.
pub(in crate::adapter) fn query(spec: &SignatureSpec, inputs: &[Value]) -> String {
    input_turn(spec.inputs().zip(inputs.iter().map(Some)))
}

/// The user turn: the inputs under their markers.
fn input_turn<'a>(inputs: impl Iterator<Item = (&'a Field, Option<&'a Value>)> + Clone) -> String {
    sections(inputs, push_input, 0)
}

/// The assistant turn: the outputs under their markers, then the end marker.
pub(in crate::adapter) fn output_turn<'a>(
    outputs: impl Iterator<Item = (&'a Field, Option<&'a Value>)> + Clone,
) -> String {
    let mut turn = sections(outputs, push_output, COMPLETED.len() + 14);
    turn.push_str("\n\n");
    push_marker(&mut turn, COMPLETED);
    turn
}

/// A demo as two turns, with this text as the turn of the model.
pub(crate) fn demo_turns(spec: &SignatureSpec, demo: &Demo, assistant: String) -> [Message; 2] {
    let user = input_turn(named(spec.inputs(), &demo.inputs));
    [Message::user(user), Message::assistant(assistant)]
}

/// The fields with their values, as far as a demo has them.
pub(in crate::adapter) fn named<'a>(
    fields: impl Iterator<Item = &'a Field> + Clone,
    values: &'a Map<String, Value>,
) -> impl Iterator<Item = (&'a Field, Option<&'a Value>)> + Clone {
    fields.map(|field| (field, values.get(&*field.name)))
}

fn sections<'a>(
    fields: impl Iterator<Item = (&'a Field, Option<&'a Value>)> + Clone,
    push: fn(&mut String, &Ty, &Value),
    spare: usize,
) -> String {
    let sizes = fields
        .clone()
        .map(|(field, value)| field.name.len() + 15 + value.map_or(NOT_SUPPLIED.len(), size_hint));
    let mut turn = String::with_capacity(sizes.sum::<usize>() + spare);
    for (index, (field, value)) in fields.enumerate() {
        if index > 0 {
            turn.push_str("\n\n");
        }
        push_marker(&mut turn, &field.name);
        turn.push('\n');
        let start = turn.len();
        match value {
            Some(value) => push(&mut turn, &field.ty, value),
            None => turn.push_str(NOT_SUPPLIED),
        }
        escape_from(&mut turn, start);
    }
    turn
}

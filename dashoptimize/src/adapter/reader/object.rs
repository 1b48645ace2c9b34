//! Outputs in one JSON object.

use serde_json::{Map, Value};

use super::extract;
use super::loose_json;
use super::single::single;
use super::source::{OutputSource, OutputSources};
use super::structure::take_similar;
use crate::adapter::Receipt;
use crate::adapter::spelling::same_name;
use crate::signature::{SignatureSpec, Ty};

/// How many wrappers are removed.
const WRAPPERS: usize = 3;

/// The outputs in the first object that has some of them. `None` if no object has any.
pub(super) fn find<'a>(
    spec: &SignatureSpec,
    reply: &'a str,
    receipt: &mut Receipt,
) -> Option<OutputSources<'a>> {
    extract::values(reply, &['{', '[', '"']).find_map(|found| {
        let mut done: Vec<String> = Vec::new();
        done.extend(found.done.map(str::to_owned));
        done.extend(found.loose.repairs.iter().map(|&repair| repair.to_owned()));
        let object = unwrap(spec, found.loose.value, WRAPPERS, &mut done)?;
        done.into_iter().for_each(|done| receipt.repaired("", done));
        Some(sources(spec, object, found.loose.cut, receipt))
    })
}

/// The object that has outputs: the value itself, or an object inside a list with one item, a JSON
/// string, or another object.
fn unwrap(
    spec: &SignatureSpec,
    value: Value,
    wrappers: usize,
    done: &mut Vec<String>,
) -> Option<Map<String, Value>> {
    let inside = match value {
        Value::Object(object) if has_outputs(spec, &object) => return Some(object),
        _ if wrappers == 0 => return None,
        Value::Object(mut object) => {
            let (key, _) = single(object.iter().filter(|(_, value)| value.is_object()))?;
            let key = key.clone();
            done.push(format!("unwrapped the fields from `{key}`"));
            object.remove(&key)?
        }
        Value::Array(mut items) if items.len() == 1 => {
            done.push("used the only object of a list".to_owned());
            items.pop()?
        }
        Value::String(text) => {
            let parsed = loose_json::parse(&text)?;
            done.push("read the JSON inside a JSON string".to_owned());
            done.extend(parsed.repairs.iter().map(|&repair| repair.to_owned()));
            parsed.value
        }
        _ => return None,
    };
    unwrap(spec, inside, wrappers - 1, done)
}

fn has_outputs(spec: &SignatureSpec, object: &Map<String, Value>) -> bool {
    let mut outputs = spec.outputs();
    outputs.any(|output| object.keys().any(|key| same_name(key, &output.name)))
}

fn sources<'a>(
    spec: &SignatureSpec,
    mut object: Map<String, Value>,
    cut: bool,
    receipt: &mut Receipt,
) -> OutputSources<'a> {
    let exact: Vec<Option<Value>> = spec
        .outputs()
        .map(|field| object.remove(&*field.name))
        .collect();
    let mut sources = Vec::with_capacity(exact.len());
    for (field, value) in spec.outputs().zip(exact) {
        let value = value.or_else(|| {
            let (key, value) = take_similar(&mut object, &field.name)?;
            receipt.repaired(&field.name, format!("read the key `{key}` as the field"));
            Some(value)
        });
        // The part that was cut off may have held a value.
        let absent = || (matches!(field.ty, Ty::Optional(_)) && !cut).then_some(Value::Null);
        sources.push(value.or_else(absent).map(OutputSource::Json));
    }
    for key in object.keys() {
        receipt.repaired("", format!("left out `{key}`, which is not an output"));
    }
    sources
}

//! Outputs in one JSON object.

use std::mem;

use super::effort::Effort;
use super::extract::{EmbeddedJson, JsonValues};
use super::loose_json;
use super::named::{NamedKey, keys_of};
use super::schema_echo::repeats_schema;
use super::sections::Turns;
use super::single::single;
use super::source::{OutputSource, OutputSources};
use super::written_json::{Entries, Shape, WrittenJson};
use crate::adapter::Receipt;
use crate::signature::{SignatureSpec, Ty};

/// How many wrappers are removed.
const WRAPPERS: usize = 3;

/// An object that has outputs.
struct OutputObject<'a> {
    entries: Entries<'a>,
    keys: Vec<NamedKey>,
    cut: bool,
    end: usize,
    done: Vec<String>,
}

/// The outputs in the last object that has all of them, or else in the object that has most of them.
/// `None` if no object has any. An object that comes after the start of another turn does not count.
pub(super) fn find<'a>(
    spec: &SignatureSpec,
    reply: &'a str,
    effort: &Effort,
    receipt: &mut Receipt,
) -> Option<OutputSources<'a>> {
    let mut best: Option<OutputObject<'a>> = None;
    let turns = Turns::of(spec, reply);
    let mut values = JsonValues::new(reply, &['{', '[', '"'], effort);
    while let Some(found) = values.next() {
        if best
            .as_ref()
            .is_some_and(|best| turns.start_between(best.end, found.start))
        {
            break;
        }
        let strict = found.loose.repairs.is_empty();
        let object = object(spec, found, effort);
        let whole = object.as_ref().is_some_and(|object| object.is_whole(spec));
        if !whole && !strict {
            // What was taken for an object may have begun in the prose before the object.
            values.enter();
        }
        if let Some(object) = object
            && best
                .as_ref()
                .is_none_or(|best| object.is_better(best, spec))
        {
            best = Some(object);
        }
    }
    let mut best = best?;
    for done in mem::take(&mut best.done) {
        receipt.repaired("", done);
    }
    Some(best.sources(spec, receipt))
}

fn object<'a>(
    spec: &SignatureSpec,
    found: EmbeddedJson<'a>,
    effort: &Effort,
) -> Option<OutputObject<'a>> {
    let mut done: Vec<String> = Vec::new();
    done.extend(found.done.map(str::to_owned));
    done.extend(found.loose.repairs.iter().map(|&repair| repair.to_owned()));
    let entries = unwrap(spec, found.loose.value, WRAPPERS, effort, &mut done)?;
    Some(OutputObject {
        keys: keys(spec, &entries),
        entries,
        cut: found.loose.cut,
        end: found.end,
        done,
    })
}

fn keys(spec: &SignatureSpec, entries: &Entries<'_>) -> Vec<NamedKey> {
    let names: Vec<&str> = spec.outputs().map(|field| &*field.name).collect();
    let keys: Vec<&str> = entries.keys().map(|key| &**key).collect();
    keys_of(&names, &keys)
}

impl<'a> OutputObject<'a> {
    fn outputs(&self) -> usize {
        let found = self.keys.iter();
        found.filter(|key| **key != NamedKey::Absent).count()
    }

    /// Whether it has all outputs.
    fn is_whole(&self, spec: &SignatureSpec) -> bool {
        let optional = |ty: &Ty| matches!(ty, Ty::Optional(_));
        let mut fields = spec.outputs().zip(&self.keys);
        !self.cut && fields.all(|(field, key)| *key != NamedKey::Absent || optional(&field.ty))
    }

    /// Whether it counts rather than an object that comes before it.
    fn is_better(&self, other: &Self, spec: &SignatureSpec) -> bool {
        match (self.is_whole(spec), other.is_whole(spec)) {
            (true, _) => true,
            (false, true) => false,
            (false, false) => self.outputs() > other.outputs(),
        }
    }

    fn sources(mut self, spec: &SignatureSpec, receipt: &mut Receipt) -> OutputSources<'a> {
        let keys: Vec<String> = self.entries.keys().map(|key| key.to_string()).collect();
        let mut left = vec![true; keys.len()];
        let mut sources = Vec::with_capacity(self.keys.len());
        for (field, key) in spec.outputs().zip(&self.keys) {
            if let Ok(Some(index)) = key.index() {
                left[index] = false;
            }
            if let NamedKey::Similar(index) = key {
                let done = format!("read the key `{}` as the field", keys[*index]);
                receipt.repaired(&field.name, done);
            }
            // The part that was cut off may have held a value.
            let absent = || (matches!(field.ty, Ty::Optional(_)) && !self.cut).then(null);
            sources.push(match key {
                NamedKey::Exact(index) | NamedKey::Similar(index) => {
                    let value = self.entries.get_index_mut(*index);
                    value.map(|(_, value)| OutputSource::Json(mem::replace(value, null())))
                }
                NamedKey::Ambiguous(problem) => Some(OutputSource::Unclear(problem.clone())),
                NamedKey::Absent => absent().map(OutputSource::Json),
            });
        }
        for (key, _) in keys.iter().zip(left).filter(|(_, left)| *left) {
            receipt.repaired("", format!("left out `{key}`, which is not an output"));
        }
        sources
    }
}

/// The object in a text that consists of it, up to a code fence around it.
pub(crate) fn object_in(text: &str, effort: &Effort) -> Option<Entries<'static>> {
    let found = JsonValues::new(text, &['{'], effort).next()?;
    found.loose.value.into_owned().into_object().ok()
}

const fn null() -> WrittenJson<'static> {
    WrittenJson::new(Shape::Null, "")
}

/// The object that has outputs: the value itself, or an object inside a list with one item, a JSON
/// string, or another object. The schema of the outputs is not such an object.
fn unwrap<'a>(
    spec: &SignatureSpec,
    value: WrittenJson<'a>,
    wrappers: usize,
    effort: &Effort,
    done: &mut Vec<String>,
) -> Option<Entries<'a>> {
    let inside = match value.shape {
        Shape::Object(object) if repeats_schema(spec, &object) => return None,
        Shape::Object(object) if has_outputs(spec, &object) => return Some(object),
        _ if wrappers == 0 => return None,
        Shape::Object(mut object) => {
            let objects = object.values().map(|value| value.as_object().is_some());
            let (index, _) = single(objects.enumerate().filter(|(_, is_object)| *is_object))?;
            let (key, inside) = object.swap_remove_index(index)?;
            done.push(format!("unwrapped the fields from `{key}`"));
            inside
        }
        Shape::List(mut items) if items.len() == 1 => {
            done.push("used the only object of a list".to_owned());
            items.pop()?
        }
        Shape::Text { text, .. } => {
            let parsed = loose_json::parse(&text, effort)?;
            done.push("read the JSON inside a JSON string".to_owned());
            done.extend(parsed.repairs.iter().map(|&repair| repair.to_owned()));
            parsed.value.into_owned()
        }
        _ => return None,
    };
    unwrap(spec, inside, wrappers - 1, effort, done)
}

fn has_outputs(spec: &SignatureSpec, object: &Entries<'_>) -> bool {
    keys(spec, object)
        .iter()
        .any(|key| *key != NamedKey::Absent)
}

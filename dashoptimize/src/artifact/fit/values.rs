//! Whether a value of a demo is of the type of its field: [`Ty::check`] in a form that a const can compute,
//! with the same answers in the same words.

use super::json::FileJson;
use crate::signature::{EnumTy, StructTy, Ty, Words, items, same, text};

/// Where in a demo a value is: the steps to it, from the last back to the first.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    before: Option<&'a Self>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Field(&'a str),
    Key(&'a str),
    Item(usize),
}

impl<'a> Place<'a> {
    pub(super) const fn field(name: &'a str) -> Self {
        Self {
            before: None,
            step: Step::Field(name),
        }
    }

    const fn to(&'a self, step: Step<'a>) -> Self {
        Self {
            before: Some(self),
            step,
        }
    }

    /// Pushes `address.lines[2]`.
    const fn push(&self, words: &mut Words<'_>) {
        if let Some(before) = self.before {
            before.push(words);
        }
        match self.step {
            Step::Item(index) => {
                words.push("[");
                words.push_number(index as i128);
                words.push("]");
                return;
            }
            Step::Field(_) | Step::Key(_) if self.before.is_some() => words.push("."),
            Step::Field(_) | Step::Key(_) => {}
        }
        match self.step {
            Step::Field(name) | Step::Key(name) => words.push(name),
            Step::Item(_) => {}
        }
    }
}

/// Pushes the first place where a value is not of a type; nothing if it is.
pub(super) const fn push_problem(
    words: &mut Words<'_>,
    ty: &Ty,
    value: FileJson<'_>,
    place: &Place<'_>,
) {
    match (ty, value) {
        (Ty::Json, _)
        | (Ty::Str, FileJson::Text(_))
        | (Ty::Bool, FileJson::Bool(_))
        | (Ty::Float, FileJson::Number(..))
        | (Ty::Optional(_), FileJson::Null) => {}
        (Ty::Int { min, max }, FileJson::Number(_, whole)) => match whole {
            Some(number) if *min <= number && number <= *max => {}
            Some(_) => {
                push_must_be(words, place, "a whole number from ");
                words.push_number(*min);
                words.push(" to ");
                words.push_number(*max);
                push_not(words, value);
            }
            None => push_mismatch(words, "a whole number", value, place),
        },
        (Ty::Optional(inner), _) => push_problem(words, inner.get(), value, place),
        (Ty::List(item), FileJson::List(list)) => push_in_list(words, item.get(), list, place),
        (Ty::Map(inner), FileJson::Object(entries)) => {
            push_in_map(words, inner.get(), entries, place);
        }
        (Ty::Enum(ty), _) => push_in_enum(words, ty, value, place),
        (Ty::Struct(ty), FileJson::Object(entries)) => push_in_struct(words, ty, entries, place),
        (ty, _) => push_mismatch(words, ty.in_words(), value, place),
    }
}

const fn push_in_list(words: &mut Words<'_>, item: &Ty, list: &[FileJson<'_>], place: &Place<'_>) {
    let before = words.length();
    let mut i = 0;
    while i < list.len() && words.length() == before {
        push_problem(words, item, list[i], &place.to(Step::Item(i)));
        i += 1;
    }
}

const fn push_in_map(
    words: &mut Words<'_>,
    inner: &Ty,
    entries: &[(&str, FileJson<'_>)],
    place: &Place<'_>,
) {
    let before = words.length();
    let mut i = 0;
    while i < entries.len() && words.length() == before {
        let (key, value) = entries[i];
        push_problem(words, inner, value, &place.to(Step::Key(key)));
        i += 1;
    }
}

/// A variant is its name, or an object with its name as the only key.
const fn push_in_enum(words: &mut Words<'_>, ty: &EnumTy, value: FileJson<'_>, place: &Place<'_>) {
    let (name, payload) = match value {
        FileJson::Text(name) => (name, None),
        FileJson::Object([(name, payload)]) => (*name, Some(*payload)),
        _ => return push_no_variant(words, ty, value, place),
    };
    let variants = items(&ty.variants);
    let mut i = 0;
    while i < variants.len() {
        if same(name, text(&variants[i].name)) {
            return match (&variants[i].payload, payload) {
                (None, None) => {}
                (Some(ty), Some(payload)) => {
                    push_problem(words, ty.get(), payload, &place.to(Step::Key(name)));
                }
                _ => push_no_variant(words, ty, value, place),
            };
        }
        i += 1;
    }
    push_no_variant(words, ty, value, place);
}

const fn push_no_variant(
    words: &mut Words<'_>,
    ty: &EnumTy,
    value: FileJson<'_>,
    place: &Place<'_>,
) {
    push_must_be(words, place, "one of `");
    let variants = items(&ty.variants);
    let mut i = 0;
    while i < variants.len() {
        words.push(if i > 0 { "`, `" } else { "" });
        words.push(text(&variants[i].name));
        i += 1;
    }
    words.push("`");
    push_not(words, value);
}

const fn push_in_struct(
    words: &mut Words<'_>,
    ty: &StructTy,
    entries: &[(&str, FileJson<'_>)],
    place: &Place<'_>,
) {
    let before = words.length();
    let properties = items(&ty.properties);
    let mut i = 0;
    while i < properties.len() {
        let (name, ty) = (text(&properties[i].name), properties[i].ty.get());
        let place = place.to(Step::Field(name));
        match FileJson::get(entries, name) {
            Some(value) => push_problem(words, ty, value, &place),
            None if matches!(ty, Ty::Optional(_)) => {}
            None => push_at(words, &place, "is missing"),
        }
        if words.length() > before {
            return;
        }
        i += 1;
    }
    push_unknown_key(words, ty, entries, place);
}

const fn push_unknown_key(
    words: &mut Words<'_>,
    ty: &StructTy,
    entries: &[(&str, FileJson<'_>)],
    place: &Place<'_>,
) {
    let mut i = 0;
    while i < entries.len() {
        let key = entries[i].0;
        if !is_property(ty, key) {
            return push_at(words, &place.to(Step::Key(key)), "is not a property");
        }
        i += 1;
    }
}

const fn is_property(ty: &StructTy, key: &str) -> bool {
    let properties = items(&ty.properties);
    let mut i = 0;
    while i < properties.len() {
        if same(text(&properties[i].name), key) {
            return true;
        }
        i += 1;
    }
    false
}

const fn push_mismatch(
    words: &mut Words<'_>,
    wanted: &str,
    value: FileJson<'_>,
    place: &Place<'_>,
) {
    push_must_be(words, place, wanted);
    push_not(words, value);
}

const fn push_must_be(words: &mut Words<'_>, place: &Place<'_>, wanted: &str) {
    push_at(words, place, "must be ");
    words.push(wanted);
}

const fn push_not(words: &mut Words<'_>, value: FileJson<'_>) {
    words.push(", not ");
    value.push_brief(words);
}

const fn push_at(words: &mut Words<'_>, place: &Place<'_>, problem: &str) {
    words.push("`");
    place.push(words);
    words.push("` ");
    words.push(problem);
}

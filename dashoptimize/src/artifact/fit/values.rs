//! Whether a value of a demo is of the type of its field. It is [`Ty::check`] over JSON text, in a form
//! that a const can compute, with the same answers in the same words.

use super::json::{Json, Kind};
use crate::signature::{EnumTy, StructTy, Ty, Words, items, text};

/// Where in a demo a value is: the way to it, from the last step back to the first.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    before: Option<&'a Self>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Field(&'a str),
    Key(Json<'a>),
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
            Step::Field(name) => words.push(name),
            Step::Key(key) => key.push_text(words),
            Step::Item(_) => {}
        }
    }
}

/// Pushes the first place where a value is not of a type; nothing where it is.
pub(super) const fn push_problem(
    words: &mut Words<'_>,
    ty: &Ty,
    value: Json<'_>,
    place: &Place<'_>,
) {
    match (ty, value.kind()) {
        (Ty::Json, _)
        | (Ty::Str, Kind::Text)
        | (Ty::Bool, Kind::Bool)
        | (Ty::Float, Kind::Number)
        | (Ty::Optional(_), Kind::Null) => {}
        (Ty::Int { min, max }, Kind::Number) => match value.whole() {
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
        (Ty::List(item), Kind::List) => push_in_list(words, item.get(), value, place),
        (Ty::Map(inner), Kind::Object) => push_in_map(words, inner.get(), value, place),
        (Ty::Enum(ty), _) => push_in_enum(words, ty, value, place),
        (Ty::Struct(ty), Kind::Object) => push_in_struct(words, ty, value, place),
        (ty, _) => push_mismatch(words, ty.in_words(), value, place),
    }
}

const fn push_in_list(words: &mut Words<'_>, item: &Ty, list: Json<'_>, place: &Place<'_>) {
    let before = words.length();
    let mut entries = list.entries();
    let mut index = 0;
    while let Some((entry, rest)) = entries.next() {
        push_problem(words, item, entry.value, &place.to(Step::Item(index)));
        if words.length() > before {
            return;
        }
        entries = rest;
        index += 1;
    }
}

const fn push_in_map(words: &mut Words<'_>, inner: &Ty, map: Json<'_>, place: &Place<'_>) {
    let before = words.length();
    let mut entries = map.entries();
    while let Some((entry, rest)) = entries.next() {
        push_problem(words, inner, entry.value, &place.to(Step::Key(entry.key)));
        if words.length() > before {
            return;
        }
        entries = rest;
    }
}

/// A variant is its name, or an object with its name as the only key.
const fn push_in_enum(words: &mut Words<'_>, ty: &EnumTy, value: Json<'_>, place: &Place<'_>) {
    let (name, payload) = match value.kind() {
        Kind::Text => (value, None),
        Kind::Object => match value.only() {
            Some(entry) => (entry.key, Some(entry.value)),
            None => return push_no_variant(words, ty, value, place),
        },
        _ => return push_no_variant(words, ty, value, place),
    };
    let variants = items(&ty.variants);
    let mut i = 0;
    while i < variants.len() {
        if name.is_text(text(&variants[i].name)) {
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

const fn push_no_variant(words: &mut Words<'_>, ty: &EnumTy, value: Json<'_>, place: &Place<'_>) {
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

const fn push_in_struct(words: &mut Words<'_>, ty: &StructTy, object: Json<'_>, place: &Place<'_>) {
    let before = words.length();
    let properties = items(&ty.properties);
    let mut i = 0;
    while i < properties.len() {
        let (name, ty) = (text(&properties[i].name), properties[i].ty.get());
        let place = place.to(Step::Field(name));
        match object.get(name) {
            Some(value) => push_problem(words, ty, value, &place),
            None if matches!(ty, Ty::Optional(_)) => {}
            None => push_at(words, &place, "is missing"),
        }
        if words.length() > before {
            return;
        }
        i += 1;
    }
    push_unknown_key(words, ty, object, place);
}

const fn push_unknown_key(
    words: &mut Words<'_>,
    ty: &StructTy,
    object: Json<'_>,
    place: &Place<'_>,
) {
    let mut entries = object.entries();
    while let Some((entry, rest)) = entries.next() {
        let properties = items(&ty.properties);
        let (mut i, mut is_known) = (0, false);
        while i < properties.len() {
            is_known |= entry.key.is_text(text(&properties[i].name));
            i += 1;
        }
        if !is_known {
            return push_at(words, &place.to(Step::Key(entry.key)), "is not a property");
        }
        entries = rest;
    }
}

const fn push_mismatch(words: &mut Words<'_>, wanted: &str, value: Json<'_>, place: &Place<'_>) {
    push_must_be(words, place, wanted);
    push_not(words, value);
}

const fn push_must_be(words: &mut Words<'_>, place: &Place<'_>, wanted: &str) {
    push_at(words, place, "must be ");
    words.push(wanted);
}

const fn push_not(words: &mut Words<'_>, value: Json<'_>) {
    words.push(", not ");
    value.push_brief(words);
}

const fn push_at(words: &mut Words<'_>, place: &Place<'_>, problem: &str) {
    words.push("`");
    place.push(words);
    words.push("` ");
    words.push(problem);
}

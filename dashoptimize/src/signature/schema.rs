//! Types in words, such as `list of text`, as artifacts store them and fingerprints hash them.

use super::field::Role;
use super::text::{items, text};
use super::ty::{Ty, TyRef};
use super::words::Words;

/// Adds a type. Two types with the same words read and write the same values, apart from the bounds
/// of numbers: an `i32` and an `i64` are both a `whole number`.
pub(crate) const fn push_type(words: &mut Words<'_>, ty: &Ty) {
    match ty {
        Ty::Str => words.push("text"),
        Ty::Int { .. } => words.push("whole number"),
        Ty::Float => words.push("number"),
        Ty::Bool => words.push("true or false"),
        Ty::Json => words.push("any JSON"),
        Ty::Optional(inner) => push_inner(words, "optional ", inner),
        Ty::List(inner) => push_inner(words, "list of ", inner),
        Ty::Map(inner) => push_inner(words, "map of ", inner),
        Ty::Enum(ty) => {
            words.push("one of ");
            let variants = items(&ty.variants);
            let mut i = 0;
            while i < variants.len() {
                words.push(if i > 0 { " | " } else { "" });
                push_name(words, text(&variants[i].name));
                if let Some(payload) = &variants[i].payload {
                    words.push("(");
                    push_type(words, payload.get());
                    words.push(")");
                }
                i += 1;
            }
        }
        Ty::Struct(ty) => {
            words.push("{");
            let properties = items(&ty.properties);
            let mut i = 0;
            while i < properties.len() {
                words.push(if i > 0 { ", " } else { " " });
                push_name(words, text(&properties[i].name));
                words.push(": ");
                push_type(words, properties[i].ty.get());
                i += 1;
            }
            words.push(" }");
        }
    }
}

/// Adds the role, name and type of a field, separated so that no two different lists of fields give
/// the same bytes. `number` follows the name unless it is 0.
pub(crate) const fn push_field(
    words: &mut Words<'_>,
    role: Role,
    name: &str,
    number: usize,
    ty: &Ty,
) {
    // This byte does not occur in UTF-8.
    const END: u8 = 0xff;
    words.push(role.as_str());
    words.push_byte(END);
    words.push(name);
    if number > 0 {
        words.push_number(number as i128);
    }
    words.push_byte(END);
    push_type(words, ty);
    words.push_byte(END);
}

const fn push_inner(words: &mut Words<'_>, of: &str, inner: &TyRef) {
    words.push(of);
    // `list of one of a | b` could be read in two ways.
    let enclosed = matches!(inner.get(), Ty::Enum(_));
    words.push(if enclosed { "(" } else { "" });
    push_type(words, inner.get());
    words.push(if enclosed { ")" } else { "" });
}

/// Adds a name, in quotes where it could be mistaken for something else.
const fn push_name(words: &mut Words<'_>, name: &str) {
    if is_plain(name) {
        words.push(name);
    } else {
        push_quoted(words, name.as_bytes());
    }
}

const fn is_plain(name: &str) -> bool {
    let bytes = name.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        // Every character with a special meaning here is ASCII.
        if bytes[i].is_ascii()
            && !matches!(bytes[i], b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-')
        {
            return false;
        }
        i += 1;
    }
    !bytes.is_empty()
}

const fn push_quoted(words: &mut Words<'_>, name: &[u8]) {
    words.push("\"");
    let mut i = 0;
    while i < name.len() {
        if matches!(name[i], b'"' | b'\\') {
            words.push("\\");
        }
        words.push_byte(name[i]);
        i += 1;
    }
    words.push("\"");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::words::written;
    use crate::signature::{FieldType, make_signature};

    fn words(ty: &Ty) -> String {
        written(|words| push_type(words, ty))
    }

    #[test]
    fn types_are_described_without_ambiguity() {
        let of = |ty: &str| {
            let spec = make_signature(&format!("a -> b: {ty}"), "").unwrap();
            words(&spec.fields[1].ty)
        };
        assert_eq!(
            words(&<Option<Vec<u8>>>::TYPE),
            "optional list of whole number"
        );
        assert_eq!(of("dict[str, float]"), "map of number");
        assert_eq!(of("Literal['yes', 'no']"), "one of yes | no");
        assert_eq!(of("list[Literal['a']]"), "list of (one of a)");
        assert_eq!(
            of("Literal['a | b', 'ja \"so\"']"),
            r#"one of "a | b" | "ja \"so\"""#
        );
    }
}

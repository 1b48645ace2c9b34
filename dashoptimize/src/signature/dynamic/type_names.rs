//! Types by their Python and Rust names.

use super::cursor::Cursor;
use super::error::SpecError;
use crate::signature::suggestion::closest_within;
use crate::signature::ty::{EnumTy, Ty, TyRef, Variant};

const INT: Ty = Ty::Int {
    min: i64::MIN as i128,
    max: i64::MAX as i128,
};

/// Names of types that contain no other types.
const PLAIN: &[(&str, Ty)] = &[
    ("str", Ty::Str),
    ("&str", Ty::Str),
    ("String", Ty::Str),
    ("string", Ty::Str),
    ("int", INT),
    ("i64", INT),
    ("i8", bounds(i8::MIN as i128, i8::MAX as i128)),
    ("i16", bounds(i16::MIN as i128, i16::MAX as i128)),
    ("i32", bounds(i32::MIN as i128, i32::MAX as i128)),
    ("isize", INT),
    ("u8", bounds(0, u8::MAX as i128)),
    ("u16", bounds(0, u16::MAX as i128)),
    ("u32", bounds(0, u32::MAX as i128)),
    ("u64", bounds(0, u64::MAX as i128)),
    ("usize", bounds(0, u64::MAX as i128)),
    ("float", Ty::Float),
    ("f64", Ty::Float),
    ("f32", Ty::Float),
    ("bool", Ty::Bool),
    ("Any", Ty::Json),
    ("Value", Ty::Json),
];

const OPTIONAL: &[&str] = &["Optional", "Option"];
const LIST: &[&str] = &["list", "List", "Vec"];
const MAP: &[&str] = &["dict", "Dict", "HashMap", "BTreeMap"];
const UNION: &str = "Union";
const LITERAL: &str = "Literal";
const NONE: &str = "None";

/// How deeply types may be nested. The limit is far beyond what anyone needs; it prevents a text from
/// an untrusted source from exhausting the stack.
const DEEPEST: usize = 32;

const fn bounds(min: i128, max: i128) -> Ty {
    Ty::Int { min, max }
}

/// Reads a type, up to the first character that cannot belong to it.
pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Ty, SpecError> {
    let at = cursor.at();
    match union(cursor, '|', 0)? {
        Some(ty) => Ok(ty),
        None => Err(cursor.error(at, "a field cannot be only `None`; write its type")),
    }
}

/// Types joined by `|` or `,`. `None` if the only one is Python's `None`.
fn union(cursor: &mut Cursor<'_>, joint: char, depth: usize) -> Result<Option<Ty>, SpecError> {
    let mut found = None;
    let mut optional = false;
    loop {
        let at = cursor.at();
        match single(cursor, depth)? {
            None => optional = true,
            Some(_) if found.is_some() => {
                let problem = "a field has one type, or one type and `None`; remove the others";
                return Err(cursor.error(at, problem));
            }
            some => found = some,
        }
        if !cursor.take(joint) {
            return Ok(found.map(|ty| if optional { make_optional(ty) } else { ty }));
        }
    }
}

fn single(cursor: &mut Cursor<'_>, depth: usize) -> Result<Option<Ty>, SpecError> {
    let (at, word) = cursor.word();
    let name = word.rsplit(['.', ':']).next().unwrap_or(word);
    if depth > DEEPEST {
        return Err(cursor.error(at, "the types are nested too deeply"));
    }
    if name == NONE {
        return Ok(None);
    }
    if let Some((_, ty)) = PLAIN.iter().find(|(plain, _)| *plain == name) {
        return Ok(Some(ty.clone()));
    }
    let ty = if name == LITERAL {
        literal(cursor)?
    } else if name == UNION {
        let close = open(cursor, at, name)?;
        let ty = union(cursor, ',', depth + 1)?;
        cursor.expect(close, "after the types of the `Union`")?;
        ty.ok_or_else(|| cursor.error(at, "a `Union` needs a type other than `None`"))?
    } else if OPTIONAL.contains(&name) {
        let close = open(cursor, at, name)?;
        make_optional(inner(cursor, close, depth)?)
    } else if LIST.contains(&name) {
        Ty::List(item(cursor, depth)?)
    } else if MAP.contains(&name) {
        Ty::Map(map_value(cursor, depth)?)
    } else {
        return Err(cursor.error(at, unknown(name)));
    };
    Ok(Some(ty))
}

fn open(cursor: &mut Cursor<'_>, at: usize, name: &str) -> Result<char, SpecError> {
    try_open(cursor).ok_or_else(|| {
        cursor.error(
            at,
            format!("`{name}` needs a type in brackets, such as `{name}[str]`"),
        )
    })
}

/// Steps over `[` or `<` and returns the bracket that closes it.
fn try_open(cursor: &mut Cursor<'_>) -> Option<char> {
    [('[', ']'), ('<', '>')]
        .into_iter()
        .find(|(open, _)| cursor.take(*open))
        .map(|(_, close)| close)
}

fn inner(cursor: &mut Cursor<'_>, close: char, depth: usize) -> Result<Ty, SpecError> {
    let at = cursor.at();
    let ty = union(cursor, '|', depth + 1)?;
    cursor.expect(close, "after the type in brackets")?;
    ty.ok_or_else(|| cursor.error(at, "`None` alone is not a type here; write a type"))
}

fn item(cursor: &mut Cursor<'_>, depth: usize) -> Result<TyRef, SpecError> {
    match try_open(cursor) {
        Some(close) => inner(cursor, close, depth).map(TyRef::from),
        None => Ok(TyRef::Static(&Ty::Json)),
    }
}

fn map_value(cursor: &mut Cursor<'_>, depth: usize) -> Result<TyRef, SpecError> {
    let Some(close) = try_open(cursor) else {
        return Ok(TyRef::Static(&Ty::Json));
    };
    let at = cursor.at();
    if union(cursor, '|', depth + 1)? != Some(Ty::Str) {
        return Err(cursor.error(at, "the keys of a map must be texts; write `dict[str, …]`"));
    }
    cursor.expect(',', "between the types of keys and values")?;
    inner(cursor, close, depth).map(TyRef::from)
}

fn literal(cursor: &mut Cursor<'_>) -> Result<Ty, SpecError> {
    cursor.expect('[', "after `Literal`")?;
    let mut variants: Vec<Variant> = Vec::new();
    loop {
        let at = cursor.at();
        let name = cursor.quoted()?;
        if variants.iter().any(|variant| variant.name == name) {
            let problem = format!("\"{name}\" appears twice; remove one of them");
            return Err(cursor.error(at, problem));
        }
        variants.push(Variant::new(name.to_owned()));
        if cursor.take(']') {
            break;
        }
        cursor.expect(',', "between the texts of the `Literal`")?;
    }
    Ok(Ty::Enum(EnumTy::new(LITERAL, variants)))
}

fn make_optional(ty: Ty) -> Ty {
    match ty {
        Ty::Optional(_) => ty,
        _ => Ty::Optional(ty.into()),
    }
}

fn unknown(name: &str) -> String {
    if name.is_empty() {
        return "a type is missing here; write one, such as `str`, or remove the `:`".to_owned();
    }
    match nearest(name) {
        Some(nearest) => format!("unknown type `{name}`; did you mean `{nearest}`?"),
        None => format!(
            "unknown type `{name}`; use `str`, `int`, `float`, `bool`, `list[…]`, `dict[str, …]`, \
             `Optional[…]` or `Literal[\"…\"]`"
        ),
    }
}

/// The known name that is at most two typing errors away and closer than any other. Short names are
/// suggested only if most of their letters are right.
fn nearest(name: &str) -> Option<&'static str> {
    let plain = PLAIN.iter().map(|(name, _)| *name);
    let known = plain.chain([OPTIONAL, LIST, MAP, &[UNION, LITERAL]].concat());
    closest_within(name, known, |known| 2.min(known.len() - 2))
}

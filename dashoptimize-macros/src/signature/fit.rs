//! Whether a rule can apply to a field, as far as the tokens of its type tell.
//!
//! They tell nothing about an alias or the user's own type; for those the expansion asks the schema.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Expr, GenericArgument, Path, PathArguments, Type};

use super::rule::{Constraint, number};

const FLOATS: [&str; 2] = ["f32", "f64"];

/// What the std types of fields are to a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Float,
    Integer(&'static Integer),
    Bool,
    Text,
    List,
    Map,
}

/// A whole number of Rust.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Integer {
    pub(super) name: &'static str,
    min: i128,
    max: i128,
}

macro_rules! integers {
    ($($ty:ident)*) => {
        [$(Integer {
            name: stringify!($ty),
            min: $ty::MIN as i128,
            max: $ty::MAX as i128,
        }),*]
    };
}

static INTEGERS: [Integer; 10] = integers!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize);

/// The whole number that a field is, alone or inside of `Option` and `Box`.
pub(super) fn integer(ty: &Type) -> Option<&'static Integer> {
    match Kind::of(ty)? {
        Kind::Integer(integer) => Some(integer),
        _ => None,
    }
}

/// Rejects an end that no value of the field can be.
fn check_end(end: &Expr, integer: &Integer) -> syn::Result<()> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "an end is written with few digits"
    )]
    let is_value = |number: f64| {
        number.fract() == 0.0 && (integer.min as f64..=integer.max as f64).contains(&number)
    };
    match number(end) {
        Some(number) if !is_value(number) => {
            let Integer { name, min, max } = integer;
            let written = end.to_token_stream();
            let shown = written.to_string().replace(' ', "");
            refuse(
                &written,
                format!(
                    "`{shown}` is not a value of `{name}`, which is a whole number from {min} to {max}"
                ),
            )
        }
        _ => Ok(()),
    }
}

/// Rejects a range on anything but a number, and a length on anything without one.
pub(super) fn check(constraint: &Constraint, ty: &Type) -> syn::Result<()> {
    let Some(kind) = Kind::of(ty) else {
        return Ok(());
    };
    match (constraint, kind) {
        (Constraint::Range { written, .. }, Kind::Text | Kind::List | Kind::Map) => {
            let called = kind.called();
            refuse(
                written,
                format!("a range is for numbers; write `len(…)` for the length of a {called}"),
            )
        }
        (Constraint::Range { written, .. }, Kind::Bool) => refuse(
            written,
            "a range is for numbers; a bool has only two values".to_owned(),
        ),
        (Constraint::Range { bounds, .. }, Kind::Integer(integer)) => {
            let mut ends = bounds.min.iter().chain(&bounds.max);
            ends.try_for_each(|end| check_end(end, integer))
        }
        (Constraint::Length { written, .. }, Kind::Float | Kind::Integer(_)) => refuse(
            written,
            "`len` is for texts, lists and maps; write a range such as `0..=10` for a number"
                .to_owned(),
        ),
        (Constraint::Length { written, .. }, Kind::Bool) => refuse(
            written,
            "`len` is for texts, lists and maps; a bool has no length".to_owned(),
        ),
        _ => Ok(()),
    }
}

/// Whether the tokens tell that a rule applies to a field, so that the expansion need not ask the schema, which
/// costs rustc one more const.
pub(super) fn is_sure(constraint: &Constraint, ty: &Type) -> bool {
    match (constraint, Kind::of(ty)) {
        (Constraint::Range { bounds, .. }, Some(Kind::Float | Kind::Integer(_))) => {
            let end = |end: Option<&Expr>, open: f64| end.map_or(Some(open), number);
            let least = end(bounds.min.as_ref(), f64::NEG_INFINITY);
            let most = end(bounds.max.as_ref(), f64::INFINITY);
            least.zip(most).is_some_and(|(least, most)| least <= most)
        }
        (Constraint::Length { .. }, Some(Kind::Text | Kind::List | Kind::Map)) => true,
        _ => false,
    }
}

fn refuse(written: &TokenStream, message: String) -> syn::Result<()> {
    Err(syn::Error::new_spanned(written, message))
}

impl Kind {
    fn of(ty: &Type) -> Option<Self> {
        let path = match ty {
            Type::Group(group) => return Self::of(&group.elem),
            Type::Paren(paren) => return Self::of(&paren.elem),
            Type::Path(path) if path.qself.is_none() => &path.path,
            _ => return None,
        };
        let name = std_name(path)?;
        match name.as_str() {
            "Option" | "Box" => Self::of(inner(path)?),
            "String" => Some(Self::Text),
            "bool" => Some(Self::Bool),
            "Vec" => Some(Self::List),
            "HashMap" | "BTreeMap" => Some(Self::Map),
            float if FLOATS.contains(&float) => Some(Self::Float),
            name => {
                let mut integers = INTEGERS.iter();
                integers
                    .find(|integer| integer.name == name)
                    .map(Self::Integer)
            }
        }
    }

    const fn called(self) -> &'static str {
        match self {
            Self::Float | Self::Integer(_) => "number",
            Self::Bool => "bool",
            Self::Text => "text",
            Self::List => "list",
            Self::Map => "map",
        }
    }
}

/// `Vec` of `Vec<T>` and of `std::vec::Vec<T>`.
fn std_name(path: &Path) -> Option<String> {
    let first = path.segments.first()?;
    let from_std = ["std", "core", "alloc"]
        .iter()
        .any(|std| first.ident == std);
    let last = path.segments.last()?;
    (path.segments.len() == 1 || from_std).then(|| last.ident.to_string())
}

/// The `T` of `Option<T>`.
fn inner(path: &Path) -> Option<&Type> {
    match &path.segments.last()?.arguments {
        PathArguments::AngleBracketed(arguments) => match arguments.args.first()? {
            GenericArgument::Type(inner) => Some(inner),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn std_types_are_known_by_their_tokens() {
        for (ty, expected) in [
            (parse_quote!(f64), Some(Kind::Float)),
            (
                parse_quote!(Option<Box<u8>>),
                Some(Kind::Integer(&INTEGERS[5])),
            ),
            (parse_quote!(::std::string::String), Some(Kind::Text)),
            (parse_quote!((Vec<String>)), Some(Kind::List)),
            (
                parse_quote!(std::collections::HashMap<String, f64>),
                Some(Kind::Map),
            ),
            (parse_quote!(Option<bool>), Some(Kind::Bool)),
            (parse_quote!(mine::String), None),
            (parse_quote!(<A as B>::String), None),
            (parse_quote!(Stars), None),
        ] {
            assert_eq!(Kind::of(&ty), expected);
        }
    }
}

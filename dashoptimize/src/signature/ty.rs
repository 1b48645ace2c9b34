//! The shape of a field's value: what the prompt says of it and what the reader accepts.

use std::borrow::Cow;
use std::ops::Deref;

use serde_json::Value;

use super::field_type::ValueError;

/// A text that is const data of the program, or was made at run time.
pub type Text = Cow<'static, str>;

/// A text, at compile time as at run time: there, a `Cow` does not deref.
pub(crate) const fn text(text: &Text) -> &str {
    match text {
        Cow::Borrowed(text) => text,
        Cow::Owned(text) => text.as_str(),
    }
}

/// A list, at compile time as at run time.
#[expect(clippy::ptr_arg, reason = "a `Cow` is what there is to look into")]
pub(crate) const fn items<'a, T: Clone>(list: &'a Cow<'static, [T]>) -> &'a [T] {
    match list {
        Cow::Borrowed(items) => items,
        Cow::Owned(items) => items.as_slice(),
    }
}

/// The type of a field.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Ty {
    /// Text.
    Str,
    /// A whole number within these bounds.
    Int {
        /// Smallest value.
        min: i128,
        /// Largest value.
        max: i128,
    },
    /// A number.
    Float,
    /// `true` or `false`.
    Bool,
    /// A value or nothing (JSON `null`).
    Optional(TyRef),
    /// Any number of values of one type.
    List(TyRef),
    /// Values of one type under names.
    Map(TyRef),
    /// One of several variants.
    Enum(EnumTy),
    /// Named properties.
    Struct(StructTy),
    /// Any JSON value.
    Json,
}

/// A type inside another one.
#[derive(Clone, Debug)]
pub enum TyRef {
    /// Const data of the program.
    Static(&'static Ty),
    /// Made at run time.
    Owned(Box<Ty>),
}

impl TyRef {
    /// The type, at compile time as at run time.
    pub(crate) const fn get(&self) -> &Ty {
        match self {
            Self::Static(ty) => ty,
            Self::Owned(ty) => ty,
        }
    }
}

impl Deref for TyRef {
    type Target = Ty;

    fn deref(&self) -> &Ty {
        self.get()
    }
}

impl PartialEq for TyRef {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl From<Ty> for TyRef {
    fn from(ty: Ty) -> Self {
        Self::Owned(Box::new(ty))
    }
}

/// An enum: closed, every value is one of the variants.
///
/// In JSON a variant without a payload is its name as a string; one with a payload is an object
/// with the name as its only key (serde's external tagging).
#[derive(Clone, Debug, PartialEq)]
pub struct EnumTy {
    /// Name of the Rust type. It is not part of the fingerprint and not shown to the model.
    pub name: Text,
    /// The variants, in the order of the source.
    pub variants: Cow<'static, [Variant]>,
}

/// One variant of an [`EnumTy`].
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// The name that model and data use.
    pub name: Text,
    /// What it means (the doc comment); may be empty.
    pub doc: Text,
    /// The type of its payload, if it has one.
    pub payload: Option<TyRef>,
}

/// A struct: a JSON object of these properties.
#[derive(Clone, Debug, PartialEq)]
pub struct StructTy {
    /// Name of the Rust type. It is not part of the fingerprint and not shown to the model.
    pub name: Text,
    /// What it is (the doc comment); may be empty.
    pub doc: Text,
    /// The properties, in the order of the source.
    pub properties: Cow<'static, [Property]>,
}

/// One property of a [`StructTy`]. An [`Optional`](Ty::Optional) one may be absent.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// The key.
    pub name: Text,
    /// What it means (the doc comment); may be empty.
    pub doc: Text,
    /// The type of its value.
    pub ty: TyRef,
}

impl Ty {
    /// Whether a JSON value is exactly of this type.
    ///
    /// # Errors
    ///
    /// The first place where it is not.
    pub fn check(&self, value: &Value) -> Result<(), ValueError> {
        match (self, value) {
            (Self::Json, _)
            | (Self::Str, Value::String(_))
            | (Self::Bool, Value::Bool(_))
            | (Self::Float, Value::Number(_))
            | (Self::Optional(_), Value::Null) => Ok(()),
            (Self::Int { min, max }, Value::Number(number)) => check_int(number, *min, *max, value),
            (Self::Optional(inner), value) => inner.check(value),
            (Self::List(item), Value::Array(values)) => check_items(item, values),
            (Self::Map(inner), Value::Object(values)) => {
                let mut values = values.iter();
                values.try_for_each(|(key, value)| {
                    inner
                        .check(value)
                        .map_err(|error| error.in_field(key.as_str()))
                })
            }
            (Self::Enum(ty), value) => ty.check(value),
            (Self::Struct(ty), Value::Object(values)) => ty.check(values),
            (_, value) => Err(ValueError::mismatch(self.in_words(), value)),
        }
    }

    /// What a value of this type is, in words with an article.
    #[must_use]
    pub const fn in_words(&self) -> &'static str {
        match self {
            Self::Str => "a text",
            Self::Int { .. } => "a whole number",
            Self::Float => "a number",
            Self::Bool => "true or false",
            Self::Optional(inner) => inner.get().in_words(),
            Self::List(_) => "a list",
            Self::Map(_) | Self::Struct(_) => "an object",
            Self::Enum(_) => "one of the variants",
            Self::Json => "any JSON value",
        }
    }
}

fn check_int(
    number: &serde_json::Number,
    min: i128,
    max: i128,
    value: &Value,
) -> Result<(), ValueError> {
    match number.as_i128() {
        Some(number) if (min..=max).contains(&number) => Ok(()),
        Some(_) => Err(ValueError::mismatch(
            &format!("a whole number from {min} to {max}"),
            value,
        )),
        None => Err(ValueError::mismatch("a whole number", value)),
    }
}

fn check_items(item: &Ty, values: &[Value]) -> Result<(), ValueError> {
    let mut values = values.iter().enumerate();
    values.try_for_each(|(index, value)| item.check(value).map_err(|error| error.in_item(index)))
}

impl EnumTy {
    fn check(&self, value: &Value) -> Result<(), ValueError> {
        let (name, payload) = match value {
            Value::String(name) => (name, None),
            Value::Object(object) if object.len() == 1 => match object.iter().next() {
                Some((name, payload)) => (name, Some(payload)),
                None => return Err(self.mismatch(value)),
            },
            _ => return Err(self.mismatch(value)),
        };
        let variant = self.variants.iter().find(|variant| variant.name == *name);
        match (variant.map(|variant| &variant.payload), payload) {
            (Some(None), None) => Ok(()),
            (Some(Some(ty)), Some(payload)) => ty
                .check(payload)
                .map_err(|error| error.in_field(name.as_str())),
            _ => Err(self.mismatch(value)),
        }
    }

    fn mismatch(&self, value: &Value) -> ValueError {
        let names: Vec<&str> = self.variants.iter().map(|v| &*v.name).collect();
        ValueError::mismatch(&format!("one of `{}`", names.join("`, `")), value)
    }
}

impl StructTy {
    fn check(&self, values: &serde_json::Map<String, Value>) -> Result<(), ValueError> {
        for property in self.properties.iter() {
            match values.get(&*property.name) {
                Some(value) => property
                    .ty
                    .check(value)
                    .map_err(|error| error.in_field(&*property.name))?,
                None if matches!(*property.ty, Ty::Optional(_)) => {}
                None => return Err(ValueError::new("is missing").in_field(&*property.name)),
            }
        }
        let known = |key: &&String| self.properties.iter().any(|p| p.name == **key);
        match values.keys().find(|key| !known(key)) {
            Some(key) => Err(ValueError::new("is not a property").in_field(key.as_str())),
            None => Ok(()),
        }
    }
}

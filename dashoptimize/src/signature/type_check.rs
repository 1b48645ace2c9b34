//! Whether a JSON value is exactly of a type.

use serde_json::Value;

use super::ty::{EnumTy, StructTy, Ty, Variant};
use super::value_error::ValueError;

impl Ty {
    /// Whether a JSON value is exactly of this type.
    ///
    /// # Errors
    ///
    /// If the value does not match. The error is about the first place where it does not.
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

    /// What a value of this type is called, with an article: `a whole number`.
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
                None => return Err(no_variant(&self.variants, value)),
            },
            _ => return Err(no_variant(&self.variants, value)),
        };
        let variant = self.variants.iter().find(|variant| variant.name == *name);
        match (variant.map(|variant| &variant.payload), payload) {
            (Some(None), None) => Ok(()),
            (Some(Some(ty)), Some(payload)) => ty
                .check(payload)
                .map_err(|error| error.in_field(name.as_str())),
            _ => Err(no_variant(&self.variants, value)),
        }
    }
}

/// The error for a value that is none of these variants.
pub(crate) fn no_variant(variants: &[Variant], found: &Value) -> ValueError {
    let names: Vec<&str> = variants.iter().map(|variant| &*variant.name).collect();
    ValueError::mismatch(&format!("one of `{}`", names.join("`, `")), found)
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

//! A cell of a table, read as the type that is asked for.

use serde::Deserializer;
use serde::de::value::StrDeserializer;
use serde::de::{IntoDeserializer, Visitor};
use serde_json::Value;

use super::whole_floats;
use crate::json::with_unique_keys;

/// The value of a cell for a field that does not take text: JSON, or a truth value in any case, since
/// spreadsheets and pandas write `TRUE` and `True`.
pub(super) fn as_json(text: &str) -> Option<Value> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("true") {
        Some(Value::Bool(true))
    } else if text.eq_ignore_ascii_case("false") {
        Some(Value::Bool(false))
    } else {
        with_unique_keys(text).ok()
    }
}

/// A cell for serde. Texts and names of enum variants are taken as they stand, an empty cell is
/// `None` for an `Option`, and everything else is read as JSON.
#[derive(Debug)]
pub(super) struct TableCell(pub(super) String);

impl TableCell {
    /// The JSON in the cell, or its text if it is not JSON, so that serde says what it expected.
    fn json(self) -> Value {
        as_json(&self.0).unwrap_or(Value::String(self.0))
    }
}

impl IntoDeserializer<'_, serde_json::Error> for TableCell {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// Defines methods that read the cell as JSON.
macro_rules! read_json {
    ($($method:ident($($argument:ident: $ty:ty),*))*) => {$(
        fn $method<V: Visitor<'de>>(
            self,
            $($argument: $ty,)*
            visitor: V,
        ) -> Result<V::Value, Self::Error> {
            self.json().$method($($argument,)* visitor)
        }
    )*};
}

/// Defines methods that read the cell as a whole number, which may be written `3.0`.
macro_rules! read_whole {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            let mut value = self.json();
            whole_floats::everywhere(&mut value);
            value.$method(visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for TableCell {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_string(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        if self.0.is_empty() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        match as_json(&self.0) {
            Some(value @ Value::Object(_)) => value.deserialize_enum(name, variants, visitor),
            _ => {
                let variant: StrDeserializer<'_, Self::Error> = self.0.as_str().into_deserializer();
                variant.deserialize_enum(name, variants, visitor)
            }
        }
    }

    read_whole! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    read_json! {
        deserialize_bool()
        deserialize_f32() deserialize_f64()
        deserialize_unit()
        deserialize_unit_struct(name: &'static str)
        deserialize_seq() deserialize_map()
        deserialize_tuple(len: usize)
        deserialize_tuple_struct(name: &'static str, len: usize)
        deserialize_struct(name: &'static str, fields: &'static [&'static str])
    }

    serde::forward_to_deserialize_any! {
        char str string bytes byte_buf identifier ignored_any
    }
}

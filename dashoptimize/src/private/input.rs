//! The inputs of a pipeline as the body of a request.

use serde::de::value::Error as Plain;
use serde::de::{DeserializeOwned, Error, Visitor};
use serde::{Deserialize, Deserializer, forward_to_deserialize_any};
use serde_json::{Map, Value};

/// Named inputs.
#[derive(Debug)]
pub struct InputReader(Map<String, Value>);

impl InputReader {
    /// Reads a map.
    ///
    /// # Errors
    ///
    /// If the data is not a map.
    pub fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Map::deserialize(deserializer).map(Self)
    }

    /// Takes the input of this name. As with derived types, an absent `Option` is `None`.
    ///
    /// # Errors
    ///
    /// If it is missing or has another type.
    pub fn take<T: DeserializeOwned, E: Error>(&mut self, name: &'static str) -> Result<T, E> {
        match self.0.remove(name) {
            Some(value) => {
                T::deserialize(value).map_err(|error| E::custom(format_args!("`{name}`: {error}")))
            }
            None => T::deserialize(Missing).map_err(|_| E::missing_field(name)),
        }
    }
}

/// Nothing, which only an `Option` can be read from.
struct Missing;

impl<'de> Deserializer<'de> for Missing {
    type Error = Plain;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Plain> {
        Err(Plain::custom("missing"))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Plain> {
        visitor.visit_none()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

//! JSON objects of derived structs.

use serde_json::{Map, Value};

use super::codec::FieldCodec;
use crate::signature::{Ty, ValueError};

/// A JSON object with these properties.
#[must_use]
pub fn object(properties: Vec<(&str, Value)>) -> Value {
    Value::Object(fields(properties))
}

/// Values by these names.
#[must_use]
pub fn fields(named: Vec<(&str, Value)>) -> Map<String, Value> {
    let named = named.into_iter();
    named
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// The properties of a JSON object.
#[derive(Debug)]
pub struct ObjectReader {
    properties: Map<String, Value>,
}

impl ObjectReader {
    /// Reads this object.
    ///
    /// # Errors
    ///
    /// If the value is not an object.
    pub fn new(value: Value) -> Result<Self, ValueError> {
        match value {
            Value::Object(properties) => Ok(Self::of(properties)),
            other => Err(ValueError::mismatch("an object", &other)),
        }
    }

    /// Reads these properties.
    #[must_use]
    pub(super) const fn of(properties: Map<String, Value>) -> Self {
        Self { properties }
    }

    /// Takes the property with this name.
    ///
    /// # Errors
    ///
    /// If it is missing or has another type.
    pub fn take<T>(&mut self, name: &str, codec: &FieldCodec<T>) -> Result<T, ValueError> {
        let value = match (self.properties.remove(name), codec.ty) {
            (Some(value), _) => value,
            (None, Ty::Optional(_)) => Value::Null,
            (None, _) => return Err(ValueError::new("is missing").in_field(name)),
        };
        (codec.from_json)(value).map_err(|error| error.in_field(name))
    }

    /// As [`take`](Self::take), with a value for a property that is missing.
    ///
    /// # Errors
    ///
    /// If it has another type.
    pub fn take_or<T>(
        &mut self,
        name: &str,
        codec: &FieldCodec<T>,
        default: fn() -> T,
    ) -> Result<T, ValueError> {
        match self.properties.contains_key(name) {
            true => self.take(name, codec),
            false => Ok(default()),
        }
    }

    /// Ends the object.
    ///
    /// # Errors
    ///
    /// If a property was not taken.
    pub fn finish(self) -> Result<(), ValueError> {
        match self.properties.into_iter().next() {
            Some((name, _)) => Err(ValueError::new("is not a property").in_field(name)),
            None => Ok(()),
        }
    }
}

//! The JSON of derived enums: a name, or an object with the name as its only key.

use serde_json::{Map, Value};

use super::codec::FieldCodec;
use super::object::ObjectReader;
use crate::signature::{ValueError, Variant, no_variant};

/// A variant with a payload, as JSON.
#[must_use]
pub fn tagged(name: &str, payload: Value) -> Value {
    Value::Object(Map::from_iter([(name.to_owned(), payload)]))
}

/// A variant that is being read.
#[derive(Debug)]
pub struct Tagged {
    name: String,
    payload: Option<Value>,
    variants: &'static [Variant],
}

impl Tagged {
    /// Reads the name of the variant.
    ///
    /// # Errors
    ///
    /// If the value does not have the form of a variant.
    pub fn new(value: Value, variants: &'static [Variant]) -> Result<Self, ValueError> {
        let (name, payload) = match value {
            Value::String(name) => (name, None),
            Value::Object(object) if object.len() == 1 => {
                let (name, payload) = object.into_iter().next().unwrap_or_default();
                (name, Some(payload))
            }
            other => return Err(no_variant(variants, &other)),
        };
        Ok(Self {
            name,
            payload,
            variants,
        })
    }

    /// The name of the variant.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The error for a name that no variant has.
    #[must_use]
    pub fn unknown(self) -> ValueError {
        no_variant(self.variants, &Value::String(self.name))
    }

    /// Ends a variant without a payload.
    ///
    /// # Errors
    ///
    /// If there is a payload.
    pub fn unit<T>(self, variant: T) -> Result<T, ValueError> {
        match self.payload {
            None | Some(Value::Null) => Ok(variant),
            Some(payload) => {
                Err(ValueError::mismatch("nothing but its name", &payload).in_field(self.name))
            }
        }
    }

    /// Ends a variant with one value.
    ///
    /// # Errors
    ///
    /// If the value is missing or has another type.
    pub fn newtype<T>(self, codec: &FieldCodec<T>) -> Result<T, ValueError> {
        match self.payload {
            Some(payload) => (codec.from_json)(payload).map_err(|error| error.in_field(self.name)),
            None => Err(ValueError::new("must have a value").in_field(self.name)),
        }
    }

    /// Ends a variant with named properties.
    ///
    /// # Errors
    ///
    /// If `read` fails, or a property was not read.
    pub fn object<T>(
        self,
        read: impl FnOnce(&mut ObjectReader) -> Result<T, ValueError>,
    ) -> Result<T, ValueError> {
        let payload = match self.payload {
            Some(payload) => payload,
            None => return Err(ValueError::new("must have properties").in_field(self.name)),
        };
        let value = ObjectReader::new(payload).and_then(|mut object| {
            let value = read(&mut object)?;
            object.finish().map(|()| value)
        });
        value.map_err(|error| error.in_field(self.name))
    }
}

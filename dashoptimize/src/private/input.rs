//! The inputs of a pipeline as the body of a request.

use serde::de::value::Error as Plain;
use serde::de::{DeserializeOwned, Error, Visitor};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer, forward_to_deserialize_any};
use serde_json::{Map, Value};

use super::row::ReadRow;

/// Named inputs. The first problem is kept until all are read, because rustc takes longer to compile a `?` for
/// each.
#[derive(Debug)]
pub struct InputReader<E> {
    inputs: Map<String, Value>,
    problem: Option<E>,
}

impl<E: Error> InputReader<E> {
    /// Reads a map.
    pub fn read<'de, D: Deserializer<'de, Error = E>>(deserializer: D) -> Self {
        let (inputs, problem) = match Map::deserialize(deserializer) {
            Ok(inputs) => (inputs, None),
            Err(error) => (Map::new(), Some(error)),
        };
        Self { inputs, problem }
    }

    /// Takes the input of this name. As with derived types, an absent `Option` is `None`. Without a value if it
    /// is missing or has another type.
    pub fn take<T: DeserializeOwned>(&mut self, name: &'static str) -> Option<T> {
        let read = match self.inputs.remove(name) {
            Some(value) => {
                T::deserialize(value).map_err(|error| E::custom(format_args!("`{name}`: {error}")))
            }
            None => T::deserialize(Missing).map_err(|_| E::missing_field(name)),
        };
        read.map_err(|error| self.problem.get_or_insert(error)).ok()
    }

    /// Ends the inputs.
    ///
    /// # Errors
    ///
    /// The first problem: the data is not a map, or an input is missing or has another type.
    pub fn finish(self) -> Result<ReadRow, E> {
        match self.problem {
            Some(problem) => Err(problem),
            None => Ok(ReadRow(())),
        }
    }
}

/// Inputs that are being written. The first problem is kept until the end, as by the reader.
#[derive(Debug)]
pub struct InputWriter<S: SerializeStruct>(Result<S, S::Error>);

impl<S: SerializeStruct> InputWriter<S> {
    /// Starts a struct with this many fields.
    pub fn start<R: Serializer<SerializeStruct = S, Error = S::Error>>(
        serializer: R,
        name: &'static str,
        count: usize,
    ) -> Self {
        Self(serializer.serialize_struct(name, count))
    }

    /// Writes an input.
    pub fn put<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) {
        if let Ok(fields) = &mut self.0
            && let Err(error) = fields.serialize_field(name, value)
        {
            self.0 = Err(error);
        }
    }

    /// Ends the struct.
    ///
    /// # Errors
    ///
    /// The first problem.
    pub fn end(self) -> Result<S::Ok, S::Error> {
        self.0?.end()
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

//! JSON in which a key may stand twice in one object. `serde_json` would keep the last of the values and say
//! nothing.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// What becomes of a key that stands twice in one object, at any depth of the JSON that is read.
pub(crate) trait RepeatedKeys: Copy {
    /// Whether the key is an error, which names it.
    const ARE_REFUSED: bool;

    /// Enters a value into the fields so far.
    fn enter(fields: &mut Map<String, Value>, key: String, value: Value);
}

/// Reads JSON.
#[derive(Clone, Copy, Debug)]
pub(crate) struct JsonReader<K>(pub(crate) K);

#[derive(Clone, Copy, Debug)]
struct Refused;

impl RepeatedKeys for Refused {
    const ARE_REFUSED: bool = true;

    fn enter(fields: &mut Map<String, Value>, key: String, value: Value) {
        fields.insert(key, value);
    }
}

/// The JSON of a text, in which no object has a key twice.
pub(crate) fn with_unique_keys(text: &str) -> Result<Value, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = JsonReader(Refused).deserialize(&mut reader)?;
    reader.end().map(|()| value)
}

/// An object for a field of a struct, in which no object has a key twice.
pub(crate) fn object_with_unique_keys<'de, D>(reader: D) -> Result<Map<String, Value>, D::Error>
where
    D: Deserializer<'de>,
{
    match JsonReader(Refused).deserialize(reader)? {
        Value::Object(fields) => Ok(fields),
        _ => Err(D::Error::custom("an object is expected here")),
    }
}

/// A map for a field of a struct, in which no key stands twice, as one can after a bad merge of files.
pub(crate) fn map_with_unique_keys<'de, D, V>(reader: D) -> Result<BTreeMap<String, V>, D::Error>
where
    D: Deserializer<'de>,
    V: Deserialize<'de>,
{
    struct Entries<V>(PhantomData<V>);

    impl<'de, V: Deserialize<'de>> Visitor<'de> for Entries<V> {
        type Value = BTreeMap<String, V>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
            let mut read = BTreeMap::new();
            while let Some(key) = entries.next_key::<String>()? {
                if read.contains_key(&key) {
                    return Err(stands_twice(&key));
                }
                read.insert(key, entries.next_value()?);
            }
            Ok(read)
        }
    }

    reader.deserialize_map(Entries(PhantomData))
}

fn stands_twice<E: Error>(key: &str) -> E {
    E::custom(format_args!(
        "the key `{key}` stands twice in one object; remove one of them"
    ))
}

impl<'de, K: RepeatedKeys> DeserializeSeed<'de> for JsonReader<K> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de, K: RepeatedKeys> Visitor<'de> for JsonReader<K> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut read = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            read.push(item);
        }
        Ok(Value::Array(read))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut read = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if K::ARE_REFUSED && read.contains_key(&key) {
                return Err(stands_twice(&key));
            }
            let value = entries.next_value_seed(self)?;
            K::enter(&mut read, key, value);
        }
        Ok(Value::Object(read))
    }
}

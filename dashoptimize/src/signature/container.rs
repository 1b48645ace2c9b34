//! Types that contain other types as fields: `Option`, `Box`, `Vec` and maps.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

use serde_json::{Map, Value};

use super::field_type::FieldType;
use super::ty::{Ty, TyRef};
use super::value_error::ValueError;

impl<T: FieldType> FieldType for Option<T> {
    const TYPE: Ty = Ty::Optional(TyRef::Static(const { &T::TYPE }));
    const EXACT: bool = T::EXACT;

    fn into_json(self) -> Value {
        self.map_or(Value::Null, T::into_json)
    }

    fn to_json(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::to_json)
    }

    fn from_json(value: Value) -> Result<Self, ValueError> {
        match value {
            Value::Null => Ok(None),
            value => T::from_json(value).map(Some),
        }
    }
}

impl<T: FieldType> FieldType for Box<T> {
    const TYPE: Ty = T::TYPE;
    const EXACT: bool = T::EXACT;

    fn into_json(self) -> Value {
        (*self).into_json()
    }

    fn to_json(&self) -> Value {
        (**self).to_json()
    }

    fn from_json(value: Value) -> Result<Self, ValueError> {
        T::from_json(value).map(Self::new)
    }
}

impl<T: FieldType> FieldType for Vec<T> {
    const TYPE: Ty = Ty::List(TyRef::Static(const { &T::TYPE }));
    const EXACT: bool = T::EXACT;

    fn into_json(self) -> Value {
        Value::Array(self.into_iter().map(T::into_json).collect())
    }

    fn to_json(&self) -> Value {
        Value::Array(self.iter().map(T::to_json).collect())
    }

    fn from_json(value: Value) -> Result<Self, ValueError> {
        let Value::Array(items) = value else {
            return Err(ValueError::mismatch("a list", &value));
        };
        let items = items.into_iter().enumerate();
        items
            .map(|(index, item)| T::from_json(item).map_err(|error| error.in_item(index)))
            .collect()
    }
}

impl<T: FieldType> FieldType for BTreeMap<String, T> {
    const TYPE: Ty = Ty::Map(TyRef::Static(const { &T::TYPE }));
    const EXACT: bool = T::EXACT;

    fn into_json(self) -> Value {
        let entries = self.into_iter();
        Value::Object(
            entries
                .map(|(key, value)| (key, value.into_json()))
                .collect(),
        )
    }

    fn to_json(&self) -> Value {
        write_entries(self)
    }

    fn from_json(value: Value) -> Result<Self, ValueError> {
        read_entries(value).and_then(|entries| entries.map(read_entry).collect())
    }
}

/// Entries are written in the order of their keys, so that a prompt does not change from run to run.
impl<T, S> FieldType for HashMap<String, T, S>
where
    T: FieldType,
    S: BuildHasher + Default + Clone + Send + Sync + 'static,
{
    const TYPE: Ty = Ty::Map(TyRef::Static(const { &T::TYPE }));
    const EXACT: bool = T::EXACT;

    fn into_json(self) -> Value {
        self.into_iter().collect::<BTreeMap<_, _>>().into_json()
    }

    fn to_json(&self) -> Value {
        write_entries(self.iter().collect::<BTreeMap<_, _>>())
    }

    fn from_json(value: Value) -> Result<Self, ValueError> {
        read_entries(value).and_then(|entries| entries.map(read_entry).collect())
    }
}

fn write_entries<'a, T: FieldType>(
    entries: impl IntoIterator<Item = (&'a String, &'a T)>,
) -> Value {
    let entries = entries.into_iter();
    Value::Object(
        entries
            .map(|(key, value)| (key.clone(), value.to_json()))
            .collect(),
    )
}

fn read_entries(
    value: Value,
) -> Result<<Map<String, Value> as IntoIterator>::IntoIter, ValueError> {
    match value {
        Value::Object(entries) => Ok(entries.into_iter()),
        other => Err(ValueError::mismatch("an object", &other)),
    }
}

fn read_entry<T: FieldType>((key, value): (String, Value)) -> Result<(String, T), ValueError> {
    match T::from_json(value) {
        Ok(value) => Ok((key, value)),
        Err(error) => Err(error.in_field(key)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_an_option_reads_null() {
        assert_eq!(Option::<u8>::from_json(Value::Null), Ok(None));
        assert_eq!(Option::<u8>::from_json(json!(7)), Ok(Some(7)));
        assert!(Vec::<u8>::from_json(Value::Null).is_err());
    }

    #[test]
    fn an_error_states_the_path() {
        let error = Vec::<BTreeMap<String, u8>>::from_json(json!([{}, {"age": "old"}]));
        assert_eq!(
            error.unwrap_err().to_string(),
            r#"`[1].age` must be a whole number, not "old""#
        );
    }

    #[test]
    fn both_maps_write_sorted_keys() {
        let pairs = [("b".to_owned(), 2_u8), ("a".to_owned(), 1)];
        let hashed: HashMap<String, u8> = pairs.clone().into();
        let sorted: BTreeMap<String, u8> = pairs.into();
        assert_eq!(hashed.to_json().to_string(), r#"{"a":1,"b":2}"#);
        assert_eq!(hashed.to_json(), sorted.clone().into_json());
        assert_eq!(HashMap::from_json(sorted.into_json()), Ok(hashed));
    }

    #[test]
    fn a_box_is_transparent() {
        assert_eq!(Box::<bool>::TYPE, Ty::Bool);
        assert_eq!(Box::<bool>::from_json(json!(true)), Ok(Box::new(true)));
    }
}

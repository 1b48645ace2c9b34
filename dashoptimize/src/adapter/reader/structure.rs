//! Structs and maps.

use serde_json::{Map, Value};

use super::output_reader::OutputReader;
use super::single::single;
use crate::adapter::spelling::same_name;
use crate::signature::{Property, StructTy, Ty, ValueError};

impl OutputReader {
    pub(super) fn object_text(&mut self, ty: &Ty, text: &str) -> Result<Value, ValueError> {
        self.attempt(|reader| reader.extracted(ty, &['{'], text))
            .unwrap_or_else(|| Err(ValueError::mismatch("a JSON object", &text.into())))
    }

    pub(super) fn json_struct(
        &mut self,
        ty: &StructTy,
        mut values: Map<String, Value>,
    ) -> Result<Value, ValueError> {
        if let Some(inside) = wrapped(ty, &values) {
            self.repaired(format!("unwrapped the value from `{inside}`"));
            if let Some(Value::Object(inside)) = values.remove(&inside) {
                values = inside;
            }
        }
        // The range applies to the field, not to its properties.
        let range = self.range.take();
        let mut read = Map::new();
        let outcome = ty.properties.iter().try_for_each(|property| {
            if let Some(value) = self.property(property, &mut values)? {
                read.insert(property.name.to_string(), value);
            }
            Ok(())
        });
        self.range = range;
        outcome?;
        for key in values.keys() {
            self.repaired(format!("left out `{key}`, which is not a property"));
        }
        Ok(Value::Object(read))
    }

    /// Takes the value of a property. `None` if it is absent and may be.
    fn property(
        &mut self,
        property: &Property,
        values: &mut Map<String, Value>,
    ) -> Result<Option<Value>, ValueError> {
        let name = &*property.name;
        let value = match values.remove(name) {
            Some(value) => value,
            None => match take_similar(values, name) {
                Some((key, value)) => {
                    self.repaired(format!("read `{key}` as `{name}`"));
                    value
                }
                None if matches!(*property.ty, Ty::Optional(_)) => return Ok(None),
                None => return Err(ValueError::new("is missing").in_field(name)),
            },
        };
        let read = self.json(&property.ty, value);
        read.map(Some).map_err(|error| error.in_field(name))
    }
}

/// Takes the only value whose key is this name apart from case, blanks and signs.
pub(crate) fn take_similar(values: &mut Map<String, Value>, name: &str) -> Option<(String, Value)> {
    let key = single(values.keys().filter(|key| same_name(key, name)))?.clone();
    let value = values.remove(&key)?;
    Some((key, value))
}

/// The only key of an object, if the struct is the object under that key.
fn wrapped(ty: &StructTy, values: &Map<String, Value>) -> Option<String> {
    let is_property = |key: &str| ty.properties.iter().any(|p| same_name(&p.name, key));
    match values.iter().next() {
        Some((key, Value::Object(inside)))
            if values.len() == 1
                && !is_property(key)
                && inside.keys().any(|key| is_property(key)) =>
        {
            Some(key.clone())
        }
        _ => None,
    }
}

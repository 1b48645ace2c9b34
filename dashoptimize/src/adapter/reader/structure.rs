//! Structs and maps.

use serde_json::{Map, Value};

use super::named::{NamedKey, keys_of};
use super::output_reader::OutputReader;
use super::written_json::{Entries, WrittenJson};
use crate::adapter::spelling::same_name;
use crate::signature::{Property, StructTy, Ty, ValueError};

impl OutputReader<'_> {
    pub(super) fn object_text(&mut self, ty: &Ty, text: &str) -> Result<Value, ValueError> {
        self.attempt(|reader| reader.extracted(ty, &['{'], text))
            .unwrap_or_else(|| Err(ValueError::mismatch("a JSON object", &text.into())))
    }

    pub(super) fn json_struct(
        &mut self,
        ty: &StructTy,
        mut values: &Entries<'_>,
    ) -> Result<Value, ValueError> {
        if let Some((key, inside)) = wrapped(ty, values) {
            self.repaired(format!("unwrapped the value from `{key}`"));
            values = inside;
        }
        // The range applies to the field, not to its properties.
        let range = self.range.take();
        let read = self.properties(ty, values);
        self.range = range;
        read.map(Value::Object)
    }

    fn properties(
        &mut self,
        ty: &StructTy,
        values: &Entries<'_>,
    ) -> Result<Map<String, Value>, ValueError> {
        let names: Vec<&str> = ty.properties.iter().map(|p| &*p.name).collect();
        let keys: Vec<&str> = values.keys().map(|key| &**key).collect();
        let found = keys_of(&names, &keys);
        let mut read = Map::new();
        for (property, key) in ty.properties.iter().zip(&found) {
            let value = self.property(property, key, values);
            if let Some(value) = value.map_err(|error| error.in_field(&*property.name))? {
                read.insert(property.name.to_string(), value);
            }
        }
        for (index, key) in keys.into_iter().enumerate() {
            if !found.iter().any(|key| key.index() == Ok(Some(index))) {
                self.repaired(format!("left out `{key}`, which is not a property"));
            }
        }
        Ok(read)
    }

    /// The value of a property. `None` if it is absent and may be.
    fn property(
        &mut self,
        property: &Property,
        key: &NamedKey,
        values: &Entries<'_>,
    ) -> Result<Option<Value>, ValueError> {
        let value: Option<(_, &WrittenJson<'_>)> =
            key.index()?.and_then(|index| values.get_index(index));
        let Some((written, value)) = value else {
            return match *property.ty {
                Ty::Optional(_) => Ok(None),
                _ => Err(ValueError::new("is missing")),
            };
        };
        if matches!(key, NamedKey::Similar(_)) {
            self.repaired(format!("read `{written}` as `{}`", property.name));
        }
        self.json(&property.ty, value).map(Some)
    }
}

/// The only key of an object and the object under it, if the struct is that object.
fn wrapped<'v, 'a>(ty: &StructTy, values: &'v Entries<'a>) -> Option<(&'v str, &'v Entries<'a>)> {
    let is_property = |key: &str| ty.properties.iter().any(|p| same_name(&p.name, key));
    let (key, value) = values.first()?;
    let inside = value.as_object()?;
    let wraps = values.len() == 1 && !is_property(key) && inside.keys().any(|key| is_property(key));
    wraps.then_some((&**key, inside))
}

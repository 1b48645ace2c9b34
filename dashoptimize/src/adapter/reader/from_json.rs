//! JSON of any shape as a value of a type.

use serde_json::{Map, Value};

use super::choice;
use super::number::{WrittenNumber, whole};
use super::output_reader::OutputReader;
use crate::adapter::spelling::{brief, means_nothing};
use crate::signature::{EnumTy, Ty, ValueError};

/// The value of the type that this JSON, or JSON in a text, stands for. Repairs are not reported.
pub(crate) fn read_value(ty: &Ty, value: Value) -> Result<Value, ValueError> {
    OutputReader::new(None).json(ty, value)
}

impl OutputReader {
    /// The value of the type that this JSON stands for.
    pub(super) fn json(&mut self, ty: &Ty, value: Value) -> Result<Value, ValueError> {
        match (ty, value) {
            (Ty::Json, value)
            | (Ty::Str, value @ Value::String(_))
            | (Ty::Bool, value @ Value::Bool(_))
            | (Ty::Optional(_), value @ Value::Null) => Ok(value),
            (Ty::Int { .. }, Value::Number(number)) => self.json_int(ty, &number),
            (Ty::Float, Value::Number(number)) => match number.as_f64() {
                Some(number) => Ok(number.into()),
                None => Err(ValueError::mismatch("a finite number", &number.into())),
            },
            (Ty::Optional(inner), value) => self.json_optional(inner, value),
            (Ty::List(item), Value::Array(items)) => self.json_items(item, items),
            (Ty::Map(inner), Value::Object(entries)) => self.json_entries(inner, entries),
            (Ty::Struct(ty), Value::Object(values)) => self.json_struct(ty, values),
            (Ty::Enum(ty), value) => self.json_enum(ty, value),
            (_, Value::Null) => Err(ValueError::mismatch(ty.in_words(), &Value::Null)),
            (Ty::Str, value) => {
                self.repaired(format!("read {} as text", brief(&value.to_string())));
                Ok(value.to_string().into())
            }
            (_, Value::String(text)) => {
                self.repaired(format!("read the text {}", brief(&text)));
                self.text(ty, &text)
            }
            (_, value) => self.json_wrapped(ty, value),
        }
    }

    fn json_int(&mut self, ty: &Ty, number: &serde_json::Number) -> Result<Value, ValueError> {
        let value = Value::Number(number.clone());
        if !number.is_f64() {
            return ty.check(&value).map(|()| value);
        }
        let written = WrittenNumber::json(number.to_string());
        let read = whole(&written).ok_or_else(|| ValueError::mismatch(ty.in_words(), &value))?;
        ty.check(&read)?;
        self.repaired(format!("read {number} as a whole number"));
        Ok(read)
    }

    fn json_optional(&mut self, inner: &Ty, value: Value) -> Result<Value, ValueError> {
        match &value {
            // A JSON string is a text, even `"none"`.
            Value::String(text) if !matches!(inner, Ty::Str | Ty::Enum(_) | Ty::Json) => {
                if means_nothing(text) {
                    self.repaired(format!("read {} as no value", brief(text)));
                    return Ok(Value::Null);
                }
                self.json(inner, value)
            }
            _ => self.json(inner, value),
        }
    }

    fn json_items(&mut self, item: &Ty, items: Vec<Value>) -> Result<Value, ValueError> {
        let items = items.into_iter().enumerate();
        items
            .map(|(index, value)| self.json(item, value).map_err(|error| error.in_item(index)))
            .collect::<Result<Vec<_>, _>>()
            .map(Value::Array)
    }

    fn json_entries(
        &mut self,
        inner: &Ty,
        entries: Map<String, Value>,
    ) -> Result<Value, ValueError> {
        let mut read = Map::new();
        for (key, value) in entries {
            let value = self.json(inner, value);
            let value = value.map_err(|error| error.in_field(key.as_str()))?;
            read.insert(key, value);
        }
        Ok(Value::Object(read))
    }

    fn json_enum(&mut self, ty: &EnumTy, value: Value) -> Result<Value, ValueError> {
        match value {
            Value::String(text) => self.variant_named(ty, &text),
            Value::Object(object) if object.len() == 1 => {
                let Some((key, payload)) = object.into_iter().next() else {
                    return Err(ValueError::new("is empty"));
                };
                self.variant_object(ty, &key, payload)
            }
            Value::Number(_) | Value::Bool(_) => {
                let text = value.to_string();
                self.repaired(format!("read {text} as text"));
                self.variant_named(ty, &text)
            }
            value => self.json_wrapped(&Ty::Enum(ty.clone()), value),
        }
    }

    /// A variant written as text: its name, or JSON if it has a payload.
    pub(super) fn variant_text(&mut self, ty: &EnumTy, text: &str) -> Result<Value, ValueError> {
        let has_payloads = ty.variants.iter().any(|variant| variant.payload.is_some());
        if has_payloads && text.contains('{') {
            let as_ty = Ty::Enum(ty.clone());
            if let Some(read) = self.attempt(|reader| reader.extracted(&as_ty, &['{'], text)) {
                return read;
            }
        }
        self.variant_named(ty, text)
    }

    fn variant_named(&mut self, ty: &EnumTy, text: &str) -> Result<Value, ValueError> {
        let variant = &ty.variants[choice::variant(self, ty, text)?];
        match &variant.payload {
            None => Ok(Value::String(variant.name.to_string())),
            Some(payload) if matches!(**payload, Ty::Optional(_)) => {
                self.repaired("read the variant without its value");
                Ok(tagged(&variant.name, Value::Null))
            }
            Some(_) => Err(ValueError::new(format!(
                "must give a value with `{0}`, as {{\"{0}\": …}}",
                variant.name
            ))),
        }
    }

    fn variant_object(
        &mut self,
        ty: &EnumTy,
        key: &str,
        value: Value,
    ) -> Result<Value, ValueError> {
        let named = self.attempt(|reader| choice::variant(reader, ty, key).ok());
        let Some(variant) = named.map(|index| &ty.variants[index]) else {
            self.repaired(format!("unwrapped the value from `{key}`"));
            return match value {
                Value::String(text) => self.variant_named(ty, &text),
                value => Err(ValueError::mismatch(
                    "one of the variants",
                    &tagged(key, value),
                )),
            };
        };
        match (&variant.payload, &value) {
            (Some(payload), _) => {
                let value = self.json(payload, value);
                let value = value.map_err(|error| error.in_field(&*variant.name))?;
                Ok(tagged(&variant.name, value))
            }
            (None, Value::Null | Value::Bool(true)) => {
                self.repaired(format!("removed the value of `{}`", variant.name));
                Ok(Value::String(variant.name.to_string()))
            }
            (None, _) => Err(ValueError::new(format!(
                "has a value with `{}`, which takes none",
                variant.name
            ))),
        }
    }

    /// A value wrapped in a list or in an object with one key, or a list without its brackets.
    fn json_wrapped(&mut self, ty: &Ty, value: Value) -> Result<Value, ValueError> {
        let shown = value.clone();
        let (inside, done) = match value {
            Value::Array(mut items) if items.len() == 1 => {
                (items.pop(), "used the only item of a list".to_owned())
            }
            Value::Object(object) if object.len() == 1 => {
                let (key, value) = object.into_iter().next().unzip();
                let key: String = key.unwrap_or_default();
                (value, format!("unwrapped the value from `{key}`"))
            }
            _ => (None, String::new()),
        };
        let unwrapped = self.attempt(|reader| {
            reader.repaired(done);
            reader.json(ty, inside?).ok()
        });
        if let Some(value) = unwrapped {
            return Ok(value);
        }
        if let Ty::List(item) = ty {
            let one = self.attempt(|reader| {
                reader.repaired("read one value as a list with one item");
                reader.json(item, shown.clone()).ok()
            });
            if let Some(value) = one {
                return Ok(Value::Array(vec![value]));
            }
        }
        Err(ValueError::mismatch(ty.in_words(), &shown))
    }
}

fn tagged(name: &str, value: Value) -> Value {
    Value::Object(Map::from_iter([(name.to_owned(), value)]))
}

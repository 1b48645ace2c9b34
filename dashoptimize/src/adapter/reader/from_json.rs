//! JSON of any shape as a value of a type.

use serde_json::{Map, Number, Value};

use super::choice;
use super::effort::Effort;
use super::number::{WrittenNumber, whole};
use super::output_reader::OutputReader;
use super::written_json::{Entries, Shape, WrittenJson};
use crate::adapter::spelling::{brief, means_nothing};
use crate::signature::{EnumTy, Ty, ValueError};

/// The value of the type that this JSON, or JSON in a text, stands for. Repairs are not reported.
pub(crate) fn read_value(
    ty: &Ty,
    value: &WrittenJson<'_>,
    effort: &Effort,
) -> Result<Value, ValueError> {
    let read = OutputReader::new(None, effort).json(ty, value);
    match effort.problem() {
        Some(problem) => Err(ValueError::new(problem)),
        None => read,
    }
}

impl OutputReader<'_> {
    /// The value of the type that this JSON stands for.
    pub(super) fn json(&mut self, ty: &Ty, value: &WrittenJson<'_>) -> Result<Value, ValueError> {
        self.effort.spend(1);
        match (ty, &value.shape) {
            (Ty::Json, _) => Ok(value.to_value()),
            (Ty::Str, Shape::Text { text, .. }) => Ok(text.to_string().into()),
            (Ty::Bool, Shape::Bool(truth)) => Ok((*truth).into()),
            (Ty::Optional(_), Shape::Null) => Ok(Value::Null),
            (Ty::Int { .. }, Shape::Number(number)) => self.json_int(ty, number),
            (Ty::Float, Shape::Number(number)) => match number.as_f64() {
                Some(number) => Ok(number.into()),
                None => Err(ValueError::mismatch("a finite number", &value.to_value())),
            },
            (Ty::Optional(inner), _) => self.json_optional(inner, value),
            (Ty::List(item), Shape::List(items)) => self.json_items(item, items),
            (Ty::Map(inner), Shape::Object(entries)) => self.json_entries(inner, entries),
            (Ty::Struct(ty), Shape::Object(values)) => self.json_struct(ty, values),
            (Ty::Enum(ty), _) => self.json_enum(ty, value),
            (_, Shape::Null) => Err(ValueError::mismatch(ty.in_words(), &Value::Null)),
            (Ty::Str, _) => {
                let text = value.as_written();
                self.repaired(format!("read {} as text", brief(&text)));
                Ok(text.into_owned().into())
            }
            (Ty::Int { .. } | Ty::Float | Ty::Bool, Shape::Text { cut: true, text }) => {
                Err(ValueError::new(format!("is cut off after {}", brief(text))))
            }
            (_, Shape::Text { text, .. }) => {
                self.repaired(format!("read the text {}", brief(text)));
                self.unwrapping(|reader| reader.text(ty, text))
            }
            _ => self.json_wrapped(ty, value),
        }
    }

    fn json_int(&mut self, ty: &Ty, number: &Number) -> Result<Value, ValueError> {
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

    fn json_optional(&mut self, inner: &Ty, value: &WrittenJson<'_>) -> Result<Value, ValueError> {
        match value.as_text() {
            // A JSON string is a text, even `"none"`.
            Some(text)
                if means_nothing(text) && !matches!(inner, Ty::Str | Ty::Enum(_) | Ty::Json) =>
            {
                self.repaired(format!("read {} as no value", brief(text)));
                Ok(Value::Null)
            }
            _ => self.json(inner, value),
        }
    }

    fn json_items(&mut self, item: &Ty, items: &[WrittenJson<'_>]) -> Result<Value, ValueError> {
        let items = items.iter().enumerate();
        items
            .map(|(index, value)| self.json(item, value).map_err(|error| error.in_item(index)))
            .collect::<Result<Vec<_>, _>>()
            .map(Value::Array)
    }

    fn json_entries(&mut self, inner: &Ty, entries: &Entries<'_>) -> Result<Value, ValueError> {
        let mut read = Map::new();
        for (key, value) in entries {
            let value = self.json(inner, value);
            let value = value.map_err(|error| error.in_field(&**key))?;
            read.insert(key.to_string(), value);
        }
        Ok(Value::Object(read))
    }

    fn json_enum(&mut self, ty: &EnumTy, value: &WrittenJson<'_>) -> Result<Value, ValueError> {
        match &value.shape {
            Shape::Text { text, cut: true } => {
                let variant = choice::completed(ty, text)?;
                Ok(Value::String(ty.variants[variant].name.to_string()))
            }
            Shape::Text { text, .. } => self.variant_named(ty, text),
            Shape::Object(object) if object.len() == 1 => match object.first() {
                Some((key, payload)) => self.variant_object(ty, key, payload),
                None => Err(ValueError::new("is empty")),
            },
            Shape::Number(_) | Shape::Bool(_) => {
                let text = value.as_written();
                self.repaired(format!("read {text} as text"));
                self.variant_named(ty, &text)
            }
            Shape::Null => Err(ValueError::mismatch("one of the variants", &Value::Null)),
            _ => self.json_wrapped(&Ty::Enum(ty.clone()), value),
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
        value: &WrittenJson<'_>,
    ) -> Result<Value, ValueError> {
        let named = self.attempt(|reader| choice::variant(reader, ty, key).ok());
        let Some(variant) = named.map(|index| &ty.variants[index]) else {
            self.repaired(format!("unwrapped the value from `{key}`"));
            return match value.as_text() {
                Some(text) => self.variant_named(ty, text),
                None => Err(ValueError::mismatch(
                    "one of the variants",
                    &tagged(key, value.to_value()),
                )),
            };
        };
        match (&variant.payload, &value.shape) {
            (Some(payload), _) => {
                let value = self.json(payload, value);
                let value = value.map_err(|error| error.in_field(&*variant.name))?;
                Ok(tagged(&variant.name, value))
            }
            (None, Shape::Null | Shape::Bool(true)) => {
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
    fn json_wrapped(&mut self, ty: &Ty, value: &WrittenJson<'_>) -> Result<Value, ValueError> {
        let unwrapped = self.attempt(|reader| {
            let inside = reader.inside(value)?;
            reader.unwrapping(|reader| reader.json(ty, inside)).ok()
        });
        if let Some(value) = unwrapped {
            return Ok(value);
        }
        if let Ty::List(item) = ty {
            let one = self.attempt(|reader| {
                reader.repaired("read one value as a list with one item");
                reader.unwrapping(|reader| reader.json(item, value)).ok()
            });
            if let Some(value) = one {
                return Ok(Value::Array(vec![value]));
            }
        }
        Err(ValueError::mismatch(ty.in_words(), &value.to_value()))
    }

    /// The only value in a list or an object.
    fn inside<'v, 'a>(&mut self, value: &'v WrittenJson<'a>) -> Option<&'v WrittenJson<'a>> {
        match &value.shape {
            Shape::List(items) if items.len() == 1 => {
                self.repaired("used the only item of a list");
                items.first()
            }
            Shape::Object(object) if object.len() == 1 => {
                let (key, value) = object.first()?;
                self.repaired(format!("unwrapped the value from `{key}`"));
                Some(value)
            }
            _ => None,
        }
    }
}

fn tagged(name: &str, value: Value) -> Value {
    Value::Object(Map::from_iter([(name.to_owned(), value)]))
}

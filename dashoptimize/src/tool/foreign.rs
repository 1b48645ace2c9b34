//! The top level of a JSON schema that comes from elsewhere, as far as the check of arguments needs it.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::argument::Argument;
use crate::signature::{EnumTy, Property, Ty, TyRef, Variant};

/// The arguments that the schema names.
pub(super) fn arguments(schema: &Value) -> Vec<Argument> {
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|list| list.iter().any(|r| r == name));
    let properties = schema.get("properties").and_then(Value::as_object);
    let properties = properties.into_iter().flatten();
    properties
        .map(|(name, schema)| {
            let required = is_required(name);
            Argument {
                property: property(name, schema, required),
                required,
            }
        })
        .collect()
}

/// Whether the schema allows arguments that it does not name.
///
/// A schema that names no arguments allows all. One that names some allows others only if it says so
/// explicitly, although JSON Schema allows them by default: an unknown name is far more often a mistake
/// of the model.
pub(super) fn accepts_others(schema: &Value) -> bool {
    let names = schema.get("properties").and_then(Value::as_object);
    match schema.get("additionalProperties") {
        Some(Value::Bool(allowed)) => *allowed,
        Some(_) => true,
        None => names.is_none_or(Map::is_empty) || schema.get("patternProperties").is_some(),
    }
}

fn property(name: &str, schema: &Value, required: bool) -> Property {
    let ty = ty(schema);
    let ty = match ty {
        Ty::Optional(_) | Ty::Json => ty,
        ty if !required => Ty::Optional(ty.into()),
        ty => ty,
    };
    let doc = schema.get("description").and_then(Value::as_str);
    Property {
        name: name.to_owned().into(),
        doc: doc.unwrap_or_default().to_owned().into(),
        ty: ty.into(),
    }
}

/// The type that a schema states at its top level. Where it states none of the simple types, any JSON
/// value is accepted.
fn ty(schema: &Value) -> Ty {
    if let Some(names) = schema.get("enum").and_then(Value::as_array) {
        return choice(names);
    }
    match schema.get("type") {
        Some(Value::String(name)) => named(name),
        Some(Value::Array(names)) => nullable(names.iter().map(|name| match name {
            Value::String(name) if name == "null" => None,
            Value::String(name) => Some(named(name)),
            _ => Some(Ty::Json),
        })),
        _ => match schema.get("anyOf").and_then(Value::as_array) {
            Some(forms) => nullable(forms.iter().map(|form| match form.get("type") {
                Some(Value::String(name)) if name == "null" => None,
                _ => Some(ty(form)),
            })),
            None => Ty::Json,
        },
    }
}

fn named(name: &str) -> Ty {
    match name {
        "string" => Ty::Str,
        "integer" => Ty::Int {
            min: i64::MIN.into(),
            max: u64::MAX.into(),
        },
        "number" => Ty::Float,
        "boolean" => Ty::Bool,
        "array" => Ty::List(TyRef::Static(&Ty::Json)),
        "object" => Ty::Map(TyRef::Static(&Ty::Json)),
        _ => Ty::Json,
    }
}

/// The type of a schema that allows one type or several; `None` stands for `null`.
fn nullable(forms: impl Iterator<Item = Option<Ty>>) -> Ty {
    let (values, nulls): (Vec<_>, Vec<_>) = forms.partition(Option::is_some);
    let mut values = values.into_iter().flatten();
    match (values.next(), values.next()) {
        (Some(Ty::Json), _) | (_, Some(_)) | (None, _) => Ty::Json,
        (Some(ty), None) if nulls.is_empty() => ty,
        (Some(ty), None) => Ty::Optional(ty.into()),
    }
}

fn choice(names: &[Value]) -> Ty {
    let variant = |name: &Value| {
        Some(Variant {
            name: name.as_str()?.to_owned().into(),
            doc: Cow::Borrowed(""),
            payload: None,
        })
    };
    match names.iter().map(variant).collect::<Option<Vec<_>>>() {
        Some(variants) if !variants.is_empty() => Ty::Enum(EnumTy {
            name: Cow::Borrowed("enum"),
            variants: variants.into(),
        }),
        _ => Ty::Json,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn simple_types_are_known_and_all_others_are_accepted() {
        let int = || named("integer");
        for (schema, expected) in [
            (json!({"type": "integer"}), int()),
            (
                json!({"type": ["integer", "null"]}),
                Ty::Optional(int().into()),
            ),
            (
                json!({"anyOf": [{"type": "integer"}, {"type": "null"}], "default": null}),
                Ty::Optional(int().into()),
            ),
            (
                json!({"anyOf": [{"type": "integer"}, {"type": "string"}]}),
                Ty::Json,
            ),
            (json!({"type": ["integer", "string"]}), Ty::Json),
            (json!({"type": "null"}), Ty::Json),
            (json!({"enum": [1, 2]}), Ty::Json),
            (json!({"enum": []}), Ty::Json),
            (json!({"$ref": "#/$defs/A"}), Ty::Json),
            (json!({"allOf": []}), Ty::Json),
            (json!(true), Ty::Json),
        ] {
            assert_eq!(ty(&schema), expected, "{schema}");
        }
    }

    #[test]
    fn others_are_allowed_where_the_schema_says_so() {
        let named = json!({"a": {}});
        for (schema, expected) in [
            (json!({}), true),
            (json!({"properties": {}}), true),
            (
                json!({"properties": {}, "additionalProperties": false}),
                false,
            ),
            (json!({"properties": named}), false),
            (
                json!({"properties": named, "additionalProperties": {}}),
                true,
            ),
            (json!({"properties": named, "patternProperties": {}}), true),
        ] {
            assert_eq!(accepts_others(&schema), expected, "{schema}");
        }
    }

    proptest! {
        #[test]
        fn no_schema_panics(text in r#"(\{|\}|"|:|,|\[|\]|type|properties|required|enum|anyOf|a|1){0,40}"#) {
            if let Ok(schema) = serde_json::from_str(&text) {
                let _ = (arguments(&schema), accepts_others(&schema));
            }
        }
    }
}

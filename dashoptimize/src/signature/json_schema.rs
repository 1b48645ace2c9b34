//! JSON schemas of types (draft 2020-12), in the form that the strict modes of providers require:
//! every property is required, and an optional one may be `null`.

use serde_json::{Map, Value, json};

use super::ty::{EnumTy, Property, StructTy, Ty, Variant};

/// The schema of a type.
pub(crate) fn of(ty: &Ty) -> Value {
    match ty {
        Ty::Str => json!({"type": "string"}),
        Ty::Int { min, max } => int(*min, *max),
        Ty::Float => json!({"type": "number"}),
        Ty::Bool => json!({"type": "boolean"}),
        Ty::Optional(inner) => json!({"anyOf": [of(inner), {"type": "null"}]}),
        Ty::List(item) => json!({"type": "array", "items": of(item)}),
        Ty::Map(inner) => json!({"type": "object", "additionalProperties": of(inner)}),
        Ty::Enum(ty) => choice(ty),
        Ty::Struct(ty) => structure(ty),
        Ty::Json => json!({}),
    }
}

/// Only bounds that fit into 32 bits are stated: wider ones tell a model nothing, and some providers
/// refuse them.
fn int(min: i128, max: i128) -> Value {
    let mut schema = json!({"type": "integer"});
    for (key, bound) in [("minimum", min), ("maximum", max)] {
        if let Ok(bound) = i32::try_from(bound) {
            schema[key] = bound.into();
        }
    }
    schema
}

fn choice(ty: &EnumTy) -> Value {
    let (units, tagged): (Vec<&Variant>, Vec<&Variant>) = ty
        .variants
        .iter()
        .partition(|variant| variant.payload.is_none());
    let names: Vec<&str> = units.iter().map(|variant| &*variant.name).collect();
    let mut units = json!({"type": "string", "enum": names});
    let meanings: Vec<String> = ty
        .variants
        .iter()
        .filter(|variant| variant.payload.is_none() && !variant.doc.is_empty())
        .map(|variant| format!("{}: {}", variant.name, variant.doc))
        .collect();
    units = described(units, &meanings.join("\n"));
    if tagged.is_empty() {
        return units;
    }
    let mut forms: Vec<Value> = tagged.into_iter().map(payload).collect();
    if !names.is_empty() {
        forms.insert(0, units);
    }
    json!({"anyOf": forms})
}

fn payload(variant: &Variant) -> Value {
    let value = variant.payload.as_deref().map_or_else(|| json!({}), of);
    described(object(vec![(&variant.name, value)]), &variant.doc)
}

fn structure(ty: &StructTy) -> Value {
    described(properties(&ty.properties), &ty.doc)
}

/// The schema of an object with these properties.
pub(crate) fn properties(properties: &[Property]) -> Value {
    let properties = properties.iter();
    let properties = properties.map(|p| (&*p.name, described(of(&p.ty), &p.doc)));
    object(properties.collect())
}

/// The schema of an object with these properties and no others.
pub(crate) fn object(properties: Vec<(&str, Value)>) -> Value {
    let required: Vec<&str> = properties.iter().map(|(name, _)| *name).collect();
    let mut schema = json!({
        "type": "object",
        "required": required,
        "additionalProperties": false,
    });
    let properties = properties
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value));
    schema["properties"] = Value::Object(Map::from_iter(properties));
    schema
}

/// The schema with a description, unless it is empty.
pub(crate) fn described(mut schema: Value, desc: &str) -> Value {
    let desc = desc.trim();
    match &mut schema {
        Value::Object(entries) if !desc.is_empty() => {
            entries.insert("description".to_owned(), desc.into());
            schema
        }
        _ => schema,
    }
}

//! JSON schema of a signature's outputs.

use serde_json::{Map, Value, json};

use crate::signature::{Constraint, EnumTy, Field, SignatureSpec, StructTy, Ty, Variant};

/// The outputs of a signature as a JSON schema (draft 2020-12), with their descriptions and bounds.
///
/// It has the form that providers' strict modes ask for: every property is required, and one that
/// may be absent may be `null`.
///
/// ```
/// use dashoptimize::adapter::json_schema;
/// use dashoptimize::signature::make_signature;
///
/// let spec = make_signature("text -> label: Literal[\"spam\", \"ham\"]", "")?;
/// let schema = json_schema(&spec);
/// assert_eq!(schema["properties"]["label"]["enum"][1], "ham");
/// # Ok::<(), dashoptimize::signature::SpecError>(())
/// ```
#[must_use]
pub fn json_schema(spec: &SignatureSpec) -> Value {
    let fields = spec.outputs();
    object(
        fields
            .map(|field| (&*field.name, field_schema(field)))
            .collect(),
    )
}

fn field_schema(field: &Field) -> Value {
    let mut schema = of(&field.ty);
    for check in field.checks.iter() {
        bound(&mut schema, &field.ty, &check.constraint);
    }
    described(schema, &field.desc)
}

fn of(ty: &Ty) -> Value {
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

/// Bounds of 32 bits and less. Wider ones say nothing to a model, and some providers refuse them.
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
    let properties = ty.properties.iter();
    let properties = properties.map(|p| (&*p.name, described(of(&p.ty), &p.doc)));
    described(object(properties.collect()), &ty.doc)
}

fn object(properties: Vec<(&str, Value)>) -> Value {
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

fn described(mut schema: Value, desc: &str) -> Value {
    let desc = desc.trim();
    match &mut schema {
        Value::Object(entries) if !desc.is_empty() => {
            entries.insert("description".to_owned(), desc.into());
            schema
        }
        _ => schema,
    }
}

/// Adds a check's bounds to the schema of its field. A custom check has no form in a schema.
fn bound(schema: &mut Value, ty: &Ty, constraint: &Constraint) {
    match (ty, constraint) {
        (Ty::Optional(inner), _) => bound(&mut schema["anyOf"][0], inner, constraint),
        (_, Constraint::Range { min, max }) => {
            for (key, bound) in [("minimum", *min), ("maximum", *max)] {
                if bound.is_finite() {
                    schema[key] = number(bound);
                }
            }
        }
        (_, Constraint::Length { min, max }) => {
            let (fewest, most) = match ty {
                Ty::List(_) => ("minItems", "maxItems"),
                Ty::Map(_) => ("minProperties", "maxProperties"),
                _ => ("minLength", "maxLength"),
            };
            schema[fewest] = (*min).into();
            if *max < usize::MAX {
                schema[most] = (*max).into();
            }
        }
        (_, Constraint::Custom { .. }) => {}
    }
}

/// A whole bound without a fraction.
fn number(bound: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if bound.fract() == 0.0 && bound.abs() < EXACT {
        (bound as i64).into()
    } else {
        bound.into()
    }
}

//! A reply that repeats the JSON schema of the outputs instead of the outputs.

use super::effort::Effort;
use super::extract::JsonValues;
use super::written_json::{Entries, Shape, WrittenJson};
use crate::adapter::spelling::same_name;
use crate::signature::{SignatureSpec, Ty};

/// The keys of a schema of a value.
const KEYWORDS: [&str; 32] = [
    "type",
    "title",
    "description",
    "enum",
    "const",
    "default",
    "examples",
    "example",
    "format",
    "pattern",
    "items",
    "prefixItems",
    "properties",
    "required",
    "additionalProperties",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
    "uniqueItems",
    "anyOf",
    "oneOf",
    "allOf",
    "$ref",
    "nullable",
];

const TYPES: [&str; 7] = [
    "string", "number", "integer", "boolean", "array", "object", "null",
];

/// Whether a value, as it stands for an output of this type, is the schema of the output.
pub(super) fn is_schema(ty: &Ty, value: &WrittenJson<'_>) -> bool {
    let is_property = |key: &str| match ty {
        Ty::Struct(ty) => ty.properties.iter().any(|p| p.name == key),
        _ => false,
    };
    value.as_object().is_some_and(|entries| {
        names_type(entries)
            && entries
                .keys()
                .all(|key| KEYWORDS.contains(&&**key) && !is_property(key))
    })
}

/// Whether the entries say of which type a value is.
fn names_type(entries: &Entries<'_>) -> bool {
    let is_type = |value: &WrittenJson<'_>| value.as_text().is_some_and(|ty| TYPES.contains(&ty));
    let by_name = entries.get("type").is_some_and(|ty| match &ty.shape {
        Shape::List(types) => !types.is_empty() && types.iter().all(is_type),
        _ => is_type(ty),
    });
    let others = ["$ref", "anyOf", "oneOf", "allOf", "enum"];
    by_name || others.iter().any(|key| entries.contains_key(*key))
}

/// Whether an object is the schema of the outputs, or has that of an output under its name.
pub(super) fn repeats_schema(spec: &SignatureSpec, object: &Entries<'_>) -> bool {
    of_outputs(spec, object) || has_schema_of_output(spec, object)
}

/// Whether an object is the schema of the outputs as a whole, also under a name, as it is sent to servers.
fn of_outputs(spec: &SignatureSpec, object: &Entries<'_>) -> bool {
    let inside = |name: &str| object.get(name).and_then(WrittenJson::as_object);
    let properties = inside("properties");
    properties.is_some_and(|properties| has_schema_of_output(spec, properties))
        || ["schema", "json_schema"]
            .into_iter()
            .filter_map(inside)
            .any(|schema| of_outputs(spec, schema))
}

/// Whether what an object has under the name of an output is the schema of that output.
fn has_schema_of_output(spec: &SignatureSpec, object: &Entries<'_>) -> bool {
    let mut objects = object
        .iter()
        .filter(|(_, value)| value.as_object().is_some());
    objects.any(|(key, value)| {
        let mut outputs = spec.outputs();
        outputs.any(|field| same_name(&field.name, key) && is_schema(&field.ty, value))
    })
}

/// Whether a text holds the schema of the outputs.
pub(super) fn is_in(spec: &SignatureSpec, text: &str, effort: &Effort) -> bool {
    JsonValues::new(text, &['{'], effort).any(|found| {
        let object = found.loose.value.as_object();
        object.is_some_and(|object| repeats_schema(spec, object))
    })
}

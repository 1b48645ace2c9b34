//! JSON schemas as OpenAI's strict mode takes them.
//!
//! Strict mode requires every object to be closed and every property to be required, and knows only some
//! keywords. What is written here is looser than the given schema or equal to it, never stricter, except
//! that an optional property becomes one that may be `null`. The reply is checked against the given
//! schema when it is parsed, so nothing is lost.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value, json};

/// Keywords that strict mode takes unchanged.
const KEPT: &[&str] = &[
    "type",
    "title",
    "description",
    "enum",
    "const",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
];

/// Keywords that strict mode refuses and that can be left out.
const DROPPED: &[&str] = &[
    "$schema",
    "$id",
    "$comment",
    "default",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "minLength",
    "maxLength",
    "minProperties",
    "maxProperties",
    "uniqueItems",
    "contentEncoding",
    "contentMediaType",
];

/// Formats of strings that strict mode takes. Others are left out.
const FORMATS: &[&str] = &[
    "date-time",
    "time",
    "date",
    "duration",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "uuid",
];

/// Whether strict mode can express the schema. Maps with arbitrary keys and tuples, for example, it
/// cannot.
pub(super) fn fits(schema: &Value) -> bool {
    let Some(root) = schema.as_object() else {
        return false;
    };
    root.contains_key("properties") && !root.contains_key("$ref") && subschema_fits(schema)
}

fn subschema_fits(schema: &Value) -> bool {
    const TYPE_KEYWORDS: [&str; 6] = ["type", "enum", "const", "anyOf", "oneOf", "$ref"];
    let Some(object) = schema.as_object() else {
        return false;
    };
    TYPE_KEYWORDS
        .iter()
        .any(|keyword| object.contains_key(*keyword))
        && (!has_type(object, "object") || object.contains_key("properties"))
        && (!has_type(object, "array") || object.contains_key("items"))
        && !(object.contains_key("anyOf") && object.contains_key("oneOf"))
        && object.iter().all(|(key, value)| keyword_fits(key, value))
}

fn keyword_fits(key: &str, value: &Value) -> bool {
    match key {
        "properties" | "$defs" | "definitions" => value
            .as_object()
            .is_some_and(|map| map.values().all(subschema_fits)),
        "anyOf" | "oneOf" => value
            .as_array()
            .is_some_and(|list| list.iter().all(subschema_fits)),
        "items" => subschema_fits(value),
        "additionalProperties" => *value == Value::Bool(false),
        "required" => value.is_array(),
        "pattern" | "format" | "$ref" => value.is_string(),
        _ => KEPT.contains(&key) || DROPPED.contains(&key),
    }
}

fn has_type(object: &Map<String, Value>, name: &str) -> bool {
    match object.get("type") {
        Some(Value::String(only)) => only == name,
        Some(Value::Array(several)) => several.iter().any(|one| one == name),
        _ => false,
    }
}

fn admits_null(schema: &Value) -> bool {
    let Some(object) = schema.as_object() else {
        return false;
    };
    let choices = object.get("anyOf").or_else(|| object.get("oneOf"));
    has_type(object, "null")
        || choices
            .and_then(Value::as_array)
            .is_some_and(|list| list.iter().any(admits_null))
}

/// Writes a schema that [`fits`] in the form of strict mode, without a copy of it.
pub(super) struct Strict<'a>(pub(super) &'a Value);

impl Serialize for Strict<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(object) = self.0.as_object() else {
            return self.0.serialize(serializer);
        };
        let mut map = serializer.serialize_map(None)?;
        // Strict mode takes no other keyword next to a reference.
        if let Some(target) = object.get("$ref") {
            map.serialize_entry("$ref", target)?;
            return map.end();
        }
        for (key, value) in object {
            match key.as_str() {
                "properties" => map.serialize_entry(key, &Properties(object))?,
                "$defs" | "definitions" => map.serialize_entry(key, &Named(value))?,
                "anyOf" | "oneOf" => map.serialize_entry("anyOf", &strict_list(value))?,
                "items" => map.serialize_entry(key, &Strict(value))?,
                "format" if FORMATS.iter().any(|known| value == known) => {
                    map.serialize_entry(key, value)?;
                }
                // Look-around is refused, so groups with an extension are left out.
                "pattern" if value.as_str().is_some_and(|p| !p.contains("(?")) => {
                    map.serialize_entry(key, value)?;
                }
                key if KEPT.contains(&key) => map.serialize_entry(key, value)?,
                _ => {}
            }
        }
        if let Some(properties) = object.get("properties").and_then(Value::as_object) {
            map.serialize_entry("required", &properties.keys().collect::<Vec<_>>())?;
            map.serialize_entry("additionalProperties", &false)?;
        }
        map.end()
    }
}

fn strict_list(value: &Value) -> Vec<Strict<'_>> {
    value.as_array().into_iter().flatten().map(Strict).collect()
}

/// The properties of an object schema; those that are not required may be `null`.
struct Properties<'a>(&'a Map<String, Value>);

impl Serialize for Properties<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let required = self.0.get("required").and_then(Value::as_array);
        let is_required = |name: &str| required.is_some_and(|list| list.iter().any(|r| r == name));
        let properties = self.0.get("properties").and_then(Value::as_object);
        serializer.collect_map(properties.into_iter().flatten().map(|(name, schema)| {
            let optional = !is_required(name) && !admits_null(schema);
            (name, Property { schema, optional })
        }))
    }
}

struct Property<'a> {
    schema: &'a Value,
    optional: bool,
}

impl Serialize for Property<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let schema = Strict(self.schema);
        if !self.optional {
            return schema.serialize(serializer);
        }
        let null = json!({"type": "null"});
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("anyOf", &[schema, Strict(&null)])?;
        map.end()
    }
}

/// Schemas under names.
struct Named<'a>(&'a Value);

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let schemas = self.0.as_object().into_iter().flatten();
        serializer.collect_map(schemas.map(|(name, schema)| (name, Strict(schema))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strict(schema: &Value) -> Value {
        assert!(fits(schema), "{schema}");
        serde_json::to_value(Strict(schema)).expect("a schema is plain JSON")
    }

    #[test]
    fn objects_are_closed_and_properties_required_at_every_depth() {
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"type": "string", "minLength": 1, "description": "who"},
                "age": {"type": "integer", "format": "uint32", "minimum": 0},
                "nick": {"type": ["string", "null"]},
                "home": {"$ref": "#/$defs/Home", "description": "where"},
                "tags": {"type": "array", "items": {
                    "type": "object", "properties": {"t": {"const": "x"}}, "required": ["t"]
                }},
            },
            "$defs": {"Home": {"oneOf": [{"type": "string", "format": "uuid"}, {"type": "null"}]}},
        });
        let expected = json!({
            "type": "object",
            "required": ["name", "age", "nick", "home", "tags"],
            "additionalProperties": false,
            "properties": {
                "name": {"type": "string", "description": "who"},
                "age": {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "null"}]},
                "nick": {"type": ["string", "null"]},
                "home": {"anyOf": [{"$ref": "#/$defs/Home"}, {"type": "null"}]},
                "tags": {"anyOf": [
                    {"type": "array", "items": {
                        "type": "object", "properties": {"t": {"const": "x"}},
                        "required": ["t"], "additionalProperties": false
                    }},
                    {"type": "null"}
                ]},
            },
            "$defs": {"Home": {"anyOf": [{"type": "string", "format": "uuid"}, {"type": "null"}]}},
        });
        let mut lowered = strict(&schema);
        // The order of keys is that of the map in use; what must hold is the set.
        let mut names: Vec<_> = lowered["required"].as_array().cloned().unwrap_or_default();
        names.sort_by_key(Value::to_string);
        lowered["required"] = json!(names);
        let mut expected = expected;
        expected["required"] = json!(["age", "home", "name", "nick", "tags"]);
        assert_eq!(lowered, expected);
        assert!(fits(&lowered), "a lowered schema stays as it is");
    }

    #[test]
    fn what_strict_mode_cannot_express_does_not_fit() {
        for property in [
            json!({"type": "object", "additionalProperties": {"type": "integer"}}),
            json!({"type": "object"}),
            json!({"type": "array"}),
            json!({"type": "array", "prefixItems": [{"type": "string"}], "items": false}),
            json!({"allOf": [{"type": "string"}]}),
            json!({"not": {"type": "string"}}),
            json!({}),
            json!(true),
        ] {
            let schema = json!({"type": "object", "properties": {"p": property}});
            assert!(!fits(&schema), "{schema}");
        }
        for root in [
            json!({"type": "string"}),
            json!(true),
            json!([]),
            json!({"$ref": "#/$defs/A"}),
        ] {
            assert!(!fits(&root), "{root}");
        }
    }
}

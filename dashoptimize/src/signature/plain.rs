//! Text, `bool` and JSON values as fields.

use serde_json::Value;

use super::field_type::FieldType;
use super::ty::Ty;
use super::value_error::ValueError;

impl FieldType for String {
    const TYPE: Ty = Ty::Str;
    const EXACT: bool = true;

    fn into_json(self) -> Value {
        Value::String(self)
    }

    fn to_json(&self) -> Value {
        Value::String(self.clone())
    }

    fn from_json(value: Value) -> Result<Self, ValueError> {
        match value {
            Value::String(text) => Ok(text),
            other => Err(ValueError::mismatch("a text", &other)),
        }
    }
}

impl FieldType for bool {
    const TYPE: Ty = Ty::Bool;
    const EXACT: Self = true;

    fn into_json(self) -> Value {
        Value::Bool(self)
    }

    fn to_json(&self) -> Value {
        Value::Bool(*self)
    }

    fn from_json(value: Value) -> Result<Self, ValueError> {
        match value {
            Value::Bool(truth) => Ok(truth),
            other => Err(ValueError::mismatch("true or false", &other)),
        }
    }
}

impl FieldType for Value {
    const TYPE: Ty = Ty::Json;
    const EXACT: bool = true;

    fn into_json(self) -> Value {
        self
    }

    fn to_json(&self) -> Value {
        self.clone()
    }

    fn from_json(value: Value) -> Result<Self, ValueError> {
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn plain_values_survive_a_round_trip() {
        assert_eq!(
            String::from_json("ä".to_owned().into_json()),
            Ok("ä".to_owned())
        );
        assert_eq!(bool::from_json(true.to_json()), Ok(true));
        assert_eq!(Value::from_json(json!({"a": [1]})), Ok(json!({"a": [1]})));
    }

    #[test]
    fn nothing_is_read_loosely() {
        assert!(String::from_json(json!(3)).is_err());
        assert!(bool::from_json(json!("true")).is_err());
        assert_eq!(
            bool::from_json(json!(null)).unwrap_err().to_string(),
            "the value must be true or false, not null"
        );
    }
}

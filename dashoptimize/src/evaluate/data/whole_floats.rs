//! Whole numbers that are written with a fraction of zero. pandas writes `3.0` for a 3 in a column that
//! has gaps.

use serde_json::{Number, Value};

use crate::signature::Ty;

/// The largest whole number up to which a float holds all whole numbers exactly.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The whole number that a float is.
fn whole(number: &Number) -> Option<Value> {
    let float = number.as_f64().filter(|_| number.is_f64())?;
    (float.fract() == 0.0 && float.abs() < EXACT).then(|| Value::from(float as i64))
}

/// Replaces floats that are whole numbers where the type takes whole numbers.
pub(super) fn by_type(ty: &Ty, value: &mut Value) {
    match (ty, value) {
        (Ty::Int { .. }, value) => replace(value),
        (Ty::Optional(inner), value) => by_type(inner, value),
        (Ty::List(item), Value::Array(items)) => {
            items.iter_mut().for_each(|value| by_type(item, value));
        }
        (Ty::Map(inner), Value::Object(entries)) => {
            entries.values_mut().for_each(|value| by_type(inner, value));
        }
        (Ty::Struct(ty), Value::Object(values)) => {
            for property in ty.properties.iter() {
                if let Some(value) = values.get_mut(&*property.name) {
                    by_type(&property.ty, value);
                }
            }
        }
        (Ty::Enum(ty), Value::Object(values)) => {
            for variant in ty.variants.iter() {
                let payload = variant.payload.as_deref();
                if let (Some(ty), Some(value)) = (payload, values.get_mut(&*variant.name)) {
                    by_type(ty, value);
                }
            }
        }
        _ => {}
    }
}

fn replace(value: &mut Value) {
    if let Value::Number(number) = value
        && let Some(read) = whole(number)
    {
        *value = read;
    }
}

/// Replaces all floats that are whole numbers. Returns whether there were any.
pub(super) fn everywhere(value: &mut Value) -> bool {
    match value {
        Value::Number(number) => match whole(number) {
            Some(read) => {
                *value = read;
                true
            }
            None => false,
        },
        Value::Array(items) => items
            .iter_mut()
            .fold(false, |any, value| everywhere(value) | any),
        Value::Object(entries) => entries
            .values_mut()
            .fold(false, |any, value| everywhere(value) | any),
        _ => false,
    }
}

//! Conversion between JSON and Python; see the table in the docs of [`interpreter`](crate::interpreter).

use monty::ReplFunctionCall;
use monty_types::{MontyDate, MontyObject, MontyTime};
use num_bigint::BigInt;
use serde_json::{Map, Number, Value};

use crate::interpreter::host::FunctionCall;

/// The deepest nesting of a value. JSON parsers reject values that are much deeper.
const DEEPEST: usize = 100;

/// A value that is nested too deeply.
#[derive(Debug, thiserror::Error)]
#[error("the value is nested deeper than {DEEPEST} levels")]
pub(super) struct TooDeep;

/// Converts JSON to Python. The recursion is bounded, because the JSON parser limits the nesting.
pub(super) fn to_python(value: Value) -> MontyObject {
    match value {
        Value::Null => MontyObject::None,
        Value::Bool(value) => MontyObject::Bool(value),
        Value::Number(number) => python_number(&number),
        Value::String(text) => MontyObject::String(text),
        Value::Array(items) => MontyObject::List(items.into_iter().map(to_python).collect()),
        Value::Object(entries) => MontyObject::dict(
            entries
                .into_iter()
                .map(|(key, value)| (MontyObject::String(key), to_python(value)))
                .collect::<Vec<_>>(),
        ),
    }
}

fn python_number(number: &Number) -> MontyObject {
    match (number.as_i64(), number.as_u64(), number.as_f64()) {
        (Some(integer), _, _) => MontyObject::Int(integer),
        (None, Some(integer), _) => MontyObject::BigInt(BigInt::from(integer)),
        (None, None, float) => MontyObject::Float(float.unwrap_or(f64::NAN)),
    }
}

/// Converts a call of a host function.
pub(super) fn call(call: &ReplFunctionCall) -> Result<FunctionCall, TooDeep> {
    Ok(FunctionCall {
        name: call.function_name.clone(),
        args: list(&call.args, DEEPEST)?,
        kwargs: entries(call.kwargs.iter(), DEEPEST)?,
    })
}

/// Converts Python to JSON.
pub(super) fn to_json(object: &MontyObject) -> Result<Value, TooDeep> {
    json(object, DEEPEST)
}

fn json(object: &MontyObject, depth: usize) -> Result<Value, TooDeep> {
    let depth = depth.checked_sub(1).ok_or(TooDeep)?;
    Ok(match object {
        MontyObject::None => Value::Null,
        MontyObject::Bool(value) => Value::Bool(*value),
        MontyObject::Int(integer) => Value::from(*integer),
        MontyObject::BigInt(integer) => big(integer),
        MontyObject::Float(float) => real(*float),
        MontyObject::String(text) | MontyObject::Repr(text) | MontyObject::Path(text) => {
            Value::from(text.as_str())
        }
        MontyObject::List(items)
        | MontyObject::Tuple(items)
        | MontyObject::Set(items)
        | MontyObject::FrozenSet(items) => Value::Array(list(items, depth)?),
        MontyObject::NamedTuple {
            field_names,
            values,
            ..
        } => {
            let values = list(values, depth)?;
            Value::Object(field_names.iter().cloned().zip(values).collect())
        }
        MontyObject::Dict(pairs) => Value::Object(entries(pairs.iter(), depth)?),
        MontyObject::Date(day) => Value::from(date(day)),
        MontyObject::DateTime(moment) => {
            let day = MontyDate {
                year: moment.year,
                month: moment.month,
                day: moment.day,
            };
            let clock = MontyTime {
                hour: moment.hour,
                minute: moment.minute,
                second: moment.second,
                microsecond: moment.microsecond,
                offset_seconds: moment.offset_seconds,
                timezone_name: None,
                fold: 0,
            };
            Value::from(format!("{}T{}", date(&day), time(&clock)))
        }
        MontyObject::Time(clock) => Value::from(time(clock)),
        other => Value::from(other.to_string()),
    })
}

fn list(items: &[MontyObject], depth: usize) -> Result<Vec<Value>, TooDeep> {
    items.iter().map(|item| json(item, depth)).collect()
}

fn entries<'a>(
    pairs: impl Iterator<Item = &'a (MontyObject, MontyObject)>,
    depth: usize,
) -> Result<Map<String, Value>, TooDeep> {
    pairs
        .map(|(key, value)| Ok((key_text(key), json(value, depth)?)))
        .collect()
}

/// The key as `json.dumps` writes it.
fn key_text(key: &MontyObject) -> String {
    match key {
        MontyObject::String(text) => text.clone(),
        MontyObject::None => "null".to_owned(),
        MontyObject::Bool(value) => value.to_string(),
        other => other.to_string(),
    }
}

/// An integer of up to 64 bits as a number, a larger one as its digits, because JSON parsers would round
/// it.
fn big(integer: &BigInt) -> Value {
    u64::try_from(integer).map_or_else(|_| Value::from(integer.to_string()), Value::from)
}

/// A float as a number, or as a text if JSON has no number for it.
fn real(float: f64) -> Value {
    Number::from_f64(float).map_or_else(
        || {
            Value::from(if float.is_nan() {
                "NaN"
            } else if float > 0.0 {
                "Infinity"
            } else {
                "-Infinity"
            })
        },
        Value::Number,
    )
}

fn date(day: &MontyDate) -> String {
    format!("{:04}-{:02}-{:02}", day.year, day.month, day.day)
}

fn time(clock: &MontyTime) -> String {
    let mut text = format!("{:02}:{:02}:{:02}", clock.hour, clock.minute, clock.second);
    if clock.microsecond != 0 {
        text += &format!(".{:06}", clock.microsecond);
    }
    if let Some(offset) = clock.offset_seconds {
        let sign = if offset < 0 { '-' } else { '+' };
        let minutes = offset.unsigned_abs() / 60;
        text += &format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60);
    }
    text
}

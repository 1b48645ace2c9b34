//! Conversion between JSON and Python; see the table in the docs of [`interpreter`](crate::interpreter).

use monty::ReplFunctionCall;
use monty_types::{MontyDate, MontyObject, MontyTime};
use num_bigint::BigInt;
use serde_json::{Map, Number, Value};

use crate::interpreter::host::FunctionCall;
use crate::interpreter::measure::{Measure, Unfit};

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

/// Converts a call of a host function, whose arguments may have this many bytes.
pub(super) fn call(call: &ReplFunctionCall, limit: usize) -> Result<FunctionCall, Unfit> {
    let mut measure = Measure::new(limit);
    Ok(FunctionCall {
        name: call.function_name.clone(),
        args: list(&call.args, &mut measure)?,
        kwargs: entries(call.kwargs.iter(), &mut measure)?,
    })
}

/// Converts Python to JSON of at most this many bytes, not counting what JSON adds to texts.
pub(super) fn to_json(object: &MontyObject, limit: usize) -> Result<Value, Unfit> {
    json(object, &mut Measure::new(limit))
}

fn json(object: &MontyObject, measure: &mut Measure) -> Result<Value, Unfit> {
    measure.inside(|measure| {
        let value = inside(object, measure)?;
        // The size of the parts of a list or object is counted already.
        measure.take(value.as_str().map_or(1, str::len))?;
        Ok(value)
    })
}

fn inside(object: &MontyObject, measure: &mut Measure) -> Result<Value, Unfit> {
    Ok(match object {
        MontyObject::None => Value::Null,
        MontyObject::Bool(value) => Value::Bool(*value),
        MontyObject::Int(integer) => Value::from(*integer),
        MontyObject::BigInt(integer) => big(integer),
        MontyObject::Float(float) => real(*float),
        MontyObject::String(text) | MontyObject::Repr(text) | MontyObject::Path(text) => {
            // A text that is too long is not copied.
            measure.fits(text.len())?;
            Value::from(text.as_str())
        }
        MontyObject::List(items)
        | MontyObject::Tuple(items)
        | MontyObject::Set(items)
        | MontyObject::FrozenSet(items) => Value::Array(list(items, measure)?),
        MontyObject::NamedTuple {
            field_names,
            values,
            ..
        } => {
            let values = list(values, measure)?;
            Value::Object(field_names.iter().cloned().zip(values).collect())
        }
        MontyObject::Dict(pairs) => Value::Object(entries(pairs.iter(), measure)?),
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

fn list(items: &[MontyObject], measure: &mut Measure) -> Result<Vec<Value>, Unfit> {
    items.iter().map(|item| json(item, measure)).collect()
}

fn entries<'a>(
    pairs: impl Iterator<Item = &'a (MontyObject, MontyObject)>,
    measure: &mut Measure,
) -> Result<Map<String, Value>, Unfit> {
    pairs
        .map(|(key, value)| {
            let key = key_text(key);
            measure.take(key.len())?;
            Ok((key, json(value, measure)?))
        })
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

//! JSON that keeps how it was written: a number that is wanted as a text is given as it stands in the
//! reply, not as a program would write it.

use std::borrow::Cow;

use indexmap::IndexMap;
use serde_json::{Number, Value};

/// A JSON value and its text.
#[derive(Clone, Debug)]
pub(crate) struct WrittenJson<'a> {
    pub(super) shape: Shape<'a>,
    /// The text of the value; empty if the value was not read from a text.
    written: Cow<'a, str>,
}

/// What a JSON value is.
#[derive(Clone, Debug)]
pub(super) enum Shape<'a> {
    Null,
    Bool(bool),
    Number(Number),
    Text {
        text: Cow<'a, str>,
        /// Whether the reply ended inside the text.
        cut: bool,
    },
    List(Vec<WrittenJson<'a>>),
    Object(Entries<'a>),
}

/// The entries of an object, in the order of the text.
pub(crate) type Entries<'a> = IndexMap<Cow<'a, str>, WrittenJson<'a>>;

impl<'a> WrittenJson<'a> {
    pub(super) const fn new(shape: Shape<'a>, written: &'a str) -> Self {
        Self {
            shape,
            written: Cow::Borrowed(written),
        }
    }

    pub(super) const fn as_object(&self) -> Option<&Entries<'a>> {
        match &self.shape {
            Shape::Object(entries) => Some(entries),
            _ => None,
        }
    }

    /// The entries of an object, or the value itself if it is not an object.
    pub(crate) fn into_object(self) -> Result<Entries<'a>, Self> {
        match self.shape {
            Shape::Object(entries) => Ok(entries),
            shape => Err(Self { shape, ..self }),
        }
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        match &self.shape {
            Shape::Text { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The value as it is written.
    pub(super) fn as_written(&self) -> Cow<'_, str> {
        match self.written.is_empty() {
            true => self.to_value().to_string().into(),
            false => Cow::Borrowed(&self.written),
        }
    }

    /// The value without its text.
    pub(crate) fn to_value(&self) -> Value {
        match &self.shape {
            Shape::Null => Value::Null,
            Shape::Bool(truth) => Value::Bool(*truth),
            Shape::Number(number) => Value::Number(number.clone()),
            Shape::Text { text, .. } => Value::String(text.to_string()),
            Shape::List(items) => Value::Array(items.iter().map(Self::to_value).collect()),
            Shape::Object(entries) => {
                let entries = entries.iter();
                Value::Object(
                    entries
                        .map(|(key, value)| (key.to_string(), value.to_value()))
                        .collect(),
                )
            }
        }
    }

    /// The value with a copy of its text.
    pub(super) fn into_owned(self) -> WrittenJson<'static> {
        let shape = match self.shape {
            Shape::Null => Shape::Null,
            Shape::Bool(truth) => Shape::Bool(truth),
            Shape::Number(number) => Shape::Number(number),
            Shape::Text { text, cut } => Shape::Text {
                text: Cow::Owned(text.into_owned()),
                cut,
            },
            Shape::List(items) => Shape::List(items.into_iter().map(Self::into_owned).collect()),
            Shape::Object(entries) => Shape::Object(
                entries
                    .into_iter()
                    .map(|(key, value)| (Cow::Owned(key.into_owned()), value.into_owned()))
                    .collect(),
            ),
        };
        let written = match shape {
            // The parts of a list or an object would hold their text once for each level.
            Shape::List(_) | Shape::Object(_) => Cow::Borrowed(""),
            _ => Cow::Owned(self.written.into_owned()),
        };
        WrittenJson { shape, written }
    }
}

impl From<Value> for WrittenJson<'static> {
    fn from(value: Value) -> Self {
        let shape = match value {
            Value::Null => Shape::Null,
            Value::Bool(truth) => Shape::Bool(truth),
            Value::Number(number) => Shape::Number(number),
            Value::String(text) => Shape::Text {
                text: Cow::Owned(text),
                cut: false,
            },
            Value::Array(items) => Shape::List(items.into_iter().map(Self::from).collect()),
            Value::Object(entries) => Shape::Object(
                entries
                    .into_iter()
                    .map(|(key, value)| (Cow::Owned(key), Self::from(value)))
                    .collect(),
            ),
        };
        Self::new(shape, "")
    }
}

//! Text as a value of a type.

use serde_json::Value;

use super::{choice, loose_json, number};
use crate::adapter::spelling::{brief, means_nothing, same_name, stands_bare};
use crate::signature::{Ty, ValueError};

/// Reads one output: it knows the range that its checks state, and keeps what was set right.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) range: Option<(f64, f64)>,
    repairs: Vec<String>,
}

impl Reading {
    pub(super) const fn new(range: Option<(f64, f64)>) -> Self {
        Self {
            range,
            repairs: Vec::new(),
        }
    }

    /// What was set right, in order. They are taken away.
    pub(super) fn repairs(&mut self) -> Vec<String> {
        std::mem::take(&mut self.repairs)
    }

    pub(super) fn repaired(&mut self, done: impl Into<String>) {
        self.repairs.push(done.into());
    }

    /// Tries a reading; what it set right counts only if it succeeds.
    pub(super) fn attempt<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let before = self.repairs.len();
        let read = read(self);
        if read.is_none() {
            self.repairs.truncate(before);
        }
        read
    }

    /// The value that a text is written for.
    pub(super) fn text(&mut self, ty: &Ty, text: &str) -> Result<Value, ValueError> {
        let text = text.trim();
        match ty {
            Ty::Str => Ok(self.plain(text)),
            Ty::Int { .. } => number::int(self, ty, text),
            Ty::Float => number::float(self, text),
            Ty::Bool => choice::boolean(self, text),
            Ty::Enum(ty) => self.variant_text(ty, text),
            Ty::Optional(inner) if self.is_nothing(inner, text) => Ok(Value::Null),
            Ty::Optional(inner) => self.text(inner, text),
            Ty::List(item) => self.list_text(ty, item, text),
            Ty::Map(_) | Ty::Struct(_) => self.object_text(ty, text),
            Ty::Json => Ok(self.any(text)),
        }
    }

    /// A text, out of the quotes of a JSON string where it is one.
    fn plain(&mut self, text: &str) -> Value {
        match quoted(text) {
            Some(inside) => {
                if stands_bare(&inside) && !means_nothing(&inside) {
                    self.repaired("took the text out of its quotes");
                }
                inside.into()
            }
            None => text.into(),
        }
    }

    /// Whether a text says that there is no value of the type inside.
    fn is_nothing(&mut self, inner: &Ty, text: &str) -> bool {
        if text == "null" {
            return true;
        }
        let is_variant = match inner {
            Ty::Enum(ty) => ty
                .variants
                .iter()
                .any(|variant| same_name(&variant.name, text)),
            _ => false,
        };
        let nothing = means_nothing(text) && !is_variant;
        if nothing {
            self.repaired(format!("read {} as no value", brief(text)));
        }
        nothing
    }

    /// Any JSON; what is no JSON is a text.
    fn any(&mut self, text: &str) -> Value {
        let parsed = loose_json::parse(text).filter(|json| text[json.end..].trim().is_empty());
        match parsed {
            Some(json) => {
                json.repairs.iter().for_each(|done| self.repaired(*done));
                json.value
            }
            None => {
                self.repaired("took a text that is no JSON as a JSON text");
                text.into()
            }
        }
    }
}

/// What a text that is exactly one correct JSON string says.
pub(super) fn quoted(text: &str) -> Option<String> {
    if !text.starts_with('"') || text.len() < 2 {
        return None;
    }
    let parsed = loose_json::parse(text)?;
    match parsed.is_strict(text) {
        true => parsed.value.as_str().map(str::to_owned),
        false => None,
    }
}

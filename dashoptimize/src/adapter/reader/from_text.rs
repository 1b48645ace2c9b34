//! Text as a value of a type.

use serde_json::Value;

use super::loose_json::{self, quoted};
use super::output_reader::OutputReader;
use super::{choice, number};
use crate::adapter::spelling::{brief, means_nothing, needs_no_quotes, same_name};
use crate::signature::{Ty, ValueError};

impl OutputReader<'_> {
    /// The value of the type that a text stands for.
    pub(super) fn text(&mut self, ty: &Ty, text: &str) -> Result<Value, ValueError> {
        let text = text.trim();
        self.effort.spend(text.len());
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

    /// A text, without its quotes if it is a JSON string.
    fn plain(&mut self, text: &str) -> Value {
        match quoted(text, self.effort) {
            Some(inside) => {
                if needs_no_quotes(&inside) && !means_nothing(&inside) {
                    self.repaired("removed the quotes around the text");
                }
                inside.into_owned().into()
            }
            None => text.into(),
        }
    }

    /// Whether a text says that an optional value is absent.
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

    /// Any JSON. Text that is not JSON is read as a string.
    fn any(&mut self, text: &str) -> Value {
        let parsed = loose_json::parse(text, self.effort).filter(|json| json.is_whole(text));
        match parsed {
            Some(json) => {
                json.repairs.iter().for_each(|done| self.repaired(*done));
                json.value.to_value()
            }
            None => {
                self.repaired("read text that is not JSON as a JSON string");
                text.into()
            }
        }
    }
}

//! The part of one predictor that an optimizer may change.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Demo, Nearest, StateError};
use crate::json::map_with_unique_keys;
use crate::lm::Params;
use crate::signature::SignatureSpec;

/// The part of one predictor that an optimizer may change. Whatever is `None` or absent is as in the
/// signature.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PredictorState {
    /// What the step does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// Prose of fields, by field name.
    #[serde(
        default,
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "map_with_unique_keys"
    )]
    pub fields: BTreeMap<String, FieldProse>,
    /// Worked examples, shown in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub demos: Vec<Demo>,
    /// If it is set, a call is shown only the demos that are nearest to its inputs. It belongs to the demos:
    /// [`State::set_demos`](super::State::set_demos) sets both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nearest: Option<Nearest>,
    /// The sampling parameters.
    #[serde(default, skip_serializing_if = "is_default")]
    pub params: Params,
}

/// Prose of one field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct FieldProse {
    /// What the field means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desc: Option<String>,
    /// The label of the field in prose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
}

impl FieldProse {
    /// The description and the label of a field; `None` leaves that of the signature.
    #[must_use]
    pub const fn new(desc: Option<String>, prefix: Option<String>) -> Self {
        Self { desc, prefix }
    }
}

impl PredictorState {
    /// Sets what the step does. Default: the instructions of the signature.
    #[must_use]
    pub fn with_instructions(mut self, instructions: impl Into<String>) -> Self {
        self.instructions = Some(instructions.into());
        self
    }

    /// Sets the prose of a field. Default: that of the signature.
    #[must_use]
    pub fn with_field(mut self, name: impl Into<String>, prose: FieldProse) -> Self {
        self.fields.insert(name.into(), prose);
        self
    }

    /// Sets the demos. Default: none.
    #[must_use]
    pub fn with_demos(mut self, demos: Vec<Demo>) -> Self {
        self.demos = demos;
        self
    }

    /// Shows a call only the demos that are nearest to its inputs. By default all demos are shown.
    #[must_use]
    pub fn with_nearest(mut self, nearest: Nearest) -> Self {
        self.nearest = Some(nearest);
        self
    }

    /// Sets the sampling parameters. Default: those of the provider.
    #[must_use]
    pub fn with_params(mut self, params: Params) -> Self {
        self.params = params;
        self
    }

    /// The demos in the order in which they are shown: those that lack a field first.
    pub(crate) fn complete_last<'a>(
        &'a self,
        spec: &'a SignatureSpec,
    ) -> impl Iterator<Item = &'a Demo> {
        let demos = |complete| {
            let demos = self.demos.iter();
            demos.filter(move |demo| demo.is_complete(spec) == complete)
        };
        demos(false).chain(demos(true))
    }

    /// Whether the state fits the signature of the predictor at `path`.
    pub(crate) fn check(&self, path: &str, spec: &SignatureSpec) -> Result<(), StateError> {
        if let Some(field) = self.fields.keys().find(|name| spec.field(name).is_none()) {
            return Err(StateError::UnknownField {
                path: path.to_owned(),
                field: field.clone(),
                signature: spec.to_string(),
            });
        }
        for (index, demo) in self.demos.iter().enumerate() {
            demo.check(spec).map_err(|problem| StateError::Demo {
                path: path.to_owned(),
                index,
                problem,
            })?;
        }
        Ok(())
    }
}

fn is_default(params: &Params) -> bool {
    *params == Params::default()
}

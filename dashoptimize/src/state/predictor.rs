//! What an optimizer may change of one predictor.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Demo, Nearest, StateError};
use crate::lm::Params;
use crate::signature::SignatureSpec;

/// The changeable part of one predictor. What is `None` or absent stands as in the signature.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PredictorState {
    /// What the step does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// Prose of fields, by field name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, FieldProse>,
    /// Worked examples, shown in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub demos: Vec<Demo>,
    /// Where it is set, a call is shown only the demos that are nearest to its inputs. It belongs to the
    /// demos: whoever sets others through [`State::set_demos`](super::State::set_demos) says anew how they are chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nearest: Option<Nearest>,
    /// How the model is to answer.
    #[serde(default, skip_serializing_if = "is_default")]
    pub params: Params,
}

/// Prose of one field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldProse {
    /// What the field means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desc: Option<String>,
    /// Label of the field in prose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
}

impl PredictorState {
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

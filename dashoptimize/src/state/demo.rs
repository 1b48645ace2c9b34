//! Worked examples of a step.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::signature::{Field, Role, SignatureSpec};

/// A worked example of one step: named inputs and outputs.
///
/// It is complete where it has every field of the signature. A labelled row may lack outputs that
/// only the step itself makes, such as `reasoning`; at least one input and one output must be there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demo {
    /// Given.
    pub inputs: Map<String, Value>,
    /// Produced.
    pub outputs: Map<String, Value>,
}

impl Demo {
    /// The demo that a labelled row gives for a signature, or `None` where the row lacks every
    /// input or every output of it.
    #[must_use]
    pub fn from_fields(fields: &Map<String, Value>, spec: &SignatureSpec) -> Option<Self> {
        let pick = |field: &Field| {
            let value = fields.get(&*field.name)?;
            Some((field.name.to_string(), value.clone()))
        };
        let demo = Self {
            inputs: spec.inputs().filter_map(pick).collect(),
            outputs: spec.outputs().filter_map(pick).collect(),
        };
        demo.check(spec).is_ok().then_some(demo)
    }

    /// Whether the demo has every field of the signature.
    #[must_use]
    pub fn is_complete(&self, spec: &SignatureSpec) -> bool {
        spec.inputs()
            .all(|field| self.inputs.contains_key(&*field.name))
            && spec
                .outputs()
                .all(|field| self.outputs.contains_key(&*field.name))
    }

    /// What does not fit the signature, with the field.
    pub(crate) fn check(&self, spec: &SignatureSpec) -> Result<(), String> {
        if self.inputs.is_empty() || self.outputs.is_empty() {
            return Err("needs at least one input and one output".to_owned());
        }
        check_values(&self.inputs, spec, Role::Input)?;
        check_values(&self.outputs, spec, Role::Output)
    }
}

fn check_values(
    values: &Map<String, Value>,
    spec: &SignatureSpec,
    role: Role,
) -> Result<(), String> {
    for (name, value) in values {
        let field = spec
            .field(name)
            .filter(|field| field.role == role)
            .ok_or_else(|| format!("`{name}` is no {role} of {spec}"))?;
        field
            .ty
            .check(value)
            .map_err(|error| error.in_field(name.as_str()).to_string())?;
    }
    Ok(())
}

//! Worked examples of a step.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::json::object_with_unique_keys;
use crate::signature::{Field, Role, SignatureSpec};

/// A worked example of one step: named inputs and outputs.
///
/// It is complete if it has every field of the signature. A demo that was made from a labelled row may lack
/// outputs that only the step itself makes, such as `reasoning`; it must have at least one input and one
/// output.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Demo {
    /// The inputs that the step was given.
    #[serde(deserialize_with = "object_with_unique_keys")]
    pub inputs: Map<String, Value>,
    /// The outputs that it produced.
    #[serde(deserialize_with = "object_with_unique_keys")]
    pub outputs: Map<String, Value>,
}

impl Demo {
    /// A demo of these inputs and outputs.
    #[must_use]
    pub const fn new(inputs: Map<String, Value>, outputs: Map<String, Value>) -> Self {
        Self { inputs, outputs }
    }

    /// The demo that a labelled row gives for a signature, or `None` if the row has no input or no output
    /// of it.
    #[must_use]
    pub fn from_fields(fields: &Map<String, Value>, spec: &SignatureSpec) -> Option<Self> {
        let pick = |field: &Field| {
            let value = fields.get(&*field.name)?;
            Some((field.name.to_string(), value.clone()))
        };
        let inputs = spec.inputs().filter_map(pick).collect();
        let demo = Self::new(inputs, spec.outputs().filter_map(pick).collect());
        demo.check(spec).is_ok().then_some(demo)
    }

    /// Whether the demo has every input of the signature. A demo without one would teach the model to make up
    /// what it was not given.
    #[must_use]
    pub fn has_all_inputs(&self, spec: &SignatureSpec) -> bool {
        spec.inputs()
            .all(|field| self.inputs.contains_key(&*field.name))
    }

    /// Whether the demo has every field of the signature.
    #[must_use]
    pub fn is_complete(&self, spec: &SignatureSpec) -> bool {
        self.has_all_inputs(spec)
            && spec
                .outputs()
                .all(|field| self.outputs.contains_key(&*field.name))
    }

    /// Whether the demo fits the signature; the error names the field that does not.
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
            .ok_or_else(|| format!("`{name}` is not an {role} of {spec}"))?;
        field
            .ty
            .check(value)
            .map_err(|error| error.in_field(name.as_str()).to_string())?;
    }
    Ok(())
}

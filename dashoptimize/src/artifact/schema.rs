//! A signature in words, as a file keeps it next to the fingerprint: the fingerprint tells that the
//! signature has changed, the words tell how.

use serde::{Deserialize, Serialize};

use super::fit::FileField;
use crate::signature::{Field, Role, SignatureSpec, push_type, written};

/// Inputs and outputs as `name: type`, in the order of the signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredSignature {
    inputs: Vec<String>,
    outputs: Vec<String>,
}

impl StoredSignature {
    pub(super) fn of(spec: &SignatureSpec) -> Self {
        Self {
            inputs: spec.inputs().map(in_words).collect(),
            outputs: spec.outputs().map(in_words).collect(),
        }
    }

    /// The fields, inputs first.
    pub(super) fn fields(&self) -> impl Iterator<Item = FileField<'_>> {
        let inputs = self.inputs.iter().map(|text| (Role::Input, text));
        let outputs = self.outputs.iter().map(|text| (Role::Output, text));
        inputs.chain(outputs).map(|(role, text)| {
            let (name, ty) = text.split_once(": ").unwrap_or((text, ""));
            FileField { role, name, ty }
        })
    }
}

fn in_words(field: &Field) -> String {
    let ty = written(|words| push_type(words, &field.ty));
    format!("{}: {ty}", field.name)
}

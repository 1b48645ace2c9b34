//! The content of the file, key by key.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::error::ArtifactError;
use super::format::FORMAT;
use super::prose::Prose;
use super::provenance::Provenance;
use super::schema::StoredSignature;
use crate::json::{map_with_unique_keys, object_with_unique_keys};
use crate::lm::Params;
use crate::module::{Module, Predictor};
use crate::signature::Fingerprint;
use crate::state::{Demo, FieldProse, Nearest, PredictorState, State};

/// The whole file. Keys are declared in alphabetical order, which is their order in the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ArtifactContent {
    format: u32,
    #[serde(deserialize_with = "map_with_unique_keys")]
    pub(super) predictors: BTreeMap<String, StoredPredictor>,
    pub(super) program: String,
    /// Written as `null` if it is unknown, so that the file says so.
    #[serde(default)]
    pub(super) provenance: Option<Provenance>,
    tool: String,
}

/// One predictor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredPredictor {
    pub(super) adapter: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) demos: Vec<StoredDemo>,
    #[serde(
        default,
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "map_with_unique_keys"
    )]
    pub(super) fields: BTreeMap<String, StoredField>,
    pub(super) fingerprint: Fingerprint,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    instructions: Option<Prose>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) nearest: Option<Nearest>,
    #[serde(default, skip_serializing_if = "is_default")]
    params: Params,
    /// The constant prompt without demos, for people only: loading ignores it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) prompt: Option<Prose>,
    pub(super) signature: StoredSignature,
}

/// A demo, and where it comes from, which is for people only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredDemo {
    #[serde(deserialize_with = "object_with_unique_keys")]
    pub(super) inputs: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) origin: Option<String>,
    #[serde(deserialize_with = "object_with_unique_keys")]
    pub(super) outputs: Map<String, Value>,
}

impl StoredDemo {
    fn of(demo: &Demo) -> Self {
        Self {
            inputs: demo.inputs.clone(),
            origin: None,
            outputs: demo.outputs.clone(),
        }
    }

    fn demo(&self) -> Demo {
        Demo::new(self.inputs.clone(), self.outputs.clone())
    }
}

/// Prose of one field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredField {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    desc: Option<Prose>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prefix: Option<Prose>,
}

impl ArtifactContent {
    pub(super) fn of<M: Module>(program: &M) -> Self {
        let predictors = program.predictors().into_iter();
        Self {
            format: FORMAT,
            predictors: predictors
                .map(|predictor| (predictor.path().to_owned(), StoredPredictor::of(predictor)))
                .collect(),
            program: short_name(std::any::type_name::<M>()),
            provenance: None,
            tool: concat!("dashoptimize ", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }

    pub(super) fn parse(text: &str, origin: &str) -> Result<Self, ArtifactError> {
        /// What all formats have in common.
        #[derive(Deserialize)]
        struct FormatOnly {
            format: u64,
        }
        let unreadable = |error: serde_json::Error| ArtifactError::Unreadable {
            origin: origin.to_owned(),
            problem: error.to_string(),
        };
        // Checked first, so that a file of a newer format is not called broken.
        let head: FormatOnly = serde_json::from_str(text).map_err(unreadable)?;
        if head.format != u64::from(FORMAT) {
            return Err(ArtifactError::Format {
                origin: origin.to_owned(),
                found: head.format,
            });
        }
        serde_json::from_str(text).map_err(unreadable)
    }

    pub(super) fn to_text(&self) -> String {
        let mut json = serde_json::to_value(self)
            .expect("bug in dashoptimize: texts, numbers and lists always are JSON");
        // Equal demos may have their fields in different orders.
        json.sort_all_objects();
        format!("{json:#}\n")
    }

    pub(super) fn state(&self) -> State {
        let predictors = self.predictors.iter();
        State {
            predictors: predictors
                .map(|(path, stored)| (path.clone(), stored.state()))
                .collect(),
        }
    }
}

impl StoredPredictor {
    fn of(predictor: &Predictor) -> Self {
        let state = predictor.state();
        let fields = state.fields.iter();
        Self {
            adapter: predictor.adapter().name().to_owned(),
            demos: state.demos.iter().map(StoredDemo::of).collect(),
            fields: fields
                .map(|(name, prose)| (name.clone(), StoredField::of(prose)))
                .collect(),
            fingerprint: predictor.spec().fingerprint(),
            instructions: state.instructions.clone().map(Prose),
            nearest: state.nearest.clone(),
            params: state.params.clone(),
            prompt: Some(Prose(predictor.opening())),
            signature: StoredSignature::of(predictor.spec()),
        }
    }

    fn state(&self) -> PredictorState {
        let text = |prose: &Option<Prose>| prose.as_ref().map(|prose| prose.0.clone());
        let fields = self.fields.iter();
        PredictorState {
            instructions: text(&self.instructions),
            fields: fields
                .map(|(name, field)| {
                    let prose = FieldProse::new(text(&field.desc), text(&field.prefix));
                    (name.clone(), prose)
                })
                .collect(),
            demos: self.demos.iter().map(StoredDemo::demo).collect(),
            nearest: self.nearest.clone(),
            params: self.params.clone(),
        }
    }
}

impl StoredField {
    fn of(prose: &FieldProse) -> Self {
        Self {
            desc: prose.desc.clone().map(Prose),
            prefix: prose.prefix.clone().map(Prose),
        }
    }
}

fn is_default(params: &Params) -> bool {
    *params == Params::default()
}

/// The name of a type without the paths in it: `a::b::Predict<c::Triage>` is `Predict<Triage>`.
fn short_name(name: &str) -> String {
    let mut short = String::new();
    let mut segment = String::new();
    for c in name.chars() {
        match c {
            ':' => segment.clear(),
            _ if c.is_alphanumeric() || c == '_' => segment.push(c),
            _ => {
                short.push_str(&segment);
                segment.clear();
                short.push(c);
            }
        }
    }
    short + &segment
}

#[cfg(test)]
mod tests {
    use super::short_name;

    #[test]
    fn type_names_lose_their_paths() {
        assert_eq!(short_name("a::b::Predict<c::d::Triage>"), "Predict<Triage>");
        assert_eq!(short_name("Rag"), "Rag");
        assert_eq!(short_name("x::LLMNode<(y::A, z::B)>"), "LLMNode<(A, B)>");
    }
}

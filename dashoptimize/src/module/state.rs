//! What an optimizer may change of a program, as plain data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Module, Predictor};
use crate::lm::Params;

/// The changeable part of a whole program: one entry for each predictor, by path.
///
/// It can hold prose, demos and sampling parameters, and nothing else: names, types and enum
/// variants cannot be expressed in it, so a candidate cannot change the schema.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The predictors by path, such as `query` or `answer.hard`.
    pub predictors: BTreeMap<String, PredictorState>,
}

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

/// A state that does not fit the program.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// The state names a predictor that the program lacks.
    #[error("no predictor `{path}` in this program; it has {known}")]
    UnknownPredictor {
        /// The path in the state.
        path: String,
        /// The paths of the program.
        known: String,
    },
    /// The state names a field that the signature lacks.
    #[error("predictor `{path}` has no field `{field}`; its signature is {signature}")]
    UnknownField {
        /// The predictor.
        path: String,
        /// The name in the state.
        field: String,
        /// The signature, as `inputs -> outputs`.
        signature: String,
    },
    /// A demo does not fit the signature.
    #[error("demo {index} of predictor `{path}`: {problem}")]
    Demo {
        /// The predictor.
        path: String,
        /// Which demo, from 0.
        index: usize,
        /// What is wrong.
        problem: String,
    },
}

fn is_default(params: &Params) -> bool {
    *params == Params::default()
}

//! What an optimizer may change of a program, as plain data.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Module, Nearest, Predictor};
use crate::lm::Params;
use crate::retrieve::EmbedError;
use crate::signature::{Field, Role, SignatureSpec};

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
    /// Where it is set, a call is shown only the demos that are nearest to its inputs. It belongs to the
    /// demos: whoever sets others through [`State::set_demos`] says anew how they are chosen.
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
    /// The program itself has two predictors of one path, so that a state cannot tell them apart.
    #[error(
        "two predictors of this program have the path `{path}`; give each its own with \
         `Predictor::set_path`"
    )]
    SamePath {
        /// The path.
        path: String,
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
    /// The demos are to be compared by an embedder that the predictor does not have.
    #[error(
        "predictor `{path}` shows the demos that are nearest by the embedder `{wanted}`, {}; give \
         the program that embedder with `Module::embedder`",
        other_embedder(found.as_deref())
    )]
    Embedder {
        /// The predictor.
        path: String,
        /// Id of the embedder in the state.
        wanted: String,
        /// Id of the one that the predictor has, if it has one.
        found: Option<String>,
    },
    /// The demos could not be embedded.
    #[error("the demos of predictor `{path}` have no vectors; {problem}")]
    Embed {
        /// The predictor.
        path: String,
        /// What the embedder says.
        problem: String,
    },
}

impl StateError {
    /// What an embedder says of the demos of the predictor at `path`.
    pub(super) fn embed(path: &str, error: &EmbedError) -> Self {
        let path = path.to_owned();
        let problem = match error.source() {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        };
        Self::Embed { path, problem }
    }
}

fn other_embedder(found: Option<&str>) -> String {
    match found {
        Some(found) => format!("but has `{found}`"),
        None => "but has no embedder".to_owned(),
    }
}

impl State {
    /// What may be changed of this program, as it stands.
    pub fn of<M: Module>(program: &M) -> Self {
        let predictors = program.predictors().into_iter();
        Self {
            predictors: predictors
                .map(|predictor| (predictor.path().to_owned(), predictor.state().clone()))
                .collect(),
        }
    }

    /// Puts these demos in the place of those of a predictor. How the old ones were chosen goes with
    /// them: calls are shown all of the new ones, or, in a module that itself chooses demos such as
    /// [`KNN`](super::KNN), those that are nearest in its own way.
    pub fn set_demos(&mut self, predictor: &Predictor, demos: Vec<Demo>) {
        let path = predictor.path().to_owned();
        let state = self.predictors.entry(path).or_default();
        state.demos = demos;
        state.nearest = predictor.own_nearest().cloned();
    }

    /// The program with this state. A predictor that the state does not name stays as it is.
    ///
    /// # Errors
    ///
    /// Where the state names a predictor or field that the program lacks, a demo does not fit, or two
    /// predictors of the program have the same path. The program is then not touched: a state is applied whole or not at all.
    pub fn apply<M: Module>(&self, program: &M) -> Result<M, StateError> {
        let mut changed = program.clone();
        self.check_paths(&changed)?;
        for predictor in changed.predictors_mut() {
            if let Some(state) = self.predictors.get(predictor.path()) {
                predictor.set_state(state.clone())?;
            }
        }
        Ok(changed)
    }

    fn check_paths<M: Module>(&self, program: &M) -> Result<(), StateError> {
        let known: Vec<&str> = program.predictors().iter().map(|p| p.path()).collect();
        let mut seen = BTreeSet::new();
        if let Some(path) = known.iter().find(|path| !seen.insert(**path)) {
            return Err(StateError::SamePath {
                path: (*path).to_owned(),
            });
        }
        match self
            .predictors
            .keys()
            .find(|path| !known.contains(&path.as_str()))
        {
            Some(path) => Err(StateError::UnknownPredictor {
                path: path.clone(),
                known: format!("`{}`", known.join("`, `")),
            }),
            None => Ok(()),
        }
    }
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
    pub(super) fn check(&self, path: &str, spec: &SignatureSpec) -> Result<(), StateError> {
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

fn is_default(params: &Params) -> bool {
    *params == Params::default()
}
